"""Fields: numbers and texts alike, and an error that names what is missing or odd."""

from __future__ import annotations

from typing import Any

import pytest

from alicloud_device_certificates.cloud.errors import UnexpectedResponseError
from alicloud_device_certificates.cloud.fields import Fields
from alicloud_device_certificates.cloud.mqtt import GET_DEVICE_CERTIFICATE

MEANINGS = {0: "off", 1: "on"}


def within(data: object) -> Fields:
    document = {"RequestId": "r-1", "Data": data}
    return Fields.within(document, "Data", operation=GET_DEVICE_CERTIFICATE, region="cn-x", target="device 1")


@pytest.mark.parametrize("value", [1654137303000, "1654137303000", " 1654137303000 ", 1654137303000.0])
def test_numbers_are_taken_as_numbers_and_as_texts(value: object) -> None:
    assert within({"ValidBegin": value}).optional_milliseconds("ValidBegin") == 1654137303000


@pytest.mark.parametrize("value", [None, ""])
def test_an_absent_number_or_text_is_none(value: object) -> None:
    assert within({"X": value}).optional_milliseconds("X") is None
    assert within({"X": value}).optional_text("X") is None
    assert within({}).optional_integer("X") is None


@pytest.mark.parametrize("value", ["soon", "1.5", 1.5, True, [], {}, "1" * 21, "--1", float("inf"), float("nan")])
def test_a_number_that_is_none_is_named_and_not_quoted(value: object) -> None:
    with pytest.raises(UnexpectedResponseError, match=r"the response's field Data\.X is not an integer \(request"):
        within({"X": value}).optional_milliseconds("X")


@pytest.mark.parametrize("value", [253_402_300_800_000, "-253402300800000"])
def test_a_time_past_the_year_9999_is_rejected(value: object) -> None:
    with pytest.raises(UnexpectedResponseError, match="is not a Unix time in milliseconds"):
        within({"X": value}).optional_milliseconds("X")


def test_negative_times_are_times() -> None:
    assert within({"X": "-1"}).optional_milliseconds("X") == -1


def test_texts_may_be_numbers_and_nothing_else() -> None:
    assert within({"X": 356217}).text("X") == "356217"
    odd: tuple[object, ...] = (True, [], {"a": 1}, 1.5)
    for value in odd:
        with pytest.raises(UnexpectedResponseError, match=r"Data\.X is not a string"):
            within({"X": value}).text("X")


def test_a_missing_text_is_named_with_its_target() -> None:
    with pytest.raises(UnexpectedResponseError) as raised:
        within({"X": ""}).text("X")
    assert str(raised.value) == (
        "GetDeviceCertificate (region cn-x, device 1): the response's field Data.X is missing (request ID r-1)"
    )


@pytest.mark.parametrize("value", [1, "1", 1.0])
def test_a_choice_gives_its_meaning(value: Any) -> None:
    assert within({"Status": value}).choice("Status", MEANINGS) == "on"


@pytest.mark.parametrize(("value", "what"), [(7, "is 7, not one of 0, 1"), (None, "is missing")])
def test_an_unknown_choice_is_an_error(value: object, what: str) -> None:
    with pytest.raises(UnexpectedResponseError, match=what):
        within({"Status": value}).choice("Status", MEANINGS)


@pytest.mark.parametrize(("data", "what"), [(None, "is missing"), ("", "is missing"), ([1], "is not an object")])
def test_an_object_that_is_not_there_is_named(data: object, what: str) -> None:
    with pytest.raises(UnexpectedResponseError, match=f"the response's field Data {what}"):
        within(data)
