"""The third source: a Go build of the modules beside this file, pinned by their go.sum.

Each ``cli-...`` is the CLI of one version. ``python-host`` is this project's own Python language host, which works with
both; its two scripts come from the release of the CLI.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.engine import CLI, HOST, NEWEST, OLDEST, Engine, Unavailable, engine_in
from tools.processes import Completed, Run

MODULES: Final = Path(__file__).resolve().parent
SDK: Final = "github.com/pulumi/pulumi/sdk/v3"
SDK_VERSION: Final = f"{SDK}/go/common/version.Version"
SCRIPTS: Final = ("python/cmd/pulumi-language-python-exec", "python/dist/pulumi-resource-pulumi-python")
STAMP: Final = "python-host.sha256"
"""The file beside an engine that Go has built, with the digest of its host's source."""

BUILD_TIMEOUT_S: Final = 3600.0


@dataclass(frozen=True, slots=True)
class GoProgram:
    """A program that Go builds: the folder of its go.mod, its package, and what it is for a person.

    It reports the version of ``released_in``, a module that its go.mod requires; ``variable`` holds that version.
    """

    name: str
    module: str
    package: str
    title: str
    released_in: str = SDK
    variable: str = SDK_VERSION

    @property
    def requires(self) -> str:
        """The text of go.mod."""
        return (MODULES / self.module / "go.mod").read_text()

    @property
    def version(self) -> str:
        """The version that the program reports."""
        return _found(rf"^(?:require )?\s*{re.escape(self.released_in)} v(\S+)", self.requires)

    @property
    def go(self) -> str:
        """The oldest Go that builds it."""
        return _found(r"^go (\S+)$", self.requires)

    def command(self, go: str, target: Path) -> list[str]:
        """Return the command, to be run in the module's folder."""
        flags = f"-s -w -X {self.variable}={self.version}"
        options = ["-mod=readonly", "-trimpath", "-buildvcs=false", "-ldflags", flags]
        return [go, "build", *options, "-o", str(target), self.package]


PYTHON_HOST: Final = GoProgram(HOST, "python-host", ".", "the Python language host")
CLIS: Final = {
    version: GoProgram(
        CLI, f"cli-{name}", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", f"Pulumi {version} ({time}, once)"
    )
    for name, version, time in (("newest", NEWEST, "five minutes or more"), ("oldest", OLDEST, "two minutes or more"))
}


def build_engine(root: Path, *, version: str, run: Run, path: str) -> Engine:
    """Build the engine into ``root``/bin with the ``go`` on the search path ``path``. Raise Unavailable."""
    if version not in CLIS:
        raise Unavailable(f"only {' and '.join(sorted(CLIS))} can be built")
    go = find_go(path, needs=CLIS[version].go, run=run)
    folder = root / "bin"
    for program in (PYTHON_HOST, CLIS[version]):
        build_program(go, program, into=folder, run=run)
    copy_scripts(go, SCRIPTS, into=folder, module=CLIS[version].module, run=run)
    (folder / STAMP).write_text(host_digest())
    return engine_in(folder, version=version, source="Go build", run=run)


def update_host(folder: Path, *, run: Run, path: str) -> None:
    """Build the Python language host of an engine anew if its source has changed since. Raise Unavailable.

    An engine that Go did not build has no stamp, and keeps its own host.
    """
    stamp = folder / STAMP
    if not stamp.exists() or stamp.read_text() == host_digest():
        return
    go = find_go(path, needs=PYTHON_HOST.go, run=run)
    with tempfile.TemporaryDirectory(prefix="new-", dir=folder.parent) as made:
        build_program(go, PYTHON_HOST, into=Path(made), run=run)
        Path(made, HOST).replace(folder / HOST)
    stamp.write_text(host_digest())


def host_digest() -> str:
    """Return the SHA-256 of the source of the Python language host."""
    digest = hashlib.sha256()
    for file in sorted((MODULES / PYTHON_HOST.module).iterdir()):
        digest.update(f"{file.name}\0".encode() + file.read_bytes() + b"\0")
    return digest.hexdigest()


def find_go(path: str, *, needs: str, run: Run) -> str:
    """Return the ``go`` on the search path ``path``. Raise Unavailable if there is none, or if it is too old."""
    go = shutil.which("go", path=path)
    if go is None:
        raise Unavailable("there is no go on PATH")
    _check_version(go, needs=needs, run=run)
    return go


def build_program(go: str, program: GoProgram, *, into: Path, run: Run) -> None:
    """Build a program into a folder. Raise Unavailable."""
    into.mkdir(parents=True, exist_ok=True)
    command = program.command(go, into / program.name)
    completed = _go(command, module=program.module, run=run, title=f"engine: building {program.title}")
    _checked(completed, what=f"go build of {program.name}")


def copy_scripts(go: str, scripts: Sequence[str], *, into: Path, module: str, run: Run) -> None:
    """Copy scripts of the SDK, in the release that the go.mod of ``module`` requires. Raise Unavailable."""
    command = [go, "list", "-mod=readonly", "-m", "-f", "{{.Dir}}", SDK]
    where = _checked(_go(command, module=module, run=run), what="go list")
    for script in scripts:
        source = Path(where.last_lines(), script)
        target = into / source.name
        shutil.copyfile(source, target)
        target.chmod(0o755)


def manual_commands(folder: Path, *, version: str) -> list[str]:
    """Return the same build as shell commands, to find out why it fails."""
    cli = CLIS[version]
    builds = [
        f"(cd {MODULES / program.module} && GOWORK=off CGO_ENABLED=0 "
        + " ".join(f'"{word}"' if " " in word else word for word in program.command("go", folder / program.name))
        + ")"
        for program in (PYTHON_HOST, cli)
    ]
    source = f"$(cd {MODULES / cli.module} && GOWORK=off go list -m -f '{{{{.Dir}}}}' {SDK})"
    return [*builds, *(f'install -m 755 "{source}/{script}" {folder}' for script in SCRIPTS)]


def _found(pattern: str, text: str) -> str:
    match = re.search(pattern, text, re.MULTILINE)
    if match is None:
        raise ValueError(f"no go.mod line matches {pattern}")
    return match[1]


def _check_version(go: str, *, needs: str, run: Run) -> None:
    """Raise Unavailable if ``go`` is too old.

    A Go of 1.21 or newer downloads the release that go.mod requires, unless GOTOOLCHAIN is ``local``.
    """
    completed = run([go, "env", "GOVERSION", "GOTOOLCHAIN"], timeout_s=60, cwd=Path(os.sep))
    match = re.match(r"go(\d+)\.(\d+)(?:\.(\d+))?", completed.output)
    if not completed.ok or match is None:
        raise Unavailable(f"`{go} env GOVERSION` prints no version: {completed.last_lines() or 'no output'}")
    has = tuple(int(number or 0) for number in match.groups())
    wants = tuple(int(number) for number in needs.split("."))
    stays = completed.output.split()[-1] == "local"
    if has < wants and (stays or has < (1, 21)):
        raise Unavailable(f"{go} is {match[0]}, and Go {needs} or newer is needed")


def _go(command: list[str], *, module: str, run: Run, title: str | None = None) -> Completed:
    # Without cgo the build needs no C compiler and is the same everywhere; a go.work above the checkout must not apply.
    environ = {**os.environ, "CGO_ENABLED": "0", "GOWORK": "off"}
    return run(command, title=title, timeout_s=BUILD_TIMEOUT_S, cwd=MODULES / module, environ=environ)


def _checked(completed: Completed, *, what: str) -> Completed:
    if not completed.ok:
        why = f"no result after {BUILD_TIMEOUT_S:.0f} s" if completed.code is None else completed.last_lines(8)
        raise Unavailable(f"{what} failed: {why}")
    return completed
