"""action.yml, ci/gate.sh and docs/ci.md: the gate's options, variables and exit codes in CI."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import yaml

from alicloud_device_certificates.gate.options import OPTIONS, GateOption
from alicloud_device_certificates.gate.report import ExitCode
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

CHECKOUT: Final = Path(__file__).parents[3]
_DEFAULTS: Final = {"cwd": ".", "detailed-exitcode": "false"}
_GITLAB: Final = {ExitCode.CHANGES: "passes with a warning"}
"""The codes that the GitLab template does not fail on, beside 0."""


def action(text: str) -> str:
    """Return action.yml with the inputs of the gate's options."""
    return fill(
        text,
        {
            "inputs": "\n".join(line for option in _inputs() for line in _input(option)),
            "variables": "\n".join(f"{option.variable}: ${{{{ inputs.{option.input} }}}}" for option in _inputs()),
            "exit-codes": f"description: '{ExitCode.summary()}.'",
        },
    )


def gate_script(text: str) -> str:
    """Return ci/gate.sh with the variables that it passes on, and the exit codes."""
    options = [option for option in OPTIONS if option.input]
    width = max(len(option.variable) for option in options)
    variables = (
        f"#   {option.variable:{width}}  {option.help}{_only(option)}".replace(") (", "; ") for option in options
    )
    codes = (f"#   {code} {code.meaning}" for code in ExitCode)
    return fill(text, {"variables": "\n".join(variables), "exit-codes": "\n".join(codes)})


def page(text: str) -> str:
    """Return docs/ci.md with its tables."""
    return fill(
        text,
        {
            "exit-codes": table(("exit code", "meaning", "GitHub", "GitLab"), map(_outcome, ExitCode)),
            "workflow": _file("github-pull-request.yml"),
            "fleet-workflow": _file("github-fleet.yml"),
            "inputs": table(("input", "meaning", "default"), _all_inputs()),
            "variables": table(("variable", "meaning"), _variables()),
        },
    )


def _file(name: str) -> str:
    return f"```yaml\n{(CHECKOUT / 'ci' / name).read_text(encoding='utf-8')}```"


def _inputs() -> list[GateOption]:
    return [option for option in OPTIONS if option.input]


def _input(option: GateOption) -> Iterator[str]:
    yield f"{option.input}:"
    yield f"  description: {_quoted(_sentence(option))}"
    if option.is_required_in_ci:
        yield "  required: true"
    else:
        default = "false" if option.type == "flag" else _DEFAULTS.get(option.name, "")
        yield f"  default: {_quoted(default)}"


def _sentence(option: GateOption) -> str:
    text = re.sub(r" \(default: .*\)$", "", option.help) + _only(option)
    return f"{text[0].upper()}{text[1:]}."


def _only(option: GateOption) -> str:
    return "" if len(option.commands) > 1 else f" ({option.commands[0]} only)"


def _quoted(text: str) -> str:
    escaped = text.replace("'", "''")
    return f"'{escaped}'"


def _outcome(code: ExitCode) -> Sequence[str]:
    failed = "passes" if code is ExitCode.OK else "fails"
    return str(code.value), f"{code.meaning}".removesuffix("."), failed, _GITLAB.get(code, failed)


def _all_inputs() -> Iterator[Sequence[str]]:
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load((CHECKOUT / "action.yml").read_text(encoding="utf-8"))[
        "inputs"
    ]
    for name, about in found.items():
        default = str(about.get("default", ""))
        shown = "required" if about.get("required") else f"`{default}`" if default else ""
        yield f"`{name}`", about["description"], shown


def _variables() -> Iterator[Sequence[str]]:
    yield "`GATE_COMMAND`", "`preview` (the default) or `report`"
    for option in _inputs():
        yield f"`{option.variable}`", _sentence(option)


WRITES: Final[Mapping[Path, Render]] = {
    Path("action.yml"): action,
    Path("ci", "gate.sh"): gate_script,
    Path("docs", "ci.md"): page,
}
