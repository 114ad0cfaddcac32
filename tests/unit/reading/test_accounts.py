"""Reads from several accounts in one process: each with its own client, and an error that names it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alicloud_device_certificates.cloud.errors import CloudError, SettingsError
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.contract.read_failure import cause_of, is_same_cause, repeated
from alicloud_device_certificates.reading import ReadOptions
from alicloud_device_certificates.reading.connection import connect

SECRETS = {"a": "secret-of-account-a", "b": "secret-of-account-b"}
SCENARIO = """
accounts:
  - id: "1"
    users: [{access_key_id: key-a, access_key_secret: secret-of-account-a}]
    mqtt_instances:
      - {id: post-cn-a, cas: [{sn: 00f2, devices: [{sn: "01", name: of-a}]}]}
  - id: "2"
    users: [{access_key_id: key-b, access_key_secret: secret-of-account-b}]
    mqtt_instances:
      - {id: post-cn-b, cas: [{sn: 00f2, devices: [{sn: "01", name: of-b}]}]}
"""
ACCOUNTS = {name: {"accessKey": f"key-{name}", "secretKey": secret} for name, secret in SECRETS.items()}
ID = "mqtt/cn-hangzhou/post-cn-{}/00f2/01"

Config = Callable[[str], str | None]


@pytest.fixture
def config(tmp_path: Path) -> dict[str, str]:
    (tmp_path / "scenario.yaml").write_text(SCENARIO)
    return {
        "device-certificates:emulator": "true",
        "device-certificates:emulatorScenario": str(tmp_path / "scenario.yaml"),
        "device-certificates:emulatorState": str(tmp_path / "state"),
        "device-certificates:accounts": json.dumps(ACCOUNTS),
    }


def read(config: dict[str, str], instance: str, account: str | None) -> dict[str, Any]:
    reader = connect(config.get, account)
    return background.run(reader.read(ID.format(instance), ReadOptions(include_chain=True)))


def test_each_account_reads_what_is_its_own_and_nothing_else(config: dict[str, str]) -> None:
    for account in SECRETS:
        assert read(config, account, account)["certificate"]["device_name"] == f"of-{account}"
    assert read(config, "a", None)["certificate"]["device_name"] == "of-a"
    for name, other in (("a", "b"), ("b", "a"), (None, "b")):
        with pytest.raises(CloudError, match=r"MqttInstance|another account|NoPermission") as raised:
            read(config, other, name)
        named = f"GetDeviceCertificate (account {name}, region " if name else "GetDeviceCertificate (region "
        assert str(raised.value).startswith(named)
        assert not any(secret in str(raised.value) for secret in SECRETS.values())


def test_the_clients_of_accounts_are_kept_and_shared_by_none(config: dict[str, str]) -> None:
    readers = [connect(config.get, account) for account in (None, "a", "b")]
    assert len(set(map(id, readers))) == 3
    assert [connect(config.get, account) for account in (None, "a", "b")] == readers


def test_an_account_that_the_scenario_does_not_have_is_one_line(config: dict[str, str]) -> None:
    config["device-certificates:accounts"] = json.dumps({"c": {"accessKey": "key-c", "secretKey": "hunter2"}})
    with pytest.raises(SettingsError, match=r'accounts\["c"\]: the emulator.s scenario has several accounts, and no'):
        read(config, "a", "c")
    del config["device-certificates:emulatorScenario"]
    with pytest.raises(CloudError, match=r"\(account c, region cn-hangzhou, instance post-cn-a"):
        read(config, "a", "c")


def test_an_unknown_account_is_one_line_that_lists_those_that_exist(config: dict[str, str]) -> None:
    with pytest.raises(SettingsError, match=r"no account 'x': device-certificates:accounts has 'a', 'b'$"):
        connect(config.get, "x")


@pytest.mark.parametrize("message", ["SignatureDoesNotMatch: no", "no credentials from profile p"])
@pytest.mark.parametrize("operation", ["GetDeviceCertificate", ""])
def test_the_same_fault_of_two_accounts_is_two_causes(message: str, operation: str) -> None:
    def line(account: str | None, device: str) -> str:
        region, target = ("cn-hangzhou", f"device {device}") if operation else ("", "")
        error = CloudError(message, operation=operation, region=region, target=target)
        error.account = account
        return str(error)

    for one, other in (("a", "b"), (None, "b"), ("b", None)):
        assert cause_of(line(one, "1")) == cause_of(line(one, "2"))
        assert cause_of(line(one, "1")) != cause_of(line(other, "1"))
        assert is_same_cause(repeated(line(one, "1")), line(one, "2"))
        assert not is_same_cause(repeated(line(one, "1")), line(other, "2"))
    assert ("account b" in line("b", "1")) and "account" not in line(None, "1")
