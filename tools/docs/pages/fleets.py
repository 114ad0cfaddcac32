"""docs/fleets.md: the list of the fleets' data sources."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.pages.data_source_index import fleet_table

WRITES: Final[Mapping[Path, Render]] = {
    Path("docs", "fleets.md"): lambda text: fill(text, {"fleets": fleet_table("data-sources/")})
}
