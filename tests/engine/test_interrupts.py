"""Interrupts and kills while a service does not respond: everything ends at once, and nothing is left behind."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import yaml
from tests.engine.conftest import left_below
from tests.engine.shell import Shell
from tools.faults import wire
from tools.faults.project import FaultyProject
from tools.faults.service import serving

PROGRAM = """
from alicloud_device_certificates import MqttDeviceCertificate, export_certificates

sns = [f"356217374433aa{number:02}" for number in range(1, 7)]
export_certificates({
    sn: MqttDeviceCertificate(sn, mqtt_instance_id="post-cn-1", ca_sn="00f2", device_sn=sn) for sn in sns
})
"""
KEY_PROGRAM = """
from alicloud_device_certificates import iot_private_key

iot_private_key(product_key="pk1", device_name="lamp")
"""
SCENARIO = """
accounts:
  - id: "1"
    users: [{access_key_id: made-up-id, access_key_secret: made-up-secret}]
    mqtt_instances: [{id: post-cn-1, cas: [{sn: 00f2, devices: [DEVICES]}]}]
""".replace("DEVICES", ", ".join(f'{{sn: "356217374433aa{number:02}", key: ec-p256}}' for number in range(1, 7)))
# A read that nothing interrupted would last this long.
NEVER_S, NEVER_MS = 3600, 3_600_000
PATIENT = {"alicloud:clientReadTimeout": NEVER_MS, "alicloud:maxRetryTimeout": NEVER_S}
PATIENCE_S = 120

pytestmark = pytest.mark.both_engines


def start(command: str, folder: Path, environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """Start a command as a terminal does: a job with a process group of its own."""
    return subprocess.Popen(
        command.split(),
        cwd=folder,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        # A background job of a shell ignores SIGINT, and so would all that it starts.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509 - it takes no lock
    )


class Stack(Shell):
    """A stack on the emulator, or on a service that accepts requests and does not respond."""

    def __init__(self, folder: Path) -> None:
        super().__init__(folder)
        (folder / "Pulumi.yaml").write_text("name: mine\nruntime: python\n", encoding="utf-8")
        self.run_program(PROGRAM)
        (folder / "scenario.yaml").write_text(SCENARIO, encoding="utf-8")
        self.use_emulator()
        self.run("pulumi stack init dev")

    def run_program(self, program: str) -> None:
        (self.folder / "__main__.py").write_text(program, encoding="utf-8")

    def use_emulator(self) -> None:
        self._configure({"device-certificates:emulator": True, "device-certificates:emulatorScenario": "scenario.yaml"})

    def use(self, service: socket.socket) -> None:
        host = f"127.0.0.1:{service.getsockname()[1]}"
        self._configure(
            {
                "alicloud:accessKey": "made-up-id",
                "alicloud:secretKey": "made-up-secret",
                "alicloud:protocol": "http",
                "alicloud:endpoints": [{"onsmqtt": host, "iot": host}],
                **PATIENT,
            }
        )

    def use_command(self, profiles: Path) -> None:
        """Use the profile of this file, whose command prints the credentials."""
        self._configure({"alicloud:profile": "ci", "alicloud:sharedCredentialsFile": str(profiles), **PATIENT})

    def _configure(self, config: dict[str, object]) -> None:
        text = yaml.safe_dump({"config": {"alicloud:region": "cn-hangzhou", **config}})
        (self.folder / "Pulumi.dev.yaml").write_text(text, encoding="utf-8")

    def start(self, command: str) -> subprocess.Popen[str]:
        return start(command, self.folder, self.environment)

    def kept(self) -> dict[str, bytes]:
        """Return what the backend keeps of the stack, and its locks."""
        places = [self.folder / "backend" / ".pulumi" / name for name in ("stacks", "locks")]
        return {str(path): path.read_bytes() for place in places for path in place.rglob("*") if path.is_file()}


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    return Stack(tmp_path)


@pytest.fixture
def silent_service() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as service:
        service.settimeout(60)  # ends the test if no read ever starts
        yield service


COMMANDS = {
    "preview": "pulumi preview --non-interactive",
    "up": "pulumi up --yes --skip-preview --non-interactive",
    "gate": "device-certificates preview --stack dev",
}
SIGNALS = {
    "Ctrl-C in a terminal": (signal.SIGINT, os.killpg),
    "SIGINT to the command": (signal.SIGINT, os.kill),
    "SIGTERM to the command": (signal.SIGTERM, os.kill),
}


PROGRAMS = {"data sources": PROGRAM, "a key that the program reads": KEY_PROGRAM}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("way", SIGNALS)
@pytest.mark.parametrize("program", PROGRAMS)
def test_a_signal_ends_a_command_that_waits_for_the_service(
    stack: Stack, silent_service: socket.socket, command: str, way: str, program: str
) -> None:
    stack.run_program(PROGRAMS[program])
    stack.use(silent_service)
    before = stack.kept()
    number, send = SIGNALS[way]
    with stack.start(COMMANDS[command]) as process:
        connection, _ = silent_service.accept()
        with connection:
            send(process.pid, number)
            shown, _ = process.communicate(timeout=PATIENCE_S)
    assert process.returncode == (130 if command == "gate" else 1)
    assert left_below(stack.folder) == [], "a process outlived the command"
    assert [path for path in stack.kept() if "locks" in path] == []
    if command != "up":
        assert stack.kept() == before
        assert "Traceback" not in shown
    assert "unexpected" not in shown


@pytest.mark.parametrize("command", ["refresh", "destroy --refresh"])
def test_a_signal_ends_a_command_that_refreshes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    is_silent = threading.Event()

    async def silence(writer: asyncio.StreamWriter, _: wire.Reply) -> None:
        is_silent.set()
        await writer.wait_closed()

    monkeypatch.setitem(wire.FAULTS, "stall", silence)
    with serving(tmp_path, mqtt=6, iot=0, share=0.0, faults=["stall"]) as service:
        # A refresh has the config of the last update.
        project = FaultyProject(tmp_path / "project", service, mqtt=6, iot=0, config=PATIENT)
        assert project.update() is None
        certificates = project.certificates()
        service.share = 1.0
        refresh = f"pulumi {command} --yes --skip-preview --non-interactive"
        with start(refresh, project.folder, project.environment) as process:
            assert is_silent.wait(PATIENCE_S)
            process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_S)
    assert process.returncode != 0
    assert left_below(tmp_path) == [], "a process outlived the command"
    assert project.certificates() == certificates


def test_an_interrupted_gate_leaves_no_report_that_all_is_well(stack: Stack, silent_service: socket.socket) -> None:
    gate = f"{COMMANDS['gate']} --reports reports"
    stack.run(gate)
    reports = {path.name: path.read_text() for path in (stack.folder / "reports").iterdir()}
    assert json.loads(reports["report.json"])["exit_code"] == 0
    stack.use(silent_service)
    with stack.start(gate) as process:
        connection, _ = silent_service.accept()
        with connection:
            process.send_signal(signal.SIGTERM)
            process.communicate(timeout=PATIENCE_S)
    interrupted = {path.name: path.read_text() for path in (stack.folder / "reports").iterdir()}
    assert interrupted.keys() == reports.keys()
    assert json.loads(interrupted["report.json"])["exit_code"] == 1
    silent = [name for name, text in interrupted.items() if "the run was interrupted" not in text]
    assert silent == [name for name in reports if name.endswith(".prom")], "metrics have no texts"


def test_a_gate_that_has_just_started_leaves_no_report_of_an_earlier_run(stack: Stack) -> None:
    gate = f"{COMMANDS['gate']} --json report.json --junit junit.xml"
    stack.run(gate)
    json_report, junit = stack.folder / "report.json", stack.folder / "junit.xml"
    earlier = junit.read_text()
    assert json.loads(json_report.read_text())["exit_code"] == 0
    with stack.start(gate) as process:
        while json_report.exists() and process.poll() is None:
            continue  # it checks its arguments
        process.send_signal(signal.SIGTERM)
        shown, _ = process.communicate(timeout=PATIENCE_S)
    assert (process.returncode, shown) == (130, "")
    assert json.loads(json_report.read_text())["problems"] == ["the run was interrupted"]
    assert junit.read_text() != earlier


@pytest.mark.parametrize("victim", ["pulumi preview", "pulumi.dynamic"])
def test_a_command_that_prints_credentials_ends_with_what_reads_them(stack: Stack, victim: str) -> None:
    """The command waits with a child, and both hold a pipe open as long as they run."""
    alive, never = stack.folder / "alive", stack.folder / "never"
    os.mkfifo(alive)
    os.mkfifo(never)
    (stack.folder / "keys.sh").write_text(f"exec 9>'{alive}'; cat '{never}' & echo started >&9; wait\n")
    profile = {"name": "ci", "mode": "External", "process_command": f"sh '{stack.folder / 'keys.sh'}'"}
    (stack.folder / "config.json").write_text(json.dumps({"current": "ci", "profiles": [profile]}))
    stack.use_command(stack.folder / "config.json")
    with alive.open("r+b", buffering=0) as kept, stack.start(COMMANDS["preview"]) as process:
        assert kept.read(8) == b"started\n"
        reader = os.open(alive, os.O_RDONLY | os.O_NONBLOCK)
        kept.close()  # so that only the command has it open for writing
        if victim == "pulumi.dynamic":
            (provider,) = [pid for pid, command in running_below(stack.folder).items() if victim in command]
            os.kill(provider, signal.SIGTERM)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=PATIENCE_S)
    poll = select.poll()
    poll.register(reader, select.POLLIN)
    assert poll.poll(PATIENCE_S * 1000), "the command outlived its reader"
    assert os.read(reader, 1) == b""
    os.close(reader)
    assert left_below(stack.folder) == []


@pytest.mark.parametrize("victim", ["pulumi.dynamic", "pulumi-language-python-exec", "pulumi preview"])
def test_after_a_kill_nothing_of_the_provider_is_left_and_the_next_preview_works(
    stack: Stack, silent_service: socket.socket, victim: str
) -> None:
    stack.use(silent_service)
    with stack.start(COMMANDS["preview"]) as process:
        connection, _ = silent_service.accept()
        with connection:
            (killed, *_) = [pid for pid, command in running_below(stack.folder).items() if victim in command]
            os.kill(killed, signal.SIGKILL)
            if victim != "pulumi preview":
                # An engine that has lost its program or its provider ends at the latest when it is interrupted.
                process.send_signal(signal.SIGINT)
            process.communicate(timeout=PATIENCE_S)
    assert [command for command in left_below(stack.folder) if "pulumi.dynamic" in command] == []
    for pid in running_below(stack.folder):
        with contextlib.suppress(ProcessLookupError):  # it ends by itself, in its own time
            os.kill(pid, signal.SIGKILL)  # the engine's own host, if the engine was killed
    stack.use_emulator()
    assert "356217374433aa06" in stack.run("pulumi preview")


def running_below(folder: Path) -> dict[int, str]:
    """Return the command line of each process that works in ``folder``, by its number."""
    found = {}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if (process / "cwd").resolve() == folder:
                found[int(process.name)] = (process / "cmdline").read_text(errors="replace").replace("\0", " ")
        except OSError:
            continue  # it has ended
    return found
