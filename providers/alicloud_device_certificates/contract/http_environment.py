"""What an HTTP client takes from the environment, and why none can be made with it."""

from __future__ import annotations

from typing import Final

from alicloud_device_certificates.contract.proxies import ProxyAddressError

ADVICE: Final = (
    "Check HTTPS_PROXY, HTTP_PROXY and ALL_PROXY (http:// or https://, not socks), NO_PROXY, SSL_CERT_FILE and "
    "SSL_CERT_DIR."
)


def client_fault(error: Exception) -> str:
    """Return why httpx could not make a client, without its own message: that may quote a proxy's password."""
    if isinstance(error, ImportError):
        # For a SOCKS proxy, httpx raises one without a name.
        return f"the module {error.name} cannot be imported" if error.name else "a SOCKS proxy is not supported"
    if isinstance(error, OSError):
        return f"the certificate authorities that the environment configures cannot be read ({type(error).__name__})"
    if isinstance(error, ProxyAddressError):
        return f"{error.variable} is not the address of a proxy, such as http://proxy.example:8080"
    return f"the proxy that the environment configures cannot be used ({type(error).__name__})"
