"""Errors that the gateway returns before an operation runs, and errors of the emulator itself."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from alicloud_device_certificates.emulator.services.error_codes import ErrorCode, ServiceError

MAX_CLOCK_SKEW: Final = 15 * 60 * 1000
"""Maximum difference between a request's timestamp and the emulator's time, in milliseconds."""
MAX_NONCES: Final = 100_000
"""Number of nonces that the emulator remembers."""

UNSUPPORTED_METHOD: Final = ErrorCode(
    "UnsupportedHTTPMethod", 400, "This HTTP method is not supported.", "the method is neither GET nor POST"
)
INVALID_VERSION: Final = ErrorCode(
    "InvalidVersion", 400, "Specified parameter Version is not valid.", "no service has this API version"
)
UNKNOWN_ACTION: Final = ErrorCode(
    "InvalidAction.NotFound",
    404,
    "Specified api is not found, please check your url and method.",
    "the service has no such operation, or the path is not `/`",
)
SIGNATURE_MISMATCH: Final = ErrorCode(
    "SignatureDoesNotMatch",
    400,
    "Specified signature is not matched with our calculation.",
    "the access key secret is wrong, or the request was changed after signing",
)
SIGNATURE_INCOMPLETE: Final = ErrorCode(
    "IncompleteSignature",
    400,
    "The Authorization header is incomplete.",
    "the `Authorization` header lacks `Credential` or `Signature`",
)
INVALID_SIGNATURE_METHOD: Final = ErrorCode(
    "InvalidSignatureMethod", 400, "Specified SignatureMethod is not valid.", "`SignatureMethod` is not `HMAC-SHA1`"
)
INVALID_SIGNATURE_VERSION: Final = ErrorCode(
    "InvalidSignatureVersion", 400, "Specified SignatureVersion is not valid.", "`SignatureVersion` is not `1.0`"
)
NONCE_USED: Final = ErrorCode(
    "SignatureNonceUsed",
    400,
    "Specified signature nonce was used already.",
    f"one of the last {MAX_NONCES:,} requests had the same nonce",
)
TIMESTAMP_EXPIRED: Final = ErrorCode(
    "InvalidTimeStamp.Expired",
    400,
    "Specified time stamp or date value is expired.",
    f"the timestamp is more than {MAX_CLOCK_SKEW // 60_000} minutes off",
)
TIMESTAMP_FORMAT: Final = ErrorCode(
    "InvalidTimeStamp.Format",
    400,
    "Specified time stamp or date value is not well formatted.",
    "the timestamp does not look like `2026-01-31T12:00:00Z`",
)
UNKNOWN_ACCESS_KEY: Final = ErrorCode(
    "InvalidAccessKeyId.NotFound", 404, "Specified access key is not found.", "no user has this access key"
)
DISABLED_ACCESS_KEY: Final = ErrorCode(
    "InvalidAccessKeyId.Inactive", 403, "Specified access key is disabled.", "the user is `disabled`"
)
TOKEN_MISSING: Final = ErrorCode(
    "MissingSecurityToken",
    400,
    "SecurityToken is mandatory for this action.",
    "the user has a `token`, but the request has none",
)
TOKEN_MALFORMED: Final = ErrorCode(
    "InvalidSecurityToken.Malformed",
    400,
    "Specified SecurityToken is malformed.",
    "the request's token is not the user's",
)
TOKEN_UNEXPECTED: Final = ErrorCode(
    "InvalidSecurityToken.MismatchWithAccessKey",
    400,
    "Specified SecurityToken mismatch with the AccessKey.",
    "the request has a token, but the user has none",
)
TOKEN_EXPIRED: Final = ErrorCode(
    "InvalidSecurityToken.Expired", 400, "Specified SecurityToken is expired.", "the user's token is `token_expired`"
)
THROTTLED: Final = ErrorCode(
    "Throttling.User",
    400,
    "Request was denied due to user flow control.",
    "the account has used up its quota for this second",
)
UNUSABLE: Final = ErrorCode(
    "EmulatorUnusable",
    400,  # the client must not retry: somebody has to do something
    "",
    "the emulator's scenario or state needs attention; the message says why",
)
INTERNAL_ERROR: Final = ErrorCode(
    "EmulatorFault",
    400,  # nor this one: it would fail in the same way
    "",
    "a bug in the emulator; please report it",
)


def internal_error(error: Exception) -> ServiceError:
    """Return the error for a bug of the emulator, which must not pass for an error of the cloud."""
    # The error's own text may hold anything, so only its place. Not by traceback.extract_tb, which finds nothing in a
    # process that limits tracebacks, as the provider's does.
    place = type(error).__name__
    frames = error.__traceback__
    while frames is not None and frames.tb_next is not None:
        frames = frames.tb_next
    if frames is not None:
        place += f" in {Path(frames.tb_frame.f_code.co_filename).name}, line {frames.tb_lineno}"
    return INTERNAL_ERROR.error(f"{place}: a bug in the emulator, please report it")


_MISSING = ErrorCode(
    "Missing<argument>", 400, "<argument> is mandatory for this action.", "a required argument or header is missing"
)


def missing(name: str) -> ServiceError:
    """Return the error for a missing argument, such as ``MissingAction``."""
    return ServiceError(
        _MISSING.http, _MISSING.code.replace("<argument>", name), _MISSING.message.replace("<argument>", name)
    )


GATEWAY_ERRORS: Final = (
    _MISSING,
    UNSUPPORTED_METHOD,
    INVALID_VERSION,
    UNKNOWN_ACTION,
    SIGNATURE_MISMATCH,
    SIGNATURE_INCOMPLETE,
    INVALID_SIGNATURE_METHOD,
    INVALID_SIGNATURE_VERSION,
    NONCE_USED,
    TIMESTAMP_EXPIRED,
    TIMESTAMP_FORMAT,
    UNKNOWN_ACCESS_KEY,
    DISABLED_ACCESS_KEY,
    TOKEN_MISSING,
    TOKEN_MALFORMED,
    TOKEN_UNEXPECTED,
    TOKEN_EXPIRED,
    THROTTLED,
    UNUSABLE,
    INTERNAL_ERROR,
)
"""All of them, in the order of ``docs/emulator.md``."""
