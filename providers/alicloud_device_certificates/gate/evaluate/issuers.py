"""The end of a CA certificate's validity, from a device certificate's chain or from the CA's own data source."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from alicloud_device_certificates.certificate import CertificateError, read_certificate
from alicloud_device_certificates.contract.ids import InvalidIdError, parse_id
from alicloud_device_certificates.contract.timestamps import time_of
from alicloud_device_certificates.gate.collect.observed import Observed, ReadKey


class IssuerIndex:
    """The CA certificates of one run. Each is parsed once for all the certificates below it."""

    def __init__(self, observed: Iterable[Observed]) -> None:
        self._by_key = {each.key: each.new.get("not_after") for each in observed if each.key and each.new}
        self._by_pem: dict[str, str | None] = {}

    def not_after(self, observed: Observed) -> datetime | None:
        """Return the end of the CA certificate's validity, UTC; None if it is not known."""
        certificate = observed.new or {}
        return time_of(self._of_chain(certificate.get("ca_certificate_pem")) or self._by_key.get(_ca_key(observed)))

    def _of_chain(self, ca_pem: object) -> str | None:
        if not isinstance(ca_pem, str):
            return None
        if ca_pem not in self._by_pem:
            try:
                self._by_pem[ca_pem] = read_certificate(ca_pem).not_after
            except CertificateError:
                self._by_pem[ca_pem] = None
        return self._by_pem[ca_pem]


def _ca_key(device: Observed) -> ReadKey:
    try:
        issuer = parse_id(device.id or "").issuer()
    except InvalidIdError:
        issuer = None
    return device.account, "" if issuer is None else str(issuer)
