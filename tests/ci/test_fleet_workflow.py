"""The workflow for a matrix of stacks: its last job run as written, on what the jobs before it upload."""

from __future__ import annotations

import fnmatch
import subprocess
import sys
from pathlib import Path
from typing import Any

import yaml
from tests.engine.shell import CHECKOUT
from tests.unit.gate.merged_sample import fleet_report
from tests.unit.gate.sample import failed_report

from alicloud_device_certificates.gate.reports import FORMATS, render

WORKFLOW: dict[str, Any] = yaml.safe_load((CHECKOUT / "ci" / "github-fleet.yml").read_text(encoding="utf-8"))
GATE, FLEET = WORKFLOW["jobs"]["gate"], WORKFLOW["jobs"]["fleet"]


def step(job: dict[str, Any], word: str) -> dict[str, Any]:
    """The one step of a job with a word in what it is called, uses or runs."""
    (found,) = [each for each in job["steps"] if word in str((each.get("name"), each.get("uses"), each.get("run")))]
    step: dict[str, Any] = found
    return step


def test_the_last_job_downloads_what_the_matrix_uploads() -> None:
    artifact = step(GATE, "your-organization")["with"]["artifact"]
    download = step(FLEET, "download-artifact")["with"]
    for stack in GATE["strategy"]["matrix"]["stack"]:
        assert fnmatch.fnmatch(artifact.replace("${{ matrix.stack }}", stack), download["pattern"])
    uploaded = step(FLEET, "upload-artifact")["with"]
    assert not fnmatch.fnmatch(uploaded["name"], download["pattern"]), "a second run would merge the merged report"


def test_it_runs_even_if_stacks_fail() -> None:
    assert FLEET["needs"] == "gate"
    assert FLEET["if"] == "!cancelled()"
    assert GATE["strategy"]["fail-fast"] is False


def merge(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the step with an installation that takes the environment of the tests."""
    install = folder / "gate" / "ci" / "install.sh"
    install.parent.mkdir(parents=True)
    install.write_text(f'#!/bin/sh\nmkdir "$1" && ln -s {Path(sys.executable).parent} "$1/bin"\n', encoding="utf-8")
    install.chmod(0o755)
    script = step(FLEET, "merge stacks")["run"]
    environment = {"PATH": "/usr/bin:/bin", "GITHUB_STEP_SUMMARY": str(folder / "summary.md"), "PWD": str(folder)}
    return subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_the_reports_of_all_stacks_become_one(tmp_path: Path) -> None:
    for stack, report in (("hangzhou", fleet_report("hangzhou", "01")), ("shanghai", failed_report())):
        folder = tmp_path / "stacks" / f"device-certificates-of-{stack}"
        folder.mkdir(parents=True)
        for each in FORMATS:
            (folder / each.file_name).write_text(render(report, each.name), encoding="utf-8")
    ended = merge(tmp_path)
    assert ended.returncode == 1, "a stack could not be completed"
    assert {path.name for path in (tmp_path / "fleet").iterdir()} == {each.file_name for each in FORMATS}
    assert "Device certificates of 2 stacks" in (tmp_path / "summary.md").read_text(encoding="utf-8")


def test_without_any_report_the_job_fails_and_says_so(tmp_path: Path) -> None:
    (tmp_path / "stacks").mkdir()
    ended = merge(tmp_path)
    assert (ended.returncode, ended.stderr) == (
        1,
        "device-certificates: there is no report.json in the folder stacks\n",
    )
