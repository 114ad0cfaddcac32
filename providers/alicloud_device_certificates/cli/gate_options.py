"""The gate's options on the command line and in the environment: ``--warn-within`` or else ``GATE_WARN_WITHIN``."""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from alicloud_device_certificates.gate.options import GateOption, options_of
from alicloud_device_certificates.gate.reports.formats import FORMATS
from alicloud_device_certificates.gate.rules.kinds import FindingKind

_TITLES = {"engine": "options of the engine", "rules": "rules", "reports": "reports"}
_PRECEDENCE = (
    "Precedence: per-name rules of device-certificates:gate in the stack's config, then these options, then the "
    f"general settings of device-certificates:gate. KIND is one of {', '.join(FindingKind)}."
)
_REPORTS = "Any number of them. Each file is replaced as a whole; - is stdout, and then all else goes to stderr."
_ACROSS = (
    "For what only all stacks together show. A certificate that has the finding in its stack's report already keeps "
    f"that severity. KIND is one of {', '.join(kind for kind in FindingKind if kind.about.is_across_stacks)}."
)
_BOOLEANS = {"true": True, "false": False}


def add_options(parser: argparse.ArgumentParser, command: str) -> None:
    """Add the options of ``preview``, ``report`` or ``merge`` to its parser."""
    groups: dict[str, Any] = {"": parser}
    for option in options_of(command):
        if option.group not in groups:
            groups[option.group] = parser.add_argument_group(_TITLES[option.group], _about(option.group, command))
        _add(groups[option.group], option)
    for form in FORMATS:
        groups["reports"].add_argument(f"--{form.name}", metavar="FILE", type=Path, help=_escaped(form.help))


def _about(group: str, command: str) -> str | None:
    return {"rules": _ACROSS if command == "merge" else _PRECEDENCE, "reports": _REPORTS}.get(group)


def values(options: argparse.Namespace, command: str, environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the value of each option of a command by its attribute's name; None if it is set nowhere.

    An environment variable that is empty counts as not set. Raise ValueError if one cannot be read.
    """
    return {
        option.attribute: _value(option, getattr(options, option.attribute), environment)
        for option in options_of(command)
    }


def _add(group: Any, option: GateOption) -> None:  # noqa: ANN401 - a parser or one of its groups
    names = [*([f"-{option.short}"] if option.short else []), f"--{option.name}"]
    kept: dict[str, Any] = {"dest": option.attribute, "default": None, "help": _escaped(option.help)}
    match option.type:
        case "flag":
            group.add_argument(*names, action="store_true", **kept)
        case "number":
            group.add_argument(*names, type=int, metavar=option.metavar, **kept)
        case "list":
            group.add_argument(*names, action="append", metavar=option.metavar, **kept)
        case "kinds":
            group.add_argument(*names, action="extend", type=_comma_separated, metavar=option.metavar, **kept)
        case "text" | "threshold":
            group.add_argument(*names, metavar=option.metavar, **kept)


def _value(option: GateOption, given: object, environment: Mapping[str, str]) -> object:
    text = environment.get(option.variable, "")
    if given is not None or not text:
        return given
    match option.type:
        case "flag":
            if text.lower() not in _BOOLEANS:
                raise ValueError(f"{option.variable} must be true or false")
            return _BOOLEANS[text.lower()] or None
        case "number":
            if not text.isascii() or not text.isdecimal():
                raise ValueError(f"{option.variable} must be a number")
            return int(text)
        case "list":
            return [text]
        case "kinds":
            return _comma_separated(text)
        case "text" | "threshold":
            return text


def _comma_separated(text: str) -> list[str]:
    return text.split(",")


def _escaped(text: str) -> str:
    # argparse formats its help texts with %.
    return text.replace("%", "%%")
