"""What commands print: no encoding and no reader ends one."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

_UMLAUTS = """
accounts:
  - id: "1"
    users: [{access_key_id: a, access_key_secret: b}]
    mqtt_instances: [{id: post-cn-1, cas: [{sn: 00f2, devices: [{sn: "01", name: Gerät-№1}]}]}]
"""
COMMANDS = {
    "--version": 0,
    "--help": 0,
    "preview --help": 0,
    "emulator status": 0,
    "emulator schema": 0,
    "emulator rotate Gerät-№1": 0,
    "emulator rotate nobody-№2": 1,
    "comment Gerät-№1": 1,
    "report --cwd Gerät-№1": 1,
    "preview --colour": 1,
    "emulator --colour": 2,
}


def run(folder: Path, command: str, *, stdout: int, stderr: int, **environment: str) -> subprocess.Popen[str]:
    (folder / "scenario.yaml").write_text(_UMLAUTS, encoding="utf-8")
    (folder / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    words = command.split()
    if words[:1] == ["emulator"] and words[1] in {"status", "rotate"}:
        words = [*words, "--scenario", "scenario.yaml", "--state", "state"]
    keep = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "LC_", "LANG"))}
    return subprocess.Popen(
        [sys.executable, "-m", "alicloud_device_certificates", *words],
        cwd=folder,
        env={**keep, **environment},
        stdout=stdout,
        stderr=stderr,
        text=True,
    )


@pytest.mark.parametrize(("command", "code"), COMMANDS.items())
@pytest.mark.parametrize("environment", [{"PYTHONIOENCODING": "ascii"}, {"LC_ALL": "C"}])
def test_a_terminal_that_shows_ascii_alone_ends_no_command(
    tmp_path: Path, command: str, code: int, environment: dict[str, str]
) -> None:
    process = run(tmp_path, command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, **environment)
    out, err = process.communicate()
    assert process.returncode == code, err
    assert "Traceback" not in err
    assert "Error:" not in err.replace("error:", "")
    assert out + err


@pytest.fixture
def closed() -> Iterator[int]:
    """The end of a pipe that nobody reads."""
    reader, writer = os.pipe()
    os.close(reader)
    yield writer
    os.close(writer)


@pytest.mark.parametrize(("command", "code"), COMMANDS.items())
def test_a_reader_that_has_left_ends_no_command(tmp_path: Path, closed: int, command: str, code: int) -> None:
    process = run(tmp_path, command, stdout=closed, stderr=subprocess.PIPE)
    _, err = process.communicate()
    assert process.returncode == code, err
    assert "Broken pipe" not in err
    process = run(tmp_path, command, stdout=closed, stderr=closed)
    assert process.wait() == code
