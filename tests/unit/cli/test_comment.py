"""`device-certificates comment FILE`: one line, and 0 or 1."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.unit.gate.comment.fake_forges import BOT, GitHub, served
from tests.unit.gate.comment.test_comment import GITHUB, TOKEN
from tests.unit.gate.sample import sample_report

from alicloud_device_certificates.cli import main
from alicloud_device_certificates.gate.comment.comment import marker_of
from alicloud_device_certificates.gate.reports.markdown import render


@pytest.fixture
def report(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A Markdown report, in a job for pull request 7."""
    for name, value in {**GITHUB, "GITHUB_EVENT_PATH": "", "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, value)
    path = tmp_path / "report.md"
    path.write_text(render(sample_report()), encoding="utf-8")
    return path


def test_a_report_is_put_on_the_pull_request(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    forge = GitHub({TOKEN: BOT})
    with served(forge.respond) as address:
        monkeypatch.setenv("GITHUB_API_URL", address)
        monkeypatch.setenv("GITHUB_GRAPHQL_URL", f"{address}/graphql")
        assert main(["comment", str(report)]) == 0
        assert capsys.readouterr() == ("created the comment on pull request 7 of octo/fleet\n", "")
        assert main(["comment", str(report)]) == 0
        assert capsys.readouterr() == ("updated the comment on pull request 7 of octo/fleet\n", "")
    assert [comment["body"] for comment in forge.comments] == [report.read_text(encoding="utf-8")]


def test_the_reports_first_line_is_a_marker() -> None:
    assert marker_of(render(sample_report())).startswith("<!-- device-certificates: ")


def test_a_job_for_no_pull_request_has_nothing_to_do(
    report: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("GITHUB_REF", "refs/heads/main")
    assert main(["comment", str(report)]) == 0
    assert capsys.readouterr() == ("this job has no pull or merge request to comment on\n", "")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (None, "cannot read {}: No such file or directory"),
        (b"\xff", "{} is not UTF-8"),
        (
            b"# Mine\n",
            "the file is not a report of `device-certificates preview --markdown`: its first line is not the marker",
        ),
    ],
)
def test_a_file_that_is_no_report_is_one_line(
    report: Path, content: bytes | None, message: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if content is None:
        report.unlink()
    else:
        report.write_bytes(content)
    assert main(["comment", str(report)]) == 1
    assert capsys.readouterr() == ("", f"device-certificates: {message.format(report)}\n")


def test_a_wrong_call_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exited:
        main(["comment"])
    assert exited.value.code == 1
    assert "FILE" in capsys.readouterr().err
