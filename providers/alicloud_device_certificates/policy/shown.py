"""The certificates that the engine shows to a stack policy.

In a preview or an update it shows no resource that was only read, which is what the data sources are: the certificates
are those of the stack output ``certificates``. ``pulumi policy analyze`` shows a stack's whole state, and so the data
sources themselves, with the warnings of their reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from alicloud_device_certificates.gate.collect.deployed import deployed_certificates
from alicloud_device_certificates.gate.collect.observed import STACK, TYPES, Observed


def shown_certificates(resources: Iterable[PolicyResource]) -> tuple[Observed, ...]:
    """Take the certificates out of a stack's resources; one that is not known yet is left out.

    The values come without any mark of secrecy, secret outputs too: only what the gate allows is copied.
    """
    exported = [
        {"type": resource.resource_type, "urn": resource.urn, "outputs": outputs}
        for resource in resources
        if (outputs := _outputs(resource))
    ]
    return deployed_certificates({"deployment": {"resources": exported}})


def _outputs(resource: PolicyResource) -> dict[str, object]:
    if resource.resource_type == STACK:
        return {"certificates": dict(_known_entries(resource.props, "certificates"))}
    if resource.resource_type in TYPES:
        outputs = dict(_known_items(resource.props, ("certificate", "warnings")))
        return outputs if "certificate" in outputs else {}
    return {}


def _known_entries(props: Mapping[str, Any], key: str) -> Iterator[tuple[str, object]]:
    try:
        entries = props.get(key)
    except UnknownValueError:
        return
    if isinstance(entries, Mapping):
        yield from _known_items(entries, entries)


def _known_items(values: Mapping[str, Any], keys: Iterable[str]) -> Iterator[tuple[str, object]]:
    """Give the items of these keys that are there and known to the last of their values."""
    for key in keys:
        try:
            value = _plain(values.get(key))
        except UnknownValueError:
            continue
        if value is not None:
            yield key, value


def _plain(value: object) -> object:
    """Copy a value out of the proxies around it, which raise UnknownValueError for what is not known yet."""
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
