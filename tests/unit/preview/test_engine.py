"""The engine as a command: a script stands in for the CLI. The real one is in tests/engine."""

from __future__ import annotations

import json
import os
import stat
from pathlib import Path
from typing import Protocol

import pytest

from alicloud_device_certificates.preview.engine import Engine
from alicloud_device_certificates.preview.errors import EngineError


class Install(Protocol):
    def __call__(self, script: str) -> None: ...


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Put a script in the place of the CLI; `$*` are the arguments, and it answers `version` by itself."""

    def install(script: str) -> None:
        folder = tmp_path / "bin"
        folder.mkdir()
        command = folder / "pulumi"
        command.write_text(
            f'#!/bin/sh\n[ "$1" = version ] && echo v3.230.0 && exit\necho "$*" >> {tmp_path}/log\n{script}\n'
        )
        command.chmod(command.stat().st_mode | stat.S_IXUSR)
        monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")

    return install


def test_without_the_command_it_is_said_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(EngineError, match="there is no `pulumi` command on PATH: install the Pulumi CLI"):
        Engine(tmp_path, "dev")


def test_a_command_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pulumi").write_text("#!/bin/sh\necho v2.0.0\n")
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineError, match="Please update the Pulumi CLI"):
        Engine(tmp_path, "dev")


def test_the_selected_stack_is_meant_where_none_is_named_and_stays_selected(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo dev")
    assert Engine(tmp_path, None).stack_name == "dev"
    assert "select" not in (tmp_path / "log").read_text()


def test_where_no_stack_is_selected_it_is_to_be_named(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo 'error: no stack selected' >&2; exit 255")
    with pytest.raises(EngineError, match="which stack is meant is not known, say --stack: no stack selected"):
        Engine(tmp_path, None)


@pytest.mark.parametrize(("said", "value"), [('{"a": [1]}', {"a": [1]}), ("true", True), ("plain text", "plain text")])
def test_a_value_of_the_config_is_given_as_it_was_set(
    tmp_path: Path, pulumi: Install, said: str, value: object
) -> None:
    pulumi(f'cat <<\'END\'\n{{"value": {json.dumps(said)}, "secret": false}}\nEND')
    assert Engine(tmp_path, "dev").config("device-certificates:gate") == value


def test_a_value_that_is_not_set_is_none_and_any_other_failure_is_told(tmp_path: Path, pulumi: Install) -> None:
    pulumi(
        "case $* in *absent*) echo \"error: configuration key 'absent' not found for stack 'dev'\" >&2;;"
        " *) echo 'error: passphrase must be set' >&2;; esac; exit 255"
    )
    engine = Engine(tmp_path, "dev")
    assert engine.config("absent") is None
    with pytest.raises(EngineError, match=r"^passphrase must be set$"):
        engine.config("other")
    with pytest.raises(EngineError, match=r"^passphrase must be set$"):
        engine.export()


def test_a_preview_that_cannot_begin_gives_what_the_engine_said(
    tmp_path: Path, pulumi: Install, capsys: pytest.CaptureFixture[str]
) -> None:
    pulumi("echo 'error: no stack named dev found' >&2; exit 255")
    assert Engine(tmp_path, "dev").preview() == ([], "no stack named dev found")
    assert "error: no stack named dev found" in capsys.readouterr().err, "its own display is shown"


def test_a_preview_that_gives_no_summary_is_a_failure(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo nothing")
    assert Engine(tmp_path, "dev").preview() == ([], "summary event never found")
