"""The profiles in the credentials files of the vendor's tools, and their fields as checked values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from configparser import ConfigParser
from configparser import Error as IniError
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError
from alicloud_device_certificates.cloud.settings.files import is_there, read_text
from alicloud_device_certificates.cloud.settings.readers import is_text

_Profiles = Mapping[str, Mapping[str, object]]
_NOUN: Final = "the credentials file"
_JSON_TYPES: Final[Mapping[type, str]] = {
    type(None): "null",
    bool: "a boolean",
    int: "a number",
    float: "a number",
    list: "a list",
    dict: "an object",
    str: "a string",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile:
    """One profile. Its values hold secrets, so they are not in its repr.

    Each method raises ``SettingsError``, one line with the file, the profile and the field, if a value is of another
    type. Empty strings count as absent, and so does ``null`` unless the field is required.
    """

    file: Path
    name: str
    values: Mapping[str, object] = field(repr=False)
    others: _Profiles = field(repr=False)
    """Every profile of the file, by name."""

    def __str__(self) -> str:
        return f"profile {self.name} in {self.file}"

    def text(self, name: str) -> str | None:
        """Return a string, without white space around it, or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, str):
            raise self.fault(f"{name} is {_JSON_TYPES[type(value)]}, not a string")
        text = (value or "").strip()
        if not is_text(text):
            raise self.fault(f"{name} is not valid Unicode text")
        return text or None

    def required(self, name: str) -> str:
        """Return a string that must be there."""
        if name in self.values and self.values[name] is None:
            raise self.fault(f"{name} is null, not a string")
        value = self.text(name)
        if value is None:
            raise self.fault(f"{name} is missing")
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number; None if it is absent or zero."""
        value = self.values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int)):
            raise self.fault(f"{name} is {_JSON_TYPES[type(value)]}, not a whole number")
        return value or None

    def flag(self, name: str) -> bool | None:
        """Return a boolean, or None."""
        value = self.values.get(name)
        if value is not None and not isinstance(value, bool):
            raise self.fault(f"{name} is {_JSON_TYPES[type(value)]}, not a boolean")
        return value

    def other(self, name: str) -> Profile:
        """Return another profile of the same file."""
        if name not in self.others:
            raise self.fault(f"there is no profile {name}, which it names as its source")
        return Profile(file=self.file, name=name, values=self.others[name], others=self.others)

    def fault(self, text: str) -> SettingsError:
        """Return the error that something is wrong with this profile."""
        return SettingsError(f"{self}: {text}")


def cli_profile(file: Path, name: str | None) -> Profile:
    """Return a profile of the vendor's CLI (``config.json``), by default the current one. Raise ``SettingsError``."""
    found, current = _cli_profiles(file)
    if not (name or current):
        raise SettingsError(f"{_NOUN} {file} names no current profile")
    return _selected(file, name or current, found)


def ini_profile(file: Path, name: str) -> Profile:
    """Return a profile of the SDKs (``credentials.ini``). Raise ``SettingsError``."""
    found = _ini_profiles(read_text(file, noun=_NOUN))
    if found is None:
        raise SettingsError(f"{_NOUN} {file} is neither a config.json nor a credentials.ini")
    return _selected(file, name, found)


def _selected(file: Path, name: str, found: _Profiles) -> Profile:
    if name not in found:
        raise SettingsError(f"there is no profile {name} in {_NOUN} {file}")
    return Profile(file=file, name=name, values=found[name], others=found)


def _cli_profiles(file: Path) -> tuple[_Profiles, str]:
    """Return the profiles by name, and the name of the current one, which may be empty."""
    document = _json(read_text(file, noun=_NOUN))
    if document is None:
        raise SettingsError(f"{_NOUN} {file} is not valid JSON, or not an object")
    profiles, current = document.get("profiles"), document.get("current", "")
    if not isinstance(profiles, list):
        raise SettingsError(f"{_NOUN} {file}: profiles is not a list")
    if not isinstance(current, str):
        raise SettingsError(f"{_NOUN} {file}: current is {_JSON_TYPES[type(current)]}, not a string")
    found: dict[str, Mapping[str, object]] = {}
    for each in profiles:
        if isinstance(each, dict) and isinstance(each.get("name"), str):
            found.setdefault(each["name"], each)
    return found, current


def _json(text: str) -> dict[str, object] | None:
    """Return an object. The decoder's error has all of the text, so it must not become the context of another one."""
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return document if isinstance(document, dict) else None


def _ini_profiles(text: str) -> _Profiles | None:
    """Return the profiles by name, as the SDKs read them: ``#`` starts a comment, and ``%`` is an ordinary character.

    The parser's error quotes lines, so it must not become the context of another one.
    """
    parser = ConfigParser(interpolation=None)
    try:
        parser.read_string(text)
    except IniError:
        return None
    return {
        section: {key: value.partition("#")[0].strip() for key, value in parser.items(section)}
        for section in parser.sections()
    }


def is_ini(file: Path) -> bool:
    """Return whether a shared credentials file is the SDKs' ``credentials.ini`` and not the CLI's ``config.json``.

    ``ALIBABA_CLOUD_CREDENTIALS_FILE`` means the former to the SDKs and the latter to pulumi-alicloud. Raise
    ``SettingsError`` if it cannot be read.
    """
    return not read_text(file, noun=_NOUN).lstrip().startswith("{")


def region_in(file: Path, name: str) -> str | None:
    """Return the region of a profile of the CLI; None if there is no such file, profile or field.

    Raise ``SettingsError`` if the file cannot be read, or the region is not a string.
    """
    if not is_there(file) or is_ini(file):
        return None
    found, _ = _cli_profiles(file)
    return _selected(file, name, found).text("region_id") if name in found else None


def cli_file(home: str | None) -> Path | None:
    """Return the file in which the CLI keeps its profiles."""
    return Path(home, ".aliyun", "config.json") if home else None


def ini_file(home: str | None) -> Path | None:
    """Return the default credentials file of the SDKs."""
    return Path(home, ".alibabacloud", "credentials.ini") if home else None
