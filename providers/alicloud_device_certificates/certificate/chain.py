"""Which of several certificates is the leaf, and the order of its issuers, by names and signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from alicloud_device_certificates.certificate.attributes import is_ca
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.loading import PARSER_ERRORS, Loaded


class _Link:
    """A certificate that can be placed in a chain, and its issuers in the same body."""

    def __init__(self, loaded: Loaded, parsed: x509.Certificate) -> None:
        self.loaded = loaded
        self.parsed = parsed
        self.subject = parsed.subject
        self.issuer = parsed.issuer
        self.issuers: list[_Link] = []

    def issued(self, other: _Link) -> bool:
        """Return whether this key signed ``other``. For an unknown algorithm the names alone decide."""
        try:
            other.parsed.verify_directly_issued_by(self.parsed)
        except (InvalidSignature, ValueError):
            return False
        except (UnsupportedAlgorithm, TypeError):
            return True
        return True

    def is_ca(self) -> bool:
        try:
            return is_ca(self.parsed.extensions)
        except PARSER_ERRORS:
            return False


def leaf_first(certificates: Sequence[Loaded]) -> list[Loaded]:
    """Return the certificates in order: the one that issued none of the others, its issuer, the issuer of that, ...

    The result does not depend on the order in the body. An unparseable certificate is the leaf if all others are CAs,
    otherwise it comes last. Raise CertificateError unless there is exactly one leaf.
    """
    if len(certificates) == 1:
        return list(certificates)
    links: list[_Link] = []
    unplaced: list[Loaded] = []
    for certificate in sorted(certificates, key=lambda loaded: loaded.der):
        link = _link(certificate)
        if link is None:
            unplaced.append(certificate)
        else:
            links.append(link)
    _connect(links)
    issuing = {id(issuer) for link in links for issuer in link.issuers}
    tips = [link for link in links if id(link) not in issuing]
    ordered = [link.loaded for link in _upwards(tips, links)]
    if unplaced and all(link.is_ca() for link in links):
        leaves, ordered = len(unplaced), [*unplaced, *ordered]
    else:
        leaves, ordered = len(tips), [*ordered, *unplaced]
    if leaves != 1:
        raise CertificateError(
            f"{leaves or 'none'} of the {len(certificates)} certificates in the body could be the leaf"
        )
    return ordered


def _link(certificate: Loaded) -> _Link | None:
    try:
        return None if certificate.parsed is None else _Link(certificate, certificate.parsed)
    except PARSER_ERRORS:
        return None


def _connect(links: Sequence[_Link]) -> None:
    by_subject: defaultdict[x509.Name, list[_Link]] = defaultdict(list)
    for link in links:
        by_subject[link.subject].append(link)
    for link in links:
        # A CA may have a self-signed certificate and cross-signed ones: the path continues with the latter.
        candidates = sorted(by_subject[link.issuer], key=lambda issuer: issuer.subject == issuer.issuer)
        link.issuers = [issuer for issuer in candidates if issuer is not link and issuer.issued(link)]


def _upwards(tips: Sequence[_Link], links: Sequence[_Link]) -> list[_Link]:
    """Return the tips and their issuers, breadth first; those that are not reached come last."""
    found = list(tips)
    reached = {id(link) for link in tips}
    for link in found:  # grows during the loop
        for issuer in link.issuers:
            if id(issuer) not in reached:
                reached.add(id(issuer))
                found.append(issuer)
    return [*found, *(link for link in links if id(link) not in reached)]
