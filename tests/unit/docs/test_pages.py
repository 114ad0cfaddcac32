"""What holds for every page: its links lead somewhere, and its sentences are short."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

CHECKOUT = Path(__file__).parents[3]
PAGES = {
    path.relative_to(CHECKOUT).as_posix(): path
    for folder, pattern in ((CHECKOUT, "*.md"), (CHECKOUT / "docs", "**/*.md"), (CHECKOUT / "changelog.d", "*.md"))
    for path in sorted(folder.glob(pattern))
}
MOST_WORDS = 30


def prose(text: str) -> list[str]:
    """Return the paragraphs and list items, without code blocks, tables, comments and HTML."""
    text = re.sub(r"^(```|~~~).*?^\1$", "\n", text, flags=re.DOTALL | re.MULTILINE)
    text = re.sub(r"<!--.*?-->|<picture>.*?</picture>", "\n", text, flags=re.DOTALL)
    lines = ["" if line.lstrip().startswith(("|", "#")) else line for line in text.splitlines()]
    text = re.sub(r"^\s*([-*]|\d+\.) ", "\n", "\n".join(lines), flags=re.MULTILINE)
    return [" ".join(paragraph.split()) for paragraph in re.split(r"\n\s*\n", text) if paragraph.strip()]


def sentences(text: str) -> list[str]:
    """Return the sentences of the prose; a code span counts as one word."""
    spans = [re.sub(r"`[^`]*`", "CODE", paragraph) for paragraph in prose(text)]
    return [sentence for span in spans for sentence in re.split(r"(?<=[.!?:;])\**\)?\s+", span)]


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub makes of a page's headings."""
    headings = re.findall(r"^#+ (.+)$", re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_somewhere(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    broken = []
    for target in re.findall(r"\]\((?!https?:)([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        place = (PAGES[name].parent / path).resolve() if path else PAGES[name]
        if not place.exists() or (anchor and anchor not in anchors(place.read_text(encoding="utf-8"))):
            broken.append(target)
    assert broken == []


@pytest.mark.parametrize("name", PAGES)
def test_no_sentence_is_long(name: str) -> None:
    text = PAGES[name].read_text(encoding="utf-8")
    assert [each for each in sentences(text) if len(each.split()) > MOST_WORDS] == []


def test_the_index_has_every_page() -> None:
    index = (CHECKOUT / "docs" / "README.md").read_text(encoding="utf-8")
    linked = set(re.findall(r"\]\(([^)#]+)\)", index))
    assert {path.name for path in (CHECKOUT / "docs").glob("*.md")} - {"README.md"} <= linked


def test_long_sentences_and_broken_links_are_found() -> None:
    page = f"# One heading\n\n- {'word ' * 31}end.\n- Short, with `{'code ' * 40}`.\n\n```\n{'code ' * 40}\n```\n"
    assert [len(each.split()) for each in sentences(page)] == [32, 3]
    assert anchors("# The *first* `gate`\n```\n# no heading\n```\n") == {"the-first-gate"}
