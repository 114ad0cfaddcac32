"""Certificates of synthetic devices: the state holds the CA's and one that is the template of all of them."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord, DamagedRecordError
from alicloud_device_certificates.emulator.issuing.specification import CertificateSpecification, serial_from_sn
from alicloud_device_certificates.emulator.world.devices import RegisteredDevice, SyntheticMember
from alicloud_device_certificates.emulator.world.state import StateFolder

if TYPE_CHECKING:
    from alicloud_device_certificates.emulator.issuing.synthetic import SyntheticIssuer


class SyntheticCertificates:
    """Issues the certificates of synthetic devices, the same one each time.

    ``record`` returns the certificate of a specification, ``issuer`` that of a device's CA; both issue it if needed.
    """

    def __init__(
        self,
        state: StateFolder,
        *,
        record: Callable[[CertificateSpecification], CertificateRecord],
        issuer: Callable[[RegisteredDevice], CertificateRecord],
    ) -> None:
        self._state = state
        self._record = record
        self._issuer = issuer
        self._issuers: dict[str, SyntheticIssuer] = {}

    def certificate(self, device: RegisteredDevice, member: SyntheticMember) -> CertificateRecord:
        """Return the certificate of a synthetic device. Raise StateError or ScenarioError."""
        issuer = self._issuers.get(member.owner)
        if issuer is None or not self._is_current(issuer):
            issuer = self._issuers[member.owner] = self._new_issuer(device, member)
        sn = member.devices.sn(member.owner, member.index)
        return issuer.issue(device.identity, sn=sn, name=device.name, certificate_id=f"6362{member.index:012d}")

    def _is_current(self, issuer: SyntheticIssuer) -> bool:
        # A reset issues both again, and so does another scenario.
        return all(self._state.record(each.identity) is each for each in (issuer.template, issuer.issuer))

    def _new_issuer(self, device: RegisteredDevice, member: SyntheticMember) -> SyntheticIssuer:
        from alicloud_device_certificates.emulator.issuing.synthetic import SyntheticIssuer

        ca, owner, devices = self._issuer(device), member.owner, member.devices
        template = self._record(
            CertificateSpecification(
                identity=f"synthetic/{owner}",
                common_name=devices.name(0),
                key=devices.key,
                serial=serial_from_sn(devices.sn(owner, 0)),
                valid_from=devices.valid_from,
                valid_until=devices.valid_until,
                issuer=ca,
            )
        )
        try:
            return SyntheticIssuer(template, ca)
        except DamagedRecordError as error:
            raise self._state.damaged(error) from None
        except ValueError as error:
            raise ScenarioError(f"{owner}: cannot issue synthetic certificates: {error}") from None
