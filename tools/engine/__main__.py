"""`python -m tools.engine` gets the engine, once, and prints the folder to put on PATH; stderr tells what goes on.

`python -m tools.engine node` gets what programs in TypeScript need too, and prints the folders with `:` between them.
Where Node.js is missing it says so and goes on without: the project itself is Python alone.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

from tools.alive import end_on_sigterm, run, say
from tools.engine.found import Engine, NotHad
from tools.engine.get import NoEngineError, get_engine
from tools.engine.node_host import OLDEST_NODE, NodeHostError, get_node_host, needed_programs
from tools.engine.npm_packages import get_packages

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT / ".engine"
EXAMPLE = CHECKOUT / "examples" / "typescript"


def main(arguments: Sequence[str]) -> int:
    """0 with the folders on stdout, 1 with a message that says what to do, 2 for other arguments than `node`."""
    if list(arguments) not in ([], ["node"]):
        say("usage: python -m tools.engine [node]")
        return 2
    end_on_sigterm()
    try:
        engine = get_engine(HOME, environ=os.environ, run=run)
        folders = [engine.folder, *(_for_node(engine) if arguments else ())]
    except (NoEngineError, NodeHostError) as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("engine: interrupted; nothing was left behind")
        return 130
    say(f"engine: Pulumi {engine.version} in {engine.folder} ({engine.source})")
    print(os.pathsep.join(map(str, dict.fromkeys(folders))))
    return 0


def _for_node(engine: Engine) -> list[Path]:
    path = os.environ.get("PATH", "")
    try:
        needed_programs(path, run=run)
        host = get_node_host(HOME, engine=engine, path=path, run=run)
    except NotHad as why:
        say(
            f"engine: the tests of the example in TypeScript are skipped: {why} (they need Node.js {OLDEST_NODE} or "
            "newer with npm, https://nodejs.org, and Go where Pulumi's own distribution is not to be had)"
        )
        return []
    get_packages(HOME, EXAMPLE, path=path, run=run)
    return [host]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
