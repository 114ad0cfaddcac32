"""The optional Node language host, for programs in TypeScript and JavaScript.

It is part of Pulumi's own distribution; only an engine built by Go lacks it. It is built from the last release of the
SDK module that contains it, which runs programs on today's npm package ``@pulumi/pulumi``.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from tools.engine.engine import CLI, Engine, Unavailable
from tools.engine.go_build import SDK, build_program, copy_scripts, find_go
from tools.engine.install import exclusive, install_atomically
from tools.processes import Run

NODE_HOST: Final = "pulumi-language-nodejs"
NODE_SCRIPTS: Final = ("nodejs/dist/pulumi-resource-pulumi-nodejs", "nodejs/dist/pulumi-analyzer-policy")
OLDEST_NODE: Final = 20  # the oldest release that `@pulumi/pulumi` supports


class NodeHostError(Exception):
    """The machine has everything that the host needs, but building it failed; the message has the reason."""


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


def get_node_host(home: Path, *, engine: Engine, path: str, run: Run) -> Path:
    """Return the folder of the host: the engine's, one on the search path ``path``, or one built into ``home``.

    Raise Unavailable if it must be built and there is no suitable Go, NodeHostError if the build fails.
    """
    beside = (engine.folder, (engine.folder / CLI).resolve().parent)
    found = shutil.which(NODE_HOST, path=os.pathsep.join([*map(str, beside), path]))
    if found is not None:
        return Path(found).absolute().parent
    place = home / "node-host"
    with exclusive(home):
        if not os.access(place / NODE_HOST, os.X_OK):
            go = find_go(path, run=run)
            try:
                install_atomically(place, lambda root: _build(go, root, run=run))
            except Unavailable as why:
                raise NodeHostError(f"the Node language host: {why}") from None
    return place


def _build(go: str, root: Path, *, run: Run) -> Path:
    folder = root / "bin"
    build_program(
        go,
        NODE_HOST,
        into=folder,
        module="node-host",
        package=f"{SDK}/nodejs/cmd/pulumi-language-nodejs",
        what="the Node language host (once)",
        run=run,
    )
    copy_scripts(go, NODE_SCRIPTS, into=folder, module="node-host", run=run)
    return folder
