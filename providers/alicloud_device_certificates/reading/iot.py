"""A device certificate of IoT Platform, as the outputs of its data source."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from alicloud_device_certificates.certificate import CertificateError, Finding, cross_check, read_private_key
from alicloud_device_certificates.cloud.iot import IotDeviceCertificateAnswer, query_device_cert
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KindKey
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.context import Read, ReadContext
from alicloud_device_certificates.reading.outcome import (
    REISSUE,
    ReadOptions,
    certificate_values,
    judge,
    outputs,
    read_content,
)


async def read_iot_device(context: ReadContext, identity: CertificateId, options: ReadOptions) -> dict[str, Any]:
    """Read a device's certificate (QueryDeviceCert). Raises CloudError and ContentError."""
    answer = await query_device_cert(
        context.client,
        product_key=identity["product_key"],
        device_name=identity["device_name"],
        iot_instance_id=identity.arguments()["iot_instance_id"],
    )
    service = {"status": answer.status, "certificate_sn": answer.certificate_sn}
    others = options.to_props("include_private_key", "allow_pending", "cross_check")
    if answer.status != "generated":
        warnings = [_pending(answer, options)]
        if options.include_private_key:
            # Not left out: an output that is missing is unknown in a preview.
            others["private_key_pem"] = ""
        return outputs("iot", service, warnings, others)
    certificate = read_content(answer.answered, answer.certificate or "")
    if options.include_private_key:
        try:
            others["private_key_pem"] = read_private_key(answer.private_key or "", certificate)
        except CertificateError as error:
            raise answer.answered.content_error(str(error), reason="mismatch", advice=REISSUE) from None
    warnings = judge(answer.answered, cross_check(certificate), options)
    return outputs("iot", {**certificate_values(certificate), **service}, warnings, others)


def _pending(answer: IotDeviceCertificateAnswer, options: ReadOptions) -> Finding:
    """Tell that there is no certificate yet: as a warning where that is allowed, or by ContentError."""
    happening = "is still being generated" if answer.status == "generating" else "could not be generated"
    if not options.allow_pending:
        remedy = "Run again later" if answer.status == "generating" else "Generate it again in IoT Platform"
        raise answer.answered.content_error(
            f"the certificate {happening} (status {answer.status})",
            reason="pending",
            advice=f"{remedy}, or set allow_pending to go on without it.",
        )
    return Finding(WarningCode.PENDING, f"the certificate {happening}")


READS: Final[Mapping[KindKey, Read]] = {"iot": read_iot_device}
