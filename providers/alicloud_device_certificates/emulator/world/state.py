"""What the emulator remembers: one folder of small files, each written whole or not at all.

    <folder>/lock                  held while something is issued or changed
    <folder>/changes.json          what was changed by command (rotations are in the certificates themselves)
    <folder>/certificates/*.json   one file for each issued certificate, with its private key (0600, in a 0700 folder)

Reading needs no lock: a file is replaced by renaming. Every read looks whether the file is still the one in memory, so
a running emulator sees at once what a command or another process wrote.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from alicloud_device_certificates.contract.project import project_folder
from alicloud_device_certificates.emulator.errors import StateError
from alicloud_device_certificates.emulator.issuing.record import Record
from alicloud_device_certificates.emulator.scenario.scenario import IotDevice, MqttDevice

LOCK_SECONDS = 60.0
_T = TypeVar("_T")
_Signature = tuple[int, int, int]


class AddedMqttDevice(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A device that was added by command to a CA of an MQTT instance."""

    mqtt_instance_id: str
    ca_sn: str
    device: MqttDevice


class AddedIotDevice(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """A device that was added by command to a product."""

    product_key: str
    device: IotDevice


class Changes(msgspec.Struct, kw_only=True, frozen=True, forbid_unknown_fields=True):
    """What was changed by command, on top of the scenario; devices go by their identity."""

    scenario: str | None = None  # the file that this folder was last used with
    mqtt_devices: list[AddedMqttDevice] = []
    iot_devices: list[AddedIotDevice] = []
    removed: list[str] = []
    statuses: dict[str, str] = {}
    clock_offset: str | None = None


def default_state_folder(start: Path) -> Path:
    """`.device-certificates/emulator` in the project's folder."""
    return project_folder(start) / ".device-certificates" / "emulator"


class StateFolder:
    """The folder. Nothing is created before something is to be written; its lock is waited for `patience` seconds."""

    def __init__(self, path: Path, *, patience: float = LOCK_SECONDS) -> None:
        self.path = path
        self._patience = patience
        self._changes_path = path / "changes.json"
        self._certificates = path / "certificates"
        self._seen: dict[Path, tuple[_Signature, Any]] = {}
        self._no_changes = Changes()

    def __repr__(self) -> str:
        return f"StateFolder({str(self.path)!r})"

    def changes(self) -> Changes:
        """What was changed by command; the same object for as long as nothing changes. Raises StateError."""
        return self._read(self._changes_path, Changes) or self._no_changes

    def record(self, identity: str) -> Record | None:
        """The certificate issued for `identity`, if one was. Raises StateError when its file is damaged."""
        return self._read(self._file_of(identity), Record)

    def save_changes(self, changes: Changes) -> None:
        """Replaces the changes; to be called under `locked`."""
        self._write(self._changes_path, changes)

    def save_record(self, record: Record) -> None:
        """Replaces the certificate of its identity; to be called under `locked`."""
        self._write(self._file_of(record.identity), record)

    def forget(self, identity: str) -> None:
        """Forgets the certificate of `identity`; to be called under `locked`."""
        self._file_of(identity).unlink(missing_ok=True)

    def remember_scenario(self, scenario: Path | None) -> None:
        """Keeps which scenario file (None: the default one) this folder is used with. Raises StateError."""
        name = str(scenario.absolute()) if scenario is not None else None
        if self.changes().scenario != name:
            with self.locked():
                self.save_changes(msgspec.structs.replace(self.changes(), scenario=name))

    def reset(self) -> None:
        """Forgets certificates and changes, by deleting the files written here and nothing else."""
        if not self.path.is_dir():
            return
        try:
            scenario = self.changes().scenario
        except StateError:  # damaged: that is what a reset is for
            scenario = None
        with self.locked():
            for file in (*self._certificates.glob("*.json"), self._changes_path):
                file.unlink(missing_ok=True)
            if scenario is not None:
                self.save_changes(Changes(scenario=scenario))

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Holds the folder's lock, against other processes too. Raises StateError when it cannot be had."""
        import filelock

        self._prepare()
        try:
            with filelock.FileLock(self.path / "lock", timeout=self._patience, mode=0o600):
                yield
        except filelock.Timeout:
            raise StateError(
                f"emulator state {self.path / 'lock'}: another process has held it for {self._patience:.0f} s"
            ) from None

    def _prepare(self) -> None:
        try:
            # A folder that was there already keeps its mode; the keys' own is always ours alone.
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

    def _read(self, file: Path, shape: type[_T]) -> _T | None:
        try:
            status = file.stat()
            signature = (status.st_ino, status.st_mtime_ns, status.st_size)
            seen = self._seen.get(file)
            if seen is not None and seen[0] == signature:
                value: _T = seen[1]
                return value
            content = file.read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise StateError(f"emulator state {file}: cannot be read ({error.strerror})") from None
        try:
            decoded = msgspec.json.decode(content, type=shape)
        except (msgspec.DecodeError, UnicodeDecodeError):
            raise StateError(
                f"emulator state {file}: damaged, and left as it is; put the file back, or delete it to start afresh "
                "with what it held, or run `device-certificates emulator reset` to start afresh with everything"
            ) from None
        self._seen[file] = (signature, decoded)
        return decoded

    def _write(self, file: Path, value: msgspec.Struct) -> None:
        # No fsync: what a power failure takes away is issued anew, and the rename keeps half a file from being seen.
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
