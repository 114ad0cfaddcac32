"""An emulator in process, and requests that these tests sign themselves (no code shared with any client)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import hmac
import itertools
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import httpx
import pytest

from alicloud_device_certificates.emulator.http.app import Emulator
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.world.state import StateFolder
from alicloud_device_certificates.emulator.world.world import World

NOW = 1_800_000_000.0  # 2027-01-15T08:00:00Z
SECRET = "the-secret-of-owner"
SCENARIO = f"""
accounts:
  - id: "1"
    quotas: {{onsmqtt: 0, iot: 0}}
    users:
      - {{access_key_id: owner, access_key_secret: {SECRET}}}
    mqtt_instances:
      - id: post-cn-1
        cas:
          - sn: 00f2
            devices:
              - {{sn: 356201, name: first}}
              - {{sn: 356202, name: second}}
    iot_products:
      - product_key: pk1
        devices:
          - {{name: lamp, key: ec-p256}}
          - {{name: new, key: ec-p256, status: generating}}
"""


class Clock:
    """A clock that stands still until it is moved; seconds."""

    def __init__(self) -> None:
        self.at = NOW

    def __call__(self) -> float:
        return self.at


class Emulated:
    """One emulator and the ways to call it."""

    def __init__(self, app: Emulator, clock: Clock) -> None:
        self.app = app
        self.clock = clock
        self._nonces = itertools.count()

    def send(self, method: str, url: str, **more: Any) -> httpx.Response:
        """One HTTP request, as it is."""

        async def run() -> httpx.Response:
            transport = httpx.ASGITransport(app=self.app)
            async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1:8080") as client:
                return await client.request(method, url, **more)

        return asyncio.run(run())

    def acs3(
        self,
        action: str,
        arguments: Mapping[str, str],
        *,
        version: str = "2020-04-20",
        method: str = "GET",
        key: str = "owner",
        secret: str = SECRET,
        token: str | None = None,
        body: bytes = b"",
        change: Mapping[str, str | None] | None = None,
        after: Mapping[str, str | None] | None = None,
        signed: Callable[[list[str]], list[str]] = lambda names: names,
    ) -> httpx.Response:
        """Signed in headers. `change` changes headers before signing, `after` behind its back; None takes one out."""
        headers: dict[str, str] = {
            "host": "127.0.0.1:8080",
            "x-acs-action": action,
            "x-acs-version": version,
            "x-acs-date": datetime.fromtimestamp(self.clock.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "x-acs-signature-nonce": f"nonce-{next(self._nonces)}",
            "x-acs-content-sha256": hashlib.sha256(body).hexdigest(),
        }
        if token is not None:
            headers["x-acs-security-token"] = token
        if body:
            headers["content-type"] = "application/x-www-form-urlencoded"
        _changed(headers, change)
        names = signed(sorted(headers))
        canonical = "\n".join(
            [
                method,
                "/",
                "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(arguments.items())),
                "".join(f"{name}:{headers[name]}\n" for name in names),
                ";".join(names),
                hashlib.sha256(body).hexdigest(),
            ]
        )
        to_sign = "ACS3-HMAC-SHA256\n" + hashlib.sha256(canonical.encode()).hexdigest()
        signature = hmac.new(secret.encode(), to_sign.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"ACS3-HMAC-SHA256 Credential={key},SignedHeaders={';'.join(names)},Signature={signature}"
        )
        _changed(headers, after)
        return self.send(method, f"/?{urlencode(arguments)}", headers=headers, content=body)

    def v2(
        self,
        action: str,
        arguments: Mapping[str, str],
        *,
        version: str = "2020-04-20",
        method: str = "GET",
        secret: str = SECRET,
        in_body: bool = False,
        change: Mapping[str, str | None] | None = None,
        after: Mapping[str, str | None] | None = None,
    ) -> httpx.Response:
        """Signed in parameters."""
        parameters: dict[str, str] = {
            "Action": action,
            "Version": version,
            "AccessKeyId": "owner",
            "SignatureMethod": "HMAC-SHA1",
            "SignatureVersion": "1.0",
            "SignatureNonce": f"nonce-{next(self._nonces)}",
            "Timestamp": datetime.fromtimestamp(self.clock.at, UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
            "Format": "JSON",
            **arguments,
        }
        _changed(parameters, change)
        query = "&".join(f"{quote(k, safe='~')}={quote(v, safe='~')}" for k, v in sorted(parameters.items()))
        to_sign = f"{method}&%2F&{quote(query, safe='~')}"
        digest = hmac.new(f"{secret}&".encode(), to_sign.encode(), hashlib.sha1).digest()
        parameters["Signature"] = base64.b64encode(digest).decode()
        _changed(parameters, after)
        if in_body:
            return self.send(method, "/", data=parameters)
        return self.send(method, f"/?{urlencode(parameters)}")

    def mqtt(self, device_sn: str = "356201", **more: Any) -> httpx.Response:
        """GetDeviceCertificate."""
        arguments = {"MqttInstanceId": "post-cn-1", "CaSn": "00f2", "DeviceSn": device_sn}
        return self.acs3("GetDeviceCertificate", arguments, **more)

    def iot(self, device_name: str = "lamp", **more: Any) -> httpx.Response:
        """QueryDeviceCert."""
        arguments = {"ProductKey": "pk1", "DeviceName": device_name, **more.pop("arguments", {})}
        return self.acs3("QueryDeviceCert", arguments, version="2018-01-20", method="POST", **more)

    def control(self, command: str, arguments: object = None, **more: Any) -> httpx.Response:
        """The control API."""
        method = more.pop("method", "GET" if command == "state" else "POST")
        return self.send(method, f"/_emulator/{command}", content=json.dumps(arguments or {}).encode(), **more)


def _changed(values: dict[str, str], change: Mapping[str, str | None] | None) -> None:
    for name, value in (change or {}).items():
        values.pop(name, None)
        if value is not None:
            values[name] = value


Emulate = Callable[..., Emulated]


@pytest.fixture
def emulate(tmp_path: Path) -> Emulate:
    """Start an emulator on a scenario's text; by default it remembers in the test's own folder."""

    def start(text: str = SCENARIO, *, state: str = "state", **more: Any) -> Emulated:
        file = tmp_path / "scenario.yaml"
        file.write_text(text)
        clock = Clock()
        world = World(load_scenario(file), StateFolder(tmp_path / state), clock=clock)
        return Emulated(Emulator(world, **more), clock)

    return start


@pytest.fixture
def emulated(emulate: Emulate) -> Emulated:
    """An emulator with the tests' usual scenario."""
    return emulate()


def device(fields: str, *, service: str = "mqtt") -> str:
    """A scenario with one device that has these fields (YAML, in flow style without braces)."""
    mqtt = f"mqtt_instances: [{{id: post-cn-1, cas: [{{sn: 00f2, devices: [{{sn: 356201, {fields}}}]}}]}}]"
    iot = f"iot_products: [{{product_key: pk1, devices: [{{name: lamp, {fields}}}]}}]"
    user = f"{{access_key_id: owner, access_key_secret: {SECRET}}}"
    return f"accounts: [{{id: '1', users: [{user}], {mqtt if service == 'mqtt' else iot}}}]"


@pytest.fixture
def one_device() -> Callable[..., str]:
    """Return a scenario with one device."""
    return device
