"""Import httpx without its command line, which imports rich, click and pygments if rich is installed.

That takes a third of the import, in each provider process. ``httpx._main`` is private: this module alone relies on it.
"""

from __future__ import annotations

import sys
from typing import Final

CHECKED_WITH: Final = ">=0.28,<0.29"
"""The versions of httpx in which the command line is ``httpx._main``, and may be absent."""


def import_httpx() -> None:
    """Import httpx, unless it is imported already."""
    if "httpx" in sys.modules:
        return
    # None makes the import of this name fail, as it does if rich is not installed.
    sys.modules["httpx._main"] = None  # type: ignore[assignment]
    try:
        import httpx  # noqa: F401
    finally:
        del sys.modules["httpx._main"]
