"""From a body, whatever its form, to the certificate that it holds."""

from __future__ import annotations

from alicloud_device_certificates.certificate.attributes import Certificate, describe
from alicloud_device_certificates.certificate.chain import leaf_first
from alicloud_device_certificates.certificate.der import Kind, kind_of
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.forms import pem, read_blocks
from alicloud_device_certificates.certificate.loading import load

_MOST_CERTIFICATES = 20  # each may have to be held against each other


def read_certificate(body: str) -> Certificate:
    """Read a certificate from PEM or base64 in any form that the services send, alone or with its chain.

    Raises CertificateError when there is no certificate in it, when it is cut off, or when of several certificates
    the leaf cannot be told. A certificate that the X.509 parser refuses is returned, with ``parse_problem``.
    """
    ders: dict[bytes, None] = {}  # a set in order
    others: list[Kind] = []
    for block in read_blocks(body, "certificate"):
        if block.is_private_key:
            others.append(Kind.PRIVATE_KEY)
            continue
        der = block.der("certificate")
        kind = kind_of(der)
        if kind is Kind.CERTIFICATE:
            ders[der] = None
        else:
            others.append(kind)
    if not ders:
        raise CertificateError(f"what should be a certificate is {others[0]}")
    if len(ders) > _MOST_CERTIFICATES:
        raise CertificateError(f"the body holds more than {_MOST_CERTIFICATES} certificates")
    leaf, *chain = leaf_first([load(der) for der in ders])
    return describe(leaf, tuple(pem("CERTIFICATE", other.der) for other in chain))
