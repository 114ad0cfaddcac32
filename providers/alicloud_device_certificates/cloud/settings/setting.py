"""The description of a setting, from which its resolution, the error messages and docs/configuration.md follow."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, fields
from functools import partial
from typing import Any, Final, Literal

ValueType = Literal["string", "integer", "boolean", "object", "list of objects"]
Scope = Literal["stack", "account", "credentials"]
"""Who can set it: the stack alone; each named account too, in place of the stack's value; or each for itself alone.

The last are credentials: a named account never has those of the stack or of the environment.
"""
Reader = Callable[..., Any]
"""Reads a setting: a function of the sources and the ``Setting`` that returns the value, or None if it is not set."""

REQUIRED: Final = "required"
"""The ``default`` of a setting that has none."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """One setting of pulumi-alicloud."""

    key: str
    """The key in the config namespace ``alicloud``, such as ``region`` or ``assumeRole.roleArn``; empty without one."""
    type: ValueType
    meaning: str
    """One sentence for the documentation."""
    environment: tuple[str, ...] = ()
    """The environment variables that replace the key, in order of precedence."""
    default: str = ""
    """The default, for the documentation."""
    unit: str = ""
    scale: int = 1
    """Units of the setting per unit of the value: 1000 for milliseconds that become seconds."""
    is_secret: bool = False
    """Whether the stack's config should store it with ``--secret``."""
    secret_if: Callable[[str], bool] | None = None
    """Returns whether a value is a secret, if only some are."""
    scope: Scope = "stack"

    @property
    def name(self) -> str:
        """The last part of the key, such as ``roleArn``."""
        return self.key.rpartition(".")[2]

    def is_secret_value(self, value: str) -> bool:
        """Return whether the stack's config should store this value with ``--secret``."""
        return self.is_secret or (self.secret_if is not None and self.secret_if(value))


def setting(
    key: str,
    *,
    read: Reader,
    meaning: str,
    type: ValueType = "string",
    environment: tuple[str, ...] = (),
    default: Any = None,  # noqa: ANN401 - of the field's own type
    shown_default: str = "",
    unit: str = "",
    scale: int = 1,
    sensitive: bool = False,
    secret: bool = False,
    secret_if: Callable[[str], bool] | None = None,
    scope: Scope = "stack",
    hash: bool | None = None,
) -> Any:  # noqa: ANN401 - stands for the field's default
    """Return a dataclass field whose value is a setting. ``default`` is in the setting's own unit, like the key.

    A ``sensitive`` value is not in the repr, and a ``secret`` one should not be in plain text in the config either.
    ``secret_if`` says so of a setting of which only some values are secrets.
    ``shown_default`` describes a default that depends on other things.
    """
    shown = shown_default or ("" if default is None or callable(default) else str(default))
    described = Setting(
        key=key,
        type=type,
        meaning=meaning,
        environment=environment,
        default=shown,
        unit=unit,
        scale=scale,
        is_secret=secret,
        secret_if=secret_if,
        scope=scope,
    )
    metadata = {"setting": described, "read": read}
    is_shown = not (sensitive or secret)
    if default is REQUIRED:
        return field(repr=is_shown, hash=hash, metadata=metadata)
    if callable(default):
        return field(default_factory=default, repr=is_shown, hash=hash, metadata=metadata)
    value = default / scale if scale != 1 else default
    return field(default=value, repr=is_shown, hash=hash, metadata=metadata)


credential = partial(setting, scope="credentials")
"""``setting`` for what says who a client is: a named account has its own, or none."""


def settings_of(described: type) -> dict[str, Setting]:
    """Return the settings of a dataclass by the name of their field, in order."""
    return {each.name: each.metadata["setting"] for each in fields(described) if "setting" in each.metadata}


def read_setting(described: type, name: str, sources: object) -> Any:  # noqa: ANN401 - of the field's own type
    """Return the value of one setting by the name of its field, None if it is not set. Raise ``SettingsError``."""
    (found,) = (each for each in fields(described) if each.name == name)
    return found.metadata["read"](sources, found.metadata["setting"])


def read_settings(described: type, sources: object) -> dict[str, Any]:
    """Return the values of a dataclass's settings that are set, by the name of their field.

    Raise ``SettingsError`` if a value is invalid.
    """
    values = {
        each.name: each.metadata["read"](sources, each.metadata["setting"])
        for each in fields(described)
        if "setting" in each.metadata
    }
    return {name: value for name, value in values.items() if value is not None}
