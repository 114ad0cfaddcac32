"""``device-certificates merge``: what it takes, what it refuses, and what it leaves."""

from __future__ import annotations

import io
import json
import os
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from tests.unit.gate.merged_sample import fleet_report
from tests.unit.gate.sample import deployed_report, failed_report, sample_report

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.gate.report import Report
from alicloud_device_certificates.gate.reports import FORMATS, render

Captured = pytest.CaptureFixture[str]
EAST, WEST = fleet_report("east", "01", "02"), fleet_report("west", "02", "03")


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in os.environ:
        if name.startswith("GATE_") or name == "GITHUB_STEP_SUMMARY":
            monkeypatch.delenv(name)


def put(name: str, report: Report = EAST) -> str:
    path = Path(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(render(report, "json"), encoding="utf-8")
    return name


def merged(name: str = "fleet.json") -> Any:
    return json.loads(Path(name).read_text(encoding="utf-8"))


def stacks(name: str = "fleet.json") -> set[str]:
    return {f"{each['project']}/{each['stack']}" for each in merged(name)["reports"]}


def refused(capsys: Captured, *words: str) -> str:
    """The one line by which a merge is refused, and that it writes nothing."""
    before = {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}
    assert main(["merge", *words, "--html", "fleet.html", "--json", "fleet.json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()} == before
    assert err.startswith("device-certificates: ")
    assert err.count("\n") == 1
    return err.removeprefix("device-certificates: ").strip()


def test_it_writes_every_format_and_ends_with_the_worst_exit_code(capsys: Captured) -> None:
    assert main(["merge", put("a.json"), put("b.json", deployed_report()), "--reports", "out"]) == 3
    assert {path.name for path in Path("out").iterdir()} == {each.file_name for each in FORMATS}
    assert stacks("out/report.json") == {"fleet/east", "device-certificates/prod"}
    assert "exit code 3: a finding fails" in capsys.readouterr().out
    assert main(["merge", "a.json", "--html", "fleet.html"]) == 0
    assert main(["merge", "a.json", put("c.json", failed_report())]) == 1


def test_a_folder_stands_for_each_report_in_it_and_a_hyphen_for_stdin(monkeypatch: pytest.MonkeyPatch) -> None:
    put("stacks/one/report.json")
    put("stacks/two/deep/report.json", WEST)
    put("stacks/two/other.json", sample_report())
    content = render(deployed_report(), "json").encode()
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    assert main(["merge", "stacks", "-", "--json", "fleet.json"]) == 3
    assert stacks() == {"fleet/east", "fleet/west", "device-certificates/prod"}


def test_a_merged_report_can_be_merged_again() -> None:
    main(["merge", put("a.json"), put("b.json", WEST), "--json", "both.json"])
    main(["merge", "both.json", put("c.json", sample_report()), "--json", "nested.json"])
    main(["merge", "a.json", "b.json", "c.json", "--json", "flat.json"])
    nested, flat = ({**merged(name), "now": ""} for name in ("nested.json", "flat.json"))
    assert nested == flat


def test_a_report_on_stdout_moves_the_rest_to_stderr(capsys: Captured) -> None:
    main(["merge", put("a.json"), "--json", "-"])
    out, err = capsys.readouterr()
    assert json.loads(out)["reports"][0]["stack"] == "east"
    assert "exit code 0" in err


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "bad.json is empty"),
        (b" \n", "bad.json is empty"),
        (b"# Device certificates", "bad.json is not JSON: JSON is malformed"),
        (b'{"$schema": "urn:device-certificates:rep', "bad.json is not JSON: "),
        (b'{"$schema": "\xff"}', "bad.json is not JSON: "),
        (b'{"a": ' + b"[" * 100_000, "bad.json is not JSON: "),
        (b"[1]", "bad.json is not a report of this version: Expected `object`, got `array`"),
        (b'{"version": 4}', "bad.json is JSON, but not a report of `device-certificates preview --json`"),
        (
            b'{"$schema": "urn:device-certificates:report:2"}',
            "bad.json has the shape urn:device-certificates:report:2, and this version reads "
            "urn:device-certificates:report:1 and urn:device-certificates:merged-report:1",
        ),
        (
            b'{"$schema": "urn:device-certificates:report:1"}',
            "bad.json is not a report of this version: Object missing required field `schema_version`",
        ),
    ],
)
def test_what_is_no_report_is_refused_by_its_file(capsys: Captured, content: bytes, message: str) -> None:
    Path("bad.json").write_bytes(content)
    assert refused(capsys, put("a.json"), "bad.json").startswith(message)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"schema_version": 2}, "Invalid enum value 2 - at `$.schema_version`"),
        ({"added": 1}, "Object contains unknown field `added`"),
        ({"now": "2026-13-23T06:00:00Z"}, "`now` is 2026-13-23T06:00:00Z, which is no time"),
        ({"source": "guessed"}, "Invalid enum value 'guessed' - at `$.source`"),
    ],
)
def test_a_report_of_another_shape_is_refused_with_the_place(
    capsys: Captured, changed: dict[str, Any], message: str
) -> None:
    put("bad.json")
    Path("bad.json").write_text(json.dumps(merged("bad.json") | changed))
    assert refused(capsys, "bad.json") == f"bad.json is not a report of this version: {message}"


def test_a_file_or_a_folder_that_cannot_be_read_is_named(capsys: Captured) -> None:
    assert refused(capsys, "none.json") == "cannot read none.json: No such file or directory"
    Path("empty").mkdir()
    assert refused(capsys, "empty") == "there is no report.json in the folder empty"
    assert refused(capsys, "a\0b.json").startswith("cannot read a\\x00b.json: ")


def test_a_report_that_is_named_twice_is_refused(capsys: Captured) -> None:
    put("stacks/report.json")
    Path("link.json").symlink_to("stacks/report.json")
    twice = "stacks/report.json is the same file: name each report once"
    assert refused(capsys, "stacks/report.json", "stacks/report.json") == twice
    assert refused(capsys, "stacks", "stacks/report.json") == twice
    assert refused(capsys, "stacks", "link.json") == (
        "stacks/report.json and link.json are the same file: name each report once"
    )
    assert refused(capsys, "-", "-") == "the report on stdin is the same file: name each report once"


def test_two_reports_on_one_stack_are_refused(capsys: Captured) -> None:
    put("a.json", sample_report())
    put("b.json", replace(deployed_report(), now=sample_report().now))
    assert refused(capsys, "a.json", "b.json") == (
        "a.json and b.json are both on the stack device-certificates/prod: name each stack once"
    )


def test_a_report_is_not_written_over_one_that_is_read(capsys: Captured) -> None:
    put("stacks/report.json")
    Path("link.json").symlink_to("stacks/report.json")
    before = Path("stacks/report.json").read_bytes()
    for words in (["--json", "stacks/report.json"], ["--json", "link.json"], ["--reports", "stacks"]):
        assert main(["merge", "stacks", *words]) == 1
        assert capsys.readouterr().err == (
            "device-certificates: stacks/report.json would be read and written: write to another file\n"
        )
        assert Path("stacks/report.json").read_bytes() == before


def test_a_path_that_cannot_be_written_is_refused_before_anything_is_read(capsys: Captured) -> None:
    assert main(["merge", "none.json", "--html", "nowhere/fleet.html"]) == 1
    assert "cannot write nowhere/fleet.html: there is no folder" in capsys.readouterr().err


def test_options_set_the_severity_of_what_is_found_across_stacks() -> None:
    files = [put("a.json"), put("b.json", WEST)]
    assert main(["merge", *files]) == 3
    assert main(["merge", *files, "--warn-on", "shared_key", "--json", "fleet.json"]) == 0
    assert merged()["summary"]["kinds"] == {"shared_key": 2, "unchanged": 2}


def test_an_option_for_what_the_reports_have_evaluated_is_wrong_usage(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["merge", put("a.json"), "--fail-on", "shared_key,rotated"])
    assert raised.value.code == 1
    assert capsys.readouterr().err.endswith(
        "error: --fail-on rotated has no effect: the reports have evaluated that already\n"
    )


def test_a_variable_for_all_commands_counts_as_far_as_it_applies(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GATE_WARN_ON", "rotated,shared_key")
    monkeypatch.setenv("GATE_FAIL_ON", "gone")
    assert main(["merge", put("a.json"), put("b.json", WEST), "--json", "fleet.json"]) == 0
    assert merged()["summary"]["severities"] == {"fail": 0, "warn": 2, "info": 2}


def test_all_has_no_effect_with_quiet(capsys: Captured) -> None:
    with pytest.raises(SystemExit) as raised:
        main(["merge", put("a.json"), "--all", "--quiet"])
    assert raised.value.code == 1
    assert "--all has no effect with --quiet" in capsys.readouterr().err


def test_the_summary_of_a_github_job_has_the_report(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", "summary.md")
    main(["merge", put("a.json"), put("b.json", WEST)])
    assert "### Device certificates of 2 stacks" in Path("summary.md").read_text(encoding="utf-8")
