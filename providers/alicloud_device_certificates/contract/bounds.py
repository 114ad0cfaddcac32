"""The bounds of what people write, and errors about it that have bounds too.

Parsers recurse, and unfold what a file repeats by aliases. So a file of a few bytes can end a process or fill its
memory, unless somebody counts.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

MAX_BYTES: Final = 8 * 1024 * 1024
"""The maximum size of a document."""
MAX_DEPTH: Final = 64
"""How deep lists and objects can be nested."""
MAX_VALUES: Final = 1_000_000
"""How many values a document can hold once its aliases are unfolded."""

_SHOWN: Final = 40
_SHOWN_FAULTS: Final = 20
_MAX_NUMBER: Final = sys.float_info.max
OUT_OF_RANGE = "holds a number that is out of range"
NOT_UNICODE = "is not valid Unicode text"
TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
TOO_MANY = f"holds more than {MAX_VALUES:,} values, counting each use of an alias"
TOO_LARGE = f"is larger than {MAX_BYTES // 1024**2} MiB"


class DocumentError(ValueError):
    """A document cannot be read: one line without the file's name, which quotes no value."""


def check_bounds(value: object) -> None:
    """Check a value that somebody else has parsed, or made. Raise DocumentError."""
    left: list[tuple[object, int]] = [(value, 1)]
    count = 0
    while left:
        each, depth = left.pop()
        count += 1
        if count > MAX_VALUES:
            raise DocumentError(TOO_MANY)
        if isinstance(each, Mapping | list | tuple):
            if depth > MAX_DEPTH:
                raise DocumentError(TOO_DEEP)
            inner: Iterable[object] = (*each, *each.values()) if isinstance(each, Mapping) else each
            left.extend((item, depth + 1) for item in inner)
        elif isinstance(each, str):
            check_text(each)
        elif isinstance(each, int | float) and not abs(each) <= _MAX_NUMBER:  # nor is NaN
            raise DocumentError(OUT_OF_RANGE)


def check_text(text: str) -> None:
    """Raise DocumentError for text that no encoding has."""
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise DocumentError(NOT_UNICODE) from None


def shortened(value: object) -> str:
    """Return a value as an error quotes it: printable, and as long as a name or a number."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) <= _MAX_NUMBER):
        return repr(value)[:_SHOWN]
    return f"a value of type {type(value).__name__}"


def joined(faults: Sequence[str]) -> str:
    """Return faults as one line, which is also read if there are thousands."""
    more = len(faults) - _SHOWN_FAULTS
    return "; ".join([*faults[:_SHOWN_FAULTS], *([f"and {more:,} more"] if more > 0 else [])])
