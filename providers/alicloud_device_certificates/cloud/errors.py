"""What can go wrong on the way to an answer, as one tree.

    CloudError
    ├── SettingsError               the configuration or the environment is wrong; nothing was asked
    ├── CredentialsError            no credentials were found, or their source failed; nothing was asked
    ├── ServiceError                the service answered, with an error code
    │   ├── NotFoundError           no such instance, CA, device or product
    │   ├── InvalidArgumentError    the service refuses an argument
    │   ├── PermissionDeniedError   the identity is known, and may not do this
    │   ├── AuthenticationError     the access key, the token or the signature is refused
    │   ├── ClockError              this machine's clock is too far off
    │   ├── ThrottledError          too many calls, still so at the end of all attempts
    │   └── UnavailableError        the service failed, still so at the end of all attempts
    ├── AnswerError                 there is an answer, and it cannot be used
    │   ├── UnreadableAnswerError   neither JSON nor XML, empty, cut short, or XML with a DTD
    │   ├── AnswerTooLargeError     more than is ever needed
    │   ├── RedirectedError         sends elsewhere; that is never followed
    │   ├── UnexpectedAnswerError   a field is missing, or holds what is not documented
    │   └── ContentError            what it holds is no certificate that can be used
    └── ConnectionFailedError       no answer: name, connection, TLS, proxy or time

Every error is one line without control characters, and holds no secret: texts of the service are cut and cleaned, and
bodies are never quoted, since a body may hold a private key.
"""

from __future__ import annotations

from typing import Literal

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.text import one_line

ContentReason = Literal["unreadable", "mismatch", "pending"]


class CloudError(UserFacingError):
    """The root. `str()` is the whole story in one line; the attributes are its parts.

    operation    the operation's name, e.g. `GetDeviceCertificate`; empty where nothing was asked
    region       the region it was asked in; empty where nothing was asked
    asked        what for, e.g. `instance post-cn-1, CA 00f2, device 3562`
    code         the service's error code, or None
    message      the service's text, cleaned, or this client's own
    request_id   the service's request ID, or None
    http_status  or None where there was no answer
    advice       what to do next; may be empty
    attempts     how often the service was asked
    """

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        region: str = "",
        asked: str = "",
        code: str | None = None,
        request_id: str | None = None,
        http_status: int | None = None,
        advice: str = "",
        attempts: int = 0,
    ) -> None:
        self.message = one_line(message)
        self.operation = operation
        self.region = region
        self.asked = asked
        self.code = code
        self.request_id = request_id
        self.http_status = http_status
        self.advice = one_line(advice)
        self.attempts = attempts
        super().__init__(self.message)

    def __str__(self) -> str:
        return self._line()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._line()!r})"

    def _line(self) -> str:
        where = ", ".join(part for part in (f"region {self.region}" if self.region else "", self.asked) if part)
        head = f"{self.operation} ({where})" if where else self.operation
        facts = [
            f"HTTP {self.http_status}" if self.http_status is not None else "",
            f"request ID {self.request_id}" if self.request_id else "",
            f"{self.attempts} attempts" if self.attempts > 1 else "",
        ]
        known = ", ".join(fact for fact in facts if fact)
        story = ": ".join(part for part in (head, self.code, self.message) if part)
        line = f"{story} ({known})" if known else story
        if self.advice:
            line = f"{line if line.endswith(('.', '!', '?')) else line + '.'} {self.advice}"
        return one_line(line)


class SettingsError(CloudError):
    """The configuration or the environment is wrong; the text names the key."""


class CredentialsError(CloudError):
    """There are no credentials, or the place that should give them failed."""


class ServiceError(CloudError):
    """The service answered with an error code."""


class NotFoundError(ServiceError):
    """No such instance, CA, device or product."""


class InvalidArgumentError(ServiceError):
    """The service refuses an argument."""


class PermissionDeniedError(ServiceError):
    """The identity is known and may not do this; the advice names the missing RAM action."""


class AuthenticationError(ServiceError):
    """The access key, the token or the signature is refused."""


class ClockError(ServiceError):
    """The local clock is too far from the service's."""


class ThrottledError(ServiceError):
    """Too many calls, and still too many at the end of all attempts."""


class UnavailableError(ServiceError):
    """The service failed, and still did at the end of all attempts."""


class AnswerError(CloudError):
    """There is an answer that cannot be used."""


class UnreadableAnswerError(AnswerError):
    """Neither JSON nor XML, empty, cut short, or XML with a DTD."""


class AnswerTooLargeError(AnswerError):
    """An answer of more bytes than is ever needed."""


class RedirectedError(AnswerError):
    """An answer that sends elsewhere. Never followed: the request carries credentials."""


class UnexpectedAnswerError(AnswerError):
    """A readable answer in which a field is missing or holds what is not documented."""


class ContentError(AnswerError):
    """A good answer whose certificate cannot be used; ``reason`` tells why: it is none that can be read
    (``unreadable``), is not what the service or its key says (``mismatch``), or is not there yet (``pending``).
    """

    reason: ContentReason = "unreadable"


class ConnectionFailedError(CloudError):
    """No answer at all: name resolution, connection, TLS, proxy, or time ran out."""
