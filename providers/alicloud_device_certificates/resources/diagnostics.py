"""What a program is told beside its certificates: on each resource, and once for each run."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Protocol
from weakref import WeakKeyDictionary

import pulumi
from pulumi.runtime import get_root_resource
from pulumi.runtime.config import is_config_secret

from alicloud_device_certificates.contract.config import ALICLOUD_NAMESPACE, EMULATOR, NAMESPACE
from alicloud_device_certificates.contract.renewal import humanize, renewal_window

_SECRET_KEYS = ("secretKey", "securityToken")


class StackConfig(Protocol):
    """What is needed of a ``pulumi.Config``."""

    def get(self, key: str, /) -> str | None: ...  # noqa: D102 - as in the SDK
    def get_bool(self, key: str, /) -> bool | None: ...  # noqa: D102 - as in the SDK


# The Automation API can run many programs in one process, each with its own root resource.
_told: WeakKeyDictionary[pulumi.Resource, set[str]] = WeakKeyDictionary()


def validity_notice(certificate: Mapping[str, Any], now: datetime) -> str | None:
    """Say that a certificate is expired, not yet valid or soon to expire, or nothing (None).

    ``certificate`` is the object output of a data source; its times are RFC 3339 in UTC. "Soon" is 30 days, or the last
    third of a lifetime that is shorter than three times that. This depends on the clock, so it is told in the log and
    never kept in state, where it would be a change in every preview.
    """
    if not (certificate.get("not_before") and certificate.get("not_after")):
        return None
    not_before = datetime.fromisoformat(certificate["not_before"])
    not_after = datetime.fromisoformat(certificate["not_after"])
    if now > not_after:
        return f"the certificate expired at {certificate['not_after']}"
    if now < not_before:
        return f"the certificate is not valid before {certificate['not_before']}"
    remaining = not_after - now
    if remaining < renewal_window(not_after - not_before):
        return f"the certificate expires at {certificate['not_after']}, in {humanize(remaining)}"
    return None


def tell_of_config() -> None:
    """Log what the stack's config gives reason to, once a run."""
    for notice in config_notices(pulumi.Config(NAMESPACE), pulumi.Config(ALICLOUD_NAMESPACE), is_config_secret):
        tell_once_a_run(notice)


def tell_once_a_run(notice: str) -> None:
    """Log what concerns the whole run, the first time that it is told in a run."""
    root = get_root_resource()
    told = _told.setdefault(root, set()) if root is not None else set()
    if notice not in told:
        told.add(notice)
        pulumi.log.warn(notice)


def config_notices(own: StackConfig, alicloud: StackConfig, is_secret: Callable[[str], bool]) -> list[str]:
    """Give the notices that follow from the stack's config; ``is_secret`` tells of a full key if it was encrypted."""
    notices = [
        f"{ALICLOUD_NAMESPACE}:{key} stands in the stack's config without --secret, and Pulumi keeps it there and in "
        f"the state in plain: run `pulumi config set --secret {ALICLOUD_NAMESPACE}:{key}`, and replace the key if the "
        "files were shared"
        for key in (*_SECRET_KEYS, *_keys_with_a_token(alicloud))
        if alicloud.get(key) and not is_secret(f"{ALICLOUD_NAMESPACE}:{key}")
    ]
    if own.get_bool(EMULATOR.name):
        notices.append(
            "these certificates come from the built-in emulator (device-certificates:emulator is true), not from "
            "Alibaba Cloud: no cloud host is contacted, whatever keys or endpoints are set"
        )
    return notices


def _keys_with_a_token(alicloud: StackConfig) -> list[str]:
    """Find the object settings that may carry a token inside."""
    text = alicloud.get("assumeRoleWithOidc")
    if not text:
        return []
    try:
        value = json.loads(text)
    except ValueError:
        return []  # The provider says what is wrong with it.
    settings = value[0] if isinstance(value, list) and value else value
    return ["assumeRoleWithOidc"] if isinstance(settings, dict) and settings.get("oidcToken") else []
