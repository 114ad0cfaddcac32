"""Reports of an earlier run: gone once the arguments are checked, whatever happens then, and untouched before."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.gate.reports import FORMATS

STALE = '{"exit_code": 0}'
SINGLE = [word for each in FORMATS for word in (f"--{each.name}", f"{each.name}.txt")]

_SIGNALLED = """
import os, sys

class Signals:
    def find_spec(self, name, path=None, target=None):
        if name == sys.argv[1]:
            os.kill(os.getpid(), int(sys.argv[2]))

sys.meta_path.insert(0, Signals())
from alicloud_device_certificates.cli import main
sys.exit(main(sys.argv[3:]))
"""


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    Path("reports").mkdir()
    for each in FORMATS:
        Path(f"{each.name}.txt").write_text(STALE)
        Path("reports", each.file_name).write_text(STALE)


def stale() -> set[str]:
    return {str(path) for path in Path().rglob("*") if path.is_file() and path.read_text() == STALE}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
@pytest.mark.parametrize(
    "module",
    [
        "cli.streams",
        "cli.gate",
        "gate.reports.formats",
        "gate.run",
        "gate.rules.rules",
        "gate.collect.pulumi_cli",
        "gate.evaluate.evaluate",
    ],
)
def test_a_signal_while_modules_are_imported_leaves_reports_that_say_so(number: int, module: str) -> None:
    arguments = [f"alicloud_device_certificates.{module}", str(int(number)), "preview", *SINGLE, "--reports", "reports"]
    ended = subprocess.run(
        [sys.executable, "-c", _SIGNALLED, *arguments],
        capture_output=True,
        text=True,
        check=False,
        # A background job of a shell ignores SIGINT, what nohup runs SIGHUP, and so would this one.
        preexec_fn=lambda: signal.signal(number, signal.SIG_DFL),
    )
    assert (ended.returncode, ended.stdout, ended.stderr) == (130, "", "")
    assert stale() == set()
    for path in (Path("json.txt"), Path("reports/report.json")):
        report = json.loads(path.read_text())
        assert (report["exit_code"], report["problems"]) == (1, ["the run was interrupted"])


@pytest.mark.parametrize(
    "arguments",
    [
        ["--nonsense"],
        ["--stack"],
        ["--all", "--quiet"],
        ["--html", "no/such/folder"],
        ["--html", "reports"],
        ["--html", "./json.txt"],
        ["--html", "reports/report.md"],
        ["--html", "/dev/null/report"],
        ["--reports", "json.txt"],
    ],
)
@pytest.mark.parametrize("command", ["preview", "report"])
def test_arguments_that_are_refused_remove_nothing(
    capsys: pytest.CaptureFixture[str], command: str, arguments: list[str]
) -> None:
    before = stale()
    try:
        code = main([command, "--json", "json.txt", "--reports", "reports", *arguments])
    except SystemExit as ended:
        code = int(ended.code or 0)
    assert code == 1
    assert stale() == before
    assert capsys.readouterr().out == ""


def test_a_variable_that_is_refused_removes_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_PARALLEL", "many")
    before = stale()
    with pytest.raises(SystemExit):
        main(["preview", *SINGLE])
    assert stale() == before


def test_a_file_that_cannot_be_removed_is_one_line_before_anything_runs(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_path: Path, missing_ok: bool = False) -> None:
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(Path, "unlink", refuse)
    monkeypatch.setenv("PATH", "")  # any start of the engine would fail with another message
    assert main(["preview", "--json", "json.txt"]) == 1
    assert capsys.readouterr() == ("", "device-certificates: cannot write json.txt: Operation not permitted\n")
