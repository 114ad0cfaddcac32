"""docs/configuration.md has every environment variable and every config key that the package reads."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from tools.docs.environment import ENVIRONMENT

import alicloud_device_certificates as package
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import settings_of
from alicloud_device_certificates.cloud.settings.settings import CONFIG_KEYS as ALICLOUD_KEYS
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.config import CONFIG_KEYS
from alicloud_device_certificates.gate.options import OPTIONS

PACKAGE = Path(package.__file__).parent
PAGE = (Path(__file__).parents[3] / "docs" / "configuration.md").read_text(encoding="utf-8")
SETTINGS = [
    each for described in (Settings, AssumeRole, AssumeRoleWithOidc) for each in settings_of(described).values()
]
HTTPX = {"HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY", "SSL_CERT_FILE", "SSL_CERT_DIR"}
"""What httpx reads on its own."""


def variables_in(source: str) -> Iterator[str]:
    """Yield the names that a module looks up in an environment: its subscripts and the arguments of its calls."""
    tree = ast.parse(source)
    constants = {
        target.id: statement.value.value
        for statement in tree.body
        if isinstance(statement, ast.Assign | ast.AnnAssign) and isinstance(statement.value, ast.Constant)
        for target in (statement.targets if isinstance(statement, ast.Assign) else [statement.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Subscript):
            place, names = [node.value], [node.slice]
        elif isinstance(node, ast.Call):
            place, names = [node.func, *node.args], node.args
        else:
            continue
        if not any("environ" in ast.unparse(each).lower() for each in place):
            continue
        for name in names:
            value = constants.get(name.id) if isinstance(name, ast.Name) else getattr(name, "value", None)
            if isinstance(value, str) and re.fullmatch(r"[A-Z][A-Z0-9_]+", value):
                yield value


def test_every_variable_that_the_code_looks_up_is_on_the_page() -> None:
    read = {name for path in PACKAGE.rglob("*.py") for name in variables_in(path.read_text(encoding="utf-8"))}
    assert {"DEVICE_CERTIFICATES_DEBUG", "DEVICE_CERTIFICATES_PREVIEW_GATE", "CI_API_V4_URL", "NO_COLOR"} <= read
    assert {name for name in read if f"`{name}`" not in PAGE} == set()


def test_every_variable_on_the_page_is_looked_up() -> None:
    read = {name for path in PACKAGE.rglob("*.py") for name in variables_in(path.read_text(encoding="utf-8"))}
    listed = {name for variables in ENVIRONMENT.values() for name in variables}
    assert listed - HTTPX - read == set()
    assert listed & {name for setting in SETTINGS for name in setting.environment} == set()


@pytest.mark.parametrize(
    "source",
    [
        'os.environ["A_NAME"]',
        'os.environ.get("A_NAME")',
        'environment.get("A_NAME", "")',
        '_required(environment, "A_NAME")',
        'NAME = "A_NAME"\nos.environ.get(NAME)',
        'NAME: Final = "A_NAME"\nos.environ[NAME]',
    ],
)
def test_a_look_up_is_recognized_in_every_form(source: str) -> None:
    assert list(variables_in(source)) == ["A_NAME"]


def test_every_setting_is_on_the_page() -> None:
    for setting in SETTINGS:
        key = f"alicloud:{setting.key}" if setting.key and "." not in setting.key else setting.name
        rows = [line for line in PAGE.splitlines() if key and line.startswith(f"| `{key}` |")]
        assert rows or not setting.key, setting
        for text in (*setting.environment, setting.meaning, setting.unit):
            assert text in PAGE
    assert {key.full_name for key in CONFIG_KEYS} | {f"alicloud:{key}" for key in ALICLOUD_KEYS} == set(
        re.findall(r"^\| `([a-z-]+:\w+)` \|", PAGE, re.MULTILINE)
    )


def test_every_option_of_the_gate_is_on_the_page() -> None:
    rows = {line for line in PAGE.splitlines() if "| `GATE_" in line}
    assert len(rows) == len(OPTIONS)
    for option in OPTIONS:
        (row,) = [row for row in rows if f"| `{option.variable}` |" in row]
        assert f"| `--{option.name}` |" in row
        assert f"| `{option.config_key}` |" in row or not option.config_key


def test_no_key_is_read_by_its_literal_name() -> None:
    found = re.compile(r"\bConfig\([^)]*\)\.(?:get|require)\w*\(\s*[\"']")
    assert [path.name for path in PACKAGE.rglob("*.py") if found.search(path.read_text(encoding="utf-8"))] == []
