"""What a text may be that people choose as a name, and that requests, IDs or messages then hold."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from alicloud_device_certificates.contract.ids import MAX_PART_BYTES

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029]")


def nearest(name: str, known: Iterable[str], *, cutoff: float = 0.6) -> str | None:
    """Return the known name that a wrong one resembles most, from 0 to 1 by ``cutoff``; None if none does."""
    from difflib import get_close_matches  # only an error needs it

    return next(iter(get_close_matches(name, list(known), n=1, cutoff=cutoff)), None)


def name_faults(subject: str, name: str) -> Iterator[str]:
    """Yield what is wrong with a name: its characters, its length in bytes (UTF-8). ``subject`` starts each fault."""
    if not name.strip():
        yield f"{subject} is empty"
        return
    if _CONTROL.search(name):
        yield f"{subject} contains a control character (a line break?)"
    elif name != name.strip():
        yield f"{subject} starts or ends with white space"
    # A lone surrogate has no UTF-8 form; it counts as the bytes that would be sent in its place.
    size = len(name.encode("utf-8", "surrogatepass"))
    if size > MAX_PART_BYTES:
        yield f"{subject} is {size} bytes long; the maximum is {MAX_PART_BYTES}"
    elif any("\ud800" <= character <= "\udfff" for character in name):
        yield f"{subject} is not valid Unicode text"
