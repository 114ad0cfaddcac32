"""The state folder: small files, each written atomically.

    <folder>/lock                  held to issue or change something
    <folder>/changes.json          changes by commands (rotations are in the certificates themselves)
    <folder>/certificates/*.json   one file for each issued certificate, with its private key (0600, in a 0700 folder)

Reading needs no lock, because files are replaced by renaming. Every read checks whether the file has changed since it
was cached, so a running emulator sees at once what a command or another process wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec

from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER, project_folder
from alicloud_device_certificates.emulator.errors import StateError
from alicloud_device_certificates.emulator.issuing.record import CertificateRecord
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice

LOCK_TIMEOUT: Final = 60.0  # seconds
_T = TypeVar("_T")
_FileVersion = tuple[int, int, int]  # inode, modification time, size


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

    scenario: str | None = None
    """The scenario file that this folder was last used with; None for the default one."""
    mqtt_devices: list[AddedMqttDevice] = []
    iot_devices: list[AddedIotDevice] = []
    removed: list[str] = []
    """Identities of removed devices."""
    statuses: dict[str, str] = {}
    """Statuses by identity."""
    clock_offset: str | None = None
    """Offset of the emulator's clock, such as ``+20m``."""


def default_state_folder(start: Path) -> Path:
    """Return the default state folder of the project that ``start`` belongs to."""
    return project_folder(start) / EMULATOR_STATE_FOLDER


class StateFolder:
    """A state folder, created by the first write. ``lock_timeout`` is in seconds."""

    def __init__(self, path: Path, *, lock_timeout: float = LOCK_TIMEOUT) -> None:
        self.path = path
        self._lock_timeout = lock_timeout
        self._changes_path = path / "changes.json"
        self._certificates = path / "certificates"
        self._cache: dict[Path, tuple[_FileVersion, Any]] = {}
        self._no_changes = Changes()

    def __repr__(self) -> str:
        return f"StateFolder({str(self.path)!r})"

    def changes(self) -> Changes:
        """Return what commands changed; the same object as long as nothing changes. Raise StateError."""
        return self._read(self._changes_path, Changes) or self._no_changes

    def record(self, identity: str) -> CertificateRecord | None:
        """Return the certificate issued for ``identity``, or None. Raise StateError if its file is damaged."""
        return self._read(self._file_of(identity), CertificateRecord)

    def save_changes(self, changes: Changes) -> None:
        """Replace the changes. Call it while the folder is locked."""
        self._write(self._changes_path, changes)

    def save_record(self, record: CertificateRecord) -> None:
        """Replace the certificate of the record's identity. Call it while the folder is locked."""
        self._write(self._file_of(record.identity), record)

    def delete_record(self, identity: str) -> None:
        """Delete the certificate of ``identity``. Call it while the folder is locked."""
        self._file_of(identity).unlink(missing_ok=True)

    def remember_scenario(self, scenario: Path | None) -> None:
        """Record which scenario file (None: the default one) this folder is used with. Raise StateError."""
        name = str(scenario.absolute()) if scenario is not None else None
        if self.changes().scenario != name:
            with self.locked():
                self.save_changes(msgspec.structs.replace(self.changes(), scenario=name))

    def reset(self) -> None:
        """Delete certificates and changes, but no file that this class did not write."""
        if not self.path.is_dir():
            return
        try:
            scenario = self.changes().scenario
        except StateError:  # damaged, which a reset repairs
            scenario = None
        with self.locked():
            for file in (*self._certificates.glob("*.json"), self._changes_path):
                file.unlink(missing_ok=True)
            if scenario is not None:
                self.save_changes(Changes(scenario=scenario))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which other processes respect too. Raise StateError if it stays taken."""
        import filelock

        self._prepare()
        try:
            with filelock.FileLock(self.path / "lock", timeout=self._lock_timeout, mode=0o600):
                yield
        except filelock.Timeout:
            raise StateError(
                f"emulator state {self.path / 'lock'}: another process has held it for {self._lock_timeout:.0f} s"
            ) from None

    def _prepare(self) -> None:
        try:
            # A folder that already exists keeps its mode; the folder of the keys is always private.
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._certificates.mkdir(mode=0o700, exist_ok=True)
            ignore = self.path / ".gitignore"
            if not ignore.exists():
                ignore.write_text("*\n")
        except OSError as error:
            raise StateError(
                f"emulator state {self.path}: cannot be written ({error.strerror}); choose another folder"
            ) from None

    def _file_of(self, identity: str) -> Path:
        readable = re.sub(r"[^A-Za-z0-9.-]+", "_", identity)[:80]
        return self._certificates / f"{readable}-{hashlib.sha256(identity.encode()).hexdigest()[:16]}.json"

    def _read(self, file: Path, structure: type[_T]) -> _T | None:
        try:
            status = file.stat()
            version = (status.st_ino, status.st_mtime_ns, status.st_size)
            cached = self._cache.get(file)
            if cached is not None and cached[0] == version:
                value: _T = cached[1]
                return value
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateError(f"emulator state {file}: cannot be read ({error.strerror})") from None
        try:
            decoded = msgspec.json.decode(content, type=structure)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise StateError(
                f"emulator state {file}: the file is damaged and was not changed; restore it, delete it to lose only "
                "what it held, or run `device-certificates emulator reset` to lose everything"
            ) from None
        self._cache[file] = (version, decoded)
        return decoded

    def _write(self, file: Path, value: msgspec.Struct) -> None:
        # No fsync: what a power failure loses is issued anew. The rename keeps readers from seeing half a file.
        try:
            descriptor, name = tempfile.mkstemp(prefix=".", dir=file.parent)  # 0600
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(msgspec.json.encode(value))
                Path(name).replace(file)
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
        except OSError as error:
            raise StateError(f"emulator state {file}: cannot be written ({error.strerror})") from None
