"""The fields of a response, each read as the type that its service documents.

Numbers arrive as numbers or as strings, and from XML always as strings: both are accepted. A missing field or one of
another type is an ``UnexpectedResponseError`` that names the field and never quotes its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Final, TypeVar

from alicloud_device_certificates.cloud.errors import ContentError, UnexpectedResponseError
from alicloud_device_certificates.cloud.http.response import request_id_in
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.contract.read_failure import ContentReason

T = TypeVar("T")

# 9999-12-31T23:59:59.999Z in milliseconds: later times have no RFC 3339 form.
_LATEST: Final = 253_402_300_799_999


@dataclass(frozen=True, slots=True, kw_only=True)
class ResponseContext:
    """The call that a response belongs to, for errors about its content."""

    operation: str
    region: str
    target: str
    request_id: str | None

    def content_error(self, message: str, *, reason: ContentReason, advice: str = "") -> ContentError:
        """Return the error that the certificate in the response cannot be used."""
        error = ContentError(
            message,
            operation=self.operation,
            region=self.region,
            target=self.target,
            request_id=self.request_id,
            advice=advice,
        )
        error.reason = reason
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """One object within a response."""

    values: Mapping[str, Any] = field(repr=False)
    context: ResponseContext
    path: str = ""
    """The object's name within the response; empty for the response itself."""

    @classmethod
    def within(
        cls, document: Mapping[str, Any], name: str, *, operation: Operation, region: str, target: str
    ) -> Fields:
        """Return the object called ``name`` in a response. Raise ``UnexpectedResponseError`` if there is none."""
        context = ResponseContext(
            operation=operation.name, region=region, target=target, request_id=request_id_in(document)
        )
        response = cls(values=document, context=context)
        values = document.get(name)
        if not isinstance(values, dict):
            raise response.unexpected(name, "is missing" if values in (None, "") else "is not an object")
        return replace(response, values=values, path=name)

    def unexpected(self, name: str, problem: str) -> UnexpectedResponseError:
        """Return the error about the field ``name``; ``problem`` completes the sentence, such as ``is missing``."""
        return UnexpectedResponseError(
            f"the response's field {f'{self.path}.' if self.path else ''}{name} {problem}",
            operation=self.context.operation,
            region=self.context.region,
            target=self.context.target,
            request_id=self.context.request_id,
        )

    def text(self, name: str) -> str:
        """Return a required string. Raise ``UnexpectedResponseError`` if it is missing or empty."""
        value = self.optional_text(name)
        if value is None:
            raise self.unexpected(name, "is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        """Return a string; None if it is missing or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.unexpected(name, "is not a string")
        return value

    def optional_integer(self, name: str) -> int | None:
        """Return an integer that arrives as a number or as a string; None if it is missing or empty."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, float) and value.is_integer():
            return int(value)
        if isinstance(value, str):
            digits = value.strip()
            if digits.isascii() and digits.removeprefix("-").isdigit() and len(digits) <= 20:
                return int(digits)
        elif isinstance(value, int) and not isinstance(value, bool):
            return value
        raise self.unexpected(name, "is not an integer")

    def optional_milliseconds(self, name: str) -> int | None:
        """Return a Unix time in milliseconds, at latest in the year 9999; None if it is missing or empty."""
        value = self.optional_integer(name)
        if value is not None and not -_LATEST <= value <= _LATEST:
            raise self.unexpected(name, "is not a Unix time in milliseconds")
        return value

    def choice(self, name: str, meanings: Mapping[int, T]) -> T:
        """Return the meaning of a required number. Raise ``UnexpectedResponseError`` if it has none."""
        value = self.optional_integer(name)
        if value is None:
            raise self.unexpected(name, "is missing")
        if value not in meanings:
            raise self.unexpected(name, f"is {value}, not one of {', '.join(map(str, meanings))}")
        return meanings[value]
