"""The warnings that a program logs: on each resource, and once per run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from typing import Any, Final, Protocol
from weakref import WeakKeyDictionary, WeakSet

import pulumi

from alicloud_device_certificates.cloud.settings.accounts import accounts_in
from alicloud_device_certificates.cloud.settings.readers import has_token
from alicloud_device_certificates.cloud.settings.roles import AssumeRole, AssumeRoleWithOidc
from alicloud_device_certificates.cloud.settings.setting import Setting, settings_of
from alicloud_device_certificates.cloud.settings.settings import Settings
from alicloud_device_certificates.contract.bounds import DocumentError
from alicloud_device_certificates.contract.config import (
    ACCOUNTS,
    ALICLOUD_NAMESPACE,
    EMULATOR,
    NAMESPACE,
    QUOTA_STORE,
)
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.contract.renewal import humanize, renewal_window
from alicloud_device_certificates.resources.own_config import check_own_keys
from alicloud_device_certificates.resources.pulumi_runtime import is_secret, root_resource

_SECRETS = tuple(
    setting
    for described in (Settings, AssumeRole, AssumeRoleWithOidc)
    for setting in settings_of(described).values()
    if setting.is_secret or setting.secret_if
)


class ConfigBag(Protocol):
    """The part of ``pulumi.Config`` that is used here."""

    def get(self, key: str, /) -> str | None: ...  # noqa: D102 - as in the SDK


MANY: Final = 50
"""From how many data sources on a stack gets a hint."""

_CHECKPOINTS: Final = "PULUMI_SKIP_CHECKPOINTS"
_HINT: Final = (
    f"this stack reads more than {MANY} certificates, each a resource of its own. If it only reads, "
    f"{_CHECKPOINTS}=true saves most of the time of `pulumi up` and `pulumi preview`; docs/scale.md names its risk"
)

# By the root resource: the Automation API can run many programs in one process.
_checked: WeakSet[pulumi.Resource] = WeakSet()
_logged: WeakKeyDictionary[pulumi.Resource, set[str]] = WeakKeyDictionary()
_declared: WeakKeyDictionary[pulumi.Resource, int] = WeakKeyDictionary()


def validity_warning(certificate: Mapping[str, Any], now: datetime) -> str | None:
    """Return a warning if a certificate is expired, not yet valid or about to expire, else None.

    ``certificate`` is the object output of a data source; its times are RFC 3339 in UTC. It is about to expire within
    ``renewal_window``. This depends on the clock, so it is only logged: in state, it would differ in every preview.
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


def warn_about_config() -> None:
    """Log the warnings about the stack's config, once per run. Raise ConfigError for an unknown key of our own."""
    root = root_resource()
    if root is not None and root in _checked:  # the config of a run does not change
        return
    check_own_keys()
    for warning in config_warnings(pulumi.Config(NAMESPACE), pulumi.Config(ALICLOUD_NAMESPACE), is_secret):
        warn_once_per_run(warning)
    if root is not None:
        _checked.add(root)


def warn_once_per_run(warning: str) -> None:
    """Log a warning about the whole run, unless this run has logged it already."""
    root = root_resource()
    logged = _logged.setdefault(root, set()) if root is not None else set()
    if warning not in logged:
        logged.add(warning)
        pulumi.log.warn(warning)


def hint_about_many(environ: Mapping[str, str]) -> None:
    """Count a data source of this run, and log a hint once there are many, unless the stack follows it already."""
    root = root_resource()
    if root is None or environ.get(_CHECKPOINTS) in {"true", "1"}:
        return
    _declared[root] = _declared.get(root, 0) + 1
    if _declared[root] == MANY + 1:
        pulumi.log.info(_HINT)


def config_warnings(own: ConfigBag, alicloud: ConfigBag, is_encrypted: Callable[[str], bool]) -> list[str]:
    """Return the warnings about the stack's config; ``is_encrypted`` takes a full key."""
    warnings = [
        _in_plain_text(full_key, f"pulumi config set --secret {full_key}")
        for setting in _secrets_in(alicloud.get)
        if not is_encrypted(full_key := f"{ALICLOUD_NAMESPACE}:{setting.key.partition('.')[0]}")
    ]
    # One secret in it makes all of it one, as far as the engine says.
    if not is_encrypted(ACCOUNTS.full_name):
        warnings += [
            _in_plain_text(path, f"pulumi config set --path --secret '{path}'")
            for account in accounts_in(own.get(ACCOUNTS.name)).values()
            for setting in _secrets_in(account.text)
            if (path := f"{account.path}.{setting.key}")
        ]
    if has_token(own.get(QUOTA_STORE.name) or "") and not is_encrypted(QUOTA_STORE.full_name):
        warnings.append(
            f"{QUOTA_STORE.full_name} has a password, which is stored in the stack's config in plain text: run "
            f"`pulumi config set --secret {QUOTA_STORE.full_name}`, and replace the password if that file was shared"
        )
    # As text: the provider reports a value that is no boolean.
    if (own.get(EMULATOR.name) or "").lower() == "true":
        warnings.append(
            f"these certificates come from the built-in emulator ({EMULATOR.full_name} is true), not from Alibaba "
            "Cloud: no cloud host is contacted, whatever keys or endpoints are set"
        )
    return warnings


def _in_plain_text(key: str, command: str) -> str:
    return (
        f"{key} is stored in the stack's config and state in plain text: run `{command}`, and replace the key if those "
        "files were shared"
    )


def _secrets_in(config: Callable[[str], str | None]) -> Iterator[Setting]:
    """Yield the settings whose value is a secret; ``config`` returns the text of a key of pulumi-alicloud."""
    for setting in _SECRETS:
        key, _, name = setting.key.partition(".")
        text = config(key)
        value = _field(text, name) if text and name else text
        if value and setting.is_secret_value(value):
            yield setting


def _field(text: str, name: str) -> str:
    """Return the value of this name in an object of the config; empty if there is none."""
    try:
        value = parse_json(text)
    except DocumentError:
        return ""  # The provider reports it.
    section = value[0] if isinstance(value, list) and value else value
    found = section.get(name) if isinstance(section, dict) else None
    return str(found or "")
