"""X.509 device certificates: whatever body a service sends, in one normal form, and held against what it should be.

It knows neither Pulumi nor the cloud. A body goes through ``forms`` (text to DER), ``der`` (what it is), ``loading``
(the parser), ``chain`` (which of several is the leaf) and ``attributes`` (what it says); ``private_key`` and
``cross_check`` stand beside that.
"""

from alicloud_device_certificates.certificate.attributes import Certificate
from alicloud_device_certificates.certificate.body import read_certificate
from alicloud_device_certificates.certificate.cross_check import Finding, check_issued_by, cross_check
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.private_key import read_private_key
from alicloud_device_certificates.certificate.public_key import same_public_key

__all__ = [
    "Certificate",
    "CertificateError",
    "Finding",
    "check_issued_by",
    "cross_check",
    "read_certificate",
    "read_private_key",
    "same_public_key",
]
