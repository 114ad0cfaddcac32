"""README.md: the permissions that each data source needs."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.fleets import FLEETS
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from tools.docs.blocks import fill
from tools.docs.inputs import DataSourceKind
from tools.docs.operations import fleet_permissions_text, permissions_text
from tools.docs.pages import Render
from tools.docs.tables import table


def page(text: str) -> str:
    """Return the page with its table."""
    sources: list[tuple[DataSourceKind, str, CertificateKind]] = [
        *((kind, permissions_text(kind), kind) for kind in KINDS.values()),
        *((fleet, fleet_permissions_text(fleet), fleet.kind) for fleet in FLEETS.values()),
    ]
    rows = (
        (f"[`{source.class_name}`](docs/data-sources/{source.page}.md)", permissions, _region(kind))
        for source, permissions, kind in sources
    )
    return fill(text, {"permissions": table(("data source", "permissions", "region"), rows)})


def _region(kind: CertificateKind) -> str:
    if kind.only_region is not None:
        return f"always `{kind.only_region}`"
    return "`region=`, else `alicloud:region`, else the environment or the selected profile"


WRITES: Final[Mapping[Path, Render]] = {Path("README.md"): page}
