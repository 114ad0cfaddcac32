"""Warning codes: what programs compare, and where they come from."""

from __future__ import annotations

import json
import re
from pathlib import Path

import alicloud_device_certificates
from alicloud_device_certificates.contract.warnings import WarningCode

PACKAGE = Path(alicloud_device_certificates.__file__).parent


def test_a_code_is_the_text_that_programs_compare() -> None:
    assert json.dumps([WarningCode.UNREADABLE]) == '["unreadable"]'
    assert WarningCode("not_a_ca") == "not_a_ca" == str(WarningCode.NOT_A_CA)


def test_each_code_has_a_meaning_and_a_remedy() -> None:
    for code in WarningCode:
        assert code.meaning and not code.meaning.endswith(".")
        assert code.remedy.endswith(".")


def test_each_code_is_used_and_none_is_a_literal_in_what_reads() -> None:
    sources = [
        path.read_text(encoding="utf-8")
        for room in ("certificate", "reading")
        for path in (PACKAGE / room).rglob("*.py")
    ]
    used = {name for source in sources for name in re.findall(r"WarningCode\.([A-Z0-9_]+)", source)}
    assert used == {code.name for code in WarningCode}
    assert not [source for source in sources if re.search(r"CertificateWarning\(\s*[\"']", source)]
