from __future__ import annotations

from datetime import UTC, datetime

import pytest
from tests.unit.gate.issued import issue

from alicloud_device_certificates.certificate import same_public_key

BEGIN, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2027, 1, 1, tzinfo=UTC)
ONE = issue("a", BEGIN, END, serial=1, key=5)


def test_certificates_of_the_same_key_are_recognized() -> None:
    assert same_public_key(ONE, issue("b", BEGIN, END, serial=2, key=5)) is True
    assert same_public_key(ONE, issue("a", BEGIN, END, serial=1, key=6)) is False


@pytest.mark.parametrize("other", ["", "no PEM", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n"])
def test_what_cannot_be_read_cannot_be_compared(other: str) -> None:
    assert same_public_key(ONE, other) is None
    assert same_public_key(other, ONE) is None
