"""The certificates that a stack policy can see.

In a preview or an update, the engine shows no resource that was only read, and data sources are only read. The
certificates are therefore those of the stack output ``certificates``. ``pulumi policy analyze`` shows the whole state:
also the data sources with the warnings of their reads.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from pulumi_policy import PolicyResource
from pulumi_policy.proxy import UnknownValueError

from alicloud_device_certificates.gate.collect.deployed import deployed_certificates
from alicloud_device_certificates.gate.collect.fleet import FLEET_TYPES
from alicloud_device_certificates.gate.collect.observed import STACK, TYPES, Observed

_OF_FLEET: Final = ("summary", "errors", "warnings", "fields", "select", "on_error")
"""The outputs of a fleet that are evaluated, beside its certificates."""


def shown_certificates(resources: Iterable[PolicyResource]) -> tuple[Observed, ...]:
    """Return the certificates among a stack's resources, without those that are not known yet.

    The engine does not mark secret outputs here, so only the fields on the gate's allow-list are copied.
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
    if resource.resource_type in FLEET_TYPES and _is_known(resource.props, "certificates"):
        others = dict(_known_items(resource.props, _OF_FLEET))
        return {**others, "certificates": dict(_known_entries(resource.props, "certificates"))}
    return {}


def _is_known(props: Mapping[str, Any], key: str) -> bool:
    try:
        return isinstance(props.get(key), Mapping)
    except UnknownValueError:
        return False


def _known_entries(props: Mapping[str, Any], key: str) -> Iterator[tuple[str, object]]:
    try:
        entries = props.get(key)
    except UnknownValueError:
        return
    if isinstance(entries, Mapping):
        yield from _known_items(entries, entries)


def _known_items(values: Mapping[str, Any], keys: Iterable[str]) -> Iterator[tuple[str, object]]:
    """Yield the items of these keys that exist and are known in full."""
    for key in keys:
        try:
            value = _plain(values.get(key))
        except UnknownValueError:
            continue
        if value is not None:
            yield key, value


def _plain(value: object) -> object:
    """Copy a value out of its proxies, which raise UnknownValueError for anything that is not known yet."""
    if isinstance(value, Mapping):
        return {key: _plain(value[key]) for key in value}
    if isinstance(value, Sequence) and not isinstance(value, str):
        return [_plain(item) for item in value]
    return value
