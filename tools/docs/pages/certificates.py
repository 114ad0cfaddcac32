"""docs/certificates.md: how each odd vector deviates."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.certificate import read_certificate
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

_VECTORS = Path(__file__).parents[3] / "tests" / "unit" / "vectors" / "odd"


def _rows() -> Iterator[tuple[str, str]]:
    """Yield each vector that deviates, and how."""
    for body in sorted(_VECTORS.glob("*/body.txt")):
        deviation = read_certificate(body.read_text(encoding="utf-8")).deviation
        if deviation is not None:
            yield f"`{body.parent.name}`", deviation


def _render(text: str) -> str:
    return fill(text, {"deviations": table(("[vector](../tests/unit/vectors/odd)", "deviation"), _rows())})


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "certificates.md"): _render}
