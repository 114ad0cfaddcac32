"""The hosts that receive requests: by product and region, or from ``alicloud:endpoints``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from ipaddress import IPv6Address
from types import MappingProxyType
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.setting import Setting
from alicloud_device_certificates.cloud.settings.sources import Sources
from alicloud_device_certificates.contract.kinds import KINDS

PRODUCTS: Final = (*dict.fromkeys(kind.product for kind in KINDS.values()), "sts")
"""The keys of ``alicloud:endpoints`` that are read; all others are for pulumi-alicloud alone."""

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z0-9]{1,32}){1,4}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")


def is_region(text: str) -> bool:
    """Return whether a text can be a region ID. It becomes part of a host name that receives signed requests."""
    return _REGION.fullmatch(text) is not None


def regional_host(product: str, region: str) -> str:
    """Return a product's public host in a region. Raise ``SettingsError`` if the region is not a region ID."""
    if not is_region(region):
        raise SettingsError(f"{region!r} is not a region ID, such as cn-hangzhou")
    return f"{product}.{region}.aliyuncs.com"


def read_endpoints(sources: Sources, setting: Setting) -> Mapping[str, str]:
    """Return ``alicloud:endpoints``, a list of objects, as a mapping of product to ``[scheme://]host[:port]``."""
    configured = sources.json(setting)
    objects = [configured] if isinstance(configured, dict) else configured or []
    if not isinstance(objects, list) or not all(isinstance(entry, dict) for entry in objects):
        raise SettingsError(f"{sources.in_config(setting)} is not a list of objects")
    found: dict[str, str] = {}
    for entry in objects:
        for product in PRODUCTS:
            if entry.get(product):
                found[product] = _endpoint(f"{sources.in_config(setting)}: {product}", entry[product])
    return MappingProxyType(found)


_PORTS: Final = range(1, 65536)


def _is_host(text: str) -> bool:
    """Return whether a text of the right characters is an address or a name that DNS can have (RFC 1035, 2.3.4)."""
    if not text.startswith("["):
        return len(text) < 254 and all(0 < len(label) < 64 for label in text.split("."))
    try:
        return bool(IPv6Address(text[1:-1]))
    except ValueError:
        return False


def _endpoint(origin: str, configured: object) -> str:
    text = configured.strip() if isinstance(configured, str) else ""
    scheme, separator, host = text.rstrip("/").rpartition("://")
    match = _HOST.fullmatch(host)
    if (
        not match
        or not _is_host(host.removesuffix(f":{match['port']}"))
        or int(match["port"] or 443) not in _PORTS
        or (separator and scheme.lower() not in {"https", "http"})
    ):
        raise SettingsError(f"{origin} is not a host or host:port")
    return f"{scheme.lower()}{separator}{host}"
