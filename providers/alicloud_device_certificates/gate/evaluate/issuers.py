"""The CA above a certificate: from a device certificate's chain, and from the CA's own data source."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alicloud_device_certificates.certificate import CertificateError, read_certificate
from alicloud_device_certificates.contract.ids import InvalidIdError, parse_id
from alicloud_device_certificates.gate.collect.observed import Observed, ReadKey
from alicloud_device_certificates.gate.evaluate.validity import Validity


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """What is known of a CA certificate."""

    validity: Validity | None = None
    """None if it is not known."""
    status: str | None = None
    """The status in the service; None if the CA has no data source in the run."""


class IssuerIndex:
    """The CA certificates of one run. Each is parsed once for all the certificates below it."""

    def __init__(self, observed: Iterable[Observed]) -> None:
        self._by_key: dict[ReadKey, Issuer] = {}
        self._by_sn: dict[str, Issuer | None] = {}
        self._by_pem: dict[str, Validity | None] = {}
        for each in observed:
            if each.new is not None and each.service == "mqtt-ca":
                self._add(each, each.new)

    def of(self, observed: Observed) -> Issuer:
        """Return what is known of the CA above a device certificate."""
        certificate = observed.new or {}
        own = self._own(observed, certificate) or Issuer()
        return Issuer(
            validity=self._of_chain(certificate.get("ca_certificate_pem")) or own.validity,
            status=own.status,
        )

    def _add(self, observed: Observed, certificate: Any) -> None:  # noqa: ANN401 - fields
        status = certificate.get("status")
        issuer = Issuer(validity=Validity.of(certificate), status=status if isinstance(status, str) else None)
        if observed.key is not None:
            self._by_key[observed.key] = issuer
        sn = certificate.get("ca_sn")
        if isinstance(sn, str):
            # An SN alone names a CA only as long as no other instance has it with another status.
            self._by_sn[sn] = issuer if self._by_sn.get(sn, issuer) == issuer else None

    def _own(self, observed: Observed, certificate: Any) -> Issuer | None:  # noqa: ANN401 - fields
        """Return the CA of the same instance; that of the same SN for a certificate that another stack passes on."""
        if observed.id is None:
            return self._by_sn.get(certificate.get("ca_sn")) if observed.service == "mqtt" else None
        try:
            issuer = parse_id(observed.id).issuer()
        except InvalidIdError:
            return None
        return None if issuer is None else self._by_key.get((observed.account, str(issuer)))

    def _of_chain(self, ca_pem: object) -> Validity | None:
        if not isinstance(ca_pem, str):
            return None
        if ca_pem not in self._by_pem:
            self._by_pem[ca_pem] = _validity(ca_pem)
        return self._by_pem[ca_pem]


def _validity(ca_pem: str) -> Validity | None:
    try:
        ca = read_certificate(ca_pem)
    except CertificateError:
        return None
    return Validity.of({"not_before": ca.not_before, "not_after": ca.not_after})
