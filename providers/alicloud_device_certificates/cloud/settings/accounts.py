"""The accounts of a stack besides that of ``alicloud:``, which are ``device-certificates:accounts``."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.settings import TABLE
from alicloud_device_certificates.cloud.settings.sources import Account
from alicloud_device_certificates.contract.bounds import DocumentError, joined, shortened
from alicloud_device_certificates.contract.config import ACCOUNTS
from alicloud_device_certificates.contract.documents import parse_json
from alicloud_device_certificates.contract.names import name_faults, nearest

ACCOUNT_KEYS: Final = tuple(each.key for each in TABLE.values() if each.scope != "stack")
"""The keys that an account can have."""

_STRINGS: Final = frozenset(each.key for each in TABLE.values() if each.type == "string")
_SHOWN: Final = 20


@lru_cache(maxsize=4)  # each data source asks for them
def accounts_in(text: str | None) -> Mapping[str, Account]:
    """Return the accounts by name; ``text`` is the key's value as JSON, or None.

    Raise ``SettingsError``, one line that lists every fault and quotes no value.
    """
    if text is None or not text.strip():
        return MappingProxyType({})
    try:
        entries = parse_json(text)
    except DocumentError as error:
        fault = f"{ACCOUNTS.full_name} is not valid JSON; it must be an object: {error}"
    else:
        if isinstance(entries, dict):
            if faults := [fault for name, entry in entries.items() for fault in _faults(name, entry)]:
                raise SettingsError(f"{ACCOUNTS.full_name}: {joined(faults)}")
            return MappingProxyType({name: Account(name, entry) for name, entry in entries.items()})
        fault = f"{ACCOUNTS.full_name} must be an object of accounts by name"
    # Outside of the handler: the decoder's error has the whole text.
    raise SettingsError(fault)


def find_account(accounts: Mapping[str, Account], name: str) -> Account:
    """Return the account of this name. Raise ``SettingsError``, one line that lists those that exist."""
    if name in accounts:
        return accounts[name]
    if not accounts:
        raise SettingsError(f"there is no account {shortened(name)}: {ACCOUNTS.full_name} is not set, or empty")
    more = f" and {len(accounts) - _SHOWN} more" if len(accounts) > _SHOWN else ""
    near = nearest(name, accounts)
    hint = f"; did you mean {shortened(near)}?" if near else ""
    known = ", ".join(map(shortened, list(accounts)[:_SHOWN]))
    raise SettingsError(f"there is no account {shortened(name)}: {ACCOUNTS.full_name} has {known}{more}{hint}")


def _faults(name: str, entry: object) -> Iterator[str]:
    """Yield what is wrong with an account: its name, its keys, and the types of their values."""
    yield from name_faults(f"the name {shortened(name)}", name)
    if not isinstance(entry, dict):
        yield f"{shortened(name)} must be an object"
        return
    for key, value in entry.items():
        if key not in ACCOUNT_KEYS:
            yield f"{shortened(name)} has an unknown key, {shortened(key)}; the keys are {', '.join(ACCOUNT_KEYS)}"
        elif key in _STRINGS and value is not None and not isinstance(value, str):
            number = isinstance(value, int | float) and not isinstance(value, bool)
            yield f"{shortened(name)}: {key} must be a string{', so quote it' if number else ''}"
