"""The emulator shares no code with what it tests; import-linter checks the packages, this test the rest."""

from __future__ import annotations

import re
from pathlib import Path

from alicloud_device_certificates import emulator

SHARED = {"bounds", "distribution", "documents", "emulator_header", "errors", "loopback", "project"}


def test_it_imports_nothing_else_of_the_project() -> None:
    (folder,) = map(Path, emulator.__path__)
    sources = [file.read_text(encoding="utf-8") for file in folder.rglob("*.py")]
    imported = {name for text in sources for name in re.findall(r"\balicloud_device_certificates\.([\w.]+)", text)}
    assert len(imported) > 20
    elsewhere = {name for name in imported if not f"{name}.".startswith("emulator.")}
    assert elsewhere <= {f"contract.{module}" for module in SHARED}
