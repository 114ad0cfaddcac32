"""A command that prints credentials: its output is never shown, and nothing of it is left."""

from __future__ import annotations

import asyncio
import json
import os
import select
import signal
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.unit.cloud.credentials.cloud import Lookup, expiring

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.credentials.command import Command
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.errors import CredentialsError
from alicloud_device_certificates.cloud.settings.settings import Settings

KEYS = {"mode": "AK", "access_key_id": "AKIDENTIFIER", "access_key_secret": "S3CRET"}


def script(folder: Path, body: str) -> str:
    file = folder / "a command.sh"
    file.write_text(f"#!/bin/sh\n{body}\n")
    file.chmod(file.stat().st_mode | stat.S_IXUSR)
    return f"'{file}'"


def printing(folder: Path, document: object) -> str:
    text = document if isinstance(document, str) else json.dumps(document)
    (folder / "printed").write_text(text)
    return script(folder, f"cat '{folder / 'printed'}'")


def obtain(command: str) -> Credentials:
    return Lookup().obtain(Settings(), Command(command, origin="profile p in f"))


def failure(command: str) -> str:
    text = Lookup().failure(Settings(), Command(command, origin="profile p in f"), hidden=("made-up",))
    assert text.startswith("no credentials from the process_command of profile p in f: ")
    return text.partition(": ")[2]


def test_keys_are_used(tmp_path: Path) -> None:
    credentials = obtain(printing(tmp_path, KEYS))
    assert (credentials.access_key_id, credentials.access_key_secret) == ("AKIDENTIFIER", "S3CRET")
    assert (credentials.security_token, credentials.lifetime, credentials.origin) == (None, None, "profile p in f")


def test_a_token_lives_until_its_expiration(tmp_path: Path) -> None:
    expiration = expiring(120.0)["Expiration"]
    document = {**KEYS, "mode": "StsToken", "sts_token": "T0KEN", "expiration": expiration}
    credentials = obtain(printing(tmp_path, document))
    assert (credentials.security_token, credentials.lifetime) == ("T0KEN", 120.0)


@pytest.mark.parametrize(
    ("printed", "fault"),
    [
        ("", "it printed no JSON object"),
        ("S3CRET", "it printed no JSON object"),
        ('["S3CRET"]', "it printed no JSON object"),
        ("[" * 100_000, "it printed more than 64 KiB"),
        ("[" * 50_000, "it printed no JSON object"),
        ({"access_key_id": "AKIDENTIFIER"}, "access_key_secret is missing"),
        ({**KEYS, "access_key_secret": ["S3CRET"]}, "access_key_secret is not a string"),
        ({**KEYS, "mode": "StsToken"}, "it printed no sts_token"),
        ({**KEYS, "expiration": "S3CRET"}, "expiration is not a time"),
        ({**KEYS, "expiration": "2020-01-01T00:00:00Z"}, "the credentials have expired"),
    ],
)
def test_output_that_cannot_be_used_is_one_line_without_it(tmp_path: Path, printed: object, fault: str) -> None:
    assert failure(printing(tmp_path, printed)).startswith(fault)


@pytest.mark.parametrize(
    ("command", "fault"),
    [
        ("", "it is empty, or has an unclosed quote"),
        ("echo 'S3CRET", "it is empty, or has an unclosed quote"),
        ("/nonexistent/S3CRET", "it cannot be started (No such file or directory)"),
        ("a\0b", "it cannot be started (it has a null character)"),
        ("/", "it cannot be started (Permission denied)"),
    ],
)
def test_a_command_that_cannot_be_started_is_one_line_without_it(command: str, fault: str) -> None:
    assert failure(command).startswith(fault)


def test_a_command_that_fails_shows_its_status_and_nothing_that_it_printed(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    text = failure(script(tmp_path, "echo made-up S3CRET; echo made-up S3CRET >&2; exit 3"))
    assert text.startswith("it ended with exit status 3. Run the command in a shell")
    assert capfd.readouterr() == ("", "")


def test_it_gets_no_input_and_runs_without_a_shell(tmp_path: Path) -> None:
    command = script(tmp_path, f'read line; [ "$1" = "a;b \\$HOME" ] && cat "{tmp_path}/printed"')
    printing_keys = json.dumps(KEYS)
    (tmp_path / "printed").write_text(printing_keys)
    assert obtain(f"{command} 'a;b $HOME'").access_key_id == "AKIDENTIFIER"


class Family:
    """A command and what it starts, all of which hold a pipe open as long as they run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        os.mkfifo(folder / "alive")
        os.mkfifo(folder / "never")
        (folder / "keys").write_text(json.dumps(KEYS))
        self._alive = os.open(folder / "alive", os.O_RDONLY | os.O_NONBLOCK)

    def command(self, end: str) -> str:
        """Return a command that leaves a child behind and ends as the given line of a shell does."""
        start = f"cat '{self.folder / 'never'}' & echo started >&9"
        return script(self.folder, f"exec 9>'{self.folder / 'alive'}'; {start}; {end}")

    def wait_for_start(self) -> None:
        assert self._wait() == b"started\n"

    def is_gone(self) -> bool:
        """Wait until nobody holds the pipe, and return whether that happened."""
        while chunk := self._wait():
            assert chunk == b"started\n"
        return chunk == b""

    def _wait(self) -> bytes | None:
        poll = select.poll()
        poll.register(self._alive, select.POLLIN)
        return os.read(self._alive, 100) if poll.poll(60_000) else None

    def close(self) -> None:
        os.close(self._alive)


@pytest.fixture
def family(tmp_path: Path) -> Iterator[Family]:
    found = Family(tmp_path)
    yield found
    found.close()


def test_what_it_leaves_running_holds_nothing_up_and_is_ended(family: Family) -> None:
    assert obtain(family.command(f"cat '{family.folder / 'keys'}'")).access_key_id == "AKIDENTIFIER"
    assert family.is_gone()


def test_all_that_it_printed_is_read_even_if_more_than_a_pipe_holds_at_once(family: Family) -> None:
    (family.folder / "keys").write_text(json.dumps(KEYS | {"x": "y" * 65_000}))
    assert obtain(family.command(f"cat '{family.folder / 'keys'}'")).access_key_id == "AKIDENTIFIER"


_LEAVES = """
import subprocess, sys
with open(sys.argv[1], "r+b", buffering=0) as waits:
    subprocess.Popen(["sh", "-c", "read line"], stdin=waits, start_new_session=True, close_fds=False)
"""


def test_a_child_in_a_session_of_its_own_holds_nothing_up_either(family: Family) -> None:
    waits = family.folder / "waits"
    os.mkfifo(waits)
    (family.folder / "leaves.py").write_text(_LEAVES)
    leaves = f"{sys.executable} '{family.folder / 'leaves.py'}' '{waits}'"
    assert obtain(family.command(f"{leaves}; cat '{family.folder / 'keys'}'")).access_key_id == "AKIDENTIFIER"
    with waits.open("r+b", buffering=0) as end:
        end.write(b"\n")
        assert family.is_gone()


@pytest.mark.parametrize(
    ("end", "fault"),
    [
        ("exit 3", "it ended with exit status 3"),
        ("kill -KILL $$", "it ended with exit status -9"),
        ("echo S3CRET", "it printed no JSON object"),
        ("exec yes S3CRET", "it printed more than 64 KiB"),
    ],
)
def test_one_that_fails_is_ended_with_all_that_it_started(family: Family, end: str, fault: str) -> None:
    assert failure(family.command(end)).startswith(fault)
    assert family.is_gone()


def test_one_that_hangs_is_ended_with_all_that_it_started(family: Family) -> None:
    async def story() -> None:
        async with Network(Settings(deadline=0.5)) as network:
            await Command(family.command("wait"), origin="profile p in f").provide(network)

    with pytest.raises(CredentialsError, match=r"it did not end within \d s \(alicloud:maxRetryTimeout\)"):
        asyncio.run(story())
    assert family.is_gone()


def test_a_lookup_that_is_cancelled_ends_it_with_all_that_it_started(family: Family) -> None:
    async def story() -> None:
        async with Network(Settings(deadline=3600.0)) as network:
            lookup = asyncio.create_task(Command(family.command("wait"), origin="p").provide(network))
            await asyncio.to_thread(family.wait_for_start)
            lookup.cancel()
            await lookup

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(story())
    assert family.is_gone()


_LOOKUP = """
import asyncio, signal, sys
from alicloud_device_certificates.cloud.credentials.command import Command
from alicloud_device_certificates.cloud.credentials.network import Network
from alicloud_device_certificates.cloud.settings.settings import Settings

# Whoever runs the tests may ignore them, as nohup does.
for number in (signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)

async def look_up():
    lookup = asyncio.create_task(Command(sys.argv[1], origin="p").provide(Network(Settings(deadline=3600.0))))
    await asyncio.sleep(0)
    print("waiting", flush=True)
    await lookup

asyncio.run(look_up())
"""


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGKILL])
def test_a_process_that_a_signal_ends_leaves_no_command_running(family: Family, number: int) -> None:
    program = [sys.executable, "-c", _LOOKUP, family.command("wait")]
    with subprocess.Popen(program, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "waiting\n"
        family.wait_for_start()
        process.send_signal(number)
    assert family.is_gone()


_LOOKUP_LEAVES_NOTHING = f"""
import os, pathlib
before = sorted(pathlib.Path("/dev/fd").iterdir())
{_LOOKUP}
assert sorted(pathlib.Path("/dev/fd").iterdir()) == before
try:
    os.waitpid(-1, os.WNOHANG)
except ChildProcessError:
    print("none")
"""


def test_no_process_and_no_descriptor_is_left_in_this_process(family: Family) -> None:
    command = family.command(f"cat '{family.folder / 'keys'}'")
    program = [sys.executable, "-c", _LOOKUP_LEAVES_NOTHING, command]
    assert subprocess.run(program, stdout=subprocess.PIPE, text=True, check=True).stdout == "waiting\nnone\n"


def test_an_interpreter_on_the_path_is_found() -> None:
    program = f"import json; print(json.dumps({KEYS!r}))"
    assert obtain(f'{sys.executable} -c "{program}"').access_key_secret == "S3CRET"
