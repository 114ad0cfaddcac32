"""JSON that every parser accepts: valid Unicode, and harmless when printed in a terminal."""

from __future__ import annotations

import json

# Escaped in addition to what JSON requires: DEL, the C1 controls and characters that change the writing direction.
# Lone surrogates have no meaning and become the replacement character.
_ESCAPED = (*range(0x7F, 0xA0), 0x061C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A))
_TRANSLATED = {
    **{point: f"\\u{point:04x}" for point in _ESCAPED},
    **dict.fromkeys(range(0xD800, 0xE000), "\ufffd"),
}


def json_text(value: object) -> str:
    """Return a value of dicts, lists, strings and numbers as indented JSON with a final newline."""
    # Outside strings, JSON is ASCII only, so every translated character is in a string.
    return json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False).translate(_TRANSLATED) + "\n"
