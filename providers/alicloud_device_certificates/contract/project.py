"""The Pulumi project that a folder belongs to."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.bounds import DocumentError
from alicloud_device_certificates.contract.documents import load_document

EMULATOR_STATE_FOLDER: Final = ".device-certificates/emulator"
"""The default folder of the emulator's state, relative to the project's folder."""


def project_file(start: Path) -> Path | None:
    """Return the nearest Pulumi.yaml (or .yml) at or above ``start``, as the Pulumi CLI does; None without one."""
    start = start.absolute()
    for folder in (start, *start.parents):
        for name in ("Pulumi.yaml", "Pulumi.yml"):
            # Not Path.is_file, which raises for a folder above that this user may not look into.
            if os.path.isfile(folder / name):  # noqa: PTH113
                return folder / name
    return None


def project_folder(start: Path) -> Path:
    """Return the folder of the project, or ``start`` itself if there is none."""
    found = project_file(start)
    return start.absolute() if found is None else found.parent


def project_name(start: Path) -> str:
    """Return the name in the project's file; empty if there is none, or none that can be read."""
    found = project_file(start)
    try:
        project = load_document(found) if found is not None else None
    except DocumentError:
        return ""  # The engine reports what is wrong with the file.
    name = project.get("name") if isinstance(project, dict) else None
    return name if isinstance(name, str) else ""


def project_file_in_repository(start: Path) -> str:
    """Return the path of the project's file within its repository, with slashes, such as ``infra/Pulumi.yaml``.

    Outside a repository or a project, it is the file's usual name.
    """
    found = project_file(start)
    if found is None:
        return "Pulumi.yaml"
    roots = (folder for folder in found.parents if os.path.exists(folder / ".git"))  # noqa: PTH110
    return found.relative_to(next(roots, found.parent)).as_posix()
