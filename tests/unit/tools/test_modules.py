"""What CONTRIBUTING.md says about modules: at most 250 lines, and a name that says what is in it."""

from __future__ import annotations

from tools.docs.__main__ import CHECKOUT

SOURCES = [
    path
    for folder in ("providers", "policies", "stacks", "tools", "bench")
    for path in sorted((CHECKOUT / folder).rglob("*.py"))
]


def test_no_module_has_more_than_250_lines() -> None:
    assert SOURCES
    long = {
        path.relative_to(CHECKOUT).as_posix(): len(path.read_text(encoding="utf-8").splitlines()) for path in SOURCES
    }
    assert {name: lines for name, lines in long.items() if lines > 250} == {}


def test_no_module_is_named_after_nothing() -> None:
    assert [path.name for path in SOURCES if path.stem in {"utils", "util", "helpers", "base", "common", "misc"}] == []
