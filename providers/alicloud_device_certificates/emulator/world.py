"""The emulated cloud as it is now: the scenario, what was changed by command, and the certificates issued so far."""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from functools import cached_property

import msgspec

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.scenario import (
    Account,
    Ca,
    Fault,
    IotDevice,
    IotProduct,
    MqttDevice,
    MqttInstance,
    Scenario,
    User,
)
from alicloud_device_certificates.emulator.state import Changes, Record, StateFolder
from alicloud_device_certificates.emulator.times import duration, moment


class MqttEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A device certificate of an MQTT instance; `identity` is `mqtt/<instance>/<ca_sn>/<device_sn>`."""

    identity: str
    instance: MqttInstance
    ca: Ca
    spec: MqttDevice
    status: str

    @property
    def name(self) -> str:
        """The device name."""
        return self.spec.name or self.spec.sn


class IotEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A device of an IoT product; `identity` is `iot/<product_key>/<device_name>`."""

    identity: str
    product: IotProduct
    spec: IotDevice
    status: str

    @property
    def name(self) -> str:
        """The device name."""
        return self.spec.name


Entry = MqttEntry | IotEntry


def mqtt_identity(mqtt_instance_id: str, ca_sn: str, device_sn: str) -> str:
    """How the emulator calls a device certificate of an MQTT instance."""
    return f"mqtt/{mqtt_instance_id}/{ca_sn}/{device_sn}"


def iot_identity(product_key: str, device_name: str) -> str:
    """How the emulator calls a device of an IoT product."""
    return f"iot/{product_key}/{device_name}"


class World:
    """Who and what exists, and the certificates, each issued when it is first asked for.

    `clock` gives seconds since 1970 UTC. Everything raises StateError when the state folder cannot be used.
    """

    def __init__(self, scenario: Scenario, state: StateFolder, *, clock: Callable[[], float] = time.time) -> None:
        self.scenario = scenario
        self.state = state
        self._clock = clock
        self._changes: Changes | None = None
        self._entries: dict[str, Entry] = {}
        self._faults_left: dict[str, int] = {}

    def now(self) -> int:
        """The emulator's time in milliseconds since 1970 UTC."""
        offset = self.state.changes().clock_offset
        return self.own_now() + (duration(offset) if offset else 0)

    def own_now(self) -> int:
        """The time of this machine, without the offset that can be set by command."""
        return int(self._clock() * 1000)

    @cached_property
    def users(self) -> dict[str, tuple[Account, User]]:
        """Access key ID -> its account and user."""
        return {user.access_key_id: (account, user) for account in self.scenario.accounts for user in account.users}

    @cached_property
    def instances(self) -> dict[str, tuple[Account, MqttInstance]]:
        """MQTT instance ID -> its owner and the instance."""
        return {i.id: (account, i) for account in self.scenario.accounts for i in account.mqtt_instances}

    @cached_property
    def products(self) -> dict[str, tuple[Account, IotProduct]]:
        """Product key -> its owner and the product."""
        return {p.product_key: (account, p) for account in self.scenario.accounts for p in account.iot_products}

    def entries(self) -> dict[str, Entry]:
        """Identity -> device, of both services, as changed by command."""
        changes = self.state.changes()
        if changes is not self._changes:
            self._entries = {entry.identity: entry for entry in self._list(changes)}
            self._changes = changes
        return self._entries

    def find_ca(self, instance: MqttInstance, ca_sn: str) -> Ca | None:
        """The CA of an MQTT instance by its SN."""
        return next((ca for ca in instance.cas if ca.sn == ca_sn), None)

    def fault_due(self, *places: tuple[str, Fault | None]) -> Fault | None:
        """The first injected fault among (identity, fault) that is not used up yet; it counts as used once more."""
        for identity, fault in places:
            if fault is None:
                continue
            left = self._faults_left.get(identity, fault.times or 1)
            if left > 0:
                self._faults_left[identity] = left - (1 if fault.times else 0)
                return fault
        return None

    def certificate(self, entry: Entry) -> Record:
        """The certificate of a device, issued now when it was not yet (or was issued for another specification)."""
        return self._record(self.order_of(entry))

    def issuer(self, entry: Entry) -> Record:
        """The certificate of the CA that issues for this device."""
        return self.ca_certificate(entry.instance, entry.ca) if isinstance(entry, MqttEntry) else self._iot_ca(entry)

    def ca_certificate(self, instance: MqttInstance, ca: Ca) -> Record:
        """The certificate of a CA of an MQTT instance."""
        return self._record(
            CertificateOrder(
                identity=f"ca/{instance.id}/{ca.sn}",
                common_name=ca.name or ca.sn,
                subject=ca.subject,
                key=ca.key,
                serial=_serial(ca.sn),
                valid_from=ca.valid_from,
                valid_until=ca.valid_until,
                is_ca=True,
            )
        )

    def verification_certificate(self, instance: MqttInstance, ca: Ca, registration_code: str) -> Record:
        """The certificate by which the CA's owner showed that it holds the CA's key."""
        return self._record(
            CertificateOrder(
                identity=f"verification/{instance.id}/{ca.sn}",
                common_name=registration_code,
                key=ca.key,
                valid_from=ca.valid_from,
                valid_until=ca.valid_until,
                issuer=self.ca_certificate(instance, ca),
            )
        )

    def other_key(self, entry: IotEntry) -> Record:
        """A key that does not belong to the device's certificate, and stays the same."""
        return self._record(msgspec.structs.replace(self.order_of(entry), identity=f"other/{entry.identity}"))

    def order_of(self, entry: Entry) -> CertificateOrder:
        """What this device's certificate is issued for."""
        spec = entry.spec
        serial = spec.serial or (spec.sn if isinstance(spec, MqttDevice) else None)
        return CertificateOrder(
            identity=entry.identity,
            common_name=entry.name,
            subject=spec.subject,
            names=spec.names,
            key=spec.key,
            serial=_serial(serial),
            valid_from=spec.valid_from,
            valid_until=spec.valid_until,
            issuer=None if spec.self_signed else self.issuer(entry),
        )

    def make(
        self,
        order: CertificateOrder,
        *,
        key_pem: str | None = None,
        new_serial: bool = False,
        validity: tuple[int, int] | None = None,
    ) -> Record:
        """Issues for `order` now, over what was there; to be called under the state's lock.

        `key_pem` is a key to keep, `validity` (milliseconds) takes the place of the order's. Raises ScenarioError for
        what X.509 cannot hold.
        """
        from alicloud_device_certificates.emulator import issuing

        now = self.now()
        not_before, not_after = validity or (
            moment(order.valid_from, now=now),
            moment(order.valid_until, now=now),
        )
        try:
            issued = issuing.issue(
                issuing.Order(
                    common_name=order.common_name,
                    subject=order.subject,
                    names=order.names,
                    key_type=order.key,
                    serial=None if new_serial else order.serial,
                    not_before=not_before,
                    not_after=not_after,
                    is_ca=order.is_ca,
                ),
                issuer=order.issuer,
                key_pem=key_pem,
            )
        except ValueError as error:
            raise ScenarioError(f"{order.identity}: no such certificate can be issued: {error}") from None
        record = Record(
            identity=order.identity,
            made_from=order.digest(),
            certificate_pem=issued.certificate_pem,
            private_key_pem=issued.private_key_pem,
            serial_hex=issued.serial_hex,
            not_before=not_before,
            not_after=not_after,
            certificate_id=issuing.random_certificate_id(),
        )
        self.state.save_record(record)
        return record

    def _record(self, order: CertificateOrder) -> Record:
        digest = order.digest()
        record = self.state.record(order.identity)
        if record is None or record.made_from != digest:
            with self.state.locked():
                # Another process may have been first.
                record = self.state.record(order.identity)
                if record is None or record.made_from != digest:
                    record = self.make(order)
        return record

    def _iot_ca(self, entry: IotEntry) -> Record:
        return self._record(
            CertificateOrder(
                identity=f"ca/{entry.product.product_key}",
                common_name="Emulated IoT Platform CA",
                key=entry.product.ca_key,
                valid_from="-365d",
                valid_until="+3650d",
                is_ca=True,
            )
        )

    def _list(self, changes: Changes) -> Iterator[Entry]:
        removed = frozenset(changes.removed)
        statuses = changes.statuses
        for _, instance in self.instances.values():
            for ca in instance.cas:
                for device in ca.devices:
                    entry = _mqtt_entry(instance, ca, device, statuses)
                    if entry.identity not in removed:
                        yield entry
        for _, product in self.products.values():
            for thing in product.devices:
                known = _iot_entry(product, thing, statuses)
                if known.identity not in removed:
                    yield known
        # What was added to something that the scenario no longer holds is kept in the state, and not shown.
        for added in changes.mqtt_devices:
            _, place = self.instances.get(added.mqtt_instance_id, (None, None))
            authority = self.find_ca(place, added.ca_sn) if place else None
            if place is not None and authority is not None:
                yield _mqtt_entry(place, authority, added.device, statuses)
        for more in changes.iot_devices:
            _, product_of = self.products.get(more.product_key, (None, None))
            if product_of is not None:
                yield _iot_entry(product_of, more.device, statuses)


class CertificateOrder(msgspec.Struct, kw_only=True, frozen=True):
    """What a certificate is issued for. Times as the scenario writes them; no issuer means self-signed."""

    identity: str
    common_name: str
    key: str
    valid_from: str
    valid_until: str
    subject: str | None = None
    names: list[str] = []
    serial: int | None = None
    is_ca: bool = False
    issuer: Record | None = None

    def digest(self) -> str:
        """Changes with everything that would make it another certificate."""
        issuer = self.issuer.certificate_pem if self.issuer else None
        parts = [self.common_name, self.key, self.valid_from, self.valid_until, self.subject, self.names]
        return hashlib.sha256(msgspec.json.encode([*parts, str(self.serial), self.is_ca, issuer])).hexdigest()[:32]


def _mqtt_entry(instance: MqttInstance, ca: Ca, device: MqttDevice, statuses: dict[str, str]) -> MqttEntry:
    identity = mqtt_identity(instance.id, ca.sn, device.sn)
    status = statuses.get(identity, device.status)
    return MqttEntry(identity=identity, instance=instance, ca=ca, spec=device, status=status)


def _iot_entry(product: IotProduct, device: IotDevice, statuses: dict[str, str]) -> IotEntry:
    identity = iot_identity(product.product_key, device.name)
    return IotEntry(identity=identity, product=product, spec=device, status=statuses.get(identity, device.status))


def _serial(text: str | None) -> int | None:
    """The X.509 serial number that an SN stands for, where it is hex and X.509 can hold it (20 bytes, positive)."""
    try:
        serial = int(text or "", 16)
    except ValueError:
        return None
    return serial if 0 < serial < 1 << 159 else None
