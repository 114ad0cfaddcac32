"""The demo's driver: what it shows, and that it keeps to its own folder."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.demo.sandbox import Sandbox
from tools.demo.table import certificate_table


@pytest.fixture
def place(tmp_path: Path) -> Sandbox:
    (tmp_path / "Pulumi.yaml").write_text("name: project\n")
    (tmp_path / "Pulumi.dev.yaml").write_text("config: {}\n")
    return Sandbox(tmp_path)


def test_the_table_has_a_line_for_each_certificate_in_columns() -> None:
    table = certificate_table(
        {
            "gateway": {
                "device_sn": "3562",
                "serial_number": "17",
                "not_after": "2030-01-01T00:00:00Z",
                "status": "active",
            },
            "light": {"certificate_sn": "ab", "serial_number": "4711", "not_after": "x", "status": "generated"},
        }
    )
    assert table.splitlines() == [
        "NAME     SERVICE  SERIAL NUMBER  NOT AFTER             STATUS",
        "gateway  mqtt     17             2030-01-01T00:00:00Z  active",
        "light    iot      4711           x                     generated",
    ]


def test_a_certificate_that_is_still_made_has_no_serial_number_in_the_table() -> None:
    assert certificate_table({"light": {"status": "generating"}}).splitlines()[1].split() == [
        *("light", "iot", "-", "-", "generating")
    ]


def test_nothing_of_the_users_own_pulumi_is_used(place: Sandbox) -> None:
    user = {
        "PATH": "/usr/bin",
        "HOME": "/home/user",
        "PULUMI_ACCESS_TOKEN": "t",
        "PULUMI_STACK": "prod",
        "PULUMI_HOME": "x",
    }
    environ = place.environ(user, engine=Path("/engine"))
    assert {name for name in environ if name.startswith("PULUMI_")} == {
        "PULUMI_HOME",
        "PULUMI_BACKEND_URL",
        "PULUMI_CONFIG_PASSPHRASE",
        "PULUMI_SKIP_UPDATE_CHECK",
    }
    assert environ["PULUMI_HOME"] == str(place.folder / "home")
    assert environ["PULUMI_BACKEND_URL"] == f"file://{place.folder / 'state'}"
    assert environ["HOME"] == "/home/user"


def test_the_virtual_environment_comes_first_on_path_and_the_engine_next(place: Sandbox) -> None:
    environ = place.environ({"PATH": "/usr/bin"}, engine=Path("/engine"))
    assert environ["PATH"] == f"{place.checkout / '.venv' / 'bin'}:/engine:/usr/bin"


def test_the_cli_writes_to_a_copy_of_the_stacks_config_that_each_demo_makes_anew(place: Sandbox) -> None:
    with place.prepared():
        place.config_file.write_text("encryptionsalt: something\n")
    assert (place.checkout / "Pulumi.dev.yaml").read_text() == "config: {}\n"
    with place.prepared():
        assert place.config_file.read_text() == "config: {}\n"


def test_a_second_demo_at_once_is_refused(place: Sandbox) -> None:
    with place.prepared(), pytest.raises(BlockingIOError), Sandbox(place.checkout).prepared():
        pass


def test_a_lock_that_a_killed_demo_left_in_its_backend_is_removed(place: Sandbox) -> None:
    lock = place.folder / "state" / ".pulumi" / "locks" / "organization" / "lock.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{}")
    with place.prepared():
        assert not lock.exists()
