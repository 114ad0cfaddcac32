"""X.509 device certificates: whatever body a service returns, in one normal form, and compared with what it should be.

Nothing here knows Pulumi or the cloud. A body goes through ``forms`` (text to DER) and ``content_kind``.
Each certificate in it is read by ``strict`` (the X.509 parser), or by ``lenient`` (as OpenSSL reads it) if that rejects
it; ``normal_form`` is the result. ``chain`` finds the leaf. ``private_key`` and ``cross_check`` use the normal form.
"""

from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.cross_check import (
    CertificateWarning,
    check_is_ca,
    check_issued_by,
    cross_check,
)
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.names import rfc4514_attributes
from alicloud_device_certificates.certificate.normal_form import Certificate
from alicloud_device_certificates.certificate.private_key import read_private_key
from alicloud_device_certificates.certificate.same_key import same_public_key

__all__ = [
    "Certificate",
    "CertificateError",
    "CertificateWarning",
    "check_is_ca",
    "check_issued_by",
    "cross_check",
    "read_certificate",
    "read_private_key",
    "rfc4514_attributes",
    "same_public_key",
]
