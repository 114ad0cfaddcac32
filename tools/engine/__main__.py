"""Install the engine once and print the folder to put on PATH: ``python -m tools.engine``.

``python -m tools.engine node`` also installs what programs in TypeScript need, and prints the folders joined by ``:``.
Node.js is optional: without it the tests of the TypeScript example are skipped.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.engine.engine import Engine, Unavailable
from tools.engine.get import NoEngineError, get_engine
from tools.engine.node_host import OLDEST_NODE, NodeHostError, get_node_host, require_node
from tools.engine.npm_packages import get_packages
from tools.processes import Run, end_on_sigterm, log, run

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT / ".engine"
EXAMPLE = CHECKOUT / "examples" / "typescript"


def main(arguments: Sequence[str]) -> int:
    """Print the folders and return 0; return 1 with a message on failure, 2 for an argument other than ``node``."""
    if list(arguments) not in ([], ["node"]):
        log("usage: python -m tools.engine [node]")
        return 2
    end_on_sigterm()
    try:
        folders = engine_folders(node=bool(arguments), run=run)
    except (NoEngineError, NodeHostError) as error:
        log(str(error))
        return 1
    except KeyboardInterrupt:
        log("engine: interrupted; nothing is left behind")
        return 130
    print(os.pathsep.join(map(str, folders)))
    return 0


def engine_folders(*, node: bool, run: Run) -> list[Path]:
    """Return the folders to put on PATH for the engine and, with ``node``, for programs in TypeScript.

    Raise NoEngineError or NodeHostError.
    """
    engine = get_engine(HOME, environ=os.environ, run=run)
    folders = [engine.folder, *(_for_node(engine, run=run) if node else ())]
    log(f"engine: Pulumi {engine.version} in {engine.folder} ({engine.source})")
    return list(dict.fromkeys(folders))


def _for_node(engine: Engine, *, run: Run) -> list[Path]:
    path = os.environ.get("PATH", "")
    try:
        require_node(path, run=run)
        host = get_node_host(HOME, engine=engine, path=path, run=run)
    except Unavailable as why:
        log(
            f"engine: the tests of the TypeScript example are skipped: {why} (they need Node.js {OLDEST_NODE} or newer "
            "with npm, https://nodejs.org, and Go if Pulumi's own distribution is not available)"
        )
        return []
    get_packages(HOME, EXAMPLE, path=path, run=run)
    return [host]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
