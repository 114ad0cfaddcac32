"""What the data sources need of ``pulumi.runtime``, whose functions Pulumi does not document: in this module alone."""

from __future__ import annotations

from typing import Final

import pulumi
from pulumi.runtime import get_root_resource
from pulumi.runtime.config import is_config_secret

CHECKED_WITH: Final = ">=3.230,<4"
"""The versions of ``pulumi`` in which these functions are as they are used here."""


def is_secret(key: str) -> bool:
    """Return whether the stack's config encrypts a full key, such as ``alicloud:secretKey``."""
    return is_config_secret(key)


def root_resource() -> pulumi.Resource | None:
    """Return the resource of the stack that runs: the Automation API can run several in one process."""
    return get_root_resource()
