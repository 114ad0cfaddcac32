"""A command that prints credentials: its output is never shown, and nothing of it is left."""

from __future__ import annotations

import asyncio
import json
import os
import stat
import sys
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


def test_one_that_hangs_is_ended_with_all_that_it_started(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "never")
    command = script(tmp_path, f"echo $$ > '{tmp_path / 'pid'}'; cat '{tmp_path / 'never'}' & wait")

    async def story() -> None:
        async with Network(Settings(deadline=0.5)) as network:
            await Command(command, origin="profile p in f").provide(network)

    with pytest.raises(CredentialsError, match=r"it did not end within \d s \(alicloud:maxRetryTimeout\)"):
        asyncio.run(story())
    # Nobody reads the pipe any more, so it cannot be opened for writing.
    with pytest.raises(OSError, match="No such device or address"):
        os.open(tmp_path / "never", os.O_WRONLY | os.O_NONBLOCK)


def test_an_interpreter_on_the_path_is_found() -> None:
    program = f"import json; print(json.dumps({KEYS!r}))"
    assert obtain(f'{sys.executable} -c "{program}"').access_key_secret == "S3CRET"
