"""Fleets of the embedded emulator, read as the provider reads them."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.emulator import emulator_app
from alicloud_device_certificates.reading import Reader

Read = Callable[[dict[str, Any]], Any]


class Recording:
    """A client that counts the calls of each operation, over another one."""

    def __init__(self, client: Any) -> None:
        self._client = client
        self.calls: Counter[str] = Counter()
        self.arguments: list[tuple[str, Mapping[str, str | None]]] = []

    def is_emulated(self, product: str) -> bool:
        return bool(self._client.is_emulated(product))

    async def call(self, operation: Operation, arguments: Mapping[str, str | None], *, read: Read, **named: Any) -> Any:
        self.calls[operation.name] += 1
        self.arguments.append((operation.name, arguments))
        return await self._client.call(operation, arguments, read=read, **named)


class Fleets:
    """The fleets of one scenario, which has one account."""

    def __init__(self, folder: Path, text: str) -> None:
        scenario = folder / "cloud.yaml"
        scenario.write_text(text, encoding="utf-8")
        self.app = emulator_app(scenario, folder / "state", control=False, raises=True)
        self.client = Recording(self.connect(self.app))

    def connect(self, app: Any) -> Client:
        """Return a client of the scenario's user that waits for nothing, over the emulator or what is around it."""
        signer = self.app.account
        settings = Settings(access_key_id=signer.access_key_id, access_key_secret=signer.access_key_secret)
        return Client(settings, app=app, sleep=lambda _: asyncio.sleep(0))

    @property
    def calls(self) -> Counter[str]:
        """The calls since this was read last."""
        calls, self.client.calls = self.client.calls, Counter()
        return calls

    def read(self, id_: str, **props: Any) -> dict[str, Any]:
        """Return the outputs of a fleet. No task of the read remains."""
        return read_fleet(self.client, id_, **props)


def read_fleet(client: Any, id_: str, **props: Any) -> dict[str, Any]:
    """Return the outputs of a fleet. No task of the read remains."""

    async def story() -> dict[str, Any]:
        try:
            return await Reader(client).read_fleet(id_, props)
        finally:
            assert asyncio.all_tasks() == {asyncio.current_task()}

    return asyncio.run(story())


def account(*, mqtt: str = "", iot: str = "") -> str:
    """Return a scenario: the CAs of an instance, and the products, each as YAML in one line."""
    return f"""
accounts:
  - id: "1"
    quotas: {{onsmqtt: 0, iot: 0, iot_query_device: 0}}
    users: [{{access_key_id: owner, access_key_secret: the-secret-of-owner}}]
    mqtt_instances: {mqtt or "[]"}
    iot_products: {iot or "[]"}
"""
