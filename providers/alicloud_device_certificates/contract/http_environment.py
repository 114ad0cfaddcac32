"""What an HTTP client takes from the environment, and why none can be made with it."""

from __future__ import annotations

from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

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


class ProxyAddressError(ValueError):
    """A proxy's address that httpx cannot use. Some of them it would only find in each request."""

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable


def check_proxies() -> None:
    """Raise ProxyAddressError if the address of a proxy of the environment has no host or no valid port."""
    for scheme, address in _proxies().items():
        if not _is_address(address):
            raise ProxyAddressError(f"{scheme.upper()}_PROXY")


def has_proxies() -> bool:
    """Return whether the environment has a proxy for any host."""
    return bool(_proxies())


def _proxies() -> dict[str, str]:
    return {scheme: address for scheme, address in getproxies().items() if scheme in {"http", "https", "all"}}


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        return bool(parts.hostname) and parts.port != 0 and text.isprintable() and " " not in text
    except ValueError:  # such as a port that is none
        return False
