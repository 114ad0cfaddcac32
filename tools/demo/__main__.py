"""Preview and update stack ``dev``, then print its outputs and the next steps: ``python -m tools.demo``."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from tools.demo.sandbox import STACK, Sandbox
from tools.demo.table import certificate_table
from tools.engine.get import NoEngineError, get_engine
from tools.processes import end_on_sigterm, log, run, run_attached

CHECKOUT: Final = Path(__file__).resolve().parents[2]


class DemoError(Exception):
    """A step failed; the message is one line."""


def main() -> int:
    """Run the demo and return 0; on failure log the failed step and return 1."""
    end_on_sigterm()
    place = Sandbox(CHECKOUT)
    try:
        engine = get_engine(CHECKOUT / ".engine", version=None, environ=os.environ, run=run)
        _step(f"Engine: Pulumi {engine.version} ({engine.source}); its home and backend are in .demo")
        with place.prepared():
            _demonstrate(place, environ=place.environ(os.environ, engine=engine.folder))
    except BlockingIOError:
        log("demo: another demo is already running in this checkout")
        return 1
    except (DemoError, NoEngineError) as error:
        log(f"demo: {error}")
        return 1
    except KeyboardInterrupt:
        log("demo: interrupted")
        return 130
    return 0


def _demonstrate(place: Sandbox, *, environ: Mapping[str, str]) -> None:
    _step(f"Stack {STACK}: created on the first run")
    _show(["stack", "select", STACK, "--create"], folder=place.folder, environ=environ)

    config = ["--stack", STACK, "--config-file", str(place.config_file)]
    _step("pulumi preview: reads the certificates before anything is deployed")
    _show(["preview", *config], folder=place.checkout, environ=environ)
    _step("pulumi up: reads them again and stores the outputs")
    _show(["up", "--yes", "--skip-preview", "--suppress-outputs", *config], folder=place.checkout, environ=environ)

    _step("The stack's outputs")
    certificates = _certificates(place, environ=environ)
    print(certificate_table(certificates))
    _step("What to do next")
    print(_next_steps(next(iter(certificates), "NAME")), flush=True)


def _certificates(place: Sandbox, *, environ: Mapping[str, str]) -> dict[str, dict[str, Any]]:
    command = ["pulumi", "stack", "output", "--json", "--stack", STACK]
    completed = subprocess.run(command, cwd=place.folder, env=environ, stdout=subprocess.PIPE, check=False)
    if completed.returncode:
        raise DemoError("pulumi stack output failed")
    found: dict[str, dict[str, Any]] = json.loads(completed.stdout)["certificates"]
    return found


def _next_steps(name: str) -> str:
    steps = {
        "make demo": "run it again: the preview shows no change",
        f".venv/bin/device-certificates emulator rotate {name}": "then make demo: it shows the new certificate",
        'README.md, "Your own account"': "the same program in a new stack, without device-certificates:emulator",
    }
    width = max(map(len, steps))
    return "\n".join(f"  {command:<{width}}  {why}" for command, why in steps.items())


def _step(line: str) -> None:
    print(f"\n==> {line}", flush=True)


def _show(arguments: list[str], *, folder: Path, environ: Mapping[str, str]) -> None:
    code = run_attached(["pulumi", *arguments], cwd=folder, environ=environ)
    if code:
        raise DemoError(f"pulumi {arguments[0]} failed, exit code {code}")


if __name__ == "__main__":
    sys.exit(main())
