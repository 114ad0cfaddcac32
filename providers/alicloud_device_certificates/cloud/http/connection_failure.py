"""What an error of httpx means: no response, and whether to retry."""

from __future__ import annotations

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
            message = f"no connection to {host}: {safe_text(str(error))}"
            advice = f"Check the region ({call.region}), the network, the proxy and alicloud:endpoints."
        case httpx.ProxyError():
            message = f"no connection to {host} through the proxy: {safe_text(str(error))}"
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
