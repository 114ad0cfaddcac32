"""What the entries of a deployment publish, as text: of single certificates of the producer, and of whole fleets."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi
from config import OssAllowList, OssTrustBundle, SlbCaCertificate

from alicloud_device_certificates import DeviceCertificatesReference, fingerprint_allow_list, key_pair, trust_bundle


class Sources:
    """The certificates of one producer. The Outputs raise ``pulumi.RunError``, one line, for what cannot be published.

    Their order does not depend on the producer's: a resource changes only if a certificate has changed.
    """

    def __init__(self, producer: DeviceCertificatesReference) -> None:
        self._producer = producer

    def cas(self, entry: SlbCaCertificate | OssTrustBundle) -> pulumi.Output[str]:
        """Return the CAs above the certificates of an entry, each once: first those of single ones, in their order."""
        singles = [self._ca(name) for name in entry.certificates or ()]
        return trust_bundle([*singles, *(self._cas_of_fleet(name) for name in entry.fleets or ())])

    def allow_list(self, entry: OssAllowList) -> pulumi.Output[str]:
        """Return the fingerprints of an entry's certificates; of all certificates of the producer if it names none."""
        if entry.certificates is None and entry.fleets is None:
            fleets = self._producer.fleet_names()
            # The whole stack has all of them; of its fleets, one that keeps only its summary is an error.
            found: pulumi.Output[str] = fleets.apply(
                lambda names: self._fingerprints(entry, [self._producer, *map(self._producer.fleet, names)])
            )
        else:
            singles = [self._producer.certificate(name) for name in entry.certificates or ()]
            found = self._fingerprints(entry, [*singles, *map(self._producer.fleet, entry.fleets or ())])
        return found.apply(lambda text: _not_empty(entry, text))

    def certificate_pem(self, name: str) -> pulumi.Output[str]:
        """Return a certificate."""
        return self._producer.certificate(name).certificate_pem

    def fingerprint(self, name: str) -> pulumi.Output[str]:
        """Return the SHA-256 fingerprint of a certificate, in hex."""
        return self._producer.certificate(name).sha256_fingerprint

    def private_key(self, name: str) -> pulumi.Output[str]:
        """Return a private key, a secret, after checking that it matches its certificate."""
        pair = key_pair(self.certificate_pem(name), self._producer.private_key(name))
        return pair.apply(lambda pair: pair["private_key_pem"])

    def _fingerprints(self, entry: OssAllowList, certificates: list[Any]) -> pulumi.Output[str]:
        return fingerprint_allow_list(certificates, include_inactive=entry.include_inactive, allow_empty=True)

    def _ca(self, name: str) -> pulumi.Output[str]:
        def pick(certificate: Mapping[str, Any]) -> str:
            pem = _ca_of(certificate)
            if pem is None:
                raise pulumi.RunError(
                    f"certificate {name} of stack {self._producer.stack} has no CA certificate: "
                    "set includeChain on it there (IoT Platform has none)"
                )
            return pem

        return self._producer.certificate(name).certificate.apply(pick)

    def _cas_of_fleet(self, name: str) -> pulumi.Output[str]:
        def pick(certificates: Mapping[str, Mapping[str, Any]]) -> str:
            found = {key: _ca_of(certificate) for key, certificate in certificates.items()}
            lacking = [key for key, pem in found.items() if pem is None]
            where = f"fleet {name} of stack {self._producer.stack}"
            if lacking:
                raise pulumi.RunError(
                    f"{len(lacking):,} of {len(found):,} certificates of {where} have no CA certificate, such as "
                    f"{lacking[0]}: set includeChain on it there, and keep ca_certificate_pem in its `fields` (a fleet "
                    "of CAs: certificate_pem and is_ca); IoT Platform has none"
                )
            if not found:
                raise pulumi.RunError(f"{where} is empty, so there is no CA of it")
            # Sorted: the device whose CA came first may go, and the CAs stay.
            return "".join(sorted({pem for pem in found.values() if pem is not None}))

        return self._producer.fleet(name).certificates.apply(pick)


def within(pem: str, limit: int, *, entry: str, service: str) -> str:
    """Return a private key that is at most as long as a service allows. Raise ``pulumi.RunError``, without the key."""
    # PEM is ASCII: as many bytes as characters.
    if len(pem) > limit:
        raise pulumi.RunError(
            f"{entry}: the private key is {len(pem):,} characters long as PEM; {service} allows {limit:,}"
        )
    return pem


def _ca_of(certificate: Mapping[str, Any]) -> str | None:
    """Return the CA that issued a certificate, or the certificate itself if it is a CA; None if it is not there."""
    pem = certificate.get("certificate_pem" if certificate.get("is_ca") else "ca_certificate_pem")
    return pem if isinstance(pem, str) else None


def _not_empty(entry: OssAllowList, text: str) -> str:
    if not text and not entry.allow_empty:
        raise pulumi.RunError(
            f"ossAllowLists: {entry.bucket}/{entry.key}: no certificate is active and within its validity: the empty "
            "list would lock out every device; set allowEmpty if it is meant"
        )
    return text
