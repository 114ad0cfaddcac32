"""Everything that can go wrong between the settings and a response, as one tree.

    CloudError
    ├── SettingsError                 the configuration or the environment is wrong; no request was sent
    ├── CredentialsError              no credentials were found, or their source failed; no request was sent
    ├── ServiceError                  the service returned an error code
    │   ├── NotFoundError             no such instance, CA, device or product
    │   ├── InvalidArgumentError      the service rejects an argument
    │   ├── PermissionDeniedError     the identity is known but lacks a permission
    │   ├── AuthenticationError       the access key, the token or the signature is rejected
    │   ├── ClockError                the local clock is too far off
    │   ├── ThrottledError            too many requests, even after all retries
    │   └── UnavailableError          the service failed, even after all retries
    ├── ResponseError                 a response arrived but cannot be used
    │   ├── UnreadableResponseError   not JSON or XML, empty, truncated, or XML with a DTD
    │   ├── ResponseTooLargeError     larger than any valid response
    │   ├── RedirectedError           a redirect; never followed
    │   ├── UnexpectedResponseError   a field is missing or has an undocumented value
    │   └── ContentError              its certificate or private key cannot be used
    ├── FleetError                    some certificates of a fleet cannot be read
    ├── PostconditionError            a certificate was read, but fails a condition of its data source
    ├── ConnectionFailedError         no response: DNS, connection, TLS, proxy or timeout
    └── InterruptedReadError          the engine cancelled the operation

Every error is one line without control characters and holds no secret. Texts from the service are truncated and
sanitized. Bodies are never quoted, because a body may hold a private key. Each class has its ``fix``, the general
advice; docs/errors.md is generated from this tree.
"""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.read_failure import ContentReason
from alicloud_device_certificates.contract.text import ERROR_LIMIT, one_line

_CODE_LIMIT: Final = 100


class CloudError(UserFacingError):
    """The root of the tree. ``str()`` is the whole error in one line; the attributes are its parts."""

    message: str
    """The service's text, sanitized, or this client's own."""
    operation: str
    """The operation, such as ``GetDeviceCertificate``; empty if no request was sent."""
    region: str
    """The region of the request; empty if no request was sent."""
    target: str
    """What the request was for, such as ``instance post-cn-1, CA 00f2, device 3562``."""
    code: str | None
    """The service's error code."""
    request_id: str | None
    """The service's request ID."""
    http_status: int | None
    """The HTTP status; None if there was no response."""
    advice: str
    """What to do next; may be empty."""
    attempts: int
    """How many times the request was sent."""
    account: str | None
    """The name of the account in ``device-certificates:accounts``; None for that of ``alicloud:``."""

    def __init__(
        self,
        message: str,
        *,
        operation: str = "",
        region: str = "",
        target: str = "",
        code: str | None = None,
        request_id: str | None = None,
        http_status: int | None = None,
        advice: str = "",
        attempts: int = 0,
    ) -> None:
        self.message = one_line(message)
        self.operation = operation
        self.region = region
        self.target = target
        self.code = one_line(code, limit=_CODE_LIMIT) if code else None
        self.request_id = one_line(request_id, limit=_CODE_LIMIT) if request_id else None
        self.http_status = http_status
        self.advice = one_line(advice)
        self.attempts = attempts
        self.account = None
        super().__init__(self.message)

    def __str__(self) -> str:
        return self._line()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({self._line()!r})"

    def _line(self) -> str:
        account = f"account {self.account}" if self.account else ""
        region = f"region {self.region}" if self.region else ""
        where = ", ".join(part for part in (account, region, self.target) if part)
        head = f"{self.operation} ({where})" if where and self.operation else self.operation or account
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
        return one_line(line, limit=ERROR_LIMIT)


class SettingsError(CloudError):
    """The configuration or the environment is wrong; the message names the key or the variable."""

    fix = "Correct the setting that the message names."


class CredentialsError(CloudError):
    """No credentials were found, or their source failed."""

    fix = "Configure one of the sources of credentials, or repair the one that the message names."


class ServiceError(CloudError):
    """The service returned an error code."""

    fix = "Look the code up in the service's documentation."


class NotFoundError(ServiceError):
    """There is no such instance, CA, device or product."""

    fix = "Check the arguments of the data source and the region."


class InvalidArgumentError(ServiceError):
    """The service rejects an argument."""

    fix = "Check the arguments of the data source."


class PermissionDeniedError(ServiceError):
    """The identity is known but lacks a permission; the advice names the RAM action."""

    fix = "Grant the permission that the message names to the RAM identity."


class AuthenticationError(ServiceError):
    """The access key, the token or the signature is rejected."""

    fix = "Check the credentials; the message says where they come from."


class ClockError(ServiceError):
    """The local clock is too far from the service's clock."""

    fix = "Set this machine's clock, for example with NTP."


class ThrottledError(ServiceError):
    """There were too many requests, even after all retries."""

    fix = "The whole account shares the quota: reduce parallel requests, or try again later."


class UnavailableError(ServiceError):
    """The service failed, even after all retries."""

    fix = "Try again later."


class ResponseError(CloudError):
    """A response arrived but cannot be used."""

    fix = "Check alicloud:endpoints and the proxy."


class UnreadableResponseError(ResponseError):
    """The response is not JSON or XML, is empty or truncated, or is XML with a DTD."""

    fix = "Another server may have responded: check alicloud:endpoints and the proxy."


class ResponseTooLargeError(ResponseError):
    """The response is larger than any valid response."""

    fix = "Another server may have responded: check alicloud:endpoints and the proxy."


class RedirectedError(ResponseError):
    """The response is a redirect. It is never followed, because the request carries credentials."""

    fix = "Check alicloud:endpoints, alicloud:protocol and the proxy."


class UnexpectedResponseError(ResponseError):
    """The response is readable, but a field is missing or has an undocumented value."""

    fix = "Update this package: the service's interface may have changed. If that does not help, report it."


class ContentError(ResponseError):
    """The certificate or private key in the response cannot be used; ``reason`` is its category.

    ``unreadable``: not a certificate that can be parsed. ``mismatch``: contradicts what the service reports, its key
    or its CA. ``pending``: not generated yet.
    """

    fix = "Check it in the service's console, then register or issue it again."

    reason: ContentReason = "unreadable"


class FleetError(CloudError):
    """Some certificates of a fleet cannot be read; the message names at most 20 of them."""

    fix = "Correct what the message says of the first one, or set on_error to report to go on without them."


class PostconditionError(CloudError):
    """A certificate was read, but fails ``fail_within`` or ``require_active``; of a fleet, at most 20 are named."""

    fix = "Renew or activate it in the service's console, or change the condition of the data source."


class ConnectionFailedError(CloudError):
    """No response at all: DNS, connection, TLS, proxy or timeout."""

    fix = "Check the network, the proxy (HTTPS_PROXY, NO_PROXY) and alicloud:endpoints."


class InterruptedReadError(CloudError):
    """The engine cancelled the operation, for example after Ctrl-C."""

    fix = "Run the command again."


ACCOUNT_WIDE: Final = (
    SettingsError,
    CredentialsError,
    AuthenticationError,
    UnavailableError,
    ConnectionFailedError,
    InterruptedReadError,
)
"""The errors that concern every certificate of an account alike: whatever a read asks for, it fails with them."""
