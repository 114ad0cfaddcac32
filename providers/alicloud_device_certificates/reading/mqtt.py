"""The certificates of devices and CAs in ApsaraMQ for MQTT, as the outputs of their data sources."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import Any, Final

from alicloud_device_certificates.certificate import (
    Certificate,
    CertificateWarning,
    check_is_ca,
    check_issued_by,
    cross_check,
)
from alicloud_device_certificates.cloud.mqtt import (
    MqttCaCertificateResponse,
    MqttDeviceCertificateResponse,
    get_ca_certificate,
    get_device_certificate,
)
from alicloud_device_certificates.contract.ids import CertificateId, same_sn
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.outcome import (
    ReadOptions,
    apply_cross_check,
    certificate_values,
    fill_validity,
    outputs,
    read_content,
)

_INACTIVE = CertificateWarning(WarningCode.INACTIVE, "the certificate is deactivated in the service; brokers reject it")


@dataclass(frozen=True, slots=True, kw_only=True)
class CaCertificate:
    """A CA certificate as the service returned it, and as it was read from that."""

    response: MqttCaCertificateResponse
    certificate: Certificate


async def read_mqtt_device(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Return the outputs of a device certificate (GetDeviceCertificate), with its CA's if ``include_chain`` is set.

    Raise CloudError and ContentError.
    """
    response = await get_device_certificate(
        context.client,
        region=identity["region"],
        mqtt_instance_id=identity["mqtt_instance_id"],
        ca_sn=identity["ca_sn"],
        device_sn=identity["device_sn"],
    )
    return await device_outputs(context, identity, response, options)


async def device_outputs(
    context: ReadContext,
    identity: CertificateId,
    response: MqttDeviceCertificateResponse,
    options: ReadOptions,
    certificate: Certificate | None = None,
) -> dict[str, Any]:
    """Return the outputs of a device certificate that the service returned. Raise CloudError and ContentError.

    ``certificate`` is what its content was parsed to, if it was; its parts are needed with ``include_chain`` only.
    """
    certificate = certificate or read_content(response.context, response.content)
    values = certificate_values(certificate)
    fill_validity(response.context, values, valid_begin=response.valid_begin, valid_end=response.valid_end)
    values.update(
        status=response.status,
        device_sn=response.device_sn,
        device_name=response.device_name,
        ca_sn=response.ca_sn,
    )
    found = [
        *_identity_warnings("device", identity["device_sn"], response.device_sn),
        *_identity_warnings("CA", identity["ca_sn"], response.ca_sn),
        *cross_check(
            certificate,
            serial_number=response.device_sn,
            valid_begin=response.valid_begin,
            valid_end=response.valid_end,
        ),
    ]
    if options.include_chain:
        ca = (await _get_ca(context, identity.issuer() or identity)).certificate
        found += _chain_warnings(certificate, ca)
        values["ca_certificate_pem"] = ca.certificate_pem
        values["certificate_chain_pem"] = _chain_pem(certificate, ca)
    warnings = apply_cross_check(response.context, found, options)
    if response.status == "inactive":
        warnings.append(_INACTIVE)
    return outputs("mqtt", values, warnings, options.to_props("include_chain", "cross_check"))


async def read_mqtt_ca(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Return the outputs of a CA certificate (GetCaCertificate). Raise CloudError and ContentError."""
    return ca_outputs(identity, await _get_ca(context, identity), options)


def ca_outputs(identity: CertificateId, ca: CaCertificate, options: ReadOptions) -> dict[str, Any]:
    """Return the outputs of a CA certificate that the service returned. Raise ContentError."""
    response, certificate = ca.response, ca.certificate
    values = certificate_values(certificate)
    fill_validity(response.context, values, valid_begin=response.valid_begin, valid_end=response.valid_end)
    values.update(status=response.status, ca_sn=response.ca_sn, ca_name=response.ca_name)
    found = [
        *_identity_warnings("CA", identity["ca_sn"], response.ca_sn),
        *cross_check(
            certificate,
            serial_number=response.ca_sn,
            valid_begin=response.valid_begin,
            valid_end=response.valid_end,
        ),
    ]
    found += check_is_ca(certificate)
    warnings = apply_cross_check(response.context, found, options)
    if response.status == "inactive":
        warnings.append(_INACTIVE)
    return outputs("mqtt-ca", values, warnings, options.to_props("cross_check"))


async def _get_ca(context: ReadContext, identity: CertificateId) -> CaCertificate:
    """Return a CA certificate (GetCaCertificate), fetched and read once for all the devices of the CA."""

    async def read() -> CaCertificate:
        response = await get_ca_certificate(
            context.client,
            region=identity["region"],
            mqtt_instance_id=identity["mqtt_instance_id"],
            ca_sn=identity["ca_sn"],
        )
        return CaCertificate(response=response, certificate=read_content(response.context, response.content))

    return await context.once(identity, read)


def _identity_warnings(what: str, requested: str, returned: str) -> Iterable[CertificateWarning]:
    """Compare the SN in the request with the SN in the response."""
    if not same_sn(requested, returned):
        yield CertificateWarning(
            WarningCode.IDENTITY_MISMATCH, f"requested {what} {requested}, but the service returned {returned}"
        )


def _chain_warnings(certificate: Certificate, ca: Certificate) -> list[CertificateWarning]:
    """Check that the CA signed the leaf, or the last of the certificates that came with it."""
    below_ca = takewhile(lambda issuer: issuer.certificate_pem != ca.certificate_pem, certificate.issuers)
    last = [certificate, *below_ca][-1]
    return check_issued_by(last, ca)


def _chain_pem(certificate: Certificate, ca: Certificate) -> str:
    """Join the chain, leaf first, each certificate once."""
    links = (certificate.certificate_pem, *certificate.chain, ca.certificate_pem, *ca.chain)
    return "".join(dict.fromkeys(links))


READS: Final[Mapping[KindKey, Read]] = {"mqtt": read_mqtt_device, "mqtt-ca": read_mqtt_ca}
