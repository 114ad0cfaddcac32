"""What a summary and ``select`` need of a device certificate, without the rest: a million of them are read.

The result is that of the whole read, or None if only that can find out: for a body or a certificate of any other form
than the usual one.
"""

from __future__ import annotations

import re
from binascii import a2b_base64
from typing import Any, Final

from cryptography import x509

from alicloud_device_certificates.certificate.strict import StrictParserError, rejections
from alicloud_device_certificates.cloud.mqtt import MqttDeviceCertificateResponse
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.contract.unknowns import UNKNOWN_MARKERS

_PEM: Final = re.compile(
    r"-----BEGIN (DEVICE)?CERTIFICATE-----\n([A-Za-z0-9+/\n]{64,}={0,2})\n-----END (?(1)DEVICE)CERTIFICATE-----\n?"
)


def brief_certificate(response: MqttDeviceCertificateResponse) -> dict[str, Any] | None:
    """Return the fields of a certificate that a summary and ``select`` need, as the whole read has them."""
    texts = {"status": response.status, "device_name": response.device_name, "ca_sn": response.ca_sn}
    validity = _validity(response.content)
    if validity is None or not all(text.isascii() and text not in UNKNOWN_MARKERS for text in texts.values()):
        return None
    not_before, not_after = validity
    return {**texts, "not_before": not_before, "not_after": not_after}


def _validity(body: str) -> tuple[str, str] | None:
    found = _PEM.fullmatch(body.replace("\\n", "\n"))
    if found is None:
        return None
    try:
        der = a2b_base64(found[2].replace("\n", ""), strict_mode=True)
        with rejections():
            parsed = x509.load_der_x509_certificate(der)
            return rfc3339(parsed.not_valid_before_utc), rfc3339(parsed.not_valid_after_utc)
    except (ValueError, StrictParserError):
        return None
