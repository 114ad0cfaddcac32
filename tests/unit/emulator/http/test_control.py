from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

FIRST = "mqtt/post-cn-1/00f2/356201"


def test_the_state_lists_devices_without_any_secret(emulated: Any, tmp_path: Path) -> None:
    emulated.mqtt()
    emulated.iot()
    response = emulated.control("state")
    assert response.status_code == 200
    state = response.json()
    assert state["state"] == str(tmp_path / "state")
    assert state["now"] == 1_800_000_000_000
    assert state["clock_offset"] is None
    assert [device["identity"] for device in state["devices"]] == [
        FIRST,
        "mqtt/post-cn-1/00f2/356202",
        "iot/pk1/lamp",
        "iot/pk1/new",
    ]
    assert state["devices"][0]["serial_number_hex"] == "356201"
    for secret in ("PRIVATE", "BEGIN", "the-secret-of-owner"):
        assert secret not in response.text


def test_each_command_changes_the_services_responses(emulated: Any) -> None:
    before = emulated.mqtt().json()["Data"]
    rotated = emulated.control("rotate", {"name": "first"}).json()["device"]
    assert (rotated["identity"], rotated["serial_number_hex"]) == (FIRST, "356201")
    after = emulated.mqtt().json()["Data"]
    assert after["DeviceContent"] != before["DeviceContent"]
    renewed = emulated.control("renew", {"name": "first", "new_serial": True}).json()["device"]
    assert renewed["serial_number_hex"] != "356201"
    assert emulated.control("deactivate", {"name": "first"}).json()["device"]["status"] == "inactive"
    assert emulated.mqtt().json()["Data"]["Status"] == 0
    assert emulated.control("activate", {"name": "first"}).json()["device"]["status"] == "active"
    assert emulated.control("set-status", {"name": "new", "status": "failed"}).json()["device"]["status"] == "failed"
    added = emulated.control("add", {"device": {"sn": "356209", "key": "ed25519"}}).json()["device"]
    assert added["identity"] == "mqtt/post-cn-1/00f2/356209"
    assert emulated.mqtt("356209").status_code == 200
    thing = {"product_key": "pk1", "device": {"name": "more", "status": "generating"}}
    assert emulated.control("add", thing).json()["device"]["identity"] == "iot/pk1/more"
    assert emulated.control("remove", {"name": "first"}).json() == {"removed": FIRST}
    assert emulated.mqtt().json()["Code"] == "FindDeviceBySnError"
    assert emulated.control("clock", {"offset": "+20m"}).json() == {"now": 1_800_001_200_000, "clock_offset": "+20m"}
    assert emulated.mqtt("356202").json()["Code"] == "InvalidTimeStamp.Expired"
    assert [device["name"] for device in emulated.control("reset").json()["devices"]] == [
        "first",
        "second",
        "lamp",
        "new",
    ]
    assert emulated.mqtt().json()["Data"]["Status"] == 1


@pytest.mark.parametrize(
    ("command", "arguments", "message"),
    [
        ("rotate", {}, "Object missing required field `name`"),
        ("rotate", {"name": "first", "new": 1}, "Object contains unknown field `new`"),
        ("rotate", {"name": "nobody"}, "no device 'nobody'; known devices: first, second, lamp, new"),
        ("set-status", {"name": "first", "status": "x"}, f"{FIRST}: status 'x' is not one of active, inactive"),
        ("add", {"device": {"sn": ""}}, "device.sn: Expected `str` of length >= 1"),
        ("add", {"product_key": "none", "device": {"name": "x"}}, "no product 'none'; known: pk1"),
        ("clock", {"offset": "20"}, "'20' is not a duration such as"),
        ("reset", {"name": "first"}, "Object contains unknown field `name`"),
        ("add", [], "Expected `object`, got `array`"),
    ],
)
def test_a_command_that_makes_no_sense_is_one_line(
    emulated: Any, command: str, arguments: object, message: str
) -> None:
    response = emulated.send("POST", f"/_emulator/{command}", json=arguments)
    assert response.status_code == 400
    assert response.json()["error"].startswith(message)
    assert "\n" not in response.json()["error"]


def test_what_is_no_json_is_refused(emulated: Any) -> None:
    for body in (b"{", b"\xff"):
        response = emulated.send("POST", "/_emulator/rotate", content=body)
        assert response.status_code == 400
        assert response.json()["error"].startswith("the body")


def test_an_unknown_command_and_a_wrong_method_are_reported(emulated: Any) -> None:
    unknown = emulated.control("explode")
    assert unknown.status_code == 404
    assert "known commands: state, rotate, renew" in unknown.json()["error"]
    assert emulated.control("state", method="POST").json() == {"error": "state requires GET"}
    assert emulated.control("rotate", method="GET").status_code == 405


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"host": "localhost:1"}, 200),
        ({"host": "127.0.0.1"}, 200),
        ({"host": "[::1]:8080"}, 200),
        ({"host": "[::1]"}, 200),
        ({"host": "attacker.example:8080"}, 403),
        ({"host": "192.0.2.1"}, 403),
        ({"origin": "http://127.0.0.1:8080"}, 403),
    ],
)
def test_a_web_page_cannot_use_it(emulated: Any, headers: dict[str, str], status: int) -> None:
    assert emulated.send("GET", "/_emulator/state", headers=headers).status_code == status


def test_it_can_be_off(emulate: Callable[..., Any]) -> None:
    response = emulate(control=False).send("GET", "/_emulator/state")
    assert response.status_code == 400
    assert "<Code>MissingAction</Code>" in response.text


def test_a_damaged_state_is_reported_here_too(emulated: Any, tmp_path: Path) -> None:
    emulated.control("deactivate", {"name": "first"})
    (tmp_path / "state" / "changes.json").write_text("{")
    response = emulated.control("state")
    assert response.status_code == 400
    assert "changes.json: the file is damaged" in response.json()["error"]
