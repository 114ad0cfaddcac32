"""The proxy of the environment for a URL, if there is one.

An entry of ``NO_PROXY`` is a host with all below it, an address, a network (``10.0.0.0/8``, ``fd00::/8``), each with a
port if need be, or ``*``. What is none of these matches nothing. httpx knows no networks, and fails on IPv6.
"""

from __future__ import annotations

from ipaddress import ip_address, ip_network
from typing import Final
from urllib.parse import urlsplit
from urllib.request import getproxies

_PORTS: Final = {"http": 80, "https": 443}


class ProxyAddressError(ValueError):
    """A proxy's address that no client can use. Some of them httpx would only find in each request."""

    def __init__(self, variable: str) -> None:
        super().__init__(variable)
        self.variable = variable


def proxies() -> dict[str, str]:
    """Return the proxies of the environment by scheme: ``http``, ``https`` and ``all``.

    Raise ``ProxyAddressError`` if the address of one has no host or no valid port.
    """
    found = {scheme: address for scheme, address in getproxies().items() if scheme in {*_PORTS, "all"}}
    for scheme, address in found.items():
        if not _is_address(address):
            raise ProxyAddressError(f"{scheme.upper()}_PROXY")
    return {scheme: address if "://" in address else f"http://{address}" for scheme, address in found.items()}


def proxy_for(url: str) -> str | None:
    """Return the address of the proxy for a URL, or ``None`` if its host is reached directly."""
    parts = urlsplit(url)
    found = proxies()
    address = found.get(parts.scheme) or found.get("all")
    if address is None or _is_exempt(parts.hostname or "", parts.port or _PORTS.get(parts.scheme)):
        return None
    return address


def _is_address(text: str) -> bool:
    try:
        parts = urlsplit(text if "://" in text else f"http://{text}")
        return bool(parts.hostname) and parts.port != 0 and text.isprintable() and " " not in text
    except ValueError:  # such as a port that is none
        return False


def _is_exempt(host: str, port: int | None) -> bool:
    """Return whether ``NO_PROXY`` names a host."""
    entries = [entry.strip() for entry in getproxies().get("no", "").split(",")]
    return any(_matches(entry, host, port) for entry in entries if entry)


def _matches(entry: str, host: str, port: int | None) -> bool:
    name, entry_port = _name_and_port(entry)
    if entry_port not in {"", str(port)}:
        return False
    if name == "*":
        return True
    try:
        address = ip_address(host)
    except ValueError:
        known, wanted = _ascii(host), _ascii(name.removeprefix("*").removeprefix("."))
        return bool(wanted) and (known == wanted or known.endswith(f".{wanted}"))
    try:
        return address in ip_network(name, strict=False)
    except ValueError:
        return False


def _name_and_port(entry: str) -> tuple[str, str]:
    """Split an entry such as ``host:8080``, ``[::1]:8080`` or ``::1/128``."""
    entry = entry.rpartition("://")[2]
    if entry.startswith("["):
        name, _, rest = entry[1:].partition("]")
        network, _, port = rest.partition(":")
        return name + network, port
    if entry.count(":") == 1:
        name, _, port = entry.partition(":")
        return name, port
    return entry, ""


def _ascii(name: str) -> str:
    """Return a host's name as it is compared: in lower case, in ASCII, without the dot of the root."""
    name = name.rstrip(".").lower()
    try:
        return name.encode("idna").decode()
    except UnicodeError:  # such as a label that is too long
        return name
