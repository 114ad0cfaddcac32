"""The generated blocks of a hand-written page.

A block stands between two comments, ``<!-- begin NAME: make docs -->`` and ``<!-- end NAME -->``; in a source file the
comments are the language's own (``# begin NAME: make docs``, ``# end NAME``). The first one names the command that
writes it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping

_BEGIN = re.compile(r"^(?P<indent>[ \t]*)(?:<!--|#|//) begin (?P<name>[\w-]+): (?P<command>make [a-z ]+?)(?: -->)?$")


def fill(text: str, blocks: Mapping[str, str], command: str = "make docs") -> str:
    """Return ``text`` with each of ``blocks`` filled in, indented like its first comment.

    Blocks of other commands stay as they are. Raise ValueError if the page has a block that nothing generates, lacks a
    generated one, or leaves one open.
    """
    lines: list[str] = []
    filled: list[str] = []
    ending = ""
    for line in text.splitlines():
        if ending and line.strip() not in {f"<!-- {ending} -->", f"# {ending}", f"// {ending}"}:
            continue
        ending = ""
        lines.append(line)
        if (begin := _BEGIN.match(line)) and begin["command"] == command:
            name = begin["name"]
            if name not in blocks:
                raise ValueError(f"nothing generates the block {name!r}")
            filled.append(name)
            lines += [f"{begin['indent']}{each}".rstrip() for each in blocks[name].strip("\n").split("\n")]
            ending = f"end {name}"
    if ending:
        raise ValueError(f"the line {ending!r} is missing")
    if sorted(filled) != sorted(blocks):
        raise ValueError(f"the page has the blocks {sorted(filled)}, and {sorted(blocks)} are generated")
    return "\n".join(lines) + "\n"
