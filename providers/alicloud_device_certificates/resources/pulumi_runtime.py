"""What the data sources need of ``pulumi.runtime``, whose functions Pulumi does not document: in this module alone."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import pulumi
from pulumi.resource import create_urn
from pulumi.runtime import get_root_resource, invoke_async, is_config_secret, is_dry_run
from pulumi.runtime.config import CONFIG
from pulumi.runtime.mocks import MockMonitor
from pulumi.runtime.settings import get_engine, get_monitor


def is_preview() -> bool:
    """Return whether the program runs in a preview, not in an update."""
    return is_dry_run()


def is_secret(key: str) -> bool:
    """Return whether the stack's config encrypts a full key, such as ``alicloud:secretKey``."""
    return is_config_secret(key)


def config_keys() -> Iterable[str]:
    """Return the full keys of the stack's config."""
    return CONFIG.get()


def is_mocked() -> bool:
    """Return whether the program runs in a unit test with mocks, without an engine."""
    return isinstance(get_monitor(), MockMonitor)


def engine() -> Any:  # noqa: ANN401 - its type belongs to ``reading.live_status``, which uses it
    """Return the client of the engine that runs the program, to show lines in its display; None without one."""
    return get_engine()


async def invoke(function: str, arguments: Mapping[str, str]) -> Mapping[str, Any]:
    """Return the result of a function of the engine. Raise whatever the SDK raises if it fails."""
    result: Mapping[str, Any] = await invoke_async(function, dict(arguments))
    return result


def root_resource() -> pulumi.Resource | None:
    """Return the resource of the stack that runs: the Automation API can run several in one process."""
    return get_root_resource()


def urn_of(name: str, type_token: str, parent: pulumi.Resource | None) -> pulumi.Output[str]:
    """Return the URN that a resource of this program has."""
    return create_urn(name, type_token, parent)
