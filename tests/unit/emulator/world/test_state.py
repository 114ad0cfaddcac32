"""What is remembered: the same response in the next process, whatever happens in between."""

from __future__ import annotations

import json
import multiprocessing
import stat
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from alicloud_device_certificates.emulator.errors import StateError
from alicloud_device_certificates.emulator.http.app import emulator_app
from alicloud_device_certificates.emulator.scenario.loading import load_scenario
from alicloud_device_certificates.emulator.world.commands import find_device, rotate
from alicloud_device_certificates.emulator.world.state import Changes, StateFolder, default_state_folder
from alicloud_device_certificates.emulator.world.world import World


def content(emulated: Any, sn: str = "356201") -> str:
    response = emulated.mqtt(sn)
    assert response.status_code == 200, response.text
    text: str = response.json()["Data"]["DeviceContent"]
    return text


def only_file(folder: Path, part: str) -> Path:
    (file,) = (file for file in (folder / "certificates").iterdir() if part in file.name)
    return file


def test_another_process_gives_the_same_certificate_later(emulate: Callable[..., Any]) -> None:
    first = emulate()
    before = first.mqtt().json()["Data"]
    second = emulate()
    second.clock.at += 40 * 86_400
    assert second.mqtt().json()["Data"] == before
    assert second.iot().json()["DeviceCertInfo"] == first.iot().json()["DeviceCertInfo"]


def test_only_what_is_requested_is_issued(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulated = emulate()
    assert not (tmp_path / "state").exists()
    emulated.mqtt("nobody")
    emulated.iot("new")
    assert not (tmp_path / "state").exists()
    emulated.mqtt()
    assert sorted(file.name.partition("-")[0] for file in (tmp_path / "state" / "certificates").iterdir()) == [
        "ca_post",
        "mqtt_post",
    ]


def test_keys_are_for_their_owner_alone(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulate().mqtt()
    folder = tmp_path / "state"
    modes = {
        path.name: stat.S_IMODE(path.stat().st_mode) for path in (folder, folder / "certificates", folder / "lock")
    }
    assert modes == {"state": 0o700, "certificates": 0o700, "lock": 0o600}
    assert {stat.S_IMODE(file.stat().st_mode) for file in (folder / "certificates").iterdir()} == {0o600}
    assert (folder / ".gitignore").read_text() == "*\n"


def test_a_device_that_was_added_to_the_scenario_leaves_the_others_as_they_were(
    emulate: Callable[..., Any], one_device: Callable[[str], str]
) -> None:
    scenario = one_device("key: ec-p256")
    before = content(emulate(scenario))
    more = emulate(scenario.replace("devices: [", "devices: [{sn: 356202}, "))
    assert content(more) == before
    assert content(more, "356202") != before


def test_a_device_that_was_changed_in_the_scenario_is_issued_again_and_then_stays(
    emulate: Callable[..., Any], one_device: Callable[[str], str]
) -> None:
    before = content(emulate(one_device("valid_until: +10d")))
    after = content(emulate(one_device("valid_until: +20d")))
    assert after != before
    assert content(emulate(one_device("valid_until: +20d"))) == after


def test_a_shape_is_not_part_of_the_certificate(emulate: Callable[..., Any], one_device: Callable[[str], str]) -> None:
    before = content(emulate(one_device("shape: pem, label: A")))
    assert content(emulate(one_device("shape: pem, label: B"))).replace("B-----", "A-----") == before


def test_another_ca_key_makes_other_device_certificates(emulate: Callable[..., Any], tmp_path: Path) -> None:
    before = content(emulate())
    only_file(tmp_path / "state", "ca_post").unlink()
    assert content(emulate()) != before


def _first_use(scenario: Path, state: Path, barrier: Any, results: Any) -> None:
    world = World(load_scenario(scenario), StateFolder(state))
    barrier.wait()
    results.put([world.certificate(device).certificate_pem for device in world.devices().values()])


def test_two_first_uses_at_once_get_the_same_certificates(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulate()
    context = multiprocessing.get_context("spawn")
    barrier, results = context.Barrier(3), context.Queue()
    arguments = (tmp_path / "scenario.yaml", tmp_path / "state", barrier, results)
    processes = [context.Process(target=_first_use, args=arguments) for _ in range(3)]
    for process in processes:
        process.start()
    seen = [results.get(timeout=300) for _ in processes]
    for process in processes:
        process.join()
    assert seen[0] == seen[1] == seen[2]
    assert len(set(seen[0])) == 4


def test_a_running_emulator_sees_what_another_process_changed(emulate: Callable[..., Any], tmp_path: Path) -> None:
    running = emulate()
    before = content(running)
    rotate(emulate().app.world, "first")
    assert content(running) != before


@pytest.mark.parametrize("damage", ["", "{", '{"identity": 1}', "\x00\x01"])
def test_a_damaged_certificate_is_reported_with_its_file_and_left_as_it_is(
    emulate: Callable[..., Any], tmp_path: Path, damage: str
) -> None:
    emulated = emulate()
    content(emulated)
    file = only_file(tmp_path / "state", "mqtt_")
    file.write_text(damage)
    response = emulated.mqtt()
    assert (response.status_code, response.json()["Code"]) == (400, "EmulatorUnusable")
    message = response.json()["Message"]
    assert str(file) in message
    assert "restore it, delete it" in message
    assert "\n" not in message
    assert file.read_text() == damage
    assert emulated.mqtt("356202").status_code == 200


def test_damaged_changes_are_reported_when_the_emulator_is_made(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulate().control("deactivate", {"name": "first"})
    file = tmp_path / "state" / "changes.json"
    file.write_text("{")
    with pytest.raises(StateError, match=r"changes\.json: the file is damaged and was not changed"):
        emulator_app(tmp_path / "scenario.yaml", tmp_path / "state")
    response = emulate().mqtt()
    assert (response.status_code, response.json()["Code"]) == (400, "EmulatorUnusable")
    StateFolder(tmp_path / "state").reset()
    assert emulate().mqtt().status_code == 200


def test_a_reset_deletes_what_was_written_and_nothing_else(emulate: Callable[..., Any], tmp_path: Path) -> None:
    folder = tmp_path / "state"
    StateFolder(folder).reset()
    assert not folder.exists()
    before = content(emulate())
    (folder / "notes.txt").write_text("mine")
    StateFolder(folder).reset()
    assert (folder / "notes.txt").exists()
    assert not list((folder / "certificates").iterdir())
    assert content(emulate()) != before


def test_half_a_file_is_never_seen(tmp_path: Path) -> None:
    folder = StateFolder(tmp_path)
    with folder.locked():
        folder.save_changes(Changes(removed=["a"]))
        with pytest.raises(TypeError):
            folder.save_changes(Changes(removed=[object()]))  # type: ignore[list-item]
    assert folder.changes().removed == ["a"]
    assert not [
        file
        for file in tmp_path.iterdir()
        if file.suffix == "" and file.name not in {"lock", "certificates", ".gitignore"}
    ]


def test_a_folder_that_is_a_file_is_one_line(emulate: Callable[..., Any], tmp_path: Path) -> None:
    (tmp_path / "state").write_text("")
    response = emulate().mqtt().json()
    assert response["Code"] == "EmulatorUnusable"
    assert "state/changes.json: cannot be read (Not a directory); move the file away, or " in response["Message"]
    with (
        pytest.raises(StateError, match="cannot be written \\(File exists\\)"),
        StateFolder(tmp_path / "state").locked(),
    ):
        pass


def test_a_lock_that_cannot_be_had_is_one_line(tmp_path: Path) -> None:
    with (
        StateFolder(tmp_path).locked(),
        pytest.raises(StateError, match="another process has held it for 0 s"),
        StateFolder(tmp_path, lock_timeout=0.01).locked(),
    ):
        pass


def test_the_default_folder_is_beside_the_nearest_project(tmp_path: Path) -> None:
    nested = tmp_path / "project" / "stacks" / "certificates"
    nested.mkdir(parents=True)
    assert default_state_folder(nested) == nested / ".device-certificates" / "emulator"
    (tmp_path / "project" / "Pulumi.yaml").write_text("")
    assert default_state_folder(nested) == tmp_path / "project" / ".device-certificates" / "emulator"


def test_the_scenario_that_a_folder_was_used_with_is_remembered(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulate()
    folder = StateFolder(tmp_path / "state")
    emulator_app(tmp_path / "scenario.yaml", tmp_path / "state")
    assert folder.changes().scenario == str(tmp_path / "scenario.yaml")
    folder.reset()
    assert folder.changes().scenario == str(tmp_path / "scenario.yaml")
    emulator_app(None, tmp_path / "state")
    assert folder.changes().scenario is None


def test_no_key_is_in_a_repr(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulated = emulate()
    content(emulated)
    world = emulated.app.world
    record = world.certificate(find_device(world, "first"))
    assert "PRIVATE" not in repr(record)
    assert "PRIVATE" in json.loads(only_file(tmp_path / "state", "mqtt_").read_text())["private_key_pem"]
    assert str(tmp_path) in repr(world.state)
