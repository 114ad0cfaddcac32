"""The times of a certificate (RFC 5280, 4.1.2.5), read from BER as OpenSSL reads them."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from alicloud_device_certificates.certificate.ber import CONSTRUCTED, BerError, Element

_UTC_TIME = 0x17
_GENERALIZED_TIME = 0x18
_CENTURY_SPLIT = 50  # RFC 5280: a UTCTime's years 50 to 99 are those of the 20th century
_LARGEST_OFFSET = timedelta(hours=12, minutes=59)  # as OpenSSL

_FORMS = {
    _UTC_TIME: re.compile(rb"(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?()(?:Z|([+-])(\d\d)([0-5]\d))"),
    _GENERALIZED_TIME: re.compile(
        rb"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)?((?<=\d{14})\.\d+)?(?:Z|([+-])(\d\d)([0-5]\d))"
    ),
}


def read_time(element: Element) -> datetime:
    """Return a UTCTime or GeneralizedTime in UTC, to the second.

    The seconds may be left out, and an offset from UTC may replace the ``Z``. Raise BerError, also for a year that no
    ``datetime`` has.
    """
    tag = element.expect(*_FORMS, *(tag | CONSTRUCTED for tag in _FORMS)).tag & ~CONSTRUCTED
    match = _FORMS[tag].fullmatch(element.octets)
    if match is None:
        raise BerError(f"is not a time: {_shown(element)}")
    year, month, day, hour, minute, second = (int(part or 0) for part in match.groups()[:6])
    if tag == _UTC_TIME:
        year += 2000 if year < _CENTURY_SPLIT else 1900
    sign, hours, minutes = match.groups()[7:]
    offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0))
    if offset > _LARGEST_OFFSET:
        raise BerError(f"is not a time: {_shown(element)}")
    try:
        local = datetime(year, month, day, hour, minute, second, tzinfo=UTC)
        return local + offset if sign == b"-" else local - offset
    except (ValueError, OverflowError):
        raise BerError(f"is not a time, or its year is not one of 1 to 9999: {_shown(element)}") from None


def time_deviations(element: Element) -> Iterator[str]:
    """Yield what does not conform to RFC 5280 in a time that can be read, each as a clause about "it"."""
    tag = element.tag & ~CONSTRUCTED
    match = _FORMS[tag].fullmatch(element.octets) if tag in _FORMS else None
    if match is None:
        return
    if match[6] is None:
        yield "has no seconds"
    if match[7]:
        yield "has fractions of a second"
    if match[8]:
        yield "has an offset from UTC"
    if tag == _GENERALIZED_TIME and read_time(element).year < 2000 + _CENTURY_SPLIT:
        yield "is a GeneralizedTime, although it is before 2050"


def _shown(element: Element) -> str:
    return repr(element.octets[:30].decode("latin-1"))
