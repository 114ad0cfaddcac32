"""policies/PulumiPolicy.yaml: the policy pack has the distribution's version."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from tools.docs.blocks import fill
from tools.docs.pages import Render

PROJECT: Final = Path(__file__).resolve().parents[3] / "pyproject.toml"


def _render(text: str) -> str:
    version = tomllib.loads(PROJECT.read_text(encoding="utf-8"))["project"]["version"]
    return fill(text, {"version": f"version: {version}"})


WRITES: Final[Mapping[Path, Render]] = {Path("policies", "PulumiPolicy.yaml"): _render}
