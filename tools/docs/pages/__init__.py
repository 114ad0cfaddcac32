"""What is written by `make docs`, one module for each page or file; every module here is found by its ``WRITES``."""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Mapping
from importlib import import_module
from pathlib import Path

Render = Callable[[str], str]
"""Makes the text of a file from its text of today, which is empty if there is no such file."""


def written() -> Mapping[Path, Render]:
    """Return every file that `make docs` writes, relative to the checkout. Raises ValueError if two write one file."""
    found: dict[Path, Render] = {}
    for module in pkgutil.iter_modules(__path__):
        writes: Mapping[Path, Render] = import_module(f"{__name__}.{module.name}").WRITES
        if twice := writes.keys() & found.keys():
            raise ValueError(f"{module.name} writes {sorted(map(str, twice))}, as another module does")
        found.update(writes)
    return found
