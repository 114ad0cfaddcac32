"""From a body, in any form, to the certificate in it."""

from __future__ import annotations

from alicloud_device_certificates.certificate.chain import leaf_first
from alicloud_device_certificates.certificate.content_kind import ContentKind, content_kind
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.forms import read_blocks
from alicloud_device_certificates.certificate.normal_form import Certificate, describe

_CERTIFICATE_LIMIT = 20  # the order of a chain compares each with each


def read_certificate(body: str) -> Certificate:
    """Read a certificate from PEM or base64 in any form that the services return, alone or with its chain.

    A certificate that nothing can read in full is returned with a ``parse_problem``. Raise CertificateError if the body
    has no certificate, if it is truncated, or if the leaf of several certificates is ambiguous.
    """
    found: dict[bytes, int] = {}  # each certificate, and how many bytes follow it
    others: list[ContentKind] = []
    for block in read_blocks(body, "certificate"):
        if block.is_private_key:
            others.append(ContentKind.PRIVATE_KEY)
            continue
        der, extra_bytes = block.first_element("certificate")
        kind = content_kind(der)
        if kind is ContentKind.CERTIFICATE:
            found.setdefault(der, extra_bytes)
        else:
            others.append(kind)
    if not found:
        raise CertificateError(f"expected a certificate, found {others[0]}")
    if len(found) > _CERTIFICATE_LIMIT:
        raise CertificateError(f"the body has more than {_CERTIFICATE_LIMIT} certificates")
    return leaf_first([describe(der, extra_bytes=extra_bytes) for der, extra_bytes in found.items()])
