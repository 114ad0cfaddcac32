"""The fields of a result, each read as what it is documented to be.

Numbers come as numbers or as texts, and from XML always as texts: both are taken. What is missing or is something else
is an `UnexpectedAnswerError` that names the field and never quotes its value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from alicloud_device_certificates.cloud.errors import ContentError, ContentReason, UnexpectedAnswerError
from alicloud_device_certificates.cloud.http.response import request_id_in
from alicloud_device_certificates.cloud.operation import Operation

T = TypeVar("T")

# 9999-12-31T23:59:59.999Z in milliseconds: what is later has no RFC 3339 form.
_LATEST: Final = 253_402_300_799_999


@dataclass(frozen=True, slots=True, kw_only=True)
class Answered:
    """Which call an answer belongs to, for errors about what it holds."""

    operation: str
    region: str
    asked: str
    request_id: str | None

    def content_error(self, message: str, *, reason: ContentReason, advice: str = "") -> ContentError:
        """The error that the answer's certificate cannot be used."""
        error = ContentError(
            message,
            operation=self.operation,
            region=self.region,
            asked=self.asked,
            request_id=self.request_id,
            advice=advice,
        )
        error.reason = reason
        return error


@dataclass(frozen=True, slots=True, kw_only=True)
class Fields:
    """One object within an answer, with what an error about it has to say."""

    values: Mapping[str, Any]
    operation: Operation
    region: str
    asked: str
    request_id: str | None = None
    path: str = ""

    @classmethod
    def within(cls, document: Mapping[str, Any], name: str, *, operation: Operation, region: str, asked: str) -> Fields:
        """The object called `name` in an answer's document."""
        answer = cls(
            values=document,
            operation=operation,
            region=region,
            asked=asked,
            request_id=request_id_in(dict(document)),
        )
        values = document.get(name)
        if not isinstance(values, dict):
            raise answer.unexpected(name, "is missing" if values in (None, "") else "is not an object")
        return cls(
            values=values, operation=operation, region=region, asked=asked, request_id=answer.request_id, path=name
        )

    @property
    def answered(self) -> Answered:
        """The call that this answers."""
        return Answered(operation=self.operation.name, region=self.region, asked=self.asked, request_id=self.request_id)

    def unexpected(self, name: str, what: str) -> UnexpectedAnswerError:
        """The error that the field `name` ... `what`, e.g. `is missing`."""
        return UnexpectedAnswerError(
            f"the answer's field {f'{self.path}.' if self.path else ''}{name} {what}",
            operation=self.operation.name,
            region=self.region,
            asked=self.asked,
            request_id=self.request_id,
        )

    def text(self, name: str) -> str:
        """A field that has to be there and not empty."""
        value = self.optional_text(name)
        if value is None:
            raise self.unexpected(name, "is missing")
        return value

    def optional_text(self, name: str) -> str | None:
        """A field that may be missing or empty, which is None."""
        value = self.values.get(name)
        if value is None or value == "":
            return None
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
        if not isinstance(value, str):
            raise self.unexpected(name, "is not a text")
        return value

    def optional_integer(self, name: str) -> int | None:
        """A whole number, as a number or as a text; None where it is missing or empty."""
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
        raise self.unexpected(name, "is not a whole number")

    def optional_milliseconds(self, name: str) -> int | None:
        """A Unix time in milliseconds up to the year 9999; None where it is missing or empty."""
        value = self.optional_integer(name)
        if value is not None and not -_LATEST <= value <= _LATEST:
            raise self.unexpected(name, "is not a Unix time in milliseconds")
        return value

    def choice(self, name: str, meanings: Mapping[int, T]) -> T:
        """A number with a documented meaning each."""
        value = self.optional_integer(name)
        if value is None:
            raise self.unexpected(name, "is missing")
        if value not in meanings:
            raise self.unexpected(name, f"is {value}, which is none of {', '.join(map(str, meanings))}")
        return meanings[value]
