"""A GitHub Actions job as far as a composite action needs one: each step is run as it is written.

What the runner does besides is here: expressions, conditions, the files GITHUB_OUTPUT and GITHUB_STEP_SUMMARY, workflow
commands, and the environment. Steps that use other actions are done by the test.
"""

from __future__ import annotations

import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

CHECKOUT = Path(__file__).parents[2]
ACTION: dict[str, Any] = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))
Action = Callable[[Mapping[str, str]], Mapping[str, str]]
_EXPRESSION = re.compile(r"\$\{\{ *([\w.-]+) *\}\}")


@dataclass
class Ran:
    """One step that ran; `code` is its exit code."""

    name: str
    code: int
    log: str


@dataclass
class Job:
    """One job in `folder`. `actions` does what steps use, by the name before the `@`: inputs in, outputs out."""

    folder: Path
    environment: Mapping[str, str]
    github: Mapping[str, str]
    actions: Mapping[str, Action] = field(default_factory=dict)
    steps: dict[str, dict[str, str]] = field(default_factory=dict)
    ran: list[Ran] = field(default_factory=list)

    @property
    def log(self) -> str:
        return "".join(ran.log for ran in self.ran)

    @property
    def summary(self) -> str:
        path = self.folder / "summary.md"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def use(self, given: Mapping[str, str], *, but: Mapping[str, Mapping[str, str]] | None = None) -> dict[str, str]:
        """Run the action with these inputs and return its outputs. `but`: the outputs of steps that count as done."""
        assert given.keys() <= ACTION["inputs"].keys()
        inputs = {
            name: given.get(name, self.text(str(about.get("default", "")), {}))
            for name, about in ACTION["inputs"].items()
        }
        for number, step in enumerate(ACTION["runs"]["steps"]):
            name = step.get("id", str(number))
            if but is not None and name in but:
                self.steps[name] = dict(but[name])
            elif self.holds(step.get("if", ""), inputs):
                self.steps[name] = self.step(step, inputs)
        return {name: self.text(about["value"], inputs) for name, about in ACTION["outputs"].items()}

    @property
    def code(self) -> int:
        """The exit code of the first step that failed."""
        return next((ran.code for ran in self.ran if ran.code), 0)

    def step(self, step: Mapping[str, Any], inputs: Mapping[str, str]) -> dict[str, str]:
        if "uses" in step:
            arguments = {name: self.text(str(value), inputs) for name, value in step["with"].items()}
            name = step["uses"].partition("@")[0]
            self.ran.append(Ran(step["name"], 0, ""))
            return dict(self.actions[name](arguments))
        assert step["shell"] == "bash"
        script = self.folder / "step.sh"
        script.write_text(step["run"], encoding="utf-8")
        output = self.folder / "output"
        output.write_text("", encoding="utf-8")
        ended = subprocess.run(
            ["bash", "--noprofile", "--norc", "-e", "-o", "pipefail", script],
            cwd=self.environment["GITHUB_WORKSPACE"],
            env={
                **self.environment,
                "GITHUB_OUTPUT": str(output),
                "GITHUB_STEP_SUMMARY": str(self.folder / "summary.md"),
                **{name: self.text(str(value), inputs) for name, value in step.get("env", {}).items()},
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        self.ran.append(Ran(step["name"], ended.returncode, ended.stdout))
        return dict(line.split("=", 1) for line in output.read_text(encoding="utf-8").splitlines())

    def text(self, text: str, inputs: Mapping[str, str]) -> str:
        """Put the values of expressions into a text; a step that did not run has outputs that are empty."""
        return _EXPRESSION.sub(lambda found: self.value(found[1], inputs), text)

    def value(self, name: str, inputs: Mapping[str, str]) -> str:
        match name.split("."):
            case ["inputs", key]:
                return inputs[key]
            case ["github", key]:
                return self.github[key]
            case ["steps", step, "outputs", key]:
                return self.steps.get(step, {}).get(key, "")
        raise AssertionError(f"an expression that is not known here: {name}")

    def holds(self, condition: str, inputs: Mapping[str, str]) -> bool:
        """Without `always()`, a step runs only when none before it failed."""
        parts = [part.strip() for part in condition.split("&&") if part.strip()]
        if "always()" not in parts and self.code:
            return False
        return all(part == "always()" or self.compares(part, inputs) for part in parts)

    def compares(self, part: str, inputs: Mapping[str, str]) -> bool:
        found = re.fullmatch(r"([\w.-]+) (==|!=) '([^']*)'", part)
        assert found is not None, f"a condition that is not known here: {part}"
        return (self.value(found[1], inputs) == found[3]) == (found[2] == "==")
