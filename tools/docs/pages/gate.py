"""docs/gate.md: the tables of exit codes, findings, options and config keys."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.renewal import RENEWAL_WINDOW_TEXT
from alicloud_device_certificates.gate.options import OPTIONS, RULE_OPTIONS, GateOption
from alicloud_device_certificates.gate.report import ExitCode
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

_TYPES: Final = {"threshold": "string", "kinds": "list of findings"}


def page(text: str) -> str:
    """Return the page with its tables."""
    return fill(
        text,
        {
            "exit-codes": table(("code", "meaning"), map(_exit_code, ExitCode)),
            "findings": table(("finding", "default", "meaning", "what to do"), map(_finding, FindingKind)),
            "options": table(("option", "commands", "meaning", "environment variable"), map(_option, OPTIONS)),
            "config-keys": table(("key", "type", "meaning", "option"), map(_config_key, RULE_OPTIONS)),
            "default-threshold": f"Without a threshold, the gate warns within {RENEWAL_WINDOW_TEXT}, and never fails.",
            "former-names": _former_names(),
        },
    )


def _exit_code(code: ExitCode) -> Sequence[str]:
    return str(code.value), f"{code.meaning[0].upper()}{code.meaning[1:]}. {code.details}".rstrip()


def _finding(kind: FindingKind) -> Sequence[str]:
    return f"`{kind}`", kind.about.severity, kind.about.meaning, kind.about.advice


def _option(option: GateOption) -> Sequence[str]:
    short = f"`-{option.short}`, " if option.short else ""
    value = f" {option.metavar}" if option.metavar else ""
    return f"{short}`--{option.name}{value}`", ", ".join(option.commands), option.help, f"`{option.variable}`"


def _config_key(option: GateOption) -> Sequence[str]:
    return f"`{option.config_key}`", _TYPES[option.type], option.help, f"`--{option.name}`"


def _former_names() -> str:
    names = ", ".join(_renamed())
    return f"Former names are still accepted in the config and on the command line: {names}."


def _renamed() -> Iterator[str]:
    for kind in FindingKind:
        if kind.about.former_name:
            yield f"`{kind.about.former_name}` (now `{kind}`)"


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "gate.md"): page}
