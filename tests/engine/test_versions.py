"""The versions of the CLI: the one that these tests run on, and those that the project names."""

from __future__ import annotations

import re
import subprocess

import pytest
import yaml
from tests.engine.shell import CHECKOUT
from tools.engine.engine import NEWEST, OLDEST


@pytest.fixture(scope="module")
def running() -> str:
    printed = subprocess.run(["pulumi", "version"], capture_output=True, text=True, check=True).stdout
    return printed.strip().removeprefix("v")


@pytest.mark.both_engines
def test_the_tests_run_on_a_version_that_the_project_builds(running: str) -> None:
    assert running in {NEWEST, OLDEST}


def test_the_ci_systems_get_the_version_that_the_tests_ran_on(running: str) -> None:
    if running == OLDEST:
        pytest.skip("all tests run on the newest one")
    action = yaml.safe_load((CHECKOUT / "action.yml").read_text())
    assert action["inputs"]["pulumi-version"]["default"] == running
    images = set(re.findall(r"pulumi/pulumi-python-3\.\d+:(\S+)", (CHECKOUT / "ci" / "gitlab.yml").read_text()))
    assert images == {running}
