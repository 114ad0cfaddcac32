"""What the data sources need of ``pulumi.runtime``, whose functions Pulumi does not document: in this module alone."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
from pulumi.runtime import get_root_resource, is_config_secret, is_dry_run
from pulumi.runtime.config import CONFIG


def is_preview() -> bool:
    """Return whether the program runs in a preview, not in an update."""
    return is_dry_run()


def is_secret(key: str) -> bool:
    """Return whether the stack's config encrypts a full key, such as ``alicloud:secretKey``."""
    return is_config_secret(key)


def config_keys() -> Iterable[str]:
    """Return the full keys of the stack's config."""
    return CONFIG.get()


def root_resource() -> pulumi.Resource | None:
    """Return the resource of the stack that runs: the Automation API can run several in one process."""
    return get_root_resource()
