"""The undocumented functions of Pulumi's SDK that the data sources use."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import version
from pathlib import Path

from packaging.specifiers import SpecifierSet

import alicloud_device_certificates
from alicloud_device_certificates.resources.pulumi_runtime import CHECKED_WITH

CHECKOUT = Path(__file__).parents[3]
PACKAGE = Path(alicloud_device_certificates.__file__).parent


def test_they_were_checked_with_the_installed_version_and_with_all_that_may_be_installed() -> None:
    assert version("pulumi") in SpecifierSet(CHECKED_WITH)
    dependencies = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert f"pulumi{CHECKED_WITH}" in dependencies


def test_no_other_module_of_the_data_sources_uses_them() -> None:
    # is_dry_run is documented.
    rooms = ("contract", "resources", "stack")
    modules = [PACKAGE / "provider.py", *(path for room in rooms for path in (PACKAGE / room).rglob("*.py"))]
    uses = {
        path.relative_to(PACKAGE).as_posix()
        for path in modules
        for line in path.read_text(encoding="utf-8").splitlines()
        if re.search(r"(from|import) pulumi\.(runtime|_)|pulumi\.runtime\.(?!is_dry_run)\w", line)
    }
    assert uses == {"resources/pulumi_runtime.py"}
