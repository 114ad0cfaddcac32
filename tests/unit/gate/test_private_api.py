"""The private API of Pulumi's packages that the gate and the policies use, and the versions it was checked with.

If this test fails because a package was upgraded, look at each use with the new version, and then widen its range.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from importlib import import_module
from importlib.metadata import version
from pathlib import Path

import pulumi_policy
import pytest
from pulumi import automation

import alicloud_device_certificates

PACKAGE = Path(alicloud_device_certificates.__file__).parent
CHECKED = {"pulumi": ("3.230", "3.272"), "pulumi-policy": ("1.20", "1.21")}
"""The oldest and the newest minor version that each use was checked with, the newest being the locked one."""

USES = {
    "pulumi.runtime.rpc.UNKNOWN": "gate/collect/events.py",
    "pulumi_policy.proxy.UnknownValueError": "policy/shown.py",
}
"""Each name that is private, because no public module exports it, and the one module that uses it."""


def imported(path: Path) -> Iterator[str]:
    """Yield the full name of everything that a module imports from Pulumi's packages."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom) and (node.module or "").partition(".")[0] in {"pulumi", "pulumi_policy"}:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def is_public(name: str) -> bool:
    module, _, attribute = name.rpartition(".")
    return (module == "pulumi" and attribute == "automation") or (
        module in {"pulumi.automation", "pulumi_policy"} and attribute in import_module(module).__all__
    )


def test_each_private_name_is_used_in_one_module_and_no_other_is_used() -> None:
    found = [
        (name, path.relative_to(PACKAGE).as_posix())
        for room in ("gate", "policy", "cli")
        for path in sorted((PACKAGE / room).rglob("*.py"))
        for name in imported(path)
        if not is_public(name)
    ]
    assert sorted(found) == sorted(USES.items())


@pytest.mark.parametrize(("distribution", "checked"), CHECKED.items())
def test_the_installed_version_is_one_that_the_uses_were_checked_with(
    distribution: str, checked: tuple[str, str]
) -> None:
    oldest, newest = (tuple(map(int, text.split("."))) for text in checked)
    installed = tuple(map(int, version(distribution).split(".")[:2]))
    assert oldest <= installed <= newest


@pytest.mark.parametrize("name", USES)
def test_each_private_name_is_still_there(name: str) -> None:
    module, _, attribute = name.rpartition(".")
    assert hasattr(import_module(module), attribute)


def test_the_public_classes_that_are_extended_have_the_methods_that_are_replaced() -> None:
    assert callable(automation.PulumiCommand.run)
    assert callable(automation.LocalWorkspace.select_stack)
    assert "StackValidationPolicy" in pulumi_policy.__all__
