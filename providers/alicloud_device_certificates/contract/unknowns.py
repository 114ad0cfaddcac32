"""What the Pulumi engine cannot carry: texts that it takes for a value not known yet, and those that have no UTF-8."""

from __future__ import annotations

from typing import Any, Final

UNKNOWN_MARKERS: Final = frozenset(
    {
        "04da6b54-80e4-46f7-96ec-b56ff0331ba9",  # a string
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # a boolean
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # a number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # an array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # an asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # an archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # an object
    }
)
"""The constants ``Unknown...Value`` of the engine (sdk/go/common/resource/plugin/rpc.go)."""


def carried(value: Any) -> Any:  # noqa: ANN401 - an output of any type
    """Return an output as the engine can carry it: a lone surrogate, which has no UTF-8, becomes U+FFFD."""
    match value:
        case str():
            return value if value.isascii() else value.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        case list():
            return [carried(each) for each in value]
        case _:
            return value
