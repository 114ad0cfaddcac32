from __future__ import annotations

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alicloud_device_certificates.emulator.scenario.synthetic import MAX_DEVICES, SyntheticDevices

MANY = SyntheticDevices(devices=MAX_DEVICES, prefix="meter-")
OWNERS = st.text(max_size=20)


@given(st.integers(1, MAX_DEVICES), OWNERS)
def test_names_and_sns_lead_back_to_the_device(index: int, owner: str) -> None:
    assert MANY.index_of_name(MANY.name(index)) == index
    assert MANY.index_of_sn(owner, MANY.sn(owner, index)) == index


@given(st.one_of(st.text(max_size=20), st.from_regex(r"meter-.{0,9}"), st.from_regex("[0-9a-f]{16}")), OWNERS)
def test_any_other_text_is_no_device(text: str, owner: str) -> None:
    for index in (MANY.index_of_name(text), MANY.index_of_sn(owner, text)):
        assert index is None or text in {MANY.name(index), MANY.sn(owner, index)}


@pytest.mark.parametrize(
    "text",
    [
        "",
        "meter-",
        "meter-0000000",
        "meter-1000001",
        "meter-1",
        "METER-0000001",
        "meter-\u0660\u0660\u0660\u0660\u0660\u0660\u0661",
    ],
)
def test_what_is_nearly_a_name_is_none(text: str) -> None:
    assert MANY.index_of_name(text) is None


def test_what_is_nearly_an_sn_is_none() -> None:
    for index in (0, MAX_DEVICES + 1):
        assert MANY.index_of_sn("a", MANY.sn("a", index)) is None
    assert MANY.index_of_sn("b", MANY.sn("a", 1)) is None
    assert MANY.index_of_sn("a", MANY.sn("a", 10).upper()) is None


def test_a_larger_number_of_devices_changes_none() -> None:
    few = SyntheticDevices(devices=2, prefix="meter-")
    assert [(few.name(index), few.sn("a", index)) for index in (1, 2)] == [
        (MANY.name(index), MANY.sn("a", index)) for index in (1, 2)
    ]


@pytest.mark.parametrize(
    "fields",
    [
        {"devices": 0},
        {"devices": MAX_DEVICES + 1},
        {"devices": 1, "prefix": ""},
        {"devices": 1, "prefix": "a/b"},
        {"devices": 1, "prefix": "x" * 49},
        {"devices": 1, "prefix": "a\n"},
        {"devices": 1, "key": "rsa2048"},
        {},
    ],
)
def test_a_field_out_of_bounds_is_refused(fields: dict[str, object]) -> None:
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(fields, SyntheticDevices)
