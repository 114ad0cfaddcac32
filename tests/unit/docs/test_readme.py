"""The README stays short, and CI runs its test command."""

from __future__ import annotations

from pathlib import Path

CHECKOUT = Path(__file__).parents[3]
README = (CHECKOUT / "README.md").read_text(encoding="utf-8")


def test_it_has_at_most_150_lines() -> None:
    assert len(README.splitlines()) <= 150


def test_ci_runs_exactly_the_readmes_test_command() -> None:
    assert "$ make demo\n$ make test\n" in README
    script = (CHECKOUT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    commands = [line for line in script if line and not line.startswith(("#", "set ", "cd "))]
    assert [command.removeprefix("exec ") for command in commands] == ["make test"]
