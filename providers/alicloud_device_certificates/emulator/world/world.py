"""The emulated cloud as it is now: the scenario, changes by commands, and the certificates issued so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

import msgspec

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord, DamagedRecordError
from alicloud_device_certificates.emulator.issuing.specification import CertificateSpecification, serial_from_sn
from alicloud_device_certificates.emulator.scenario.fault import Fault
from alicloud_device_certificates.emulator.scenario.loading import has_own_key
from alicloud_device_certificates.emulator.scenario.scenario import (
    Account,
    Ca,
    IotProduct,
    MqttDevice,
    MqttInstance,
    Scenario,
    User,
)
from alicloud_device_certificates.emulator.scenario.times import bounded, duration, timestamp
from alicloud_device_certificates.emulator.world.devices import (
    RegisteredDevice,
    RegisteredIotDevice,
    RegisteredMqttDevice,
    ca_identity,
    iot_identity,
    mqtt_identity,
    product_ca_identity,
)
from alicloud_device_certificates.emulator.world.registry import Registry
from alicloud_device_certificates.emulator.world.state import Changes, StateFolder
from alicloud_device_certificates.emulator.world.synthetic_certificates import SyntheticCertificates


class World:
    """Users, instances, products, devices, and their certificates, each issued when it is first requested.

    ``clock`` returns seconds since 1970 UTC. Every method raises StateError if the state folder cannot be used.
    """

    def __init__(self, scenario: Scenario, state: StateFolder, *, clock: Callable[[], float] = time.time) -> None:
        self.scenario = scenario
        self.state = state
        self._clock = clock
        self._changes: Changes | None = None
        self._registry: Registry | None = None
        self._synthetic = SyntheticCertificates(state, record=self._record, issuer=self.issuer)
        self._events: set[str] = set()
        self._faults_left: dict[str, int] = {}

    def now(self) -> int:
        """Return the emulator's time in milliseconds since 1970 UTC, within the years 1950 to 9999."""
        offset = self.state.changes().clock_offset
        return bounded(self.machine_time() + (duration(offset) if offset else 0))

    def machine_time(self) -> int:
        """Return the machine's time, without the offset that a command can set."""
        return int(self._clock() * 1000)

    @cached_property
    def users(self) -> dict[str, tuple[Account, User]]:
        """Account and user by access key ID."""
        return {user.access_key_id: (account, user) for account in self.scenario.accounts for user in account.users}

    @cached_property
    def instances(self) -> dict[str, tuple[Account, MqttInstance]]:
        """Owner and MQTT instance by instance ID."""
        return {i.id: (account, i) for account in self.scenario.accounts for i in account.mqtt_instances}

    @cached_property
    def products(self) -> dict[str, tuple[Account, IotProduct]]:
        """Owner and IoT product by product key."""
        return {p.product_key: (account, p) for account in self.scenario.accounts for p in account.iot_products}

    def registry(self) -> Registry:
        """Return the devices of both services, as changed by commands."""
        changes = self.state.changes()
        if self._registry is None or changes is not self._changes:
            instances = [instance for _, instance in self.instances.values()]
            products = [product for _, product in self.products.values()]
            self._registry = Registry(instances, products, changes)
            self._changes = changes
        return self._registry

    def devices(self) -> dict[str, RegisteredDevice]:
        """Return the devices of both services by identity, without the synthetic ones."""
        return self.registry().listed

    def take_fault(self, *candidates: tuple[str, Fault | None]) -> Fault | None:
        """Return the first fault among (identity, fault) that is not used up, and count it as used once more."""
        for identity, fault in candidates:
            if fault is None:
                continue
            left = self._faults_left.get(identity, fault.times or 1)
            if left > 0:
                self._faults_left[identity] = left - (1 if fault.times else 0)
                return fault
        return None

    def is_first(self, event: str) -> bool:
        """Return whether this is the first call with this event in this process."""
        is_first = event not in self._events
        self._events.add(event)
        return is_first

    def certificate(self, device: RegisteredDevice) -> CertificateRecord:
        """Return the certificate of a device, issued now if there is none yet for its specification."""
        if device.synthetic is None or device.synthetic.is_reissued:
            return self._record(self.specification(device))
        return self._synthetic.certificate(device, device.synthetic)

    def issuer(self, device: RegisteredDevice) -> CertificateRecord:
        """Return the certificate of the CA that issues for this device."""
        if isinstance(device, RegisteredMqttDevice):
            return self.ca_certificate(device.instance, device.ca)
        return self._iot_ca_certificate(device)

    def ca_certificate(self, instance: MqttInstance, ca: Ca) -> CertificateRecord:
        """Return the certificate of a CA of an MQTT instance."""
        return self._record(
            CertificateSpecification(
                identity=ca_identity(instance, ca),
                common_name=ca.name or ca.sn,
                subject=ca.subject,
                key=ca.key,
                serial=serial_from_sn(ca.sn),
                valid_from=ca.valid_from,
                valid_until=ca.valid_until,
                is_ca=True,
            )
        )

    def verification_certificate(self, instance: MqttInstance, ca: Ca, registration_code: str) -> CertificateRecord:
        """Return the certificate with which the CA's owner proved possession of the CA's key."""
        return self._record(
            CertificateSpecification(
                identity=f"verification/{instance.id}/{ca.sn}",
                common_name=registration_code,
                key=ca.key,
                valid_from=ca.valid_from,
                valid_until=ca.valid_until,
                issuer=self.ca_certificate(instance, ca),
            )
        )

    def mismatched_key(self, device: RegisteredIotDevice) -> CertificateRecord:
        """Return a record whose key does not match the device's certificate; always the same one."""
        other = msgspec.structs.replace(self.specification(device), identity=f"other/{device.identity}")
        return self._record(other)

    def specification(self, device: RegisteredDevice) -> CertificateSpecification:
        """Return the specification of a device's certificate."""
        spec = device.spec
        serial = spec.serial or (spec.sn if isinstance(spec, MqttDevice) else None)
        return CertificateSpecification(
            identity=device.identity,
            common_name=device.name,
            subject=spec.subject,
            names=spec.names,
            key=spec.key,
            serial=serial_from_sn(serial),
            valid_from=spec.valid_from,
            valid_until=spec.valid_until,
            issuer=None if spec.self_signed else self.issuer(device),
            key_of=None if spec.key_of is None else self.certificate(self._key_owner(device, spec.key_of)),
        )

    def _key_owner(self, device: RegisteredDevice, name: str) -> RegisteredDevice:
        """Return the device of the same CA or product that has this name and a key of its own."""
        if isinstance(device, RegisteredMqttDevice):
            identity = mqtt_identity(device.instance.id, device.ca.sn, name)
        else:
            identity = iot_identity(device.product.product_key, name)
        owner = self.devices().get(identity)
        if owner is None or not has_own_key(owner.spec):
            raise ScenarioError(f"{device.identity}: key_of: no device {name!r} with a key of its own")
        return owner

    def issue(
        self,
        specification: CertificateSpecification,
        *,
        key_of: CertificateRecord | None = None,
        new_serial: bool = False,
        validity: tuple[int, int] | None = None,
    ) -> CertificateRecord:
        """Issue a certificate now and replace the one in the state. Call it while the state is locked.

        ``key_of`` is a record whose key to keep. ``validity`` (milliseconds) overrides the specification's. Raise
        ScenarioError if X.509 cannot hold what the specification describes.
        """
        from alicloud_device_certificates.emulator.issuing import certificates

        now = self.now()
        try:
            validity = validity or (
                timestamp(specification.valid_from, now=now),
                timestamp(specification.valid_until, now=now),
            )
            record = certificates.issue(
                specification, validity=validity, key_of=key_of or specification.key_of, new_serial=new_serial
            )
        except DamagedRecordError as error:
            raise self.state.damaged(error) from None
        except (ValueError, TypeError, OverflowError) as error:
            raise ScenarioError(f"{specification.identity}: cannot issue the certificate: {error}") from None
        self.state.save_record(record)
        return record

    def _record(self, specification: CertificateSpecification) -> CertificateRecord:
        digest = specification.digest()
        record = self.state.record(specification.identity)
        if record is None or record.digest != digest:
            with self.state.locked():
                # Another process may have been first.
                record = self.state.record(specification.identity)
                if record is None or record.digest != digest:
                    record = self.issue(specification)
        return record

    def _iot_ca_certificate(self, device: RegisteredIotDevice) -> CertificateRecord:
        return self._record(
            CertificateSpecification(
                identity=product_ca_identity(device.product),
                common_name="Emulated IoT Platform CA",
                key=device.product.ca_key,
                valid_from="-365d",
                valid_until="+3650d",
                is_ca=True,
            )
        )
