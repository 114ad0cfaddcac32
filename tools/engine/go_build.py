"""The third source: a Go build of the two modules beside this file, pinned by their go.sum.

``cli`` is the CLI. ``python-host`` is the last release of the SDK module with the Python language host; the host's two
scripts come from the release of the CLI.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.engine.engine import CLI, HOST, VERSION_TEXT, Engine, Unavailable, engine_in
from tools.processes import Completed, Run

MODULES: Final = Path(__file__).resolve().parent
SDK: Final = "github.com/pulumi/pulumi/sdk/v3"
BUILDS: Final = {  # program: (module, package, what it is)
    HOST: ("python-host", f"{SDK}/python/cmd/pulumi-language-python", "the Python language host"),
    CLI: ("cli", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", f"Pulumi {VERSION_TEXT} (some minutes, once)"),
}
SCRIPTS: Final = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
FLAGS: Final = (
    "-mod=readonly",
    "-trimpath",
    "-buildvcs=false",
    "-ldflags",
    f"-s -w -X {SDK}/go/common/version.Version={VERSION_TEXT}",
)
BUILD_TIMEOUT_S: Final = 3600.0


def build_engine(root: Path, *, run: Run, path: str) -> Engine:
    """Build the engine into ``root``/bin with the ``go`` on the search path ``path``. Raise Unavailable."""
    go = find_go(path, run=run)
    folder = root / "bin"
    for program, (module, package, what) in BUILDS.items():
        build_program(go, program, into=folder, module=module, package=package, what=what, run=run)
    copy_scripts(go, SCRIPTS, into=folder, module="cli", run=run)
    return engine_in(folder, source="Go build", run=run)


def find_go(path: str, *, run: Run) -> str:
    """Return the ``go`` on the search path ``path``. Raise Unavailable if there is none, or if it is too old."""
    go = shutil.which("go", path=path)
    if go is None:
        raise Unavailable("there is no go on PATH")
    _check_version(go, run=run)
    return go


def build_program(go: str, program: str, *, into: Path, module: str, package: str, what: str, run: Run) -> None:
    """Build a package as ``program`` with the go.mod of the folder ``module``. Raise Unavailable."""
    into.mkdir(parents=True, exist_ok=True)
    command = [go, "build", *FLAGS, "-o", str(into / program), package]
    _checked(_go(command, module=module, run=run, title=f"engine: building {what}"), what=f"go build of {program}")


def copy_scripts(go: str, scripts: Sequence[str], *, into: Path, module: str, run: Run) -> None:
    """Copy scripts of the SDK, in the release that the go.mod of ``module`` requires. Raise Unavailable."""
    command = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK]
    where = _checked(_go(command, module=module, run=run), what="go list")
    for script in scripts:
        source = Path(where.last_lines(), script)
        target = into / source.name
        shutil.copyfile(source, target)
        target.chmod(0o755)


def required_go() -> str:
    """Return the oldest supported Go, from the CLI's go.mod."""
    match = re.search(r"^go (\S+)$", (MODULES / "cli" / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise ValueError("tools/engine/cli/go.mod has no `go` line")
    return match[1]


def manual_commands(folder: Path) -> list[str]:
    """Return the same build as shell commands, to find out why it fails."""
    flags = " ".join(f'"{flag}"' if " " in flag else flag for flag in FLAGS)
    builds = [
        f"(cd {MODULES / module} && GOWORK=off CGO_ENABLED=0 go build {flags} -o {folder / program} {package})"
        for program, (module, package, _) in BUILDS.items()
    ]
    source = f"$(cd {MODULES / 'cli'} && GOWORK=off go list -m -f '{{{{.Dir}}}}' {SDK})"
    return [*builds, *(f'install -m 755 "{source}/{script}" {folder}' for script in SCRIPTS)]


def _check_version(go: str, *, run: Run) -> None:
    """Raise Unavailable if ``go`` is too old.

    A Go of 1.21 or newer downloads the release that go.mod requires, unless GOTOOLCHAIN is ``local``.
    """
    completed = run([go, "env", "GOVERSION", "GOTOOLCHAIN"], timeout_s=60, cwd=Path(os.sep))
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", completed.output)
    if not completed.ok or match is None:
        raise Unavailable(f"`{go} env GOVERSION` prints no version: {completed.last_lines() or 'no output'}")
    has = tuple(int(number or 0) for number in match.groups())
    wants = tuple(int(number) for number in required_go().split("."))
    stays = completed.output.split()[-1] == "local"
    if has < wants and (stays or has < (1, 21)):
        raise Unavailable(f"{go} is {match[0]}, and Go {required_go()} or newer is needed")


def _go(command: list[str], *, module: str, run: Run, title: str | None = None) -> Completed:
    # Without cgo the build needs no C compiler and is the same everywhere; a go.work above the checkout must not apply.
    environ = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    return run(command, title=title, timeout_s=BUILD_TIMEOUT_S, cwd=MODULES / module, environ=environ)


def _checked(completed: Completed, *, what: str) -> Completed:
    if not completed.ok:
        why = f"no result after {BUILD_TIMEOUT_S:.0f} s" if completed.code is None else completed.last_lines(8)
        raise Unavailable(f"{what} failed: {why}")
    return completed
