"""The state folder: small files, each written atomically.

    <folder>/.gitignore            excludes all of it from commits
    <folder>/lock                  held to issue or change something
    <folder>/changes.json          changes by commands (rotations are in the certificates themselves)
    <folder>/certificates/*.json   one file for each issued certificate, with its private key (0600, in a 0700 folder)

Reading needs no lock, because files are replaced by renaming. Every read checks whether the file has changed since it
was cached, so a running emulator sees at once what a command or another process wrote.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import lru_cache
from pathlib import Path
from typing import Any, Final, TypeVar, get_args

import msgspec

from alicloud_device_certificates.contract.distribution import DISTRIBUTION
from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER, project_folder
from alicloud_device_certificates.emulator.errors import ScenarioError, StateError
from alicloud_device_certificates.emulator.issuing.record import (
    FORMAT,
    CertificateRecord,
    DamagedRecordError,
    check_record,
)
from alicloud_device_certificates.emulator.scenario.loading import check_certificate_fields
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice
from alicloud_device_certificates.emulator.scenario.times import duration
from alicloud_device_certificates.emulator.scenario.values import IotStatus, MqttStatus
from alicloud_device_certificates.emulator.world.private_folder import PrivateFolder

LOCK_TIMEOUT: Final = 60.0  # seconds
MAX_BYTES: Final = 64 * 1024 * 1024
"""The maximum size of a file."""
_T = TypeVar("_T")


class _Format(msgspec.Struct):
    """The format of a file, whatever else there is in it."""

    format: int = FORMAT


class AddedMqttDevice(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A device that a command added to a CA of an MQTT instance."""

    mqtt_instance_id: str
    ca_sn: str
    device: MqttDevice


class AddedIotDevice(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A device that a command added to a product."""

    product_key: str
    device: IotDevice


class Changes(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What commands changed, on top of the scenario."""

    format: int = FORMAT
    """The format of the file."""
    scenario: str | None = None
    """The scenario file that this folder was last used with; None for the default one."""
    mqtt_devices: list[AddedMqttDevice] = []
    iot_devices: list[AddedIotDevice] = []
    removed: list[str] = []
    """Identities of removed devices."""
    statuses: dict[str, str] = {}
    """Statuses by identity."""
    reissued: list[str] = []
    """Identities of synthetic devices whose certificate is in the state, because a command issued it."""
    clock_offset: str | None = None
    """Offset of the emulator's clock, such as ``+20m``."""


def default_state_folder(start: Path) -> Path:
    """Return the default state folder of the project that ``start`` belongs to."""
    return project_folder(start) / EMULATOR_STATE_FOLDER


class StateFolder:
    """A state folder, created by the first write. ``lock_timeout`` is in seconds. Every method raises StateError."""

    def __init__(self, path: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self.path = path
        self._folder = PrivateFolder(path, lock_timeout=lock_timeout)
        self._changes_path = path / "changes.json"
        self._cache: dict[Path, tuple[object, Any]] = {}
        self._no_changes = Changes()
        self._file_of = lru_cache(maxsize=1024)(self._path_of)

    def __repr__(self) -> str:
        return f"StateFolder({str(self.path)!r})"

    def mend(self) -> None:
        """Make the folder and its files private again, and remove what killed writers left. Call it at each start."""
        self._folder.mend()

    def changes(self) -> Changes:
        """Return what commands changed; the same object as long as nothing changes."""
        return self._read(self._changes_path, Changes, _check_changes) or self._no_changes

    def record(self, identity: str) -> CertificateRecord | None:
        """Return the certificate issued for ``identity``, or None."""

        def check(record: CertificateRecord) -> None:
            if record.identity != identity:
                raise ValueError(f"it belongs to {record.identity}")
            check_record(record)

        return self._read(self._file_of(identity), CertificateRecord, check)

    def save_changes(self, changes: Changes) -> None:
        """Replace the changes. Call it while the folder is locked."""
        self._folder.write(self._changes_path, msgspec.json.encode(changes))

    def save_record(self, record: CertificateRecord) -> None:
        """Replace the certificate of the record's identity. Call it while the folder is locked."""
        self._folder.write(self._file_of(record.identity), msgspec.json.encode(record))

    def delete_record(self, identity: str) -> None:
        """Delete the certificate of ``identity``. Call it while the folder is locked."""
        self._folder.delete(self._file_of(identity))

    def remember_scenario(self, scenario: Path | None) -> None:
        """Record which scenario file (None: the default one) this folder is used with."""
        name = str(scenario.absolute()) if scenario is not None else None
        if self.changes().scenario != name:
            with self.locked():
                self.save_changes(msgspec.structs.replace(self.changes(), scenario=name))

    def reset(self) -> None:
        """Delete certificates and changes, but no file that this class did not write."""
        if not self._folder.exists():
            return
        try:
            scenario = self.changes().scenario
        except StateError:  # damaged, which a reset repairs
            scenario = None
        with self.locked():
            for file in (*self._folder.key_files(), self._changes_path):
                self._folder.delete(file)
            if scenario is not None:
                self.save_changes(Changes(scenario=scenario))
        self.mend()

    def damaged(self, error: DamagedRecordError) -> StateError:
        """Return the error for a record whose certificate or key cannot be read."""
        return _unusable(self._file_of(error.identity), f"is damaged ({error})")

    def locked(self) -> AbstractContextManager[None]:
        """Hold the folder's lock, which other processes respect too; it is an error if it stays taken."""
        return self._folder.locked()

    def _path_of(self, identity: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9.-]+", "_", identity)[:80]
        return self._folder.keys / f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}.json"

    def _read(self, file: Path, structure: type[_T], check: Callable[[_T], None]) -> _T | None:
        version = self._folder.version(file)
        cached = self._cache.get(file)
        if version is not None and cached is not None and cached[0] == version:
            value: _T = cached[1]
            return value
        content = None if version is None else self._folder.read(file, MAX_BYTES + 1)
        if content is None:
            return None
        try:
            decoded = _decoded(content, structure, check)
        except ValueError as error:
            raise _unusable(file, str(error)) from None
        self._cache[file] = (version, decoded)
        return decoded


def _unusable(file: Path, fault: str) -> StateError:
    return StateError(
        f"emulator state {file}: the file {fault} and was not changed; restore it, delete it to lose only what it "
        "held, or run `device-certificates emulator reset` to lose everything"
    )


def _decoded(content: bytes, structure: type[_T], check: Callable[[_T], None]) -> _T:
    """Return the content of a file. Raise ValueError that says what the file is instead."""
    if len(content) > MAX_BYTES:
        raise ValueError(f"is larger than {MAX_BYTES // 1024**2} MiB")
    try:
        found = msgspec.json.decode(content, type=_Format).format
        if found > FORMAT:
            raise ValueError(f"is of a newer version of {DISTRIBUTION} (format {found}; this one reads {FORMAT})")
        value = msgspec.json.decode(content, type=structure)
    except msgspec.ValidationError as error:
        raise ValueError(f"is not of this version of {DISTRIBUTION} ({error})") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise ValueError("is damaged") from None
    try:
        check(value)
    except (ValueError, ScenarioError) as error:
        raise ValueError(f"is damaged ({error})") from None
    return value


def _check_changes(changes: Changes) -> None:
    """Check what types cannot express. Raise ValueError or ScenarioError."""
    if changes.clock_offset is not None:
        duration(changes.clock_offset)
    for identity, status in changes.statuses.items():
        if status not in get_args(MqttStatus if identity.startswith("mqtt/") else IotStatus):
            raise ValueError(f"{identity} has the unknown status {status!r}")
    added: list[MqttDevice | IotDevice] = [each.device for each in changes.mqtt_devices]
    for device in (*added, *(each.device for each in changes.iot_devices)):
        check_certificate_fields(device, "an added device")
