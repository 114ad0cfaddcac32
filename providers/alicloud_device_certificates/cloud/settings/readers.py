"""How settings of several kinds are read and checked: keys, a protocol, a flag, a URI."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.setting import Setting
from alicloud_device_certificates.cloud.settings.sources import Sources

_OTHER_CREDENTIALS: Final = ("profile", "assume_role_with_oidc", "ecs_role_name", "credentials_uri")


def key(sources: Sources, setting: Setting) -> str | None:
    """Return a part of an access key. Raise ``SettingsError`` if it has characters that none has."""
    value = sources.value(setting)
    if value and not is_key(value.text):
        raise SettingsError(f"{value.origin} contains characters that are invalid in a key or token")
    return value.text if value else None


def origin_of_keys(sources: Sources, key: Setting, secret: Setting, token: Setting) -> str | None:
    """Return where the keys come from; all origins if they differ. Raise ``SettingsError`` if one is missing."""
    found = {each: sources.value(each) for each in (key, secret)}
    for one, other in ((key, secret), (secret, key)):
        if (value := found[one]) and not found[other]:
            if sources.account is not None:
                raise SettingsError(f"{value.origin} is set without {other.key}: set that with --secret too")
            raise SettingsError(
                f"{value.origin} is set without alicloud:{other.key}: set it with --secret, "
                f"or set {' or '.join(other.environment)}"
            )
    if not found[key]:
        return None
    origins = [value.origin for value in (*found.values(), sources.value(token)) if value]
    return origins[0] if len({origin.partition(" ")[0] for origin in origins}) == 1 else " and ".join(origins)


def require_credentials(path: str, values: Mapping[str, object], table: Mapping[str, Setting]) -> None:
    """Raise ``SettingsError`` if an account's values, by the field of ``table``, name no credentials.

    ``path`` is that of the account in the config.
    """
    if any(values.get(name) for name in ("access_key_id", *_OTHER_CREDENTIALS)):
        return
    role = "; assumeRole needs credentials with which the role is assumed" if "assume_role" in values else ""
    others = ", ".join(table[name].key for name in _OTHER_CREDENTIALS)
    raise SettingsError(
        f"stack config {path} has no credentials: set accessKey with secretKey, or one of {others}{role}"
    )


def is_key(text: str) -> bool:
    """Return whether a text can be an access key ID, a secret or a token: it becomes part of a header."""
    return text.isascii() and text.isprintable() and " " not in text


def protocol(sources: Sources, setting: Setting) -> str | None:
    """Return ``https`` or ``http``. Raise ``SettingsError`` if it is neither."""
    text = (sources.text(setting) or "").lower()
    if text not in {"", "https", "http"}:
        raise SettingsError(f"{sources.in_config(setting)} is neither HTTPS nor HTTP")
    return text or None


def is_text(text: str) -> bool:
    """Return whether a text can be encoded. Bytes of the environment that are no text become surrogates."""
    return not any("\ud800" <= character <= "\udfff" for character in text)


def is_http(text: str) -> bool:
    """Return whether a text is an HTTP URI with a host."""
    try:
        parts = urlsplit(text)
        has_host = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port or an IPv6 address that is none
        return False
    return has_host and parts.scheme in {"http", "https"} and text.isprintable() and " " not in text


def has_token(text: str) -> bool:
    """Return whether a URI has a query or a user: either may be a token."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False  # The provider reports it.
    return bool(parts.query) or "@" in parts.netloc


def is_true(sources: Sources, setting: Setting) -> bool:
    """Return whether a setting is ``true``, in any case."""
    return (sources.text(setting) or "").lower() == "true"


def is_not_true(sources: Sources, setting: Setting) -> bool:
    """Return whether a setting is anything else than ``true``, or is not set."""
    return not is_true(sources, setting)
