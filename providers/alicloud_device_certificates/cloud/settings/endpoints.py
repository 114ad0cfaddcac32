"""The hosts that are asked: by product and region, or as `alicloud:endpoints` says."""

from __future__ import annotations

import re
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.sources import Sources
from alicloud_device_certificates.contract.kinds import KINDS

PRODUCTS: Final = (*dict.fromkeys(kind.product for kind in KINDS.values()), "sts")
"""The keys of `alicloud:endpoints` that are used here; all others are pulumi-alicloud's alone."""

_REGION = re.compile(r"[a-z]{2,4}(?:-[a-z0-9]{1,32}){1,4}")
_HOST = re.compile(r"(?:[A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?")


def is_region(text: str) -> bool:
    """Whether a text can be a region's name. It becomes part of a host name that gets signed requests."""
    return _REGION.fullmatch(text) is not None


def regional_host(product: str, region: str) -> str:
    """A product's public host in a region. Raises `SettingsError` where the region cannot be one."""
    if not is_region(region):
        raise SettingsError(f"{region!r} is not the name of a region, such as cn-hangzhou")
    return f"{product}.{region}.aliyuncs.com"


def endpoints_in(sources: Sources) -> dict[str, str]:
    """`alicloud:endpoints` (a list of objects, as pulumi-alicloud has it) as product -> `[scheme://]host[:port]`."""
    given = sources.json("endpoints")
    objects = [given] if isinstance(given, dict) else given or []
    if not isinstance(objects, list) or not all(isinstance(entry, dict) for entry in objects):
        raise SettingsError("stack config alicloud:endpoints is not a list of objects")
    found = {}
    for entry in objects:
        for product in PRODUCTS:
            if entry.get(product):
                found[product] = _endpoint(product, entry[product])
    return found


def _endpoint(product: str, given: object) -> str:
    text = given.strip() if isinstance(given, str) else ""
    scheme, separator, host = text.rstrip("/").rpartition("://")
    match = _HOST.fullmatch(host)
    if not match or int(match["port"] or 0) > 65535 or (separator and scheme.lower() not in {"https", "http"}):
        raise SettingsError(f"stack config alicloud:endpoints: {product} is not a host or host:port")
    return f"{scheme.lower()}{separator}{host}"
