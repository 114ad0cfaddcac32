"""The name and version of this distribution."""

from __future__ import annotations

from functools import cache
from typing import Final

DISTRIBUTION: Final = "pulumi-alicloud-device-certificates"
"""What ``pip install`` installs."""

PACKAGE: Final = "alicloud_device_certificates"
"""What a program imports."""


@cache
def version() -> str:
    """Return the version of the installed distribution; ``0+unknown`` if the package has no metadata beside it."""
    # Imported on use: it takes longer than everything else in contract/.
    from importlib import metadata

    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return "0+unknown"  # copied or zipped without its metadata: it works all the same
