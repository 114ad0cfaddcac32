"""The import of httpx without its command line."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from importlib.metadata import version
from pathlib import Path

from packaging.specifiers import SpecifierSet

from alicloud_device_certificates.cloud.http.lean_httpx import CHECKED_WITH

CHECKOUT = Path(__file__).parents[4]


def test_it_was_checked_with_the_installed_version_and_with_all_that_may_be_installed() -> None:
    assert version("httpx") in SpecifierSet(CHECKED_WITH)
    dependencies = tomllib.loads((CHECKOUT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    assert f"httpx{CHECKED_WITH}" in dependencies


def test_the_client_works_without_httpx_s_command_line_and_leaves_it_importable() -> None:
    program = (
        "import sys, alicloud_device_certificates.cloud.http.lean_httpx, httpx; "
        "assert 'rich' not in sys.modules and 'httpx._main' not in sys.modules; "
        "assert httpx.Client().get; import httpx._main; assert httpx._main.main"
    )
    subprocess.run([sys.executable, "-c", program], check=True)
