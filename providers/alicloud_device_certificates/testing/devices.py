"""Which certificates a test has, and how it wants them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from alicloud_device_certificates.contract.fleets import member_name
from alicloud_device_certificates.contract.ids import CertificateId, FleetId
from alicloud_device_certificates.testing.errors import MockError
from alicloud_device_certificates.testing.scenarios import Fields

Devices = Mapping[str, Mapping[str, Any]]
"""Fields of the emulator's devices (docs/emulator.md) by the name of the resource or certificate."""

Fleets = Mapping[str, Sequence[str]]
"""The keys of the certificates of each fleet by its name."""

KEYS: Final = ("01", "02", "03")
"""The keys of the certificates of a fleet that names none and that the test does not describe."""


class MockedDevices:
    """The fields of each certificate that the mocks return."""

    def __init__(self, devices: Devices, fleets: Fleets) -> None:
        self._devices = devices
        self._fleets = fleets
        self._of_resources: dict[CertificateId, tuple[str, Fields]] = {}
        self._of_keys: dict[CertificateId, Fields] = {}

    def of_resource(self, identity: CertificateId, name: str) -> Fields:
        """Return the fields of a data source's certificate: by its name, or by that of the device itself."""
        return self._noted(identity, name, self._fields(name, _own_name(identity)))

    def of_fleet(self, identity: FleetId, name: str, named: Sequence[str] | None) -> dict[str, Fields]:
        """Return the fields of each certificate that a fleet has, by its key; ``named`` are those it asks for."""
        keys = self._keys(name, named)
        prefix = member_name(name, "")
        unknown = (each for each in self._devices if each.startswith(prefix) and each.removeprefix(prefix) not in keys)
        if (first := next(unknown, None)) is not None:
            raise MockError(
                f"devices has {first!r}, but fleet {name!r} has no such certificate: pass "
                f'fleets={{"{name}": ["{first.removeprefix(prefix)}", ...]}} to DeviceCertificateMocks'
            )
        members = {key: self._fields(prefix + key, key) for key in keys}
        if identity.fleet.member != "iot":
            return members
        return {
            key: self._noted(identity.member(device_name=key), prefix + key, fields) for key, fields in members.items()
        }

    def of_key(self, identity: CertificateId) -> Fields:
        """Return the fields of the device whose key ``iot_private_key`` reads: by its name, also in a fleet."""
        own = _own_name(identity)
        in_fleets = (name for name in self._devices if name.endswith(f"/{own}"))
        self._of_keys[identity] = fields = self._fields(own, next(in_fleets, own))
        self._check(identity)
        return fields

    def _fields(self, name: str, otherwise: str) -> Fields:
        return self._devices[name] if name in self._devices else self._devices.get(otherwise, {})

    def _keys(self, name: str, named: Sequence[str] | None) -> Sequence[str]:
        keys = self._fleets.get(name, KEYS if named is None else named)
        if isinstance(keys, str) or not all(isinstance(key, str) for key in keys):
            raise MockError(f'fleets: the keys of {name!r} must be a list of strings, such as ["01", "02"]')
        return keys

    def _noted(self, identity: CertificateId, name: str, fields: Fields) -> Fields:
        self._of_resources[identity] = name, fields
        self._check(identity)
        return fields

    def _check(self, identity: CertificateId) -> None:
        """Raise MockError if a device has other fields for ``iot_private_key`` than for its data source.

        It would be issued again, with another key, by whichever of the two comes second.
        """
        name, fields = self._of_resources.get(identity, ("", {}))
        if name and fields != self._of_keys.get(identity, fields):
            raise MockError(
                f"iot_private_key finds a device by its own name, and devices has {name!r} for the same one: pass "
                f'devices={{"{_own_name(identity)}": ...}} to DeviceCertificateMocks instead'
            )


def _own_name(identity: CertificateId) -> str:
    return str(identity.values[-1])
