"""What Pulumi cannot carry in an output."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.contract.unknowns import carried


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("lamp", "lamp"),
        ("a\ud800b", "a\ufffdb"),
        ("\udc00\ud800", "\ufffd\ufffd"),
        ("😀 中文", "😀 中文"),
        (["DNS:\udfff"], ["DNS:\ufffd"]),
        (7, 7),
        (True, True),
        (None, None),
    ],
)
def test_a_character_without_utf_8_is_replaced(value: object, expected: object) -> None:
    assert carried(value) == expected


@given(st.text(st.characters(exclude_categories=())))
def test_whatever_is_carried_has_utf_8_and_keeps_its_length(text: str) -> None:
    carried_text = carried(text)
    carried_text.encode()
    if text.isprintable():
        assert carried_text == text
