"""The picture in ARCHITECTURE.md, and the paths that the page names."""

from __future__ import annotations

import re

import pytest
from tools.docs.__main__ import CHECKOUT
from tools.docs.pages.architecture import ROOT, picture, purpose, room_imports, top_down

PAGE = (CHECKOUT / "ARCHITECTURE.md").read_text(encoding="utf-8")


def test_every_room_is_on_the_page_with_its_purpose() -> None:
    rooms = set(room_imports())
    assert rooms == {
        path.stem for path in ROOT.iterdir() if path.stem not in ("__init__", "__main__", "py", "__pycache__")
    }
    for room in rooms:
        assert purpose(room)
        assert re.search(rf"^\| `{room}(/|\.py)` \| ", PAGE, re.MULTILINE)


def test_a_room_comes_before_those_that_it_imports() -> None:
    assert list(top_down({"low": [], "high": ["middle", "low"], "middle": ["low"]})) == ["high", "middle", "low"]
    with pytest.raises(ValueError, match=r"import each other: \['a', 'b'\]"):
        list(top_down({"top": ["a"], "a": ["b"], "b": ["a"]}))


def test_the_picture_has_an_arrow_for_each_import_and_names_those_of_the_base() -> None:
    drawn = picture({"high": frozenset({"low", "contract"}), "low": frozenset(), "contract": frozenset()})
    assert drawn.splitlines()[1:3] == ["flowchart TD", "    high --> low"]
    assert "every room except `low` imports `contract`" in drawn


def test_every_room_that_the_page_names_exists() -> None:
    named = set(re.findall(r"(?<![\w/])([a-z_]+/)(?=[\s`;,.])", PAGE))
    assert named
    assert {name for name in named if not (ROOT / name).is_dir()} == set()
