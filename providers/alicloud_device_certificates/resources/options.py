"""The checks of a data source's resource options: which of Pulumi's have an effect on a read, and which have none."""

from __future__ import annotations

import inspect
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import pulumi

from alicloud_device_certificates.contract.config import ACCOUNTS, ALICLOUD_NAMESPACE

_EFFECTIVE: Final = frozenset({"parent", "depends_on", "additional_secret_outputs", "transformations"})
_ACCOUNT: Final = f"pass account= with a name of {ACCOUNTS.full_name}"
_REASONS: Final[Mapping[str, str]] = {
    "id": "must not be set: the arguments form the ID",
    "import_": "must not be set: a data source is read, so there is nothing to import",
    "urn": "must not be set: the arguments say what is read",
    "provider": f"has no effect on a data source: {_ACCOUNT}",
    "providers": f"has no effect on a data source: {_ACCOUNT}",
}
# What the SDK itself knows, so an option of a newer version is none that is silently ignored.
_NAMES: Final = tuple(inspect.signature(pulumi.ResourceOptions).parameters)


def option_faults(opts: object, *, account: object = None) -> Iterator[str]:
    """Yield what is wrong with the resource options of a data source that names this account, or None."""
    if opts is None:
        return
    if not isinstance(opts, pulumi.ResourceOptions):
        yield f"opts must be pulumi.ResourceOptions, not {type(opts).__name__}"
        return
    for name in _NAMES:
        if name not in _EFFECTIVE and _is_set(getattr(opts, name, None)):
            yield f"opts.{name} {_REASONS.get(name, 'has no effect on a data source, which is only read: remove it')}"
    if account is None and opts.parent is not None:
        yield from provider_faults(opts.parent, "its parent")


def _is_set(value: object) -> bool:
    """Return whether an option asks for anything. What is empty or off does not."""
    if isinstance(value, Mapping | Sequence):
        return len(value) > 0
    return value is not None and value is not False


def provider_faults(resource: object, subject: str) -> Iterator[str]:
    """Yield that a resource has a provider of pulumi-alicloud, of its own or from its parents."""
    if isinstance(resource, pulumi.Resource) and resource.get_provider(f"{ALICLOUD_NAMESPACE}:index:Any") is not None:
        yield f"{subject} has a provider of {ALICLOUD_NAMESPACE}, which has no effect on a data source: {_ACCOUNT}"
