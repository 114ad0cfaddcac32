"""`python -m tools.engine` gets the engine, once, and prints the folder to put on PATH; stderr tells what goes on."""

from __future__ import annotations

import os
import sys
from pathlib import Path

from tools.alive import end_on_sigterm, run, say
from tools.engine.get import NoEngineError, get_engine

CHECKOUT = Path(__file__).resolve().parents[2]


def main() -> int:
    """0 with the folder on stdout, or 1 with a message that says what to do."""
    end_on_sigterm()
    try:
        engine = get_engine(CHECKOUT / ".engine", environ=os.environ, run=run)
    except NoEngineError as error:
        say(str(error))
        return 1
    except KeyboardInterrupt:
        say("engine: interrupted; nothing was left behind")
        return 130
    say(f"engine: Pulumi {engine.version} in {engine.folder} ({engine.source})")
    print(engine.folder)
    return 0


if __name__ == "__main__":
    sys.exit(main())
