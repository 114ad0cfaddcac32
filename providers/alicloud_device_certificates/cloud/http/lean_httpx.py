"""httpx without its command line, which imports rich, click and pygments if rich is installed.

That takes a third of the import, in each provider process. ``httpx._main`` is private: this module alone relies on it.
"""

from __future__ import annotations

import sys
from typing import Final

__all__ = ["CHECKED_WITH", "httpx"]

CHECKED_WITH: Final = ">=0.28,<0.29"
"""The versions of httpx in which the command line is ``httpx._main``, and may be absent."""

_COMMAND_LINE: Final = "httpx._main"

if "httpx" in sys.modules:
    import httpx
else:
    # None makes the import of this name fail, as it does if rich is not installed.
    sys.modules[_COMMAND_LINE] = None  # type: ignore[assignment]
    try:
        import httpx
    finally:
        del sys.modules[_COMMAND_LINE]
