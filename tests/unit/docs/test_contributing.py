"""The commands in CONTRIBUTING.md find what they name."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]


@pytest.mark.parametrize("page", ["CONTRIBUTING.md", "Makefile"])
def test_the_example_of_chosen_tests_chooses_some(page: str) -> None:
    text = " ".join((CHECKOUT / page).read_text(encoding="utf-8").split())
    found = re.search(r"T=(?P<path>tests/\S+\.py)\b.*?\bK=(?P<name>\w+)", text)
    assert found
    tests = re.findall(r"^def (test_\w+)", (CHECKOUT / found["path"]).read_text(encoding="utf-8"), re.MULTILINE)
    assert [test for test in tests if found["name"] in test]
