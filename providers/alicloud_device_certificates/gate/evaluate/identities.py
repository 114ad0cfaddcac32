"""Which certificates of a run belong to the same device or CA, however often it is read."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping
from typing import Final

from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.gate.collect.observed import Observed

_NAMED_BY: Final[Mapping[KindKey, str]] = {
    "mqtt": "sha256_fingerprint",
    "mqtt-ca": "subject",
    "iot": "certificate_sn",
}
"""The field that names an identity of each kind, beside the ID."""


def identities(observed: Iterable[Observed]) -> Iterator[int]:
    """Yield the number of the identity of each certificate.

    An ID names one identity. So does a certificate of ApsaraMQ for MQTT, because one can be registered with several
    instances, and the subject of a CA, because a CA that is renewed keeps its name and may keep its key. A certificate
    from another stack has no ID: then the service's ID of an IoT certificate names it, or else the certificate itself.
    """
    known: dict[Hashable, int] = {}
    for number, each in enumerate(observed):
        names = list(_names(each))
        found = next((known[name] for name in names if name in known), number)
        known.update((name, found) for name in names)
        yield found


def _names(observed: Observed) -> Iterator[Hashable]:
    if observed.id is not None:
        yield "id", observed.id
    certificate, name = observed.new or {}, _NAMED_BY[observed.service]
    if observed.id is None and name not in certificate:
        name = "sha256_fingerprint"
    if isinstance(value := certificate.get(name), str):
        yield name, value
