"""The options of the gate's commands: one table for the command line, ``GATE_*``, the stack's config and CI.

argparse, the environment variables, the keys of ``device-certificates:gate``, the policies' thresholds, the inputs of
action.yml, the variables of the GitLab template and the documentation follow from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from alicloud_device_certificates.contract.renewal import RENEWAL_WINDOW_TEXT

ENVIRONMENT_PREFIX: Final = "GATE_"

OptionType = Literal["text", "number", "flag", "list", "threshold", "kinds"]
"""How a value is read: ``list`` may be repeated, ``threshold`` is a duration or a share of the lifetime, ``kinds`` is a
comma-separated list of kinds of findings."""

_THRESHOLD: Final = "30d, 12h, or 10% of its lifetime"


_RUNS: Final = ("preview", "report")
_ALL: Final = (*_RUNS, "merge")


@dataclass(frozen=True, slots=True, kw_only=True)
class GateOption:
    """One option."""

    name: str
    """The option without its hyphens, such as ``warn-within``."""
    help: str
    """One sentence: lower case, without its full stop."""
    type: OptionType = "text"
    metavar: str = ""
    """The placeholder of the value in the help; empty for a flag."""
    short: str = ""
    """The option of one letter."""
    group: Literal["", "engine", "rules", "reports"] = ""
    """The group in the help."""
    commands: tuple[str, ...] = _RUNS
    """The commands that have the option; the others ignore its environment variable."""
    engine_argument: str = ""
    """The argument of ``automation.Stack.preview`` that takes the value."""
    config_key: str = ""
    """The key in ``device-certificates:gate``, in general and in each rule."""
    severity: Literal["", "fail", "warn", "info"] = ""
    """For ``kinds``: the severity that it sets. For ``threshold``: the severity of what it finds."""
    finding: str = ""
    """For ``threshold``: the kind of finding that it controls. The policies of that kind take it in their config."""
    action_input: str = ""
    """The input of action.yml, if it is not called as the option; ``-`` if there is none."""
    is_required_in_ci: bool = False

    @property
    def attribute(self) -> str:
        """The name in Python: the option with underscores."""
        return self.name.replace("-", "_")

    @property
    def variable(self) -> str:
        """The environment variable that sets the option."""
        return ENVIRONMENT_PREFIX + self.attribute.upper()

    @property
    def input(self) -> str:
        """The input of action.yml; empty if there is none."""
        return self.action_input.removeprefix("-") if self.action_input else self.name


OPTIONS: Final = (
    GateOption(
        name="cwd",
        short="C",
        metavar="DIR",
        help="the folder of the Pulumi project (default: the current one)",
        action_input="working-directory",
    ),
    GateOption(
        name="stack",
        short="s",
        metavar="NAME",
        help="the stack (default: the selected one)",
        is_required_in_ci=True,
    ),
    GateOption(
        name="config-file",
        metavar="FILE",
        group="engine",
        commands=("preview",),
        engine_argument="config_file",
        help="use this stack config instead of `Pulumi.<stack>.yaml`",
    ),
    GateOption(
        name="diff",
        type="flag",
        group="engine",
        commands=("preview",),
        engine_argument="diff",
        help="show the preview as a detailed diff",
    ),
    GateOption(
        name="parallel",
        type="number",
        metavar="N",
        group="engine",
        commands=("preview",),
        engine_argument="parallel",
        help="maximum number of parallel operations (default: the engine's)",
    ),
    GateOption(
        name="refresh",
        type="flag",
        group="engine",
        commands=("preview",),
        engine_argument="refresh",
        help="refresh the state before the preview",
    ),
    GateOption(
        name="policy-pack",
        type="list",
        metavar="DIR",
        group="engine",
        commands=("preview",),
        engine_argument="policy_packs",
        help="run the policy pack in this folder",
    ),
    GateOption(
        name="warn-within",
        type="threshold",
        metavar="TIME",
        group="rules",
        config_key="warnWithin",
        finding="expires_within",
        severity="warn",
        help=f"warn this long before a certificate expires: {_THRESHOLD} (default: {RENEWAL_WINDOW_TEXT})",
    ),
    GateOption(
        name="fail-within",
        type="threshold",
        metavar="TIME",
        group="rules",
        config_key="failWithin",
        finding="expires_within",
        severity="fail",
        help=f"fail this long before a certificate expires: {_THRESHOLD} (default: never)",
    ),
    GateOption(
        name="max-age",
        type="threshold",
        metavar="TIME",
        group="rules",
        config_key="maxAge",
        finding="too_old",
        severity="warn",
        help="warn if a device certificate began longer ago: 800d, or 80% of its lifetime (default: never)",
    ),
    GateOption(
        name="fail-on",
        commands=_ALL,
        type="kinds",
        metavar="KIND,...",
        group="rules",
        config_key="failOn",
        severity="fail",
        help="fail on these findings",
    ),
    GateOption(
        name="warn-on",
        commands=_ALL,
        type="kinds",
        metavar="KIND,...",
        group="rules",
        config_key="warnOn",
        severity="warn",
        help="report these findings as warnings",
    ),
    GateOption(
        name="allow",
        commands=_ALL,
        type="kinds",
        metavar="KIND,...",
        group="rules",
        config_key="allow",
        severity="info",
        help="report these findings as info",
    ),
    GateOption(
        name="detailed-exitcode",
        type="flag",
        commands=("preview",),
        help="exit with 2 if an update would make changes",
    ),
    GateOption(
        name="all",
        commands=_ALL,
        type="flag",
        help="list every certificate in the terminal, however many there are",
    ),
    GateOption(
        name="quiet",
        commands=_ALL,
        short="q",
        type="flag",
        help="print findings and the summary only: no table, and the engine's output only if the preview fails",
    ),
    GateOption(
        name="reports",
        commands=_ALL,
        metavar="DIR",
        group="reports",
        help="write a report in every format to this folder, and remove reports of an earlier run from it first",
        action_input="-",
    ),
)
"""All options, in the order of the help. The formats of reports have one more each (reports/__init__.py)."""

RULE_OPTIONS: Final = tuple(option for option in OPTIONS if option.config_key)
"""The options that are rules: they can also be set in the stack's config."""


def options_of(command: str) -> tuple[GateOption, ...]:
    """Return the options of a command."""
    return tuple(option for option in OPTIONS if command in option.commands)
