"""docs/gate.md: the tables of exit codes and findings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from alicloud_device_certificates.gate.report import ExitCode
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table


def exit_codes() -> str:
    """Return the table of the gate's exit codes."""
    return table(("code", "meaning"), ((str(code.value), meaning(code)) for code in ExitCode))


def meaning(code: ExitCode) -> str:
    """Return the meaning of an exit code with its details."""
    return f"{code.meaning[0].upper()}{code.meaning[1:]}. {code.details}".rstrip()


def findings() -> str:
    """Return the table of the kinds of findings."""
    return table(("finding", "default", "meaning", "what to do"), _findings())


def _findings() -> Iterator[Sequence[str]]:
    for kind in FindingKind:
        yield f"`{kind}`", kind.about.severity, kind.about.meaning, kind.about.advice


WRITES: Final[Mapping[Path, Render]] = {
    Path("docs", "gate.md"): lambda text: fill(text, {"exit-codes": exit_codes(), "findings": findings()})
}
