"""Where the Pulumi project is that a folder belongs to."""

from __future__ import annotations

from pathlib import Path


def project_file(start: Path) -> Path | None:
    """Give the nearest Pulumi.yaml (or .yml) at or above ``start``, as the Pulumi CLI looks for it."""
    start = start.absolute()
    for folder in (start, *start.parents):
        for name in ("Pulumi.yaml", "Pulumi.yml"):
            if (folder / name).is_file():
                return folder / name
    return None


def project_folder(start: Path) -> Path:
    """Give the folder of the project, or ``start`` itself where there is none."""
    found = project_file(start)
    return start.absolute() if found is None else found.parent
