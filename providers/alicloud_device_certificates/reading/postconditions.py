"""The postconditions of a data source, judged by what was read.

They are judged here and not in the program: a read that fails keeps everything that depends on it from being made, and
a fleet that keeps no certificates can still name those that fail.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from alicloud_device_certificates.cloud.errors import PostconditionError
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.contract.postconditions import FAILED, Postconditions
from alicloud_device_certificates.reading.outcome import ReadOptions


def judged(outputs: Mapping[str, Any], identity: CertificateId, options: ReadOptions, now: datetime) -> dict[str, Any]:
    """Return the outputs of one certificate that meets its conditions at a time (UTC).

    Raise PostconditionError if it fails one, unless the gate runs the preview: then an output says so.
    """
    fault = options.postconditions.fault(outputs["certificate"], now)
    if fault is None:
        return {**outputs}
    if options.is_gated:
        return {**outputs, FAILED: {"message": f"the certificate {fault}"}}
    place = source_of(identity.kind.class_name, identity, options.postconditions)
    raise PostconditionError(f"{place}: the certificate {fault}", advice=PostconditionError.fix)


def source_of(class_name: str, identity: CertificateId | FleetId, conditions: Postconditions) -> str:
    """Return a data source as an error names it: its class, its name, and what it reads."""
    arguments = ", ".join(f"{part} {value}" for part, value in identity.arguments().items() if value)
    return f"{class_name} {conditions.name!r} ({arguments})"
