"""The credentials in a response, whoever sent it: checked, and with their lifetime."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final

from alicloud_device_certificates.cloud.access_key import Credentials
from alicloud_device_certificates.cloud.settings.readers import is_key

IN_RESPONSE: Final = ("AccessKeyId", "AccessKeySecret", "SecurityToken", "Expiration")
"""The names of key, secret, token and expiration in responses of the cloud's services."""

IN_PROFILE: Final = ("access_key_id", "access_key_secret", "sts_token", "expiration")
"""Their names in what a command prints for a profile of the vendor's CLI."""


class UnusableError(ValueError):
    """A document without usable credentials; its message names the field and never a value."""


def issued(
    document: Mapping[str, object], *, origin: str, now: float, names: tuple[str, str, str, str] = IN_RESPONSE
) -> Credentials:
    """Return the credentials in a document. ``now`` is the issuer's time, in Unix seconds. Raise ``UnusableError``."""
    key, secret, token = (_part(document, name) for name in names[:3])
    for name, value in zip(names[:2], (key, secret), strict=True):
        if not value:
            raise UnusableError(f"{name} is missing")
    expires = _expiration(document.get(names[3]), names[3])
    if expires is not None and expires <= now:
        raise UnusableError("the credentials have expired")
    return Credentials(
        access_key_id=key,
        access_key_secret=secret,
        security_token=token or None,
        origin=origin,
        lifetime=None if expires is None else expires - now,
    )


def _part(document: Mapping[str, object], name: str) -> str:
    value = document.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise UnusableError(f"{name} is not a string")
    text = value.strip()
    if not is_key(text):
        raise UnusableError(f"{name} contains characters that are invalid in a key or token")
    return text


def _expiration(value: object, name: str) -> float | None:
    """Return an expiration such as ``2030-01-01T00:00:00Z`` in Unix seconds, or None if there is none."""
    if value is None or value == "":
        return None
    try:
        time = datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError:
        time = None
    if time is None:
        raise UnusableError(f"{name} is not a time such as 2030-01-01T00:00:00Z")
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).timestamp()
