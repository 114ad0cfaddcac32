"""docs/warnings.md: every warning of a read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.contract.warnings import WarningCode
from tools.docs.pages import Render
from tools.docs.tables import table

PAGE = """\
<!-- Written by `make docs`: do not edit. -->
# Warnings

Each data source has an output `warnings`: a list of `{{code, message}}`, empty if all is well. The program also logs
each warning on its resource. Compare the codes in programs and policies; the messages may change.

{codes}

`cross_check` decides what happens with the warnings about differences and with `unreadable`:

- `"warn"`, the default, keeps them as warnings.
- `"error"` makes them errors, which end the preview.
- `"off"` ignores the differences, but still warns of `unreadable`.

`nonconforming`, `version_1_ca`, `inactive`, `pending` and `emulator` are always warnings. `MqttCaCertificate` has no
`cross_check`: there, everything is a warning.

The preview gate turns warnings into [findings](gate.md).
"""


def warnings_page() -> str:
    """Return the page's text."""
    rows = [(f"`{code.value}`", code.meaning, code.remedy, _kinds(code)) for code in WarningCode]
    return PAGE.format(codes=table(("code", "meaning", "what to do", "data sources"), rows))


def _kinds(code: WarningCode) -> str:
    kinds = [kind for kind in KINDS.values() if code in kind.warnings]
    if len(kinds) == len(KINDS):
        return "all"
    return ", ".join(f"[{kind.title}](data-sources/{kind.page}.md)" for kind in kinds)


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "warnings.md"): lambda _: warnings_page()}
