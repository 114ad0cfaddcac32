"""Serial numbers (RFC 5280, 4.1.2.2) as text, and how they deviate."""

from __future__ import annotations

from collections.abc import Iterator

_BYTES = 20  # that RFC 5280 allows
_DECIMAL_BYTES = 4096  # what is written in decimal: the time grows with the square
_SPLIT_DIGITS = 4000
_SPLIT = 10**_SPLIT_DIGITS


def in_hex(number: int) -> str:
    """Return a number in lower-case hex of whole bytes, without the sign byte ``00``, as OpenSSL writes it."""
    digits = f"{abs(number):x}"
    return ("-" if number < 0 else "") + digits.zfill(len(digits) + len(digits) % 2)


def in_decimal(number: int) -> str | None:
    """Return a number in decimal; None if it is absurdly long."""
    if _size(number) > _DECIMAL_BYTES:
        return None
    return ("-" if number < 0 else "") + _decimal(abs(number))


def serial_deviations(number: int) -> Iterator[str]:
    """Yield how a serial number deviates from RFC 5280, each as a clause about "it"."""
    if number < 0:
        yield "is negative"
    if _size(number) > _BYTES:
        yield f"has {_size(number)} bytes; RFC 5280 allows {_BYTES}"


def _size(number: int) -> int:
    """Return the size of its INTEGER in bytes."""
    return number.bit_length() // 8 + 1


def _decimal(number: int) -> str:
    # Python itself writes at most 4300 digits.
    if number < _SPLIT:
        return str(number)
    high, low = divmod(number, _SPLIT)
    return _decimal(high) + str(low).zfill(_SPLIT_DIGITS)
