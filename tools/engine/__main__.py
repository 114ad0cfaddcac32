"""Install an engine once and print the folder to put on PATH: ``python -m tools.engine [--version V] [LANGUAGE...]``.

For each language, ``node`` or ``yaml``, what its programs need is installed too, and the folders are joined by ``:``.
These are optional: without Node.js, or without Go to build a host, the tests of that language's examples are skipped.
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Sequence, Set
from pathlib import Path

from tools.engine.engine import Engine, Unavailable, version_named
from tools.engine.get import NoEngineError, get_engine
from tools.engine.hosts import NODE, OLDEST_NODE, YAML, HostError, get_host, require_node
from tools.engine.npm_packages import get_packages
from tools.processes import Run, end_on_sigterm, log, run

CHECKOUT = Path(__file__).resolve().parents[2]
HOME = CHECKOUT / ".engine"
EXAMPLE = CHECKOUT / "examples" / "typescript"
LANGUAGES = {
    "node": f"Node.js {OLDEST_NODE} or newer with npm, https://nodejs.org, and Go",
    "yaml": "Go",
}


def main(arguments: Sequence[str]) -> int:
    """Print the folders and return 0; return 1 with a message on failure."""
    parser = argparse.ArgumentParser(prog="python -m tools.engine", description=__doc__)
    parser.add_argument("--version", type=version_named, help="newest, oldest or a number (any)")
    parser.add_argument("languages", nargs="*", metavar="LANGUAGE", help=" or ".join(LANGUAGES))
    chosen = parser.parse_args(arguments)
    if unknown := set(chosen.languages) - set(LANGUAGES):
        parser.error(f"unknown language: {', '.join(sorted(unknown))}")
    end_on_sigterm()
    try:
        folders = engine_folders(version=chosen.version, languages=set(chosen.languages), run=run)
    except (NoEngineError, HostError) as error:
        log(str(error))
        return 1
    except KeyboardInterrupt:
        log("engine: interrupted; nothing is left behind")
        return 130
    print(os.pathsep.join(map(str, folders)))
    return 0


def engine_folders(*, version: str | None, languages: Set[str], run: Run) -> list[Path]:
    """Return the folders to put on PATH for the engine, and for programs in ``languages``.

    Raise NoEngineError or HostError.
    """
    engine = get_engine(HOME, version=version, environ=os.environ, run=run)
    log(f"engine: Pulumi {engine.version} in {engine.folder} ({engine.source})")
    hosts = [host for language in sorted(languages) for host in _for(language, engine, run=run)]
    return list(dict.fromkeys([engine.folder, *hosts]))


def _for(language: str, engine: Engine, *, run: Run) -> list[Path]:
    path = os.environ.get("PATH", "")
    try:
        if language == "yaml":
            return [get_host(HOME, YAML, engine=engine, path=path, run=run)]
        require_node(path, run=run)
        host = get_host(HOME, NODE, engine=engine, path=path, run=run)
    except Unavailable as why:
        needs = f"{LANGUAGES[language]} if Pulumi's own distribution is not available"
        log(f"engine: the tests of the {language} examples are skipped: {why} (they need {needs})")
        return []
    get_packages(HOME, EXAMPLE, path=path, run=run)
    return [host]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
