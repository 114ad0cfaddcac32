"""A PDF as Chromium writes it: its pages, and the colours with which they are painted."""

from __future__ import annotations

import re
import zlib

_OBJECT = re.compile(rb"(?:^|\n)(\d+) 0 obj\s(.*?)\nendobj", re.DOTALL)
_CONTENTS = re.compile(rb"/Type /Page\b.*?/Contents (\d+) 0 R", re.DOTALL)
_STREAM = re.compile(rb"stream\r?\n(.*)", re.DOTALL)
_FILL = re.compile(r"([\d.]+) ([\d.]+) ([\d.]+) rg\b")


def pages(pdf: bytes) -> list[str]:
    """The drawing instructions of each page."""
    objects = {int(number): body for number, body in _OBJECT.findall(pdf)}
    found = [_CONTENTS.search(body) for body in objects.values()]
    streams = [_STREAM.search(objects[int(page[1])]) for page in found if page]
    return [zlib.decompressobj().decompress(stream[1]).decode("latin-1") for stream in streams if stream]


def fills(page: str) -> list[str]:
    """The colours that fill areas and texts, in order, as ``#rrggbb``, without immediate repetitions."""
    return ["#" + "".join(f"{round(float(part) * 255):02x}" for part in parts) for parts in _FILL.findall(page)]
