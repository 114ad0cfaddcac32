"""A failing test shows as a failure, even if garbage with failing finalizers is collected while pytest renders it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
FAILING = """
import gc


class Failing:
    def __init__(self):
        self.itself = self

    def __del__(self):
        {}["missing"] + 1


def litter(phase, info):
    if phase == "stop":
        Failing()


def test_that_fails():
    gc.callbacks.append(litter)  # every collection finds garbage whose finalizer fails
    gc.set_threshold(300)
    assert [1, 2] == [1, 3]
"""
# A source that is long enough for collections while it is parsed, few as they are elsewhere.
FAILING += "PADDING = [1, (2, 3)]\n" * 500


def run_failing_test(folder: Path, conftest: str) -> str:
    (folder / "conftest.py").write_text(conftest)
    (folder / "test_failing.py").write_text(FAILING)
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:xdist", "--rootdir", "."]
    environment = {**os.environ, "PYTHONPATH": str(CHECKOUT), "PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, check=False, capture_output=True, text=True, cwd=folder, env=environment)
    return done.stdout + done.stderr


def test_a_failure_is_shown_although_finalizers_fail_meanwhile(tmp_path: Path) -> None:
    shown = run_failing_test(tmp_path, "from tests.parsing import keep_collector_out\n\nkeep_collector_out()\n")
    assert "INTERNALERROR" not in shown, shown
    assert "assert [1, 2] == [1, 3]" in shown
    assert "1 failed" in shown


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="Python 3.12 does not collect garbage within ast.parse")
def test_without_the_guard_it_ends_the_run(tmp_path: Path) -> None:
    shown = run_failing_test(tmp_path, "")
    assert "INTERNALERROR" in shown, shown
    assert "AST constructor recursion depth mismatch" in shown
