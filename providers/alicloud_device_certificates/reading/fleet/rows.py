"""What a summary counts of each certificate, packed: there may be a million."""

from __future__ import annotations

import re
from typing import Final

from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.reading.fleet.summary import Row, Summary

_NOT_DIGIT: Final = re.compile(r"\D+")
_BITS: Final = 24
_MASK: Final = (1 << _BITS) - 1
_FAILED: Final = 2
"""In place of whether it is selected."""


class Rows:
    """One row for each certificate, by a number for its ID: 64 bits of a hash, which no two of a million share.

    A row is an integer. From its lowest bits on: the number of what precedes the key in the ID (a CA, or a product),
    those of its status and its CA, whether it is selected or could not be read, and the digits of its end of validity.
    """

    def __init__(self) -> None:
        self._rows: dict[int, int] = {}
        self._numbers: dict[str, int] = {}
        self._shared: set[str] = set()

    def __len__(self) -> int:
        return len(self._rows)

    def is_shared(self, part: str) -> bool:
        """Return whether certificates of several CAs have this SN."""
        return part in self._shared

    def put(self, identity: CertificateId, row: Row, *, is_selected: bool) -> int:
        """Keep the row of a certificate in place of an earlier one. Return the number for its ID."""
        status, ca_sn, not_after = row
        return self._put(identity, status, ca_sn, int(is_selected), int(_NOT_DIGIT.sub("", not_after) or 0))

    def fail(self, identity: CertificateId) -> int:
        """Keep that a certificate could not be read. Return the number for its ID."""
        return self._put(identity, "", "", _FAILED, 0)

    def summary(self) -> Summary:
        """Return the summary of the certificates that could be read."""
        summary, texts = Summary(), list(self._numbers)
        for packed in self._rows.values():
            status, ca, flag, end = _unpacked(packed)
            if flag != _FAILED:
                summary.add((texts[status], texts[ca], _time(end)), is_selected=bool(flag))
        return summary

    def _put(self, identity: CertificateId, status: str, ca_sn: str, flag: int, end: int) -> int:
        owner, part = str(identity.values[-2]), str(identity.values[-1])
        number, key = self._number(owner), hash(part)
        known = self._rows.get(key)
        if known is not None and known & _MASK != number:
            self._shared.add(part)
            key = hash((owner, part))
        packed = ((end << 2 | flag) << _BITS | self._number(ca_sn)) << _BITS | self._number(status)
        self._rows[key] = packed << _BITS | number
        return key

    def _number(self, text: str) -> int:
        return self._numbers.setdefault(text, len(self._numbers))


def _unpacked(packed: int) -> tuple[int, int, int, int]:
    packed >>= _BITS
    return packed & _MASK, packed >> _BITS & _MASK, packed >> 2 * _BITS & 3, packed >> 2 * _BITS + 2


def _time(digits: int) -> str:
    """Return the digits of a time in RFC 3339, or nothing."""
    text = f"{digits:014}"
    date = f"{text[:4]}-{text[4:6]}-{text[6:8]}"
    return f"{date}T{text[8:10]}:{text[10:12]}:{text[12:]}Z" if digits else ""
