"""X.509 device certificates: whatever body a service returns, in one normal form, and compared with what it should be.

Nothing here knows Pulumi or the cloud. A body goes through ``forms`` (text to DER), ``der`` (which kind of content),
``loading`` (the parser), ``chain`` (which of several is the leaf) and ``attributes`` (the normal form). ``private_key``
and ``cross_check`` use that form. Each certificate is parsed once; the normal form carries the parser's result.
"""

from alicloud_device_certificates.certificate.attributes import Certificate
from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.cross_check import CertificateWarning, check_issued_by, cross_check
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.private_key import read_private_key
from alicloud_device_certificates.certificate.public_key import public_key_der, same_public_key

__all__ = [
    "Certificate",
    "CertificateError",
    "CertificateWarning",
    "check_issued_by",
    "cross_check",
    "public_key_der",
    "read_certificate",
    "read_private_key",
    "same_public_key",
]
