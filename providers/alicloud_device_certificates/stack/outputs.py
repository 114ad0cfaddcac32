"""The stack outputs that other stacks consume: certificates, their private keys, and the summaries of fleets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, ClassVar, Final
from weakref import WeakKeyDictionary

import pulumi

from alicloud_device_certificates.contract.fleets import member_name
from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.fleet_resource import FleetResource
from alicloud_device_certificates.resources.pulumi_runtime import root_resource
from alicloud_device_certificates.resources.together import together

DataSource = CertificateResource | FleetResource

SCHEMA_VERSION: Final = 1
"""The shape of the outputs. It changes if a field is removed or changes its meaning, not if one is added."""

# By the root resource: the Automation API can run many programs in one process.
_exported: WeakKeyDictionary[pulumi.Resource, dict[str, DataSource]] = WeakKeyDictionary()


class ExportError(pulumi.RunError):
    """What ``export_certificates`` gets cannot be exported: one line that lists every fault."""

    fix: ClassVar[str] = "Pass a dict of this stack's data sources by name, each name once."


def export_certificates(certificates: Mapping[str, DataSource]) -> None:
    """Export ``certificates`` as stack outputs, under the names that are their keys. Several calls add up.

    ``schema_version`` is 1. ``certificates`` has the fields of each certificate by name, none of them secret.
    ``private_keys`` has the PEM of each private key that was requested by name, a secret; without any it is left out.
    The certificates and keys of a fleet are among them as ``<name of the fleet>/<key>``, and ``summaries`` has the
    summary of each fleet by its name; without any fleet it is left out.

    Raise ExportError, a ``pulumi.RunError``, for anything but a mapping of names to data sources, and for a name that
    was exported before; then nothing of this call is exported.
    """
    root = root_resource()
    exported = _exported.setdefault(root, {}) if root is not None else {}
    if faults := list(_faults(certificates, exported)):
        raise ExportError(f"export_certificates: {'; '.join(faults)}")
    exported.update(certificates)
    pulumi.export("schema_version", SCHEMA_VERSION)
    singles = {name: each for name, each in exported.items() if isinstance(each, CertificateResource)}
    fleets = {name: each for name, each in exported.items() if isinstance(each, FleetResource)}
    of_singles = {name: certificate.certificate for name, certificate in singles.items()}
    of_fleets = {name: fleet.certificates for name, fleet in fleets.items()}
    # Without fleets, a certificate that is not known yet leaves the others known.
    pulumi.export("certificates", _together(of_singles, of_fleets) if fleets else of_singles)
    if fleets:
        pulumi.export("summaries", {name: fleet.summary for name, fleet in fleets.items()})
    keys = {name: key for name, each in singles.items() if (key := each.requested_private_key()) is not None}
    of_keys = {name: found for name, each in fleets.items() if (found := each.requested_private_keys()) is not None}
    if keys or of_keys:
        # Secret as a whole: a secret inside a plain map is easy to unwrap by mistake.
        pulumi.export("private_keys", pulumi.Output.secret(_together(keys, of_keys).apply(_issued)))


def _together(
    singles: Mapping[str, pulumi.Output[Any]], fleets: Mapping[str, pulumi.Output[Any]]
) -> pulumi.Output[dict[str, Any]]:
    """Return one map of single values and of those of fleets, each by its name."""

    def join(values: list[Any]) -> dict[str, Any]:
        known: dict[str, Any] = dict(zip(singles, values, strict=False))
        for fleet, members in zip(fleets, values[len(singles) :], strict=True):
            known.update({member_name(fleet, key): value for key, value in (members or {}).items()})
        return known

    return together([*singles.values(), *fleets.values()]).apply(join)


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
        elif not isinstance(certificate, CertificateResource | FleetResource):
            yield f"{name!r} is not a data source of this stack, but {type(certificate).__name__}"
    names = {*exported, *(name for name in certificates if isinstance(name, str))}
    for name in certificates:
        if isinstance(name, str) and (fleet := name.partition("/")[0]) != name and fleet in names:
            yield f"{name!r} could be a certificate of {fleet!r}: use a name without {fleet + '/'!r}"


def _issued(private_keys: Mapping[str, str | None]) -> dict[str, str]:
    """Drop the keys of certificates that are still pending."""
    return {name: pem for name, pem in private_keys.items() if pem is not None}
