"""From an ID to the outputs of its data source: ask the service, read the certificate, compare the two."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from .certificate import (
    Certificate,
    CertificateError,
    Finding,
    cross_check,
    read_certificate,
    read_private_key,
    rfc3339,
)
from .cloud.iot import IotDeviceCertificateAnswer, query_device_cert
from .cloud.mqtt import MqttDeviceCertificateAnswer, get_device_certificate
from .cloud.operation import Caller
from .emulator_mark import EMULATOR
from .identifiers import IotDeviceId, MqttDeviceId, parse_id
from .output_fields import Service, field_names


class Source(Caller, Protocol):
    """Where certificates are read: ``cloud.client.Client``, or a stand-in in a test."""

    @property
    def emulator(self) -> str | None:
        """The address of an emulator that was met on the network, or None."""
        ...  # pragma: no cover


class ContentError(Exception):
    """The service answered, but not with a certificate that can be used: one line that says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadOptions:
    """The flags of a data source (see its arguments)."""

    include_private_key: bool = False
    allow_pending: bool = False
    cross_check: str = "warn"

    @classmethod
    def from_props(cls, props: Mapping[str, Any]) -> ReadOptions:
        """Take the flags from the inputs of a read, or from the outputs of an earlier one."""
        return cls(
            include_private_key=bool(props.get("include_private_key", False)),
            allow_pending=bool(props.get("allow_pending", False)),
            cross_check=str(props.get("cross_check", "warn")),
        )


async def read(client: Source, id_: str, options: ReadOptions) -> dict[str, Any]:
    """Read the certificate that ``id_`` names and give the outputs of its data source.

    They hold only what is there: the engine drops a None, and a preview would then take it for unknown.

    Raises CloudError when the service cannot be asked or refuses, ContentError when its answer cannot be used, and
    InvalidIdError when ``id_`` is not an ID.
    """
    identity = parse_id(id_)
    if isinstance(identity, MqttDeviceId):
        outputs = await _read_mqtt(client, identity, options)
    else:
        outputs = await _read_iot(client, identity, options)
    if client.emulator is not None:
        told = f"{client.emulator} is an emulator: what is read there does not come from Alibaba Cloud"
        outputs["warnings"].append({"code": EMULATOR, "message": told})
    return outputs


async def _read_mqtt(client: Source, identity: MqttDeviceId, options: ReadOptions) -> dict[str, Any]:
    answer = await get_device_certificate(
        client,
        region=identity.region,
        mqtt_instance_id=identity.mqtt_instance_id,
        ca_sn=identity.ca_sn,
        device_sn=identity.device_sn,
    )
    asked = (
        f"GetDeviceCertificate (instance {identity.mqtt_instance_id}, CA {identity.ca_sn}, device {identity.device_sn})"
    )
    try:
        certificate = read_certificate(answer.content)
        values = _certificate_values(certificate)
        # Where the certificate's own validity cannot be read, the service's word on it is better than none.
        for name, milliseconds in (("not_before", answer.valid_begin), ("not_after", answer.valid_end)):
            if values[name] is None and milliseconds is not None:
                values[name] = rfc3339(milliseconds)
    except CertificateError as error:
        raise ContentError(f"{asked}: {error}") from None
    findings = [
        *_identity_findings(identity, answer),
        *cross_check(
            certificate,
            serial_number=answer.device_sn,
            valid_begin=answer.valid_begin,
            valid_end=answer.valid_end,
        ),
    ]
    warnings = _judge(asked, findings, options)
    if answer.status == "inactive":
        warnings.append(Finding("inactive", "the service has deactivated this certificate; brokers refuse it"))
    values.update(status=answer.status, device_sn=answer.device_sn, device_name=answer.device_name, ca_sn=answer.ca_sn)
    return _outputs("mqtt", values, warnings, {"cross_check": options.cross_check})


def _identity_findings(identity: MqttDeviceId, answer: MqttDeviceCertificateAnswer) -> Iterable[Finding]:
    """Compare what was asked for with what the answer says that it is."""
    for what, asked, answered in (
        ("device", identity.device_sn, answer.device_sn),
        ("CA", identity.ca_sn, answer.ca_sn),
    ):
        if asked.lstrip("0").casefold() != answered.lstrip("0").casefold():
            yield Finding("identity_mismatch", f"asked for {what} {asked}, the service answered with {answered}")


async def _read_iot(client: Source, identity: IotDeviceId, options: ReadOptions) -> dict[str, Any]:
    answer = await query_device_cert(
        client,
        product_key=identity.product_key,
        device_name=identity.device_name,
        iot_instance_id=identity.iot_instance_id,
    )
    asked = f"QueryDeviceCert (product {identity.product_key}, device {identity.device_name})"
    values: dict[str, Any] = {"status": answer.status, "certificate_sn": answer.certificate_sn}
    flags: dict[str, Any] = {
        "include_private_key": options.include_private_key,
        "allow_pending": options.allow_pending,
        "cross_check": options.cross_check,
    }
    if answer.status != "generated":
        return _pending(asked, answer, options, values, flags)
    try:
        certificate = read_certificate(answer.certificate or "")
        if options.include_private_key:
            flags["private_key_pem"] = read_private_key(answer.private_key or "", certificate)
    except CertificateError as error:
        raise ContentError(f"{asked}: {error}") from None
    warnings = _judge(asked, cross_check(certificate), options)
    return _outputs("iot", {**_certificate_values(certificate), **values}, warnings, flags)


def _pending(
    asked: str,
    answer: IotDeviceCertificateAnswer,
    options: ReadOptions,
    values: dict[str, Any],
    flags: dict[str, Any],
) -> dict[str, Any]:
    happening = "is still being generated" if answer.status == "generating" else "could not be generated"
    if not options.allow_pending:
        remedy = "run again later" if answer.status == "generating" else "generate it again in IoT Platform"
        raise ContentError(
            f"{asked}: the certificate {happening} (status {answer.status}); {remedy}, "
            "or set allow_pending to go on without it"
        )
    if options.include_private_key:
        # Not left out: an output that is missing is unknown in a preview.
        flags["private_key_pem"] = ""
    return _outputs("iot", values, [Finding("pending", f"the certificate {happening}")], flags)


def _judge(asked: str, findings: Iterable[Finding], options: ReadOptions) -> list[Finding]:
    """Keep, refuse or leave out what the cross-checks found, as the data source was told to."""
    # That a certificate cannot be parsed is no matter of comparing: it is told even where checks are off.
    kept = [finding for finding in findings if options.cross_check != "off" or finding.code == "unreadable"]
    if kept and options.cross_check == "error":
        found = "; ".join(f"{finding.code}: {finding.message}" for finding in kept)
        raise ContentError(f'{asked}: {found} (an error because cross_check is "error")')
    return kept


def _certificate_values(certificate: Certificate) -> dict[str, Any]:
    return {name: getattr(certificate, name, None) for name in field_names("mqtt")}


def _outputs(
    service: Service, values: Mapping[str, Any], warnings: Iterable[Finding], others: Mapping[str, Any]
) -> dict[str, Any]:
    return {
        "certificate": {name: values[name] for name in field_names(service) if values.get(name) is not None},
        "warnings": [{"code": finding.code, "message": finding.message} for finding in warnings],
        **others,
    }
