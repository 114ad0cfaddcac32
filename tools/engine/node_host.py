"""The Node language host, for programs in TypeScript and JavaScript: optional, since the project itself needs none.

It is part of Pulumi's own distribution, so that only an engine that was built by Go lacks it. It is built from the last
release of the SDK module that contains it, which runs programs on today's npm package `@pulumi/pulumi`.
"""

from __future__ import annotations

import os
import re
import shutil
from pathlib import Path
from typing import Final

from tools.alive import Run
from tools.engine.found import CLI, Engine, NotHad
from tools.engine.go_build import SDK, build_program, copy_scripts, go_on_path
from tools.engine.place import alone, made_whole

NODE_HOST: Final = "pulumi-language-nodejs"
NODE_SCRIPTS: Final = ("nodejs/dist/pulumi-resource-pulumi-nodejs", "nodejs/dist/pulumi-analyzer-policy")
OLDEST_NODE: Final = 20  # the oldest that `@pulumi/pulumi` supports


class NodeHostError(Exception):
    """Everything that it takes is on the machine, but making it failed; the message says why."""


def needed_programs(path: str, *, run: Run) -> None:
    """Raise NotHad unless the search path `path` has what programs in TypeScript run on: Node.js and npm."""
    node = shutil.which("node", path=path)
    missing = [name for name in ("node", "npm") if shutil.which(name, path=path) is None]
    if node is None or missing:
        raise NotHad(f"there is no {' and no '.join(missing)} on PATH")
    finished = run([node, "--version"], limit_s=30)
    match = re.match(r"v(\d+)\.", finished.output)
    if not finished.ok or match is None:
        raise NotHad(f"`{node} --version` gives no version: {finished.last_lines() or 'no output'}")
    if int(match[1]) < OLDEST_NODE:
        raise NotHad(f"{node} is {finished.last_lines()}, and Node.js {OLDEST_NODE} or newer is needed")


def get_node_host(home: Path, *, engine: Engine, path: str, run: Run) -> Path:
    """The folder of the host: the engine's own, one of the search path `path`, else one that is built into `home`.

    Raises NotHad where it would have to be built and there is no Go that will do, NodeHostError when the build fails.
    """
    beside = (engine.folder, (engine.folder / CLI).resolve().parent)
    found = shutil.which(NODE_HOST, path=os.pathsep.join([*map(str, beside), path]))
    if found is not None:
        return Path(found).absolute().parent
    place = home / "node-host"
    with alone(home):
        if not os.access(place / NODE_HOST, os.X_OK):
            go = go_on_path(path, run=run)
            try:
                made_whole(place, lambda root: _build(go, root, run=run))
            except NotHad as why:
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
