"""Mocks for the unit tests of a stack: real certificates for each data source and reference, without the network.

They come from the emulator, so every field, warning and error is what a preview would have. See docs/testing.md.
"""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from collections.abc import Mapping
from pathlib import Path
from typing import Any, ClassVar

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.ids import CertificateId, parse_id
from alicloud_device_certificates.contract.kinds import IOT_REGION, KINDS, KindKey
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION

_TYPES = {kind.type_token: kind.key for kind in KINDS.values()}
_STACK_REFERENCE = "pulumi:pulumi:StackReference"
_REGION = "cn-hangzhou"

Devices = Mapping[str, Mapping[str, Any]]
"""Fields of the emulator's devices (docs/emulator.md) by the name of the resource or certificate."""

Stacks = Mapping[str, Mapping[str, KindKey]]
"""The certificates that other stacks export: their kind (``mqtt``, ``mqtt-ca`` or ``iot``) by stack and name."""


class MockError(UserFacingError, ValueError):
    """What a test asks of the mocks is not there: one line that says what to pass."""

    fix: ClassVar[str] = "Pass what the message names to DeviceCertificateMocks."


class DeviceCertificateMocks(Mocks):
    """Mocks for ``pulumi.runtime.set_mocks``.

    ``others`` are your own mocks: they get every call, and every resource that is not this package's. Without them, a
    resource has its inputs as outputs, as in Pulumi's guide. ``stacks`` are the certificates that a
    DeviceCertificatesReference finds; each ``iot`` one has its private key. ``devices`` changes how a certificate is:
    ``{"gateway": {"status": "inactive", "valid_until": "+5d"}}``.

    A read that would fail in a preview raises the same error here. MockError if a stack is not in ``stacks``.
    """

    def __init__(
        self, others: Mocks | None = None, *, stacks: Stacks | None = None, devices: Devices | None = None
    ) -> None:
        self._others = others
        self._stacks = stacks or {}
        self._devices = devices or {}
        folder = tempfile.mkdtemp(prefix="device-certificates-")
        self._state = Path(folder)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Return the ID and the outputs of a resource."""
        if args.typ in _TYPES:
            outputs = self._read(parse_id(args.resource_id or ""), args.name, args.inputs)
            return args.resource_id, {**args.inputs, **outputs}
        if args.typ == _STACK_REFERENCE and (names := self._names_in(str(args.inputs["name"]))) is not None:
            return args.inputs["name"], {**args.inputs, **self._exported(names)}
        if self._others is not None:
            return self._others.new_resource(args)
        if args.typ == _STACK_REFERENCE:
            raise MockError(
                f'no certificates for stack {args.inputs["name"]}: pass stacks={{"{args.inputs["name"]}": '
                '{"gateway-01": "mqtt"}} to DeviceCertificateMocks'
            )
        return args.resource_id or f"{args.name}_id", args.inputs

    def call(self, args: MockCallArgs) -> Any:  # noqa: ANN401 - as in the SDK
        """Return the result of a function: that of your own mocks, or nothing."""
        return self._others.call(args) if self._others is not None else {}

    def _names_in(self, stack: str) -> Mapping[str, KindKey] | None:
        """Return the certificates of a stack, which ``stacks`` may name by its full name or without organization."""
        found = (names for name, names in self._stacks.items() if f"/{stack}".endswith(f"/{name}"))
        return next(found, None)

    def _exported(self, names: Mapping[str, KindKey]) -> dict[str, Any]:
        read = {name: self._read(_made_up(kind, name), name, _flags(kind)) for name, kind in names.items()}
        keys = {name: outputs["private_key_pem"] for name, outputs in read.items() if outputs.get("private_key_pem")}
        outputs: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "certificates": {name: outputs["certificate"] for name, outputs in read.items()},
            **({"private_keys": keys} if keys else {}),
        }
        return {"outputs": outputs, "secretOutputNames": ["private_keys"] if keys else []}

    def _read(self, identity: CertificateId, name: str, flags: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs of a read, from an emulator that has just this certificate and its CA."""
        from alicloud_device_certificates.cloud.http import background
        from alicloud_device_certificates.emulator.http.app import Emulator
        from alicloud_device_certificates.emulator.scenario.loading import convert
        from alicloud_device_certificates.emulator.scenario.scenario import Scenario
        from alicloud_device_certificates.emulator.world.state import StateFolder
        from alicloud_device_certificates.emulator.world.world import World
        from alicloud_device_certificates.reading import Reader, ReadOptions
        from alicloud_device_certificates.reading.connection import client_of

        scenario = convert(_scenario(identity, self._devices.get(name, {})), Scenario)
        emulator = Emulator(World(scenario, StateFolder(self._state)), control=False)

        async def read() -> dict[str, Any]:
            client = client_of(emulator)
            try:
                return await Reader(client, account=flags.get("account")).read(
                    str(identity), ReadOptions.from_props(flags)
                )
            finally:
                await client.aclose()

        return background.run(read())


def _scenario(identity: CertificateId, device: Mapping[str, Any]) -> dict[str, Any]:
    values = identity.arguments()
    account: dict[str, Any] = {"id": "1", "users": [{"access_key_id": "id", "access_key_secret": "made-up"}]}
    if identity.key == "iot":
        product = {"product_key": values["product_key"], "iot_instance_id": values["iot_instance_id"]}
        devices = [{"name": values["device_name"], "key": "ec-p256", **device}]
        return {"accounts": [{**account, "iot_products": [{**product, "devices": devices}]}]}
    is_ca = identity.key == "mqtt-ca"
    ca = {"sn": values["ca_sn"], **(device if is_ca else {})}
    devices = [] if is_ca else [{"sn": values["device_sn"], **device}]
    instance = {"id": values["mqtt_instance_id"], "region": values["region"], "cas": [{**ca, "devices": devices}]}
    return {"accounts": [{**account, "mqtt_instances": [instance]}]}


def _made_up(kind: KindKey, name: str) -> CertificateId:
    """Return the ID of a certificate of another stack, whose own arguments are not known here."""
    if kind == "iot":
        return CertificateId.of(kind, region=IOT_REGION, iot_instance_id=None, product_key="a1mock", device_name=name)
    sn = json.dumps(name).encode().hex()[:24]
    place = {"region": _REGION, "mqtt_instance_id": "post-cn-mock"}
    if kind == "mqtt-ca":
        return CertificateId.of(kind, **place, ca_sn=sn)
    return CertificateId.of(kind, **place, ca_sn="00f2", device_sn=sn)


def _flags(kind: KindKey) -> dict[str, bool]:
    return {"include_private_key": True} if kind == "iot" else {}


__all__ = ["DeviceCertificateMocks", "MockError"]
