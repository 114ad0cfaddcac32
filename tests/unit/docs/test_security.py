"""docs/security.md: every test that a threat names is there."""

from __future__ import annotations

import ast
import re

import pytest
from tests.unit.docs.test_pages import CHECKOUT

PAGE = (CHECKOUT / "docs" / "security.md").read_text(encoding="utf-8")
NAMED = re.findall(r"`(tests/[\w/]+\.py)::(\w+)`", PAGE)


def test_each_threat_names_a_test() -> None:
    _, _, table = PAGE.partition("## Threats")
    rows = [line for line in table.splitlines() if line.startswith("|")][2:]
    assert len(rows) > 10
    assert [row for row in rows if "`tests/" not in row] == []


@pytest.mark.parametrize(("path", "name"), NAMED, ids=[name for _, name in NAMED])
def test_the_test_of_a_threat_exists(path: str, name: str) -> None:
    tree = ast.parse((CHECKOUT / path).read_text(encoding="utf-8"))
    assert name in {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)}
