"""The engine as a command: a script stands in for the CLI. The real one is in tests/engine."""

from __future__ import annotations

import io
import json
import os
import stat
import warnings
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Protocol

import pytest
from pulumi import automation
from pulumi.automation._stack import _EventsServicer
from tools.engine.engine import OLDEST

from alicloud_device_certificates.gate.collect.pulumi_cli import OLDEST_CLI, Engine
from alicloud_device_certificates.gate.errors import EngineError, RulesError


class Install(Protocol):
    def __call__(self, script: str) -> None: ...


@pytest.fixture
def pulumi(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Install:
    """Replace the CLI by a script; `$*` are the arguments, and `version` always works."""

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
    with pytest.raises(EngineError, match="there is no `pulumi` command on PATH; install the Pulumi CLI"):
        Engine(tmp_path, "dev")


def test_a_command_that_is_too_old_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "pulumi").write_text("#!/bin/sh\necho v2.0.0\n")
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineError, match="Please update the Pulumi CLI"):
        Engine(tmp_path, "dev")


def test_a_command_from_before_the_oldest_supported_one_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert OLDEST_CLI == OLDEST
    (tmp_path / "pulumi").write_text("#!/bin/sh\necho v3.204.0\n")
    (tmp_path / "pulumi").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}{os.pathsep}{os.environ['PATH']}")
    with pytest.raises(EngineError, match=r"the Pulumi CLI is 3\.204\.0, and 3\.230\.0 or newer is needed"):
        Engine(tmp_path, "dev")


def test_the_selected_stack_is_meant_where_none_is_named_and_stays_selected(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo dev")
    assert Engine(tmp_path, None).stack_name == "dev"
    assert "select" not in (tmp_path / "log").read_text()


def test_where_no_stack_is_selected_it_is_to_be_named(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo 'error: no stack selected' >&2; exit 255")
    with pytest.raises(EngineError, match="no stack is selected; pass --stack: no stack selected"):
        Engine(tmp_path, None)


@pytest.mark.parametrize(
    ("said", "value"), [('{"a": [1]}', {"a": [1]}), ("true", True), ("plain text", "plain text"), ("", "")]
)
def test_a_value_of_the_config_is_given_as_it_was_set(
    tmp_path: Path, pulumi: Install, said: str, value: object
) -> None:
    pulumi(f"cat <<'END'\n{json.dumps({'device-certificates:gate': {'value': said, 'secret': False}})}\nEND")
    engine = Engine(tmp_path, "dev")
    assert engine.config("device-certificates:gate") == value
    assert engine.config("device-certificates:other") is None


def test_the_config_is_asked_for_in_the_file_that_is_given(tmp_path: Path, pulumi: Install) -> None:
    pulumi("echo '{}'")
    Engine(tmp_path, "dev").config("device-certificates:gate", file="other.yaml")
    assert "config --json --stack dev --config-file other.yaml" in (tmp_path / "log").read_text()


def test_a_value_that_is_a_secret_is_not_taken(tmp_path: Path, pulumi: Install) -> None:
    pulumi("""echo '{"device-certificates:gate": {"secret": true}}'""")
    with pytest.raises(
        EngineError, match=r"device-certificates:gate is a secret or contains one; set it without --secret"
    ):
        Engine(tmp_path, "dev").config("device-certificates:gate")


def test_what_the_command_says_of_its_failure_is_told_in_one_line(tmp_path: Path, pulumi: Install) -> None:
    pulumi("printf 'error: the passphrase\\n  must be set\\n' >&2; exit 255")
    engine = Engine(tmp_path, "dev")
    for ask in (lambda: engine.config("other"), engine.export):
        with pytest.raises(EngineError, match=r"^the passphrase must be set$"):
            ask()


def test_a_preview_shows_the_engines_own_display_and_tells_whether_it_succeeded(
    tmp_path: Path, pulumi: Install, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi("printf 'previewing \\377'; echo 'error: no stack named dev found' >&2; exit 255")
    assert Engine(tmp_path, "dev").preview() == ([], False)
    assert capfd.readouterr() == ("previewing \ufffd", "error: no stack named dev found\n")
    assert "--non-interactive preview" in (tmp_path / "log").read_text()


@pytest.mark.parametrize(("options", "expected"), [({}, "--refresh=false"), ({"refresh": True}, "--refresh")])
def test_a_preview_refreshes_only_if_the_gate_is_to_and_keeps_no_snapshots(
    tmp_path: Path, pulumi: Install, options: dict[str, bool], expected: str
) -> None:
    pulumi(f'[ "$1" = --non-interactive ] && echo "skip: $PULUMI_SKIP_CHECKPOINTS" >> {tmp_path}/log; exit 1')
    Engine(tmp_path, "dev").preview(**options)
    arguments, skips = (tmp_path / "log").read_text().splitlines()
    assert [each for each in arguments.split() if each.startswith("--refresh")] == [expected]
    assert skips == "skip: true"


def test_the_display_of_a_quiet_preview_shows_only_if_it_failed(
    tmp_path: Path, pulumi: Install, capfd: pytest.CaptureFixture[str]
) -> None:
    pulumi(f"printf 'previewing \\377'; echo 'error: down' >&2; [ -e {tmp_path}/works ] || exit 255")
    engine = Engine(tmp_path, "dev", "on failure")
    assert engine.preview() == ([], False)
    assert capfd.readouterr() == ("", "previewing \ufffderror: down\n")
    (tmp_path / "works").touch()
    engine.preview()
    assert capfd.readouterr() == ("", "")
    assert "--non-interactive preview" in (tmp_path / "log").read_text()


def test_the_display_can_go_to_stderr(tmp_path: Path, pulumi: Install, capfd: pytest.CaptureFixture[str]) -> None:
    pulumi("echo previewing; exit 255")
    assert Engine(tmp_path, "dev", "stderr").preview() == ([], False)
    assert capfd.readouterr() == ("", "previewing\n")


def test_a_quiet_preview_whose_output_nobody_reads_is_a_failed_preview_all_the_same(
    tmp_path: Path, pulumi: Install, monkeypatch: pytest.MonkeyPatch
) -> None:
    pulumi("echo 'error: down' >&2; exit 255")

    class Left(io.StringIO):
        def write(self, text: str) -> int:
            raise BrokenPipeError

    monkeypatch.setattr("sys.stderr", Left())
    assert Engine(tmp_path, "dev", "on failure").preview() == ([], False)


def test_a_preview_that_gives_no_summary_is_a_failure(tmp_path: Path, pulumi: Install) -> None:
    pulumi("true")
    assert Engine(tmp_path, "dev").preview() == ([], False)


def test_an_event_that_the_sdk_cannot_read_ends_the_gate_in_one_line(
    tmp_path: Path, pulumi: Install, monkeypatch: pytest.MonkeyPatch, recwarn: pytest.WarningsRecorder
) -> None:
    pulumi("true")

    def preview(_: automation.Stack, *, on_event: Callable[[object], None]) -> None:
        deep = "[" * 100_000 + "]" * 100_000
        servicer: Any = _EventsServicer(on_event)
        servicer.StreamEvents([SimpleNamespace(event=deep)] * 2, None)
        warnings.warn("of something else", UserWarning, stacklevel=1)

    monkeypatch.setattr(automation.Stack, "preview", preview)
    with pytest.raises(EngineError, match=r"^2 events of the preview cannot be read, so certificates may be missing"):
        Engine(tmp_path, "dev").preview()
    assert not recwarn


@pytest.mark.parametrize("said", ["[", "[" * 100_000, "[]", "null", "9" * 5000])
def test_a_state_that_is_no_object_is_one_line(tmp_path: Path, pulumi: Install, said: str) -> None:
    (tmp_path / "said").write_text(said)
    pulumi(f"cat {tmp_path}/said")
    with pytest.raises(EngineError, match=r"^`pulumi stack export` printed no JSON object that can be read$"):
        Engine(tmp_path, "dev").export()
    with pytest.raises(EngineError, match=r"^`pulumi config --json` printed no JSON object that can be read$"):
        Engine(tmp_path, "dev").config("device-certificates:gate")


def test_a_value_of_the_config_beyond_bounds_is_one_line(tmp_path: Path, pulumi: Install) -> None:
    (tmp_path / "said").write_text(json.dumps({"device-certificates:gate": {"value": "[" * 100_000}}))
    pulumi(f"cat {tmp_path}/said")
    with pytest.raises(RulesError, match=r"^device-certificates:gate is nested deeper than 64 levels$"):
        Engine(tmp_path, "dev").config("device-certificates:gate")
