"""The command line, called as a function; serving is left to tests/unit/emulator/test_server.py and tests/contract."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.emulator.world.state import StateFolder

GATEWAY = "mqtt/post-cn-emulator01/00f26900ba87/356217374433aa01"


class Line:
    """The command line on a state folder of its own."""

    def __init__(self, state: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.state = state
        self._capsys = capsys

    def __call__(self, *arguments: str, code: int = 0) -> str:
        """What `device-certificates emulator --state ... ARGUMENTS` prints (on stderr if it fails)."""
        assert main(["emulator", "--state", str(self.state), *arguments]) == code
        out, err = self._capsys.readouterr()
        assert (err if code == 0 else out) == ""
        return out if code == 0 else err


@pytest.fixture
def line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Line:
    return Line(tmp_path / "state", capsys)


def test_the_version_is_the_distributions(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["--version"])
    assert capsys.readouterr().out == version("pulumi-alicloud-device-certificates") + "\n"


@pytest.mark.parametrize(
    "arguments", [[], ["nonsense"], ["emulator", "nonsense"], ["emulator", "rotate"], ["emulator", "--port", "x"]]
)
def test_what_makes_no_sense_exits_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as raised:
        main(arguments)
    assert raised.value.code == 2
    assert capsys.readouterr().err.startswith("usage: device-certificates")


def test_a_device_is_rotated_and_renewed(line: Line) -> None:
    rotated = line("rotate", "gateway-01")
    assert rotated.startswith(f"{GATEWAY}: rotated, serial number 356217374433aa01, valid until 2")
    assert rotated.endswith("Z\n")
    assert line("renew", "gateway-01").startswith(f"{GATEWAY}: renewed, serial number 356217374433aa01, ")
    assert "356217374433aa01, valid" not in line("rotate", "gateway-01", "--new-serial")


def test_a_status_is_set(line: Line) -> None:
    assert line("deactivate", "gateway-01") == f"{GATEWAY}: inactive\n"
    assert line("activate", "gateway-01") == f"{GATEWAY}: active\n"
    assert line("set-status", "light-03", "failed") == "iot/a1BwAGVemul8/light-03: failed\n"
    assert line("activate", "light-03") == "iot/a1BwAGVemul8/light-03: generated\n"


def test_a_device_is_added_and_removed(line: Line) -> None:
    assert line("add", "gateway-09", "--sn", "356209", "--set", "key=rsa2048") == (
        "mqtt/post-cn-emulator01/00f26900ba87/356209: added, active\n"
    )
    given = ["--instance", "post-cn-emulator01", "--ca", "00f26900ba87", "--set", 'names=["DNS:a.example"]']
    assert line("add", "gateway-10", *given).startswith("mqtt/post-cn-emulator01/00f26900ba87/3562")
    assert line("add", "light-09", "--product", "a1BwAGVemul8", "--set", "status=generating") == (
        "iot/a1BwAGVemul8/light-09: added, generating\n"
    )
    assert line("remove", "gateway-09") == "mqtt/post-cn-emulator01/00f26900ba87/356209: removed\n"
    names = [row["name"] for row in json.loads(line("status", "--json"))]
    assert names[-2:] == ["gateway-10", "light-09"]
    assert "gateway-09" not in names


def test_the_devices_are_listed(line: Line) -> None:
    line("rotate", "gateway-01")
    lines = line("status").splitlines()
    assert lines[0].split() == ["NAME", "STATUS", "KEY", "SERIAL", "NUMBER", "NOT", "AFTER", "IDENTITY"]
    assert lines[1].split()[:4] == ["gateway-01", "active", "ec-p256", "356217374433aa01"]
    assert lines[2].split() == ["gateway-02", "active", "rsa2048", "-", "-", GATEWAY[:-1] + "2"]
    assert len(lines) == 9


def test_the_clock_is_set(line: Line) -> None:
    assert line("clock", "+20m").startswith("the emulator's time is 2")
    assert StateFolder(line.state).changes().clock_offset == "+20m"
    line("clock", "--", "-20m")
    assert StateFolder(line.state).changes().clock_offset == "-20m"
    line("clock", "reset")
    assert StateFolder(line.state).changes().clock_offset is None


def test_a_reset_works_even_when_nothing_else_does(line: Line) -> None:
    line("deactivate", "gateway-01")
    (line.state / "changes.json").write_text("{")
    assert "damaged" in line("status", code=1)
    assert line("reset") == f"{line.state}: reset\n"
    assert "inactive" not in line("status").splitlines()[1]


def test_the_schema_is_json(line: Line) -> None:
    assert json.loads(line("schema"))["$ref"] == "#/$defs/Scenario"


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["rotate", "nobody"], "no device 'nobody'; known devices: gateway-01, "),
        (["deactivate", "light-01"], "iot/a1BwAGVemul8/light-01: status 'inactive' is not one of "),
        (["add", "x", "--set", "key"], "--set key: must be FIELD=VALUE"),
        (["add", "x", "--set", "names=["], "--set names: the value is not JSON"),
        (["add", "x", "--set", "colour=red"], "Object contains unknown field `colour`"),
        (["add", "x", "--product", "none"], "no product 'none'; known: a1BwAGVemul8"),
        (["status", "--scenario", "none.yaml"], "scenario none.yaml: cannot be read (No such file or directory)"),
        (
            ["--host", "0.0.0.0"],
            "0.0.0.0 makes the emulator reachable from other machines; to allow that, add --allow-remote",
        ),
        (["--port", "99999"], "127.0.0.1:99999: invalid port (0 to 65535)"),
        (["--host", "192.0.2.1", "--allow-remote"], "192.0.2.1:0: Cannot assign requested address"),
    ],
)
def test_a_failure_is_one_line_and_exits_with_1(line: Line, arguments: list[str], message: str) -> None:
    text = line(*arguments, code=1)
    assert text.startswith(f"device-certificates: {message}")
    assert text.count("\n") == 1


def test_commands_find_the_scenario_that_the_folder_was_used_with(line: Line, tmp_path: Path) -> None:
    scenario = tmp_path / "mine.yaml"
    scenario.write_text(
        "accounts: [{id: '1', users: [{access_key_id: a, access_key_secret: b}],"
        " iot_products: [{product_key: pk, devices: [{name: mine}]}]}]"
    )
    StateFolder(line.state).remember_scenario(scenario)
    assert [row["name"] for row in json.loads(line("status", "--json"))] == ["mine"]
    assert line("status", "--scenario", str(scenario)) == line("status")


def test_without_a_folder_it_is_the_projects(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "Pulumi.yaml").write_text("")
    (tmp_path / "stacks").mkdir()
    monkeypatch.chdir(tmp_path / "stacks")
    assert main(["emulator", "deactivate", "gateway-01"]) == 0
    assert (tmp_path / ".device-certificates" / "emulator" / "changes.json").exists()
    assert capsys.readouterr().out == f"{GATEWAY}: inactive\n"


@pytest.mark.parametrize(("host", "said"), [("127.0.0.1", ""), ("0.0.0.0", "other machines can reach 0.0.0.0: ")])
def test_serving_prints_one_line_and_nothing_else(
    tmp_path: Path, capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, host: str, said: str
) -> None:
    # The signal comes as soon as the line is printed.
    monkeypatch.setattr(sys, "stdout", Stopping())
    assert main(["emulator", "--host", host, "--allow-remote", "--state", str(tmp_path)]) == 0
    out, err = capfd.readouterr()
    assert out.startswith(f"http://{host}:")
    assert out.count("\n") == 1
    assert err.startswith(said) if said else err == ""


class Stopping:
    """A stdout whose reader stops the program once it has read a line."""

    has_stopped = False

    def write(self, text: str) -> int:
        os.write(1, text.encode())
        return len(text)

    def flush(self) -> None:
        if not self.has_stopped:
            self.has_stopped = True
            os.kill(os.getpid(), signal.SIGTERM)


def test_an_interrupted_command_exits_as_shells_expect(line: Line, monkeypatch: pytest.MonkeyPatch) -> None:
    class Interrupting:
        def write(self, text: str) -> int:
            raise KeyboardInterrupt

        def flush(self) -> None:
            """Nothing was written."""

    monkeypatch.setattr(sys, "stdout", Interrupting())
    assert main(["emulator", "schema"]) == 130


def test_help_and_version_load_nothing_heavy() -> None:
    code = (
        "import sys, contextlib\nfrom alicloud_device_certificates.cli import main\n"
        "with contextlib.suppress(SystemExit):\n    main(['--help'])\n"
        "sys.exit(bool({'msgspec', 'yaml', 'pulumi', 'httpx', 'uvicorn', 'cryptography'} & set(sys.modules)))"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, capture_output=True).returncode == 0
