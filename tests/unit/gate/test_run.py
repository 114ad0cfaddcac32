"""The commands `preview` and `report` with a fake engine; tests/engine/test_gate_command.py has the real one."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from tests.unit.gate.collect.fleet_events import device
from tests.unit.gate.collect.fleet_events import outputs as fleet_outputs
from tests.unit.gate.collect.fleet_events import state as fleet_state
from tests.unit.gate.collect.fleet_events import step as fleet_step
from tests.unit.gate.collect.test_deployed import exported, resource
from tests.unit.gate.collect.test_events import CERTIFICATE, ended, error, state

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.gate import run as gate
from alicloud_device_certificates.gate.reports import FORMATS


class StandIn:
    """An engine with only what a test puts into it."""

    events: tuple[Mapping[str, Any], ...] = ()
    succeeds: bool = True
    gate: object = None
    state: Mapping[str, Any] = exported()
    requested: Mapping[str, Any] = {}
    display: str = ""

    def __init__(self, folder: Path, stack: str | None, display: str = "stdout") -> None:
        self.stack_name = stack or "dev"
        type(self).display = display

    def config(self, key: str, *, file: str | None = None) -> object:
        assert key == "device-certificates:gate"
        return self.gate if file is None else {"failOn": ["new"]}

    def preview(self, **options: Any) -> tuple[list[Any], bool]:
        from pulumi.automation.events import EngineEvent

        type(self).requested = options
        parsed = [EngineEvent.from_json({"sequence": 1, "timestamp": 0, **event}) for event in self.events]
        return parsed, self.succeeds

    def export(self) -> Mapping[str, Any]:
        return self.state


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> type[StandIn]:
    class Given(StandIn):
        pass

    monkeypatch.setattr(gate, "Engine", Given)
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("GITHUB_STEP_SUMMARY", raising=False)
    return Given


@pytest.fixture
def run(tmp_path: Path) -> Callable[..., tuple[int, dict[str, Any]]]:
    def run(command: str, *arguments: str) -> tuple[int, dict[str, Any]]:
        code = main([command, *arguments, "--json", str(tmp_path / "report.json")])
        report: dict[str, Any] = json.loads((tmp_path / "report.json").read_text())
        return code, report

    return run


Run = Callable[..., tuple[int, dict[str, Any]]]


def test_the_options_of_the_engine_are_handed_on_and_no_other(engine: type[StandIn], run: Run, tmp_path: Path) -> None:
    given = ["--diff", "--parallel", "4", "--policy-pack", "a", "--policy-pack", "b", "--config-file", "c.yaml"]
    (tmp_path / "c.yaml").touch()
    run("preview", *given, "--refresh")
    assert engine.requested == {
        "diff": True,
        "parallel": 4,
        "policy_packs": ["a", "b"],
        "config_file": "c.yaml",
        "refresh": True,
    }
    run("preview")
    assert set(engine.requested.values()) == {None}


def test_the_gate_is_configured_where_the_rest_is(engine: type[StandIn], run: Run, tmp_path: Path) -> None:
    engine.events = (ended(new=state({"certificate": CERTIFICATE})),)
    assert run("preview")[0] == 0
    (tmp_path / "other.yaml").touch()
    assert run("preview", "--config-file", "other.yaml")[0] == 3
    code, report = run("preview", "--config-file", "othre.yaml")
    assert (code, report["problems"]) == (1, [f"--config-file othre.yaml: there is no such file in {Path()}"])


def test_a_stack_without_certificates_says_so(engine: type[StandIn], run: Run, tmp_path: Path) -> None:
    (tmp_path / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    code, report = run("preview", "--stack", "prod")
    assert (code, report["project"], report["stack"], report["certificates"]) == (0, "mine", "prod", [])
    assert report["notices"] == ["this stack has no device certificates, so there was nothing to evaluate"]


@pytest.mark.parametrize("settings", ["[", "- a", "name: 1"])
def test_a_project_file_that_cannot_be_read_is_left_to_the_engine(
    engine: type[StandIn], run: Run, tmp_path: Path, settings: str
) -> None:
    (tmp_path / "Pulumi.yaml").write_text(settings)
    assert run("preview")[1]["project"] in {"", "1"}


def test_that_certificates_come_from_an_emulator_is_said(engine: type[StandIn], run: Run) -> None:
    warnings = [{"code": "emulator", "message": "an endpoint is one"}]
    engine.events = (ended(new=state({"certificate": CERTIFICATE, "warnings": warnings})),)
    assert run("preview")[1]["notices"] == ["certificates of this stack come from an emulator, not from Alibaba Cloud"]


@pytest.mark.parametrize("command", ["preview", "report"])
def test_a_run_without_the_extra_says_once_that_keys_were_not_audited(
    engine: type[StandIn], run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "badkeys", None)
    rsa = {"certificate": {**CERTIFICATE, "public_key_algorithm": "RSA"}}
    engine.events = (ended(new=state(rsa)),)
    engine.state = exported(resource("a", rsa), resource("b", rsa))
    notices = [each for each in run(command)[1]["notices"] if "audit" in each]
    assert notices == [
        "RSA keys were not checked for being compromised (compromised_key): "
        "run pip install 'pulumi-alicloud-device-certificates[audit]'"
    ]


@pytest.mark.parametrize("command", ["preview", "report"])
def test_a_rule_that_relies_on_the_audit_ends_a_run_without_the_extra(
    engine: type[StandIn], run: Run, monkeypatch: pytest.MonkeyPatch, command: str
) -> None:
    monkeypatch.setitem(sys.modules, "badkeys", None)
    code, report = run(command, "--fail-on", "compromised_key")
    assert code == 1
    assert report["problems"] == [
        "compromised_key is set to fail, but badkeys is not installed: "
        "run pip install 'pulumi-alicloud-device-certificates[audit]'"
    ]


def test_a_preview_that_failed_for_another_reason_is_a_problem(engine: type[StandIn], run: Run) -> None:
    engine.events = (ended(new=state({"certificate": CERTIFICATE})),)
    engine.succeeds = False
    code, report = run("preview")
    assert (code, report["problems"]) == (1, ["the preview failed; see the engine's output"])
    engine.events = (error("hunter2"),)
    assert run("preview")[1]["problems"] == ["the program failed; see the engine's output"]


def test_a_preview_that_cannot_begin_is_one_line_and_reports_that_say_so(
    engine: type[StandIn], run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    (tmp_path / "Pulumi.yaml").write_text("name: mine\nruntime: python\n")
    engine.succeeds = False
    code, report = run("preview", "--stack", "our-org/mine/prod")
    shown = "the preview could not start; see the engine's output"
    assert capsys.readouterr().err == f"device-certificates: {shown}\n"
    assert (code, report["exit_code"], report["project"], report["stack"]) == (1, 1, "mine", "prod")
    assert report["problems"] == ["the engine could not start; see the command's output"]
    summary = (tmp_path / "summary.md").read_text()
    assert summary.startswith("<!-- device-certificates: mine/prod -->\n"), "an earlier comment can be edited"
    assert "the engine could not start" in summary


def test_rules_that_make_no_sense_are_told_in_the_reports_too(engine: type[StandIn], run: Run) -> None:
    code, report = run("report", "--stack", "prod", "--fail-within", "soon")
    assert (code, report["source"], report["certificates"]) == (1, "deployed", [])
    assert report["problems"][0].startswith("'soon' is not a threshold; write a duration such as 30d")


def test_a_deployed_stack_is_judged_by_its_gate_where_its_project_is_at_hand(
    engine: type[StandIn], run: Run, tmp_path: Path
) -> None:
    engine.state = exported(resource("gateway", {"certificate": {**CERTIFICATE, "status": "inactive"}}))
    engine.gate = {"allow": ["inactive"]}
    code, report = run("report")
    assert (code, report["project"], report["source"]) == (3, "fleet", "deployed")
    assert report["notices"][0].endswith("so its device-certificates:gate is not known and the defaults apply")
    (tmp_path / "Pulumi.yaml").write_text("name: fleet\nruntime: python\n")
    code, report = run("report")
    assert (code, report["notices"]) == (0, [])


def test_a_rule_that_matches_no_certificate_is_a_warning(engine: type[StandIn], run: Run) -> None:
    rules = [{"match": "gate*", "allow": ["new"]}, {"match": "gatway-*", "failWithin": "7d"}]
    engine.gate = {"rules": rules}
    engine.events = (ended(new=state({"certificate": CERTIFICATE})),)
    warning = "warning: the rule for 'gatway-*' in device-certificates:gate matches no certificate, so it has no effect"
    assert run("preview")[1]["notices"] == [warning]
    engine.succeeds = False
    assert run("preview")[1]["notices"] == [], "a preview that was not completed has not seen all of them"


@pytest.mark.parametrize("form", [each.name for each in FORMATS])
def test_a_report_on_stdout_leaves_all_else_to_stderr(
    engine: type[StandIn],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    form: str,
) -> None:
    monkeypatch.setattr(gate, "_now", lambda: datetime(2026, 11, 23, tzinfo=UTC))
    engine.events = (ended(new=state({"certificate": CERTIFICATE})),)
    assert main(["preview", f"--{form}", str(tmp_path / "report")]) == 0
    table = capsys.readouterr().out
    assert engine.display == "stdout"
    assert main(["preview", f"--{form}", "-"]) == 0
    out, err = capsys.readouterr()
    assert out == (tmp_path / "report").read_text()
    assert err == table
    assert engine.display == "stderr"
    with pytest.raises(SystemExit):
        main(["preview", f"--{form}", "-", "--quiet", "--all"])


def test_two_reports_cannot_share_stdout(engine: type[StandIn], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["preview", "--json", "-", "--sarif", "-"]) == 1
    assert capsys.readouterr().err == "device-certificates: cannot write -: two reports name this file\n"


def test_a_quiet_run_prints_findings_and_the_summary_only(
    engine: type[StandIn], capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "200")
    engine.events = (ended(new=state({"certificate": {**CERTIFICATE, "status": "inactive"}})),)
    assert main(["preview", "--quiet"]) == 3
    assert capsys.readouterr().out.splitlines() == [
        "fail     gateway: the service has deactivated it",
        "info     gateway: it is not in the stack yet",
        "to do    inactive: Activate the certificate in the service's console, or remove it from the program.",
        "",
        "1 certificate: 1 fail, 0 warn, 0 info; exit code 3: a finding fails",
    ]
    assert engine.display == "on failure"


@pytest.mark.parametrize("useless", ["--all", "--diff"])
def test_what_has_no_effect_in_a_quiet_run_is_refused(useless: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["preview", "--quiet", useless])
    assert f"{useless} has no effect with --quiet" in capsys.readouterr().err


def test_the_summary_of_a_github_job_is_added_to(
    engine: type[StandIn], run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    summary = tmp_path / "summary.md"
    summary.write_text("# Before\n")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(summary))
    run("preview")
    assert summary.read_text().startswith("# Before\n")
    assert "no device certificates" in summary.read_text()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--fail-within", "soon"], "device-certificates: 'soon' is not a threshold; write a duration such as 30d"),
        (["--allow", "weak,expired", "--fail-on", "weak"], "device-certificates: weak is set twice, to fail and to"),
        (
            ["--warn-on", "odd"],
            "device-certificates: 'odd' is not a kind of finding; the kinds are expired, ",
        ),
        (["--html", "no/page.html"], "device-certificates: cannot write no/page.html: there is no folder"),
        (["--html", "x", "--json", "x"], "device-certificates: cannot write x: two reports name this file"),
        (["--cwd", "nowhere"], "device-certificates: --cwd nowhere: there is no such folder"),
    ],
)
@pytest.mark.parametrize("command", ["preview", "report"])
def test_what_makes_no_sense_is_one_line_before_the_engine_is_begun(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    command: str,
    arguments: list[str],
    said: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "")
    assert main([command, *arguments]) == 1
    err = capsys.readouterr().err
    assert err.startswith(said)
    assert err.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("arguments", [["--colour"], ["--parallel", "many"], ["--html"]])
def test_wrong_usage_exits_with_1_since_2_means_changes(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["preview", *arguments])
    assert raised.value.code == 1
    assert capsys.readouterr().err.startswith("usage: device-certificates preview")


def test_the_help_tells_the_exit_codes(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("preview", "report"):
        with pytest.raises(SystemExit, match="0"):
            main([command, "--help"])
        assert "1 takes precedence over 3, and 3 over 2." in " ".join(capsys.readouterr().out.split())


def test_the_help_lists_each_exit_code_with_its_meaning(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit, match="0"):
        main(["preview", "--help"])
    assert (
        "Exit codes: 0 OK, no finding fails; 1 the run could not be completed; 2 an update would make changes; "
        "3 a finding fails." in " ".join(capsys.readouterr().out.split())
    )


def test_a_folder_gets_a_report_in_every_format_and_none_of_an_earlier_run_is_left(
    engine: type[StandIn], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "all" / "reports"
    assert main(["preview", "--reports", str(folder), "--json", str(tmp_path / "one.json")]) == 0
    assert {path.name for path in folder.iterdir()} == {each.file_name for each in FORMATS}
    assert (folder / "report.json").read_text() == (tmp_path / "one.json").read_text()
    monkeypatch.setenv("GATE_REPORTS", str(folder))
    (folder / "mine").touch()
    monkeypatch.setattr(gate, "Engine", None)
    with pytest.raises(TypeError):
        main(["preview"])
    assert [path.name for path in folder.iterdir()] == ["mine"], "the earlier reports are not those of this run"


def test_a_former_name_of_a_finding_is_accepted_on_the_command_line(engine: type[StandIn], run: Run) -> None:
    validity = {"not_before": "2026-01-01T00:00:00Z", "not_after": "2099-01-01T00:00:00Z"}
    engine.state = exported(resource("gateway", {"certificate": {**CERTIFICATE, **validity}}))
    code, report = run("report", "--warn-within", "30000d", "--fail-on", "long-threshold")
    assert (code, "threshold_exceeds_lifetime" in report["summary"]["kinds"]) == (3, True)


def test_that_the_certificates_of_a_fleet_are_not_kept_is_a_notice(engine: type[StandIn], run: Run) -> None:
    fleet = fleet_outputs() | {"summary": {"count": 9.0}, "fields": "summary"}
    engine.events = (fleet_step(None, fleet_state(fleet)),)
    code, report = run("preview")
    assert code == 0
    (notice,) = report["notices"]
    assert notice.startswith("meters: the certificates of this fleet are not kept in the stack")
    assert report["has_changes"]


def test_a_rule_for_the_members_of_a_fleet_has_an_effect(engine: type[StandIn], run: Run) -> None:
    engine.gate = {"rules": [{"match": "meters/*", "failOn": ["new"]}]}
    engine.events = (fleet_step(None, fleet_state(fleet_outputs(device("01")))),)
    code, report = run("preview")
    assert (code, report["notices"]) == (3, [])
