"""The mocks that a test passes to ``pulumi.runtime.set_mocks``."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any, Final, cast

from pulumi.runtime.mocks import MockCallArgs, MockResourceArgs, Mocks

from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.contract.debugging import error_line
from alicloud_device_certificates.contract.fleets import FLEETS, FleetKey, member_name
from alicloud_device_certificates.contract.ids import CertificateId, FleetId, parse_fleet_id, parse_id
from alicloud_device_certificates.contract.kinds import KINDS, KindKey
from alicloud_device_certificates.reading import Reader, ReadOptions
from alicloud_device_certificates.resources.iot_private_key import ERROR, FUNCTION
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from alicloud_device_certificates.testing.devices import Devices, Fleets, MockedDevices
from alicloud_device_certificates.testing.errors import MockError
from alicloud_device_certificates.testing.scenarios import fleet_scenario, made_up, made_up_fleet, scenario_of

_TYPES: Final = frozenset(kind.type_token for kind in KINDS.values())
_FLEET_TYPES: Final = frozenset(fleet.type_token for fleet in FLEETS.values())
_STACK_REFERENCE: Final = "pulumi:pulumi:StackReference"

Stacks = Mapping[str, Mapping[str, KindKey | FleetKey]]
"""What other stacks export: the kind of each certificate and fleet, by stack and name."""


class DeviceCertificateMocks(Mocks):
    """Mocks for ``pulumi.runtime.set_mocks``.

    ``others`` are your own mocks: they get every call, and every resource that is not this package's. Without them, a
    resource has its inputs as outputs, as in Pulumi's guide. ``stacks`` are the certificates and fleets that a
    DeviceCertificatesReference finds, each with its kind: ``mqtt``, ``mqtt-ca``, ``iot``, or ``mqtt-fleet``,
    ``mqtt-ca-fleet``, ``iot-fleet``. Those of IoT Platform have their private keys. ``fleets`` are the keys of the
    certificates that a fleet has: ``{"gateways": ["01", "02"]}``. By default, it has those that it names, or three.
    ``devices`` changes how a certificate is, also one of a fleet:
    ``{"gateway": {"status": "inactive"}, "gateways/02": {"valid_until": "+5d"}}``.

    A read that would fail in a preview raises the same error here. MockError if a stack is not in ``stacks``, or if
    the mocks contradict themselves.
    """

    def __init__(
        self,
        others: Mocks | None = None,
        *,
        stacks: Stacks | None = None,
        devices: Devices | None = None,
        fleets: Fleets | None = None,
    ) -> None:
        self._others = others
        self._stacks = stacks or {}
        self._devices = MockedDevices(devices or {}, fleets or {})
        folder = tempfile.mkdtemp(prefix="device-certificates-")
        self._state = Path(folder)
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)

    def new_resource(self, args: MockResourceArgs) -> tuple[str | None, dict[Any, Any]]:
        """Return the ID and the outputs of a resource."""
        if args.typ in _TYPES:
            outputs = self._read(parse_id(args.resource_id or ""), args.name, args.inputs)
            return args.resource_id, {**args.inputs, **outputs}
        if args.typ in _FLEET_TYPES:
            outputs = self._read_fleet(parse_fleet_id(args.resource_id or ""), args.name, args.inputs)
            return args.resource_id, {**args.inputs, **outputs}
        if args.typ == _STACK_REFERENCE and (kinds := self._kinds_in(str(args.inputs["name"]))) is not None:
            return args.inputs["name"], {**args.inputs, **self._exported(kinds)}
        if self._others is not None:
            return self._others.new_resource(args)
        if args.typ == _STACK_REFERENCE:
            raise MockError(
                f'no certificates for stack {args.inputs["name"]}: pass stacks={{"{args.inputs["name"]}": '
                '{"gateway-01": "mqtt"}} to DeviceCertificateMocks'
            )
        return args.resource_id or f"{args.name}_id", args.inputs

    def call(self, args: MockCallArgs) -> Any:  # noqa: ANN401 - as in the SDK
        """Return the result of a function: the key of ``iot_private_key``, or that of your own mocks, or nothing."""
        if args.token == FUNCTION:
            return self._private_key(parse_id(args.args["id"]))
        return self._others.call(args) if self._others is not None else {}

    def _kinds_in(self, stack: str) -> Mapping[str, KindKey | FleetKey] | None:
        """Return what a stack exports, which ``stacks`` may name by its full name or without organization."""
        found = (kinds for name, kinds in self._stacks.items() if f"/{stack}".endswith(f"/{name}"))
        return next(found, None)

    def _exported(self, kinds: Mapping[str, KindKey | FleetKey]) -> dict[str, Any]:
        certificates, summaries, keys = dict[str, Any](), dict[str, Any](), dict[str, Any]()
        for name, kind in kinds.items():
            if kind in FLEETS:
                flags = {"include_private_keys": True} if kind == "iot-fleet" else {}
                read = self._read_fleet(made_up_fleet(cast(FleetKey, kind), name), name, flags)
                certificates |= {member_name(name, key): each for key, each in read["certificates"].items()}
                keys |= {member_name(name, key): pem for key, pem in read.get("private_keys", {}).items()}
                summaries[name] = read["summary"]
            else:
                single = cast(KindKey, kind)
                read = self._read(made_up(single, name), name, {"include_private_key": True} if kind == "iot" else {})
                certificates[name] = read["certificate"]
                keys |= {name: pem} if (pem := read.get("private_key_pem")) else {}
        outputs: dict[str, Any] = {
            "schema_version": SCHEMA_VERSION,
            "certificates": certificates,
            **({"summaries": summaries} if summaries else {}),
            **({"private_keys": keys} if keys else {}),
        }
        return {"outputs": outputs, "secretOutputNames": ["private_keys"] if keys else []}

    def _read(self, identity: CertificateId, name: str, flags: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs of the data source of one certificate."""
        scenario = scenario_of(identity, self._devices.of_resource(identity, name))
        return self._emulated(
            scenario,
            lambda reader: reader.read(str(identity), ReadOptions.from_props(flags)),
            account=flags.get("account"),
        )

    def _read_fleet(self, identity: FleetId, name: str, props: Mapping[str, Any]) -> dict[str, Any]:
        """Return the outputs of the data source of a fleet."""
        argument = identity.fleet.names_argument
        named = props.get(argument) if argument else None
        scenario = fleet_scenario(identity, self._devices.of_fleet(identity, name, named))
        return self._emulated(
            scenario, lambda reader: reader.read_fleet(str(identity), props), account=props.get("account")
        )

    def _private_key(self, identity: CertificateId) -> dict[str, Any]:
        """Return what ``iot_private_key`` reads, or its error: raised here, the SDK would raise it as it is."""
        scenario = scenario_of(identity, self._devices.of_key(identity))
        try:
            return self._emulated(scenario, lambda reader: reader.read_private_key(str(identity)))
        except CloudError as error:
            return {ERROR: error_line(error)}

    def _emulated(
        self,
        scenario: dict[str, Any],
        read: Callable[[Reader], Awaitable[dict[str, Any]]],
        *,
        account: str | None = None,
    ) -> dict[str, Any]:
        """Return what a read finds in an emulator of this scenario, whose certificates and keys stay the same."""
        from alicloud_device_certificates.cloud.http import background
        from alicloud_device_certificates.emulator.http.app import Emulator
        from alicloud_device_certificates.emulator.scenario.loading import convert
        from alicloud_device_certificates.emulator.scenario.scenario import Scenario
        from alicloud_device_certificates.emulator.world.state import StateFolder
        from alicloud_device_certificates.emulator.world.world import World
        from alicloud_device_certificates.reading.connection import client_of

        emulator = Emulator(World(convert(scenario, Scenario), StateFolder(self._state)), control=False)

        async def run() -> dict[str, Any]:
            client = client_of(emulator)
            try:
                return await read(Reader(client, account=account))
            finally:
                await client.aclose()

        return background.run(run())
