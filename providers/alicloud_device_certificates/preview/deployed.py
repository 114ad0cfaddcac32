"""The certificates of a stack as it was last deployed: out of its exported state, in which secrets stay encrypted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ..output_fields import Kind as Service
from .observed import TYPES, Observed, Warned, allowed_fields, allowed_warnings, is_secret

_STACK = "pulumi:pulumi:Stack"
_UNREADABLE = Warned("unreadable", "the certificate cannot be read in full")


def deployed_certificates(deployment: Mapping[str, Any]) -> tuple[Observed, ...]:
    """Take the certificates of an exported stack (``pulumi stack export``, without its secrets).

    They are the data sources of its state, and beside them what its output ``certificates`` passes on of other stacks.
    """
    resources: Sequence[Mapping[str, Any]] = deployment.get("deployment", {}).get("resources") or []
    read = [_observed(each, TYPES[each["type"]]) for each in resources if each["type"] in TYPES]
    known = {_as_key(each.new) for each in read}
    passed_on = [
        observed
        for stack in resources
        if stack["type"] == _STACK
        for observed in _passed_on(stack)
        if _as_key(observed.new) not in known
    ]
    return (*read, *passed_on)


def _observed(resource: Mapping[str, Any], service: Service) -> Observed:
    outputs = resource.get("outputs") or {}
    fields = allowed_fields(outputs.get("certificate"))
    return Observed(
        urn=resource["urn"],
        name=resource["urn"].rpartition("::")[2],
        service=service,
        state="hidden" if fields is None else "read",
        id=resource.get("id"),
        old=fields,
        new=fields,
        warnings=allowed_warnings(outputs.get("warnings")),
    )


def _passed_on(stack: Mapping[str, Any]) -> Iterator[Observed]:
    certificates = (stack.get("outputs") or {}).get("certificates")
    if not isinstance(certificates, Mapping) or is_secret(certificates):
        return
    for name, certificate in certificates.items():
        fields = allowed_fields(certificate)
        if fields:
            yield Observed(
                urn=f"{stack['urn']}#certificates.{name}",
                name=str(name),
                service=_service_of(fields),
                state="read",
                old=fields,
                new=fields,
                # The warnings of its read are not passed on; this one can be told without them.
                warnings=(_UNREADABLE,) if "certificate_pem" in fields and "serial_number" not in fields else (),
            )


def _as_key(fields: Mapping[str, Any] | None) -> str:
    # The fields are always in the same order.
    return repr(fields)


def _service_of(fields: Mapping[str, Any]) -> Service:
    if "device_sn" in fields:
        return "mqtt"
    return "mqtt-ca" if "ca_sn" in fields else "iot"
