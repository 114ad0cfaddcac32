"""``make test``: every part runs to its end, the summary counts, and chosen tests get their environment."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import pytest
from tools.checks import __main__ as checks
from tools.checks.environment import CHECKOUT, MissingNeedError, environment
from tools.checks.parts import PARTS, Need, Part, needs_of
from tools.checks.summary import Result, duration, summary
from tools.checks.summary import test_counts as counts_of
from tools.processes import Completed

SOME_TESTS = """
import pytest
def test_a(): pass
def test_b(): assert False
@pytest.mark.skip
def test_c(): pass
"""


def command(code: int) -> tuple[str, ...]:
    return (sys.executable, "-c", f"raise SystemExit({code})")


@pytest.fixture
def parts(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Part]:
    """Small parts in place of the real ones: commands, tests that fail, and a need that the machine lacks."""
    tests = tmp_path / "test_some.py"
    tests.write_text(
        "import pytest\ndef test_a(): pass\ndef test_b(): assert False\n@pytest.mark.skip\ndef test_c(): pass\n"
    )
    made = {
        part.name: part
        for part in (
            Part("commands", "two commands", commands=(command(3), command(0))),
            Part("tests", "tests", tests=(str(tests),)),
            Part("engine", "lacks the engine", tests=("tests/engine",)),
            Part("good", "passes", commands=(command(0),)),
        )
    }

    def lacking(needs: Iterable[Need], user: Mapping[str, str], **_: object) -> Mapping[str, str]:
        if Need.ENGINE in needs:
            raise MissingNeedError("there is no engine\nfirst, second and third reason")
        return user

    monkeypatch.setattr(checks, "PARTS", tuple(made.values()))
    monkeypatch.setattr(checks, "environment", lacking)
    return made


def test_every_part_runs_although_others_fail_and_the_summary_has_a_line_for_each(
    parts: dict[str, Part], capfd: pytest.CaptureFixture[str]
) -> None:
    assert checks.main(["--workers=0"]) == 1
    shown = capfd.readouterr().out
    assert re.search(r"=+ 1 failed, 1 passed, 1 skipped in .* =+\n", shown), "pytest's own summary"
    _, _, table = shown.partition("==> Summary (")
    assert [
        re.split(r" {2,}", line.strip()) for line in re.sub(r"  (\d+ min )?\d+ s  ", "  TIME  ", table).splitlines()[1:]
    ] == [
        ["commands", "FAILED", "TIME", "1 of 2 commands passed"],
        ["tests", "FAILED", "TIME", "1 passed, 1 failed, 1 skipped"],
        ["engine", "FAILED", "TIME", "there is no engine"],
        ["good", "passed", "TIME", "1 of 1 commands passed"],
    ]


def test_one_part_alone_needs_no_summary(parts: dict[str, Part], capfd: pytest.CaptureFixture[str]) -> None:
    assert checks.main(["good"]) == 0
    assert "Summary" not in capfd.readouterr().out


def test_an_unknown_part_is_a_usage_error(parts: dict[str, Part]) -> None:
    with pytest.raises(SystemExit) as ended:
        checks.main(["better"])
    assert ended.value.code == 2


def test_chosen_tests_run_alone_and_return_pytests_exit_code(
    parts: dict[str, Part], capfd: pytest.CaptureFixture[str]
) -> None:
    (tests,) = parts["tests"].tests
    assert checks.main([f"--tests={tests}", "--keyword=test_a", "--pytest=-q -x"]) == 0
    assert "1 passed, 2 deselected" in capfd.readouterr().out
    assert checks.main([f"--tests={tests}"]) == 1
    assert checks.main([f"--tests={tests}", "--keyword=nothing"]) == 5
    assert "no test matches" in capfd.readouterr().err
    assert checks.main(["--tests=tests/engine/test_gate.py"]) == 1
    assert "there is no engine" in capfd.readouterr().err


@pytest.mark.parametrize(
    ("tests", "needs"),
    [
        (["tests/unit/gate"], set()),
        (["tests/engine/test_gate.py::test_rotated"], {Need.ENGINE}),
        (["tests/engine/test_other_languages.py"], {Need.ENGINE, Need.NODE}),
        (["tests/unit", "tests/browser/test_page.py"], {Need.BROWSER}),
        (["tests"], set(Need)),
    ],
)
def test_where_a_test_lies_says_what_it_needs(tests: list[str], needs: set[Need]) -> None:
    assert needs_of(tests) == needs


def test_every_folder_of_tests_belongs_to_a_part_and_every_need_to_a_folder_that_exists() -> None:
    folders = {folder for part in PARTS for folder in part.tests}
    with_tests = {path.relative_to(CHECKOUT).parts[1] for path in (CHECKOUT / "tests").rglob("test_*.py")}
    assert {Path(folder).name for folder in folders} == with_tests
    assert {need for part in PARTS for need in part.needs} == set(Need)


def no_programs(command: Sequence[str], **_: object) -> Completed:
    raise FileNotFoundError(command[0])


def test_without_a_browser_the_tests_are_skipped_but_fail_in_ci(tmp_path: Path) -> None:
    user = {"PATH": str(tmp_path), "HOME": "/home/user"}
    found = environment({Need.BROWSER}, user, engine="3.250.0", run=no_programs)
    assert found == {**user, "PATH": f"{CHECKOUT}/.venv/bin:{tmp_path}"}
    with pytest.raises(MissingNeedError, match="browser: there is no Chromium"):
        environment({Need.BROWSER}, {**user, "CI": "true"}, engine="3.250.0", run=no_programs)


def test_counts_of_several_suites_are_added(tmp_path: Path) -> None:
    report = tmp_path / "junit.xml"
    assert counts_of(report) == "no tests ran"
    report.write_text(
        '<testsuites><testsuite tests="5" failures="1" errors="1" skipped="1"/>'
        '<testsuite tests="2" failures="0" errors="0" skipped="0"/></testsuites>'
    )
    assert counts_of(report) == "4 passed, 2 failed, 1 skipped"


@pytest.mark.parametrize(("seconds", "text"), [(0.4, "0 s"), (59.6, "1 min 00 s"), (125, "2 min 05 s")])
def test_durations_are_in_minutes_and_seconds(seconds: float, text: str) -> None:
    assert duration(seconds) == text


def test_the_summary_is_in_columns() -> None:
    assert summary(
        [Result("lint", True, 2, "3 of 3 commands passed"), Result("unit", False, 75, "9 passed, 1 failed")]
    ) == ("  lint  passed  2 s         3 of 3 commands passed\n  unit  FAILED  1 min 15 s  9 passed, 1 failed")


def test_pytest_gets_as_many_processes_as_the_part_wants_for_each_core(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 3)
    waiting = Part("waiting", "waits for others", tests=("tests",), workers_per_core=2)
    assert (waiting.workers("auto"), waiting.workers("5")) == ("6", "5")
    assert Part("busy", "computes", tests=("tests",)).workers("auto") == "3"
