"""From a body, in any form, to the certificate in it."""

from __future__ import annotations

from alicloud_device_certificates.certificate.attributes import Attributes
from alicloud_device_certificates.certificate.chain import leaf_first
from alicloud_device_certificates.certificate.content_kind import ContentKind, content_kind
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.forms import read_blocks
from alicloud_device_certificates.certificate.lenient import read_leniently
from alicloud_device_certificates.certificate.normal_form import Certificate, normal_form
from alicloud_device_certificates.certificate.strict import StrictParserError, read_strictly

_CERTIFICATE_LIMIT = 20  # the order of a chain compares each with each


def read_certificate(body: str) -> Certificate:
    """Read a certificate from PEM or base64 in any form that the services return, alone or with its chain.

    A certificate that nothing can read in full is returned with a ``parse_problem``. Raise CertificateError if the body
    has no certificate, if it is truncated, or if the leaf of several certificates is ambiguous.
    """
    found: dict[bytes, Certificate] = {}
    others: list[ContentKind] = []
    for block in read_blocks(body, "certificate"):
        if block.is_private_key:
            others.append(ContentKind.PRIVATE_KEY)
            continue
        der, extra_bytes = block.first_element("certificate")
        if der in found:
            continue
        if len(found) == _CERTIFICATE_LIMIT:
            raise CertificateError(f"the body has more than {_CERTIFICATE_LIMIT} certificates")
        read = _read(der)
        if isinstance(read, ContentKind):
            others.append(read)
        else:
            found[der] = normal_form(read, extra_bytes=extra_bytes)
    if not found:
        raise CertificateError(f"expected a certificate, found {others[0]}")
    return leaf_first(list(found.values()))


def _read(der: bytes) -> Attributes | ContentKind:
    """Read a certificate by the strict reader, or by the lenient one if that rejects it. Return what else it is."""
    try:
        return read_strictly(der)
    except StrictParserError as error:
        kind = content_kind(der)
        return read_leniently(der, str(error)) if kind is ContentKind.CERTIFICATE else kind
