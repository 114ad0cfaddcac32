"""`python -m tools.demo`: preview and update stack `dev`, then a table of its outputs and what to do next."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tools.alive import end_on_sigterm, run, say
from tools.demo.surroundings import STACK, Surroundings
from tools.demo.table import certificate_table
from tools.engine.get import NoEngineError, get_engine

CHECKOUT: Final = Path(__file__).resolve().parents[2]
UNWIND_LIMIT_S: Final = 30.0  # what the CLI gets to end its language host and its providers


class DemoError(Exception):
    """A step failed; the message is one line."""


def main() -> int:
    """0, or 1 after a line that says which step failed."""
    end_on_sigterm()
    place = Surroundings(CHECKOUT)
    try:
        engine = get_engine(CHECKOUT / ".engine", environ=os.environ, run=run)
        _step(f"Engine: Pulumi {engine.version} ({engine.source}); its home, its backend and the stack are in .demo")
        with place.prepared():
            _demonstrate(place, environ=place.environ(os.environ, engine=engine.folder))
    except BlockingIOError:
        say("demo: another demo runs in this checkout")
        return 1
    except (DemoError, NoEngineError) as error:
        say(f"demo: {error}")
        return 1
    except KeyboardInterrupt:
        say("demo: interrupted")
        return 130
    return 0


def _demonstrate(place: Surroundings, *, environ: Mapping[str, str]) -> None:
    _step(f"Stack {STACK}: created where it is not there yet")
    _show(["stack", "select", STACK, "--create"], folder=place.folder, environ=environ)

    config = ["--stack", STACK, "--config-file", str(place.config_file)]
    _step("pulumi preview: the certificates are read now, before anything is made")
    _show(["preview", *config], folder=place.checkout, environ=environ)
    _step("pulumi up: the same, and the outputs are kept")
    _show(["up", "--yes", "--skip-preview", "--suppress-outputs", *config], folder=place.checkout, environ=environ)

    _step("The stack's outputs")
    certificates = _certificates(place, environ=environ)
    print(certificate_table(certificates))
    _step("What to do next")
    print(_next_steps(next(iter(certificates), "NAME")), flush=True)


def _certificates(place: Surroundings, *, environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    command = ["pulumi", "stack", "output", "--json", "--stack", STACK]
    finished = subprocess.run(command, cwd=place.folder, env=environ, stdout=subprocess.PIPE, check=False)
    if finished.returncode:
        raise DemoError("pulumi stack output failed")
    found: dict[str, dict[str, Any]] = json.loads(finished.stdout)["certificates"]
    return found


def _next_steps(name: str) -> str:
    steps = {
        "make demo": "again: the preview shows no change",
        f".venv/bin/device-certificates emulator rotate {name}": "and make demo: the preview shows the new certificate",
        "README.md, «Your own account»": "the same program in a new stack, without device-certificates:emulator",
    }
    width = max(map(len, steps))
    return "\n".join(f"  {command:<{width}}  {why}" for command, why in steps.items())


def _step(line: str) -> None:
    print(f"\n==> {line}", flush=True)


def _show(arguments: list[str], *, folder: Path, environ: Mapping[str, str]) -> None:
    """Run the CLI as a person would, on this terminal; however we end, it gets the time to end its own processes."""
    process = subprocess.Popen(["pulumi", *arguments], cwd=folder, env=environ)
    try:
        code = process.wait()
    except BaseException as reason:
        # Of all signals the CLI unwinds on this one alone. The terminal sends Ctrl-C to it too, and a second one would
        # cut its unwinding short.
        if not isinstance(reason, KeyboardInterrupt):
            process.send_signal(signal.SIGINT)
        try:
            process.wait(timeout=UNWIND_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        raise
    if code:
        raise DemoError(f"pulumi {arguments[0]} failed, exit code {code}")


if __name__ == "__main__":
    sys.exit(main())
