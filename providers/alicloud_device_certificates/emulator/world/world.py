"""The emulated cloud as it is now: the scenario, what was changed by command, and the certificates issued so far."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import cached_property

import msgspec

from alicloud_device_certificates.emulator.errors import ScenarioError
from alicloud_device_certificates.emulator.issuing.orders import CertificateOrder, serial_of
from alicloud_device_certificates.emulator.issuing.record import Record
from alicloud_device_certificates.emulator.scenario.scenario import (
    Account,
    Ca,
    Fault,
    IotProduct,
    MqttDevice,
    MqttInstance,
    Scenario,
    User,
)
from alicloud_device_certificates.emulator.scenario.times import duration, moment
from alicloud_device_certificates.emulator.world.entries import Entry, IotEntry, MqttEntry, list_entries
from alicloud_device_certificates.emulator.world.state import Changes, StateFolder


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
            instances = [instance for _, instance in self.instances.values()]
            products = [product for _, product in self.products.values()]
            self._entries = {entry.identity: entry for entry in list_entries(instances, products, changes)}
            self._changes = changes
        return self._entries

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
                serial=serial_of(ca.sn),
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
            serial=serial_of(serial),
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
        from alicloud_device_certificates.emulator.issuing import issuing

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
