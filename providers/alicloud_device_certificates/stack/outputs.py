"""The stack outputs that other stacks consume: ``schema_version``, ``certificates``, ``private_keys``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import ClassVar, Final
from weakref import WeakKeyDictionary

import pulumi

from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.pulumi_runtime import root_resource

SCHEMA_VERSION: Final = 1
"""The shape of the outputs. It changes if a field is removed or changes its meaning, not if one is added."""

# By the root resource: the Automation API can run many programs in one process.
_exported: WeakKeyDictionary[pulumi.Resource, dict[str, CertificateResource]] = WeakKeyDictionary()


class ExportError(pulumi.RunError):
    """What ``export_certificates`` gets cannot be exported: one line that lists every fault."""

    fix: ClassVar[str] = "Pass a dict of this stack's data sources by name, each name once."


def export_certificates(certificates: Mapping[str, CertificateResource]) -> None:
    """Export ``certificates`` as stack outputs, under the names that are their keys. Several calls add up.

    ``schema_version`` is 1. ``certificates`` has the fields of each certificate by name, none of them secret.
    ``private_keys`` has the PEM of each private key that was requested by name, a secret; without any it is left out.

    Raise ExportError, a ``pulumi.RunError``, for anything but a mapping of names to data sources, and for a name that
    was exported before; then nothing of this call is exported.
    """
    root = root_resource()
    exported = _exported.setdefault(root, {}) if root is not None else {}
    if faults := list(_faults(certificates, exported)):
        raise ExportError(f"export_certificates: {'; '.join(faults)}")
    exported.update(certificates)
    pulumi.export("schema_version", SCHEMA_VERSION)
    pulumi.export("certificates", {name: certificate.certificate for name, certificate in exported.items()})
    private_keys = {
        name: private_key
        for name, certificate in exported.items()
        if (private_key := certificate.requested_private_key()) is not None
    }
    if private_keys:
        # Secret as a whole: a secret inside a plain map is easy to unwrap by mistake.
        pulumi.export("private_keys", pulumi.Output.secret(pulumi.Output.all(**private_keys).apply(_issued)))


def _faults(certificates: object, exported: Mapping[str, object]) -> Iterator[str]:
    if not isinstance(certificates, Mapping):
        # The value itself is not shown: it may be a private key.
        yield f'it takes data sources by name, such as {{"gateway-01": gateway}}, not {type(certificates).__name__}'
        return
    for name, certificate in certificates.items():
        if not isinstance(name, str) or not name:
            yield f"a name must be a string that is not empty, not {type(name).__name__}"
        elif name in exported:
            yield f"duplicate name {name!r}: an earlier call has exported it"
        elif not isinstance(certificate, CertificateResource):
            yield f"{name!r} is not a data source of this stack, but {type(certificate).__name__}"


def _issued(private_keys: Mapping[str, str | None]) -> dict[str, str]:
    """Drop the keys of certificates that are still pending."""
    return {name: pem for name, pem in private_keys.items() if pem is not None}
