"""What an error of httpx means: no response, and whether to retry."""

from __future__ import annotations

import os
import re
from errno import errorcode
from ssl import SSLError
from typing import Final

import httpx

from alicloud_device_certificates.cloud.call import ApiCall, AttemptFailed
from alicloud_device_certificates.cloud.errors import ConnectionFailedError
from alicloud_device_certificates.cloud.retry import FailureClass
from alicloud_device_certificates.contract.text import safe_text

SLOW: Final = (
    "If the service is slow, raise alicloud:clientReadTimeout (milliseconds for one attempt), and with it "
    "alicloud:maxRetryTimeout (seconds for all). Otherwise check the network, the proxy and alicloud:endpoints."
)


def connection_failure(call: ApiCall, error: Exception) -> AttemptFailed:
    """Return the failed attempt. httpx's own message is used only if it cannot quote the request or the response."""
    host = call.host
    failure_class, advice = FailureClass.TRANSIENT, ConnectionFailedError.fix
    match error:
        case httpx.ConnectTimeout():
            message = f"no connection to {host} within alicloud:clientConnectTimeout"
        case httpx.ConnectError() if "[SSL" in str(error):
            message = f"no TLS connection to {host}: {safe_text(str(error))}"
            failure_class = FailureClass.TRANSIENT if _is_alert(error) else FailureClass.PERMANENT
            advice = "For your own certificate authority, set SSL_CERT_FILE; for plain HTTP, set alicloud:protocol."
        case httpx.ConnectError():
            message = f"no connection to {host}: {_cause(error)}"
            advice = f"Check the region ({call.region}), the network, the proxy and alicloud:endpoints."
        case httpx.ProxyError():
            # The status alone: the reason is the proxy's own text, which may echo its password.
            status = next(iter(re.findall(r"^\d{3}\b", str(error))), "")
            message = f"no connection to {host} through the proxy: {status or type(error).__name__}"
            if status.startswith("4") and status not in {"408", "425", "429"}:
                failure_class = FailureClass.PERMANENT
        case httpx.TimeoutException():
            message, advice = f"no response from {host} within alicloud:clientReadTimeout", SLOW
        case httpx.NetworkError() | httpx.RemoteProtocolError() | OSError():
            message = f"the connection to {host} broke"
        case _:
            message, failure_class = f"cannot send a request to {host} ({type(error).__name__})", FailureClass.PERMANENT
    return AttemptFailed(call.error(ConnectionFailedError, message, advice=advice), failure_class)


def _is_alert(error: Exception) -> bool:
    """Return whether the TLS handshake broke or the server ended it; a certificate that is not trusted stays so."""
    return "CERTIFICATE_VERIFY_FAILED" not in str(error) and "WRONG_VERSION_NUMBER" not in str(error)


def _cause(error: Exception) -> str:
    """Return why there is no connection: the operating system's reason, which httpx's own message may leave out."""
    link: BaseException | None = error
    while link is not None:
        if isinstance(link, BaseExceptionGroup):  # one for each address of the host
            link = link.exceptions[0]
        number = link.errno if isinstance(link, OSError) and not isinstance(link, SSLError) else None
        if number in errorcode and number is not None:
            return os.strerror(number)
        link = link.__cause__ or link.__context__
    return safe_text(str(error))
