"""Moments as text: RFC 3339, UTC, ``Z``, to the second."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from alicloud_device_certificates.certificate.errors import CertificateError

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def rfc3339(milliseconds: int) -> str:
    """Write a Unix time in milliseconds; parts of a second are dropped.

    Raises CertificateError outside the years 1 to 9999.
    """
    try:
        moment = _EPOCH + timedelta(seconds=milliseconds // 1000)
    except OverflowError:
        raise CertificateError("a time in milliseconds lies outside the years 1 to 9999") from None
    return text_of(moment)


def text_of(moment: datetime) -> str:
    """Write a moment that is in UTC."""
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
