"""The certificates of a stack as last deployed, from its exported state, in which secrets stay encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from alicloud_device_certificates.contract.config import EMULATOR
from alicloud_device_certificates.contract.kinds import KindKey, kind_of
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.gate.collect.allow_list import (
    account_in,
    allowed_fields,
    allowed_warnings,
    engine_id,
    field_warnings,
    is_secret,
    name_of,
    warnings_by_member,
)
from alicloud_device_certificates.gate.collect.fleet import FLEET_TYPES
from alicloud_device_certificates.gate.collect.identity import told_apart
from alicloud_device_certificates.gate.collect.members import (
    fleet_of,
    has_members,
    is_from_emulator,
    members,
    without_healthy_fleets,
)
from alicloud_device_certificates.gate.collect.observed import STACK, TYPES, Observed, ReadWarning
from alicloud_device_certificates.gate.errors import EngineError

_URN_PARTS = 3  # separators of stack, project, type and name
_UNREADABLE = ReadWarning(WarningCode.UNREADABLE, "the certificate cannot be read in full")


def deployed_certificates(deployment: Mapping[str, Any]) -> tuple[Observed, ...]:
    """Return the certificates of an exported stack (``pulumi stack export``, without ``--show-secrets``).

    They are the data sources in its state and the certificates of other stacks that its output ``certificates`` passes
    on.
    """
    resources = _resources(deployment)
    read = [_observed(each, TYPES[each["type"]]) for each in resources if each["type"] in TYPES]
    of_fleets = [observed for each in resources if each["type"] in FLEET_TYPES for observed in _fleet(each)]
    read += without_healthy_fleets(tuple(of_fleets))
    known = {_as_key(each.new) for each in read}
    passed_on = [
        observed
        for stack in resources
        if stack["type"] == STACK
        for observed in _passed_on(stack)
        if _as_key(observed.new) not in known
    ]
    return told_apart((*read, *passed_on))


def is_emulated(deployment: Mapping[str, Any]) -> bool:
    """Return whether the certificates come from the embedded emulator; the providers' inputs keep that config."""
    providers = (each for each in _resources(deployment) if each["type"] == "pulumi:providers:pulumi-python")
    is_embedded = any(str(_object(each, "inputs").get(EMULATOR.full_name, "")).lower() == "true" for each in providers)
    # The warning of a fleet that is nothing beside its certificates is not shown itself.
    fleets = (each for each in _resources(deployment) if each["type"] in FLEET_TYPES)
    return is_embedded or any(is_from_emulator(_whole(each)) for each in fleets)


def project_of(deployment: Mapping[str, Any]) -> str | None:
    """Return the project of an exported stack; None if nothing was ever deployed."""
    return next((each["urn"].split("::")[1] for each in _resources(deployment)), None)


def _resources(deployment: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    """Return the resources of a state. Raise EngineError if it is none: a certificate could be in what is skipped."""
    resources = _object(deployment, "deployment").get("resources")
    if resources is None:
        return []
    faults = [number for number, each in enumerate(_list(resources), 1) if not _is_resource(each)]
    if faults or not isinstance(resources, list):
        where = f"resource {faults[0]} has no type or URN" if faults else "it has no list of resources"
        raise EngineError(f"the state of the stack is damaged: {where}; check it by `pulumi stack export`")
    return resources


def _is_resource(value: object) -> bool:
    return (
        isinstance(value, Mapping)
        and isinstance(value.get("type"), str)
        and isinstance(value.get("urn"), str)
        and value["urn"].count("::") >= _URN_PARTS
    )


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []


def _object(parent: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = parent.get(key)
    return value if isinstance(value, Mapping) else {}


def _observed(resource: Mapping[str, Any], service: KindKey) -> Observed:
    outputs = _object(resource, "outputs")
    fields = allowed_fields(outputs.get("certificate"))
    return Observed(
        urn=resource["urn"],
        name=name_of(resource["urn"]),
        service=service,
        state="secret" if fields is None else "read",
        id=engine_id(resource.get("id")),
        account=account_in(outputs, _object(resource, "inputs")),
        old=fields,
        new=fields,
        warnings=(*allowed_warnings(outputs.get("warnings")), *field_warnings(outputs.get("certificate"), fields)),
    )


def _fleet(resource: Mapping[str, Any]) -> Iterator[Observed]:
    """Yield a fleet and its certificates, each the same at the last update as now."""
    outputs, whole = _object(resource, "outputs"), _whole(resource)
    yield whole
    yield from members(whole, FLEET_TYPES[resource["type"]], old=outputs, new=outputs)


def _whole(resource: Mapping[str, Any]) -> Observed:
    outputs, name, id_ = _object(resource, "outputs"), name_of(resource["urn"]), engine_id(resource.get("id"))
    account = account_in(outputs, _object(resource, "inputs"))
    return Observed(
        urn=resource["urn"],
        name=name,
        service=FLEET_TYPES[resource["type"]].member,
        state="read" if has_members(outputs) else "secret",
        id=id_,
        account=account,
        old_id=id_,
        old_account=account,
        warnings=tuple(warnings_by_member(outputs.get("warnings")).get(None, ())),
        fleet=fleet_of(name, old=outputs, new=outputs),
    )


def _passed_on(stack: Mapping[str, Any]) -> Iterator[Observed]:
    certificates = _object(stack, "outputs").get("certificates")
    if not isinstance(certificates, Mapping) or is_secret(certificates):
        return
    for name, certificate in certificates.items():
        fields = allowed_fields(certificate)
        damage = field_warnings(certificate, fields)
        if fields or damage:
            fields = fields or {}
            # The warnings of the read are not passed on, but this one is visible in the fields.
            is_unreadable = "certificate_pem" in fields and "serial_number" not in fields and not damage
            yield Observed(
                urn=f"{stack['urn']}#certificates.{name}",
                name=str(name),
                service=kind_of(fields).key,
                state="read",
                old=fields,
                new=fields,
                warnings=(*damage, *((_UNREADABLE,) if is_unreadable else ())),
            )


def _as_key(fields: Mapping[str, Any] | None) -> str:
    # The fields are always in the same order.
    return repr(fields)
