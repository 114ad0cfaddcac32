"""The device certificates of IoT Platform, as the outputs of their data source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from alicloud_device_certificates.certificate import (
    Certificate,
    CertificateError,
    CertificateWarning,
    cross_check,
    read_private_key,
)
from alicloud_device_certificates.cloud.errors import ContentError
from alicloud_device_certificates.cloud.iot import IotDeviceCertificateResponse, query_device_cert
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.outcome import (
    ReadOptions,
    apply_cross_check,
    certificate_values,
    outputs,
    read_content,
)


async def read_iot_device(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Return the outputs of a device certificate (QueryDeviceCert). Raise CloudError and ContentError."""
    response = await _query(context, identity)
    service = {"status": response.status, "certificate_sn": response.certificate_sn}
    others = options.to_props("include_private_key", "allow_pending", "cross_check")
    if response.status != "generated":
        warnings = [_pending(response, options)]
        if options.include_private_key:
            # Not left out: a preview takes a missing output for unknown.
            others["private_key_pem"] = ""
        return outputs("iot", service, warnings, others)
    certificate = read_content(response.context, response.certificate or "")
    found = [*cross_check(certificate), *_changed(options.known, certificate, response)]
    warnings = apply_cross_check(response.context, found, options)
    values = {**certificate_values(certificate), **service}
    if options.include_private_key:
        # Last, and in no local variable: nothing that fails after it can show it in a traceback.
        return outputs("iot", values, warnings, {**others, "private_key_pem": _private_key(response, certificate)})
    return outputs("iot", values, warnings, others)


async def read_iot_private_key(context: ReadContext, identity: CertificateId) -> str:
    """Return the private key of a device's certificate as PEM, alone. Raise CloudError and ContentError."""
    response = await _query(context, identity)
    if response.status != "generated":
        raise _not_issued(response)
    return _private_key(response, read_content(response.context, response.certificate or ""))


async def _query(context: ReadContext, identity: CertificateId) -> IotDeviceCertificateResponse:
    return await query_device_cert(
        context.client,
        product_key=identity["product_key"],
        device_name=identity["device_name"],
        iot_instance_id=identity.arguments()["iot_instance_id"],
    )


def _private_key(response: IotDeviceCertificateResponse, certificate: Certificate) -> str:
    """Return the certificate's private key as PEM. Raise ContentError."""
    try:
        return read_private_key(response.private_key or "", certificate)
    except CertificateError as error:
        problem = str(error)
    raise response.context.content_error(problem, reason="mismatch", advice=ContentError.fix)


def _changed(
    known: Mapping[str, Any], certificate: Certificate, response: IotDeviceCertificateResponse
) -> Iterator[CertificateWarning]:
    """Compare with an earlier read. The response does not name its device, but a new certificate has a new SN."""
    sn, pem = response.certificate_sn, known.get("certificate_pem")
    if sn and sn == known.get("certificate_sn") and pem and pem != certificate.certificate_pem:
        message = f"the service returned another certificate than before under the same SN {sn}"
        yield CertificateWarning(WarningCode.IDENTITY_MISMATCH, message)


def _pending(response: IotDeviceCertificateResponse, options: ReadOptions) -> CertificateWarning:
    """Return the warning that there is no certificate yet. Raise ContentError unless ``allow_pending`` is set."""
    if not options.allow_pending:
        raise _not_issued(response, otherwise=", or set allow_pending to continue without it")
    return CertificateWarning(WarningCode.PENDING, f"the certificate {_progress(response)}")


def _not_issued(response: IotDeviceCertificateResponse, *, otherwise: str = "") -> ContentError:
    remedy = "Run again later" if response.status == "generating" else "Generate it again in IoT Platform"
    return response.context.content_error(
        f"the certificate {_progress(response)} (status {response.status})",
        reason="pending",
        advice=f"{remedy}{otherwise}.",
    )


def _progress(response: IotDeviceCertificateResponse) -> str:
    return "is still being generated" if response.status == "generating" else "could not be generated"


READS: Final[Mapping[KindKey, Read]] = {"iot": read_iot_device}
