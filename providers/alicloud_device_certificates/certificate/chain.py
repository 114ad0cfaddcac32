"""Which certificate of several is the leaf, and in what order the others issued it: told by names and signatures."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

from cryptography import x509
from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm

from alicloud_device_certificates.certificate.attributes import is_ca
from alicloud_device_certificates.certificate.errors import CertificateError
from alicloud_device_certificates.certificate.loading import REFUSALS, Loaded


class _Link:
    """A certificate that can be placed in a chain, and those of the same body that issued it."""

    def __init__(self, loaded: Loaded, parsed: x509.Certificate) -> None:
        self.loaded = loaded
        self.parsed = parsed
        self.subject = parsed.subject
        self.issuer = parsed.issuer
        self.issuers: list[_Link] = []

    def issued(self, other: _Link) -> bool:
        """Say whether this one's key signed ``other``; where the algorithm is not known, the names alone say it."""
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
        except REFUSALS:
            return False


def leaf_first(certificates: Sequence[Loaded]) -> list[Loaded]:
    """Put the certificate that issued none of the others first, then its issuer, that one's issuer, and so on.

    The order is the same however they came. One that cannot be parsed is taken for the leaf where all others are CAs,
    and goes to the end otherwise. Raises CertificateError when there is not exactly one leaf.
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
            f"which of the {len(certificates)} certificates in the body is the leaf cannot be told: "
            f"{leaves or 'none'} of them could be it, having issued none of the others"
        )
    return ordered


def _link(certificate: Loaded) -> _Link | None:
    try:
        return None if certificate.parsed is None else _Link(certificate, certificate.parsed)
    except REFUSALS:
        return None


def _connect(links: Sequence[_Link]) -> None:
    by_subject: defaultdict[x509.Name, list[_Link]] = defaultdict(list)
    for link in links:
        by_subject[link.subject].append(link)
    for link in links:
        # A CA may have a self-signed certificate and others by other CAs: the path goes on by the latter.
        candidates = sorted(by_subject[link.issuer], key=lambda issuer: issuer.subject == issuer.issuer)
        link.issuers = [issuer for issuer in candidates if issuer is not link and issuer.issued(link)]


def _upwards(tips: Sequence[_Link], links: Sequence[_Link]) -> list[_Link]:
    """Walk from the tips to their issuers, breadth first; what is not reached comes last."""
    found = list(tips)
    seen = {id(link) for link in tips}
    for link in found:  # grows as it is walked
        for issuer in link.issuers:
            if id(issuer) not in seen:
                seen.add(id(issuer))
                found.append(issuer)
    return [*found, *(link for link in links if id(link) not in seen)]
