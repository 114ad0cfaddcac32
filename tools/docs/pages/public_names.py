"""The public names in the package's ``__init__.py``: the data sources by their kinds, and the names listed here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import groupby
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.fleets import FLEETS
from alicloud_device_certificates.contract.kinds import KINDS
from tools.docs.blocks import fill
from tools.docs.pages import Render

HOMES: Final = {
    **{kind.class_name: f"resources.{kind.module}" for kind in KINDS.values()},
    **{fleet.class_name: f"resources.{fleet.module}" for fleet in FLEETS.values()},
    "ArgumentError": "resources.arguments",
    "BundleError": "stack.bundles",
    "ConfigError": "resources.own_config",
    "CrossCheck": "resources.arguments",
    "DeviceCertificatesReference": "stack.reference",
    "KeyPair": "stack.bundles",
    "ExportError": "stack.outputs",
    "PrivateKeyError": "resources.iot_private_key",
    "ProducerError": "stack.reference",
    "ReferencedCertificate": "stack.reference",
    "ReferencedFleet": "stack.reference",
    "configured_certificates": "stack.config",
    "export_certificates": "stack.outputs",
    "fingerprint_allow_list": "stack.bundles",
    "iot_private_key": "resources.iot_private_key",
    "key_pair": "stack.bundles",
    "trust_bundle": "stack.bundles",
}
"""Each public name, and the module that has it."""


def package_init(text: str) -> str:
    """Return ``__init__.py`` with its made blocks."""
    return fill(text, {"imports": "\n".join(_imports()), "names": "\n".join(_names())})


def _imports() -> Iterator[str]:
    by_home = sorted(HOMES.items(), key=lambda item: item[1])
    for home, group in groupby(by_home, key=lambda item: item[1]):
        # Classes before functions, as ruff sorts imports.
        names = sorted(name for name, _ in group)
        line = f"from alicloud_device_certificates.{home} import {', '.join(names)}"
        if len(line) + 4 <= 120:
            yield line
        else:
            yield f"from alicloud_device_certificates.{home} import ("
            yield from (f"    {name}," for name in names)
            yield ")"


def _names() -> Iterator[str]:
    yield "__all__ = ["
    yield from (f'    "{name}",' for name in sorted(HOMES))
    yield "]"
    yield ""
    yield "_HOMES = {"
    yield from (f'    "{name}": "{HOMES[name]}",' for name in sorted(HOMES))
    yield "}"


WRITES: Final[Mapping[Path, Render]] = {Path("providers", PACKAGE, "__init__.py"): package_init}
