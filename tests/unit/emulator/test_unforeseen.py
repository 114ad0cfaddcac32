"""Whatever a scenario, a request or a command holds: a response or one line, and never an error of Python."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from tests.unit.contract.test_documents import TEXTS
from tests.unit.emulator.conftest import SECRET

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.errors import CloudError
from alicloud_device_certificates.cloud.mqtt import get_device_certificate
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.emulator.errors import EmulatorError, ScenarioError
from alicloud_device_certificates.emulator.http.app import Emulator, emulator_app
from alicloud_device_certificates.emulator.scenario.loading import convert, load_scenario
from alicloud_device_certificates.emulator.scenario.scenario import MqttDevice
from alicloud_device_certificates.emulator.world.state import StateFolder
from alicloud_device_certificates.emulator.world.world import World

USER = {"access_key_id": "owner", "access_key_secret": SECRET}
ODD = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(
        [-1, 10**400, 2**63, "1e999", "\x1b[2J", "a\nb", "\ud800", "\u202e", "::error::x", "-1d", "+9999999w"]
    ),
    st.sampled_from(
        ["0001-01-01T00:00:00+23:59", "9999-12-31T23:59:59Z", "1950-01-01T00:00:00Z", "CN=a", "C=DEU", "IP:1"]
    ),
    st.lists(st.sampled_from(["DNS:a", "IP:::1", "URI:\xe4", "email:", "DNS:", "x"]), max_size=3),
)
DEVICE = st.dictionaries(st.sampled_from(MqttDevice.__struct_fields__), ODD, max_size=4)


def one_line(error: Exception) -> None:
    assert str(error).isprintable()
    assert len(str(error)) <= 1000
    assert SECRET not in str(error)


@pytest.mark.parametrize("name", ["scenario.yaml", "scenario.json"])
def test_any_text_is_a_scenario_or_one_line(tmp_path: Path, name: str) -> None:
    @settings(max_examples=200, deadline=None)
    @given(TEXTS)
    def check(text: str) -> None:
        (tmp_path / name).write_bytes(text.encode(errors="surrogatepass"))
        with pytest.raises(ScenarioError) as raised:
            load_scenario(tmp_path / name)
        one_line(raised.value)

    check()


def test_any_device_is_served_or_one_line(tmp_path: Path) -> None:
    def serve(device: dict[str, Any], folder: Path) -> None:
        scenario = {"accounts": [{"id": "1", "users": [USER], "mqtt_instances": [{"id": "post-cn-1", "cas": []}]}]}
        scenario["accounts"][0]["mqtt_instances"][0]["cas"] = [{"sn": "00f2", "devices": [{"sn": "1", **device}]}]  # type: ignore[index]
        (tmp_path / "scenario.yaml").write_text(yaml.safe_dump(scenario, allow_unicode=False))
        world = World(load_scenario(tmp_path / "scenario.yaml"), StateFolder(folder))
        for each in world.devices().values():
            world.certificate(each)

    @settings(max_examples=150, deadline=None)
    @given(DEVICE, st.integers())
    @example({"valid_from": "9999-12-31T23:59:58Z", "valid_until": "9999-12-31T23:59:59Z"}, 0)
    @example({"subject": "CN=\\00"}, 0)
    def check(device: dict[str, Any], number: int) -> None:
        try:
            serve(device, tmp_path / f"state{number}")
        except EmulatorError as error:
            one_line(error)

    check()


@settings(max_examples=200)
@given(st.dictionaries(st.text(max_size=5) | st.sampled_from(MqttDevice.__struct_fields__), ODD, max_size=4))
def test_any_value_is_a_device_or_one_line(value: dict[str, Any]) -> None:
    try:
        convert(value, MqttDevice)
    except ScenarioError as error:
        one_line(error)


def test_a_clock_at_the_end_of_time_responds(emulated: Any) -> None:
    for offset in ("+9999999w", "-9999999w"):
        assert emulated.control("clock", {"offset": offset}).status_code == 200
        assert emulated.mqtt().status_code == 400
        assert emulated.control("state").status_code == 200


@pytest.mark.parametrize("path", ["/", "/_emulator/rotate", "/_emulator/%1b%0a", "/\u202e", "/_emulator/add"])
def test_any_request_gets_a_response(emulated: Any, path: str) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(
        st.dictionaries(
            st.sampled_from(["Action", "Version", "Format", "Timestamp", "MqttInstanceId", "a"]), st.text()
        ),
        st.dictionaries(
            st.sampled_from(["authorization", "x-acs-date", "x-acs-action", "x-acs-version", "content-type"]),
            st.text(alphabet=st.characters(min_codepoint=32, max_codepoint=126), max_size=60)
            | st.sampled_from(["ACS3-HMAC-SHA256 Credential=owner,Signature=a", "2020-04-20", "GetDeviceCertificate"]),
        ),
        TEXTS,
    )
    @example({}, {}, "[" * 100_000)
    @example({}, {}, '{"name": "\\ud800"}')
    def check(arguments: dict[str, str], headers: dict[str, str], body: str) -> None:
        query = {name: value.encode(errors="replace").decode() for name, value in arguments.items()}
        response = emulated.send(
            "POST", path, params=query, headers=headers, content=body.encode(errors="surrogatepass")
        )
        assert 400 <= response.status_code < 500
        assert "EmulatorFault" not in response.text
        assert SECRET not in response.text

    check()


class Broken(dict[str, Any]):
    """Users that cannot be looked up: a bug."""

    def get(self, key: str, default: object = None) -> object:
        raise IndexError("hush")


def read(app: Emulator) -> list[str]:
    """Read a certificate from an emulator in this process, and return its error and each wait before another try."""
    waits: list[str] = []

    async def sleep(_: float) -> None:
        """Wait for nothing."""

    async def run() -> None:
        client = Client(
            Settings(access_key_id="owner", access_key_secret=SECRET),
            transport=httpx.ASGITransport(app=app),
            on_retry=waits.append,
            sleep=sleep,
        )
        await get_device_certificate(
            client, region="cn-hangzhou", mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn="356201"
        )

    with pytest.raises((CloudError, EmulatorError)) as raised:
        asyncio.run(run())
    return [str(raised.value), *waits]


@pytest.mark.parametrize("limit", [None, 0])
def test_a_bug_is_named_once_where_tracebacks_are_limited_too(
    emulated: Any, monkeypatch: pytest.MonkeyPatch, limit: int | None
) -> None:
    if limit is not None:
        monkeypatch.setattr(sys, "tracebacklimit", limit, raising=False)
    emulated.app.world.__dict__["users"] = Broken()
    (error,) = read(emulated.app)
    assert "IndexError in test_unforeseen.py, line " in error
    assert "a bug in the emulator, please report it" in error
    assert "hush" not in error


def test_the_embedded_emulator_raises_its_own_errors_whole(emulate: Callable[..., Any], tmp_path: Path) -> None:
    emulate()
    app = emulator_app(tmp_path / "scenario.yaml", tmp_path / "state", control=False, raises=True)
    (tmp_path / "state" / "changes.json").write_text("{")
    (error,) = read(app)
    assert error.startswith(f"emulator state {tmp_path / 'state' / 'changes.json'}: the file is damaged")
    assert error.endswith("or run `device-certificates emulator reset` to lose everything")


ODD_NAMES = ["\x1b[31mred", "::error::boom", "##[error]x", "a\u202eb", " b", "a\tb"]


def test_names_from_outside_are_inert_wherever_they_are_printed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    line = ["emulator", "--state", str(tmp_path)]
    for name in ODD_NAMES:
        assert main([*line, "add", name]) == 0
        for command in (["deactivate", name], ["rotate", name]):
            assert main([*line, *command]) == 0
    assert main([*line, "status"]) == 0
    for name in ODD_NAMES:
        assert main([*line, "set-status", name, name]) == 1
        assert main([*line, "rotate", f"no{name}"]) == 1
        assert main([*line, "add", "x", "--set", f"{name}={name}"]) == 1
        assert main([*line, "add", "x", "--product", name]) == 1
        assert main([*line, "clock", name]) == 1
    shown = capsys.readouterr()
    lines = [*shown.out.splitlines(), *shown.err.splitlines()]
    assert all(each.isprintable() for each in lines)
    assert not [each for each in lines if each.lstrip().startswith(("::", "##"))]
    assert len(shown.err.splitlines()) == 5 * len(ODD_NAMES)


def test_arguments_that_are_no_text_are_one_line(tmp_path: Path) -> None:
    for arguments in (
        [b"add", b"\xff"],
        [b"rotate", b"\xff"],
        [b"status", b"--scenario", b"\xff.yaml"],
        [b"clock", b"\xff"],
    ):
        ended = subprocess.run(
            [sys.executable, "-m", "alicloud_device_certificates", "emulator", "--state", str(tmp_path), *arguments],
            capture_output=True,
            check=False,
        )
        assert ended.returncode == 1
        assert ended.stderr.count(b"\n") == 1
        assert ended.stderr.startswith(b"device-certificates: ")


@pytest.mark.parametrize("command", [["status"], ["reset"], ["rotate", "gateway-01"], []])
def test_a_current_folder_that_is_gone_is_one_line(tmp_path: Path, command: list[str]) -> None:
    code = "import os, sys\nfrom alicloud_device_certificates.cli import main\nos.rmdir(os.getcwd())\nsys.exit(main())"
    (tmp_path / "gone").mkdir()
    ended = subprocess.run(
        [sys.executable, "-c", code, "emulator", *command], cwd=tmp_path / "gone", capture_output=True, check=False
    )
    assert ended.stderr == b"device-certificates: the current folder no longer exists; change to another one\n"
    assert ended.returncode == 1


def test_output_that_a_full_disk_cuts_is_an_error(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "alicloud_device_certificates", "emulator", "--state", str(tmp_path)]
    for arguments in (["schema"], ["status"], ["status", "--json"], []):
        with Path("/dev/full").open("wb") as full:
            ended = subprocess.run([*command, *arguments], stdout=full, stderr=subprocess.PIPE, check=False)
        assert ended.stderr == b"device-certificates: cannot write to stdout: No space left on device\n"
        assert ended.returncode == 1


@pytest.mark.parametrize("place", ["import", "lock", "output"])
def test_an_interrupt_at_any_time_is_quiet(tmp_path: Path, place: str) -> None:
    code = {
        "import": "import builtins, sys\nfind = builtins.__import__\ndef interrupted(name, *rest, **more):\n"
        "    if 'world.commands' in name: raise KeyboardInterrupt\n    return find(name, *rest, **more)\n"
        "from alicloud_device_certificates.cli import main\nbuiltins.__import__ = interrupted\n",
        "lock": "import filelock\nfrom alicloud_device_certificates.cli import main\n"
        "def interrupted(*_, **__): raise KeyboardInterrupt\nfilelock.FileLock.acquire = interrupted\n",
        "output": "import sys\nfrom alicloud_device_certificates.cli import main\n"
        "import alicloud_device_certificates.cli.emulator as e\n"
        "def interrupted(*_): raise KeyboardInterrupt\ne.say = interrupted\n",
    }[place]
    run = f"{code}\nimport sys\nsys.exit(main(['emulator', '--state', {str(tmp_path)!r}, 'rotate', 'gateway-01']))"
    ended = subprocess.run([sys.executable, "-c", run], capture_output=True, check=False)
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, b"", b"")
    assert not [path for path in tmp_path.glob(".*") if path.name != ".gitignore"]


def test_the_state_shown_over_http_is_json_whatever_the_names_are(emulated: Any) -> None:
    for name in ODD_NAMES:
        assert emulated.control("add", {"device": {"sn": "a", "name": name}}).status_code in {200, 400}
    json.loads(emulated.control("state").content)
