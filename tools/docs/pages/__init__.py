"""The generated pages and files: one module for each, found by its ``WRITES``."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

Render = Callable[[str], str]
"""Returns the new text of a file for its current text, which is empty if the file does not exist."""


def written() -> Mapping[Path, Render]:
    """Return every generated file, relative to the checkout. Raise ValueError if two modules write one file."""
    found: dict[Path, Render] = {}
    for module in pkgutil.iter_modules(__path__):
        writes: Mapping[Path, Render] = import_module(f"{__name__}.{module.name}").WRITES
        if twice := writes.keys() & found.keys():
            raise ValueError(f"{module.name} writes {sorted(map(str, twice))}, as another module does")
        found.update(writes)
    return found
