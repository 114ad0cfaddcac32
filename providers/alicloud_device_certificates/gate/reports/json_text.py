"""JSON as text that any reader takes: strictly Unicode, and inert where somebody has it printed in a terminal."""

from __future__ import annotations

import json

# Beyond what JSON itself escapes: DEL, the C1 controls, and what turns around the order of writing. What has no
# meaning at all, a lone surrogate, becomes the replacement character.
_ESCAPED = (*range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_TRANSLATED = {
    **{point: f"\\u{point:04x}" for point in _ESCAPED},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def json_text(value: object) -> str:
    """Write a value of plain dicts, lists, texts and numbers as indented JSON with a final newline."""
    # Outside of its strings JSON has ASCII only, so that whatever is translated stands in a string.
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).translate(_TRANSLATED) + "\n"
