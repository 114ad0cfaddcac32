"""The certificates of devices and CAs in ApsaraMQ for MQTT, as the outputs of their data sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import takewhile
from typing import Any, Final

from alicloud_device_certificates.certificate import (
    Certificate,
    Finding,
    check_issued_by,
    cross_check,
    read_certificate,
)
from alicloud_device_certificates.cloud.mqtt import MqttCaCertificateAnswer, get_ca_certificate, get_device_certificate
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.outcome import (
    ReadOptions,
    certificate_values,
    fill_validity,
    judge,
    outputs,
    read_content,
)

_INACTIVE = Finding(WarningCode.INACTIVE, "the service has deactivated this certificate; brokers refuse it")


async def read_mqtt_device(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Read a device certificate (GetDeviceCertificate), with ``include_chain`` its CA's too (GetCaCertificate).

    Raises CloudError and ContentError.
    """
    answer = await get_device_certificate(
        context.client,
        region=identity["region"],
        mqtt_instance_id=identity["mqtt_instance_id"],
        ca_sn=identity["ca_sn"],
        device_sn=identity["device_sn"],
    )
    certificate = read_content(answer.answered, answer.content)
    values = certificate_values(certificate)
    fill_validity(answer.answered, values, valid_begin=answer.valid_begin, valid_end=answer.valid_end)
    values.update(status=answer.status, device_sn=answer.device_sn, device_name=answer.device_name, ca_sn=answer.ca_sn)
    findings = [
        *_identity_findings("device", identity["device_sn"], answer.device_sn),
        *_identity_findings("CA", identity["ca_sn"], answer.ca_sn),
        *cross_check(
            certificate,
            serial_number=answer.device_sn,
            valid_begin=answer.valid_begin,
            valid_end=answer.valid_end,
        ),
    ]
    if options.include_chain:
        ca_answer = await _get_ca(context, identity.issuer() or identity)
        ca = read_content(ca_answer.answered, ca_answer.content)
        findings += _chain_findings(certificate, ca)
        values["ca_certificate_pem"] = ca.certificate_pem
        values["certificate_chain_pem"] = _chain_pem(certificate, ca)
    warnings = judge(answer.answered, findings, options)
    if answer.status == "inactive":
        warnings.append(_INACTIVE)
    return outputs("mqtt", values, warnings, options.to_props("include_chain", "cross_check"))


async def read_mqtt_ca(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Read a CA certificate (GetCaCertificate). Raises CloudError and ContentError."""
    answer = await _get_ca(context, identity)
    certificate = read_content(answer.answered, answer.content)
    values = certificate_values(certificate)
    fill_validity(answer.answered, values, valid_begin=answer.valid_begin, valid_end=answer.valid_end)
    values.update(status=answer.status, ca_sn=answer.ca_sn, ca_name=answer.ca_name)
    findings = [
        *_identity_findings("CA", identity["ca_sn"], answer.ca_sn),
        *cross_check(
            certificate, serial_number=answer.ca_sn, valid_begin=answer.valid_begin, valid_end=answer.valid_end
        ),
    ]
    if certificate.is_ca is False:
        findings.append(Finding(WarningCode.NOT_A_CA, "by its basic constraints this certificate may sign no other"))
    warnings = judge(answer.answered, findings, options)
    if answer.status == "inactive":
        warnings.append(_INACTIVE)
    return outputs("mqtt-ca", values, warnings, options.to_props("cross_check"))


async def _get_ca(context: ReadContext, identity: CertificateId) -> MqttCaCertificateAnswer:
    """Fetch a CA's certificate once, however many devices of it are read at the same time."""
    return await context.once(
        identity,
        lambda: get_ca_certificate(
            context.client,
            region=identity["region"],
            mqtt_instance_id=identity["mqtt_instance_id"],
            ca_sn=identity["ca_sn"],
        ),
    )


def _identity_findings(what: str, asked: str, answered: str) -> Iterable[Finding]:
    """Compare what was asked for with what the answer says that it is."""
    if asked.lstrip("0").casefold() != answered.lstrip("0").casefold():
        yield Finding(WarningCode.IDENTITY_MISMATCH, f"asked for {what} {asked}, the service answered with {answered}")


def _chain_findings(certificate: Certificate, ca: Certificate) -> list[Finding]:
    """Check that the CA signed the leaf, or the last of the certificates that came with it."""
    below_ca = list(takewhile(lambda pem: pem != ca.certificate_pem, certificate.chain))
    last = read_certificate(below_ca[-1]) if below_ca else certificate
    return check_issued_by(last, ca.certificate_pem)


def _chain_pem(certificate: Certificate, ca: Certificate) -> str:
    """Put the chain together, leaf first, each certificate once."""
    links = (certificate.certificate_pem, *certificate.chain, ca.certificate_pem, *ca.chain)
    return "".join(dict.fromkeys(links))


READS: Final[Mapping[KindKey, Read]] = {"mqtt": read_mqtt_device, "mqtt-ca": read_mqtt_ca}
