"""The parts of ``make test``: what each runs, and what it needs on the machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Final

from tools.engine.engine import NEWEST, OLDEST


class Need(StrEnum):
    """What a part needs beyond ``.venv``."""

    ENGINE = "engine"
    """The Pulumi CLI on PATH."""
    NODE = "node"
    """What programs in TypeScript need; without Node.js their tests are skipped."""
    YAML = "yaml"
    """What programs in YAML need; without Go their tests may be skipped."""
    BROWSER = "browser"
    """A Chromium; without one its tests are skipped, or fail in CI."""


@dataclass(frozen=True, slots=True)
class Part:
    """One part of the checks: commands that all run, or folders of tests that pytest runs in parallel."""

    name: str
    title: str
    commands: tuple[tuple[str, ...], ...] = ()
    """Commands other than pytest; each one runs even if another fails."""
    tests: tuple[str, ...] = ()
    """The folders of the part's tests."""
    pytest_arguments: tuple[str, ...] = ()
    workers_per_core: int = 1
    """How many of pytest's processes run for each core, unless their number is given."""
    engine: str = NEWEST
    """The version of the CLI, unless one is given."""

    def workers(self, given: str) -> str:
        """Return the number of pytest's processes; ``auto`` is ``workers_per_core`` for each core."""
        return str(self.workers_per_core * (os.cpu_count() or 1)) if given == "auto" else given

    @property
    def needs(self) -> frozenset[Need]:
        """What its tests need."""
        return needs_of(self.tests)


_PYTHON: Final = (sys.executable, "-m")
_CODE: Final = (
    "providers",
    "policies",
    "stacks",
    "tests",
    "tools",
    "bench/__init__.py",
    "bench/__main__.py",
    "bench/certificates.py",
    "bench/empty.py",
    "bench/projects.py",
    "bench/scale.py",
)

PARTS: Final = (
    Part(
        "lint",
        "ruff: rules and format; import-linter: who may import whom",
        commands=(
            (*_PYTHON, "ruff", "check"),
            (*_PYTHON, "ruff", "format", "--check"),
            ("lint-imports", "--no-cache"),
        ),
    ),
    Part(
        "types",
        "mypy --strict",
        commands=((*_PYTHON, "mypy", "--strict", "--explicit-package-bases", *_CODE),),
    ),
    Part(
        "unit",
        "unit and contract tests, with branch coverage of the package",
        tests=("tests/unit", "tests/contract"),
        pytest_arguments=("--cov", "--cov-branch", "--cov-fail-under=95"),
    ),
    Part(
        "browser-tests",
        "tests of the HTML report in a headless Chromium",
        tests=("tests/browser",),
    ),
    Part(
        "engine-tests",
        "tests with the real Pulumi engine, and of the CI systems' own steps",
        tests=("tests/engine", "tests/ci"),
        workers_per_core=2,  # half of their time, they wait for the engine's processes to start and end
    ),
    Part(
        "oldest-engine-tests",
        f"what the engines do differently, on the oldest one: Pulumi {OLDEST}",
        tests=("tests/engine",),
        pytest_arguments=("-m", "both_engines"),
        workers_per_core=2,
        engine=OLDEST,
    ),
)
"""In the order in which they run: the fast ones first."""


_NEEDS: Final = (
    ("tests/browser", Need.BROWSER),
    ("tests/engine", Need.ENGINE),
    ("tests/engine/test_other_languages.py", Need.NODE),
    ("tests/engine/test_private_keys.py", Need.NODE),
    ("tests/engine/test_private_keys.py", Need.YAML),
    ("tests/engine/test_python_host.py", Need.YAML),
    ("tests/engine/test_yaml.py", Need.YAML),
    ("tests/ci", Need.ENGINE),
)


def needs_of(tests: Sequence[str]) -> frozenset[Need]:
    """Return what ``tests`` need, which are paths with or without ``::`` and a test's name."""
    paths = [PurePosixPath(test.partition("::")[0]) for test in tests]
    return frozenset(need for place, need in _NEEDS if any(_overlap(path, place) for path in paths))


def _overlap(path: PurePosixPath, place: str) -> bool:
    return path.is_relative_to(place) or PurePosixPath(place).is_relative_to(path)
