"""The optional language hosts, for stack programs in other languages.

They are part of Pulumi's own distribution; only an engine built by Go lacks them. The Node host is built from the last
release of the SDK module that contains it, which runs programs on today's npm package ``@pulumi/pulumi``.
"""

from __future__ import annotations

import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tools.engine.engine import CLI, Engine, Unavailable
from tools.engine.go_build import SDK, GoProgram, build_program, copy_scripts, find_go
from tools.engine.install import exclusive, install_atomically
from tools.processes import Run

OLDEST_NODE: Final = 20  # the oldest release that `@pulumi/pulumi` supports


class HostError(Exception):
    """The machine has everything that a host needs, but building it failed; the message has the reason."""


@dataclass(frozen=True, slots=True)
class LanguageHost:
    """A language host as Go builds it, with the scripts of the SDK that go beside it."""

    program: GoProgram
    scripts: tuple[str, ...] = ()


NODE: Final = LanguageHost(
    GoProgram(
        "pulumi-language-nodejs",
        "node-host",
        f"{SDK}/nodejs/cmd/pulumi-language-nodejs",
        "the Node language host (once)",
    ),
    scripts=("nodejs/dist/pulumi-resource-pulumi-nodejs", "nodejs/dist/pulumi-analyzer-policy"),
)
YAML: Final = LanguageHost(
    GoProgram(
        "pulumi-language-yaml",
        "yaml-host",
        "github.com/pulumi/pulumi-yaml/cmd/pulumi-language-yaml",
        "the YAML language host (a minute or more, once)",
        released_in="github.com/pulumi/pulumi-yaml",
        variable="github.com/pulumi/pulumi-yaml/pkg/version.Version",
    )
)


def require_node(path: str, *, run: Run) -> None:
    """Raise Unavailable unless the search path ``path`` has a supported Node.js and npm."""
    node = shutil.which("node", path=path)
    missing = [name for name in ("node", "npm") if shutil.which(name, path=path) is None]
    if node is None or missing:
        raise Unavailable(f"there is no {' and no '.join(missing)} on PATH")
    completed = run([node, "--version"], timeout_s=30)
    match = re.match(r"v(\d+)\.", completed.output)
    if not completed.ok or match is None:
        raise Unavailable(f"`{node} --version` prints no version: {completed.last_lines() or 'no output'}")
    if int(match[1]) < OLDEST_NODE:
        raise Unavailable(f"{node} is {completed.last_lines()}, and Node.js {OLDEST_NODE} or newer is needed")


def get_host(home: Path, host: LanguageHost, *, engine: Engine, path: str, run: Run) -> Path:
    """Return the folder of the host: the engine's, one on the search path ``path``, or one built into ``home``.

    Raise Unavailable if it must be built and there is no suitable Go, HostError if the build fails.
    """
    program = host.program
    beside = (engine.folder, (engine.folder / CLI).resolve().parent)
    found = shutil.which(program.name, path=os.pathsep.join([*map(str, beside), path]))
    if found is not None:
        return Path(found).absolute().parent
    place = home / program.module
    with exclusive(home):
        if not os.access(place / program.name, os.X_OK):
            go = find_go(path, needs=program.go, run=run)
            try:
                install_atomically(place, lambda root: _build(go, host, root, run=run))
            except Unavailable as why:
                raise HostError(f"{program.title.partition(' (')[0]}: {why}") from None
    return place


def _build(go: str, host: LanguageHost, root: Path, *, run: Run) -> Path:
    folder = root / "bin"
    build_program(go, host.program, into=folder, run=run)
    if host.scripts:
        copy_scripts(go, host.scripts, into=folder, module=host.program.module, run=run)
    return folder
