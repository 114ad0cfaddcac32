"""What it means that a request got no response: the error, and whether to retry."""

from __future__ import annotations

import os
import re
import ssl
from errno import errorcode
from typing import Final

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import ConnectionFailedError
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.text import safe_text

SLOW: Final = (
    "If the service is slow, raise alicloud:clientReadTimeout (milliseconds for one attempt), and with it "
    "alicloud:maxRetryTimeout (seconds for all). Otherwise check the network, the proxy and alicloud:endpoints."
)
_FINAL_TLS: Final = ("CERTIFICATE_VERIFY_FAILED", "WRONG_VERSION_NUMBER")
"""Reasons that stay. Otherwise the handshake broke, or the server ended it."""


def connection_failure(call: ApiCall, error: Exception) -> AttemptFailed:
    """Return why there is no connection. Only the operating system's and the TLS library's own words are used."""
    text = str(error)
    if isinstance(error, ssl.SSLError) or "[SSL" in text:
        failure_class = (
            FailureClass.PERMANENT if any(reason in text for reason in _FINAL_TLS) else FailureClass.TRANSIENT
        )
        advice = "For your own certificate authority, set SSL_CERT_FILE; for plain HTTP, set alicloud:protocol."
        return _failed(call, f"no TLS connection to {call.host}: {safe_text(text)}", advice, failure_class)
    advice = f"Check the region ({call.region}), the network, the proxy and alicloud:endpoints."
    return _failed(call, f"no connection to {call.host}: {_cause(error)}", advice)


def no_connection_in_time(call: ApiCall) -> AttemptFailed:
    """Return the failure of an attempt whose connection took too long."""
    return _failed(call, f"no connection to {call.host} within alicloud:clientConnectTimeout")


def no_response_in_time(call: ApiCall, limits: str) -> AttemptFailed:
    """Return the failure of an attempt whose response took too long; ``limits`` says for which limit."""
    return _failed(call, limits, SLOW)


def no_proxy(call: ApiCall, status: str, reason: str) -> AttemptFailed:
    """Return the failure of an attempt that a proxy rejected, with a status or for another reason."""
    is_final = status.startswith("4") and status not in {"408", "425", "429"}
    message = f"no connection to {call.host} through the proxy: {status or reason}"
    return _failed(call, message, failure_class=FailureClass.PERMANENT if is_final else FailureClass.TRANSIENT)


def broken(call: ApiCall) -> AttemptFailed:
    """Return the failure of an attempt whose connection broke, or carried what is not HTTP."""
    return _failed(call, f"the connection to {call.host} broke")


def unsendable(call: ApiCall, error: Exception) -> AttemptFailed:
    """Return the failure of a request that cannot be sent. The error's own message may quote it."""
    message = f"cannot send a request to {call.host} ({type(error).__name__})"
    return _failed(call, message, failure_class=FailureClass.PERMANENT)


def _failed(
    call: ApiCall, message: str, advice: str = "", failure_class: FailureClass = FailureClass.TRANSIENT
) -> AttemptFailed:
    error = call.error(ConnectionFailedError, message, advice=advice or ConnectionFailedError.fix)
    return AttemptFailed(error, failure_class)


def _cause(error: Exception) -> str:
    """Return why there is no connection: the operating system's reason, which the error's message may leave out."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, BaseExceptionGroup):  # one for each address of the host
            link = link.exceptions[0]
        # asyncio has only the text of the errors if each address of the host has one.
        found = re.search(r"\[Errno (\d+)\]", str(link))
        number = (
            link.errno if isinstance(link, OSError) and link.errno is not None else int(found[1]) if found else None
        )
        if number in errorcode and number is not None and not isinstance(link, ssl.SSLError):
            return os.strerror(number)
        link = link.__cause__ or link.__context__
    return safe_text(str(error)) or type(error).__name__
