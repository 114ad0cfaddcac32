"""The emulator in a process of its own: what a user starts by the command line."""

from __future__ import annotations

import signal
import subprocess
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
import pytest
from tests.contract.conftest import PATIENCE_S, quiet_environment

from alicloud_device_certificates.contract.emulator_header import EMULATOR_HEADER

PROGRAM = str(Path(sysconfig.get_path("scripts")) / "device-certificates")


@pytest.mark.parametrize("stop_by", [signal.SIGTERM, signal.SIGINT])
def test_it_prints_its_address_and_nothing_else_and_ends_with_0(
    serve_scenario: Callable[..., Any], stop_by: signal.Signals
) -> None:
    with serve_scenario(None) as served:
        assert httpx.get(served.address, timeout=PATIENCE_S).headers[EMULATOR_HEADER]
        assert httpx.get(served.address, params={"Signature": "the-signature"}, timeout=PATIENCE_S).status_code == 400
        served.process.send_signal(stop_by)
        assert served.process.wait(timeout=PATIENCE_S) == 0


def test_a_command_in_another_process_changes_its_responses(serve_scenario: Callable[..., Any], tmp_path: Path) -> None:
    with serve_scenario(None) as served:
        for name in ("rotate", "deactivate"):
            command = [PROGRAM, "emulator", name, "gateway-01", "--state", str(tmp_path / "state")]
            subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
        devices = httpx.get(f"{served.address}/_emulator/state", timeout=PATIENCE_S).json()["devices"]
    assert devices[0]["name"] == "gateway-01"
    assert devices[0]["status"] == "inactive"
    assert devices[0]["serial_number_hex"] == "356217374433aa01"


def test_what_it_remembers_outlives_it(serve_scenario: Callable[..., Any]) -> None:
    with serve_scenario(None) as served:
        httpx.post(f"{served.address}/_emulator/rotate", json={"name": "gateway-01"}, timeout=PATIENCE_S)
        before = httpx.get(f"{served.address}/_emulator/state", timeout=PATIENCE_S).json()["devices"]
    with serve_scenario(None) as served:
        assert httpx.get(f"{served.address}/_emulator/state", timeout=PATIENCE_S).json()["devices"] == before


def test_a_port_that_is_taken_is_one_line_and_1(serve_scenario: Callable[..., Any], tmp_path: Path) -> None:
    with serve_scenario(None) as served:
        port = served.host.rpartition(":")[2]
        command = [PROGRAM, "emulator", "--port", port, "--state", str(tmp_path / "state")]
        done = subprocess.run(command, env=quiet_environment(), check=False, capture_output=True, text=True)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr == f"device-certificates: 127.0.0.1:{port}: Address already in use\n"
