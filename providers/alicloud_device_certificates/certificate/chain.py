"""Which of several certificates is the leaf, and the order of its issuers, by names and signatures."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.normal_form import Certificate


class _Link:
    """A certificate, and its issuers among the others of the body."""

    def __init__(self, certificate: Certificate) -> None:
        self.certificate = certificate
        self.issuers: list[_Link] = []

    def is_issued_by(self, other: _Link) -> bool:
        """Return whether the other one's key signed it. If that cannot be checked, the names alone decide."""
        parts, issuer = self.certificate.parts, other.certificate.parts
        return parts.names_as_issuer(issuer) and parts.is_signed_by(issuer) is not False

    @property
    def is_self_issued(self) -> bool:
        return self.certificate.parts.names_as_issuer(self.certificate.parts)

    @property
    def is_ca(self) -> bool | None:
        """Whether it is a CA certificate; a root of version 1 cannot say so."""
        if not self.certificate.can_have_extensions and self.is_self_issued:
            return True
        return self.certificate.is_ca


def leaf_first(certificates: Sequence[Certificate]) -> Certificate:
    """Return the leaf of several certificates, with its issuers and those that are not in its chain.

    The leaf is the only one that has issued none of the others, otherwise the only one of these that is not a CA. The
    result does not depend on the order in the body. Raise CertificateError unless there is exactly one leaf.
    """
    if len(certificates) == 1:
        return certificates[0]
    links = [_Link(certificate) for certificate in sorted(certificates, key=lambda each: each.parts.der)]
    for link in links:
        # A CA may have a self-signed certificate and cross-signed ones: the path continues with the latter.
        found = [other for other in links if other is not link and link.is_issued_by(other)]
        link.issuers = sorted(found, key=lambda issuer: issuer.is_self_issued)
    leaf = _leaf(links)
    path = _upwards(leaf)
    beside = [link.certificate for link in links if link not in path]
    return replace(leaf.certificate, issuers=tuple(link.certificate for link in path[1:]), beside=tuple(beside))


def _leaf(links: Sequence[_Link]) -> _Link:
    issuing = [issuer for link in links for issuer in link.issuers]
    tips = [link for link in links if link not in issuing]
    if len(tips) > 1:
        # One that nothing can read is the leaf only if all others are CAs.
        tips = [link for link in tips if link.is_ca is False] or [link for link in tips if link.is_ca is None]
    if len(tips) != 1:
        raise CertificateError(f"{len(tips) or 'none'} of the {len(links)} certificates in the body could be the leaf")
    return tips[0]


def _upwards(leaf: _Link) -> list[_Link]:
    """Return the leaf and its issuers, breadth first."""
    found = [leaf]
    for link in found:  # grows during the loop
        found += [issuer for issuer in link.issuers if issuer not in found]
    return found
