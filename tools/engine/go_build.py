"""The third source: a build by Go from the two modules beside this file, whose go.sum is the only word on what goes in.

`cli` is the CLI. `python-host` is the last release of the SDK module that contains the Python language host; the host's
two scripts come from the CLI's own release.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from tools.alive import Finished, Run
from tools.engine.found import CLI, HOST, VERSION_TEXT, Engine, NotHad, engine_in

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
BUILD_LIMIT_S: Final = 3600.0


def build_engine(root: Path, *, run: Run, path: str) -> Engine:
    """Build the engine into `root`/bin with the `go` of the search path `path` and its module cache. Raises NotHad."""
    go = go_on_path(path, run=run)
    folder = root / "bin"
    for program, (module, package, what) in BUILDS.items():
        build_program(go, program, into=folder, module=module, package=package, what=what, run=run)
    copy_scripts(go, SCRIPTS, into=folder, module="cli", run=run)
    return engine_in(folder, source="Go build", run=run)


def go_on_path(path: str, *, run: Run) -> str:
    """The `go` of the search path `path`; raises NotHad where there is none that will do."""
    go = shutil.which("go", path=path)
    if go is None:
        raise NotHad("there is no go on PATH")
    _check_version(go, run=run)
    return go


def build_program(go: str, program: str, *, into: Path, module: str, package: str, what: str, run: Run) -> None:
    """Build a package as `program`, by the go.mod of the folder `module` beside this file. Raises NotHad."""
    into.mkdir(parents=True, exist_ok=True)
    command = [go, "build", *FLAGS, "-o", str(into / program), package]
    _checked(_go(command, module=module, run=run, title=f"engine: building {what}"), what=f"go build of {program}")


def copy_scripts(go: str, scripts: Sequence[str], *, into: Path, module: str, run: Run) -> None:
    """Copy scripts of the SDK, in the release that the go.mod of `module` asks for. Raises NotHad."""
    command = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK]
    where = _checked(_go(command, module=module, run=run), what="go list")
    for script in scripts:
        source = Path(where.last_lines(), script)
        target = into / source.name
        shutil.copyfile(source, target)
        target.chmod(0o755)


def needed_go() -> str:
    """The oldest Go that will do, as the CLI's go.mod says."""
    match = re.search(r"^go (\S+)$", (MODULES / "cli" / "go.mod").read_text(), re.MULTILINE)
    if match is None:
        raise ValueError("tools/engine/cli/go.mod has no `go` line")
    return match[1]


def by_hand(folder: Path) -> list[str]:
    """The same build as shell commands, for a person who wants to see why it fails."""
    flags = " ".join(f'"{flag}"' if " " in flag else flag for flag in FLAGS)
    builds = [
        f"(cd {MODULES / module} && GOWORK=off CGO_ENABLED=0 go build {flags} -o {folder / program} {package})"
        for program, (module, package, _) in BUILDS.items()
    ]
    source = f"$(cd {MODULES / 'cli'} && GOWORK=off go list -m -f '{{{{.Dir}}}}' {SDK})"
    return [*builds, *(f'install -m 755 "{source}/{script}" {folder}' for script in SCRIPTS)]


def _check_version(go: str, *, run: Run) -> None:
    """A Go of 1.21 or newer gets the release that go.mod asks for by itself, unless it is told to stay what it is."""
    finished = run([go, "env", "GOVERSION", "GOTOOLCHAIN"], limit_s=60, cwd=Path(os.sep))
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", finished.output)
    if not finished.ok or match is None:
        raise NotHad(f"`{go} env GOVERSION` gives no version: {finished.last_lines() or 'no output'}")
    has = tuple(int(number or 0) for number in match.groups())
    wants = tuple(int(number) for number in needed_go().split("."))
    stays = finished.output.split()[-1] == "local"
    if has < wants and (stays or has < (1, 21)):
        raise NotHad(f"{go} is {match[0]}, and Go {needed_go()} or newer is needed")


def _go(command: list[str], *, module: str, run: Run, title: str | None = None) -> Finished:
    # Without cgo the build needs no C compiler and is the same everywhere; a go.work around the checkout is not ours.
    environ = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    return run(command, title=title, limit_s=BUILD_LIMIT_S, cwd=MODULES / module, environ=environ)


def _checked(finished: Finished, *, what: str) -> Finished:
    if not finished.ok:
        why = f"not finished in {BUILD_LIMIT_S:.0f} s" if finished.code is None else finished.last_lines(8)
        raise NotHad(f"{what} failed: {why}")
    return finished
