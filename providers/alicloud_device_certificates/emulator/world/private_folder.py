"""A folder of private files: each is written whole or not at all, and nobody else can read or commit one.

All writers hold the folder's lock. So a temporary file that is there while somebody else has just taken the lock
belongs to a writer that was killed.
"""

from __future__ import annotations

import contextlib
import errno
import os
import pwd
import re
import stat
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.documents import read_regular_file
from alicloud_device_certificates.contract.project import EMULATOR_STATE_FOLDER
from alicloud_device_certificates.emulator.errors import StateError

_IGNORED: Final = b"*\n"
_DEFAULT: Final = Path(EMULATOR_STATE_FOLDER).parts
_NAMES: Final = {"certificates", "lock", "changes.json", ".gitignore"}
_KEY_FILE = re.compile(r"-[0-9a-f]{16}\.json\Z")
# As tempfile names it. Former versions wrote such files beside their target, in the folder itself too.
_TEMPORARY = re.compile(r"\.[a-z0-9_]{8}")
_OTHER_FOLDER = "choose another folder by --state or device-certificates:emulatorState"
_MOVE_AWAY = f"move the file away, or {_OTHER_FOLDER}"
_FREE = "free some space and try again: nothing was changed"
_ADVICE = {errno.ENOSPC: _FREE, errno.EDQUOT: _FREE, errno.EEXIST: _MOVE_AWAY, errno.ENOTDIR: _MOVE_AWAY}


class PrivateFolder:
    """The folder at ``path``, created by the first write. ``keys`` is the folder in it that holds the files with keys.

    Every method raises StateError, one line with the path and what to do. ``lock_timeout`` is in seconds.
    """

    def __init__(self, path: Path, *, lock_timeout: float) -> None:
        self.path = path
        self.keys = path / "certificates"
        self._lock_file = path / "lock"
        self._ignore = path / ".gitignore"
        self._lock_timeout = lock_timeout
        self._is_mended = False

    def exists(self) -> bool:
        """Return whether there is anything at the path."""
        return self.version(self.path) is not None

    def mend(self) -> None:
        """Correct what a killed writer, a full disk or somebody else has left of the folder, if there is one."""
        if not self.exists():
            return
        if not self._is_ignored() or any(True for _ in (*self._open_to_others(), *self._left_over())):
            self._is_mended = False
            with self.locked():
                """Whoever takes the lock mends the folder."""

    @contextlib.contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the folder's lock, which other processes respect too, with the folder in order."""
        import filelock

        self._make()
        lock = filelock.FileLock(self._lock_file, timeout=self._lock_timeout, mode=0o600)
        try:
            lock.acquire()
        except filelock.Timeout:
            raise StateError(
                f"emulator state {self._lock_file}: another process has held it for {self._lock_timeout:.0f} s; end "
                f"it, or {_OTHER_FOLDER}"
            ) from None
        except OSError as error:
            raise _refused(self._lock_file, "be locked", error) from None
        except NotImplementedError:
            raise StateError(
                f"emulator state {self._lock_file}: the file system cannot lock files; {_OTHER_FOLDER}"
            ) from None
        try:
            self._mend_locked()
            yield
        finally:
            lock.release()

    def version(self, path: Path) -> tuple[int, int, int] | None:
        """Return what differs once a file has been replaced; None if there is none."""
        with _failing(path, "be read"):
            try:
                status = path.stat()
            except FileNotFoundError:
                return None
        return (status.st_ino, status.st_mtime_ns, status.st_size)

    def read(self, file: Path, limit: int) -> bytes | None:
        """Return at most ``limit`` bytes of a file; None if there is none."""
        with _failing(file, "be read"):
            try:
                return read_regular_file(file, limit)
            except FileNotFoundError:
                return None

    def write(self, file: Path, content: bytes) -> None:
        """Replace a file: readers see the old content or all of the new one. Call it while the folder is locked."""
        with _failing(file, "be written"):
            # In the folder of the keys, which is private: what a killed writer leaves there is found there.
            descriptor, name = tempfile.mkstemp(prefix=".", dir=self.keys)  # 0600
            try:
                with os.fdopen(descriptor, "wb") as stream:
                    stream.write(content)
                    stream.flush()
                    # Else a power failure can leave the new name without its content.
                    os.fsync(descriptor)
                Path(name).replace(file)
            except BaseException:
                with contextlib.suppress(OSError):  # the next start tries again
                    Path(name).unlink(missing_ok=True)
                raise

    def delete(self, file: Path) -> None:
        """Delete a file, if there is one. Call it while the folder is locked."""
        with _failing(file, "be deleted"):
            file.unlink(missing_ok=True)

    def key_files(self) -> Iterator[Path]:
        """Yield the files with keys."""
        yield from (path for path in _entries(self.keys) if _KEY_FILE.search(path.name))

    def _make(self) -> None:
        self._make_folder(self.path)
        is_new = self.version(self._lock_file) is None
        if is_new and any(not _is_own(each) for each in _entries(self.keys)):
            raise StateError(f"emulator state {self.keys}: the folder holds other files; {_OTHER_FOLDER}")
        self._make_folder(self.keys)

    @staticmethod
    def _make_folder(folder: Path) -> None:
        with _failing(folder, "be written"):
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)

    def _mend_locked(self) -> None:
        if not self._is_ignored():
            self.write(self._ignore, _IGNORED)
            self._is_mended = False  # somebody has deleted the folder, or part of it
        if self._is_mended:
            return
        for path, mode in self._open_to_others():
            with _failing(path, "be made private"):
                # Only takes access away: an owner who has made it read-only meant it.
                path.chmod(mode & 0o700)
        for file in self._left_over():
            self.delete(file)
        self._is_mended = True

    def _is_ignored(self) -> bool:
        """Return whether git ignores the folder, as far as that is up to us."""
        content = self.read(self._ignore, len(_IGNORED) + 1)
        if content == _IGNORED:
            return True
        # Of a folder that is not ours alone, only what was half written is certainly ours.
        return content is not None and not _IGNORED.startswith(content) and not self._is_alone()

    def _open_to_others(self) -> Iterator[tuple[Path, int]]:
        """Yield whatever others have access to, with its mode, outermost first."""
        folders = [self.path] if self._is_alone() else []
        files = [self._lock_file, *(path for path in _entries(self.path) if path.suffix == ".json")]
        for path in (*folders, self.keys, *files, *_entries(self.keys)):
            with _failing(path, "be read"), contextlib.suppress(FileNotFoundError):
                status = path.stat() if path in {self.path, self.keys} else path.lstat()
                if not stat.S_ISLNK(status.st_mode) and status.st_mode & 0o077:
                    yield path, stat.S_IMODE(status.st_mode)

    def _left_over(self) -> Iterator[Path]:
        """Yield the temporary files of killed writers; without the lock, those of living ones too."""
        for folder in (self.path, self.keys) if self._is_alone() else (self.keys,):
            for path in _entries(folder):
                with contextlib.suppress(FileNotFoundError):
                    if _TEMPORARY.fullmatch(path.name) and path.lstat().st_mode == stat.S_IFREG | 0o600:
                        yield path

    def _is_alone(self) -> bool:
        """Return whether the folder is for the emulator alone, and not, say, the project's own."""
        if self.path.parts[-len(_DEFAULT) :] == _DEFAULT:
            return True
        is_shared = self.exists() and self.path.stat().st_mode & stat.S_ISVTX  # such as /tmp
        return not is_shared and all(
            path.name in _NAMES or _TEMPORARY.fullmatch(path.name) for path in _entries(self.path)
        )


def _is_own(path: Path) -> bool:
    return path.name.startswith(".") or _KEY_FILE.search(path.name) is not None


def _entries(folder: Path) -> list[Path]:
    with _failing(folder, "be read"):
        try:
            return list(folder.iterdir())
        except FileNotFoundError:
            return []


@contextlib.contextmanager
def _failing(path: Path, doing: str) -> Iterator[None]:
    """Raise StateError for what the system refuses."""
    try:
        yield
    except OSError as error:
        raise _refused(path, doing, error) from None
    except ValueError:
        raise StateError(f"emulator state {path}: not a path, it contains a NUL character; {_OTHER_FOLDER}") from None


def _refused(path: Path, doing: str, error: OSError) -> StateError:
    """Return the error for what the system refuses to do."""
    reason = error.strerror or "unknown reason"
    if isinstance(error, PermissionError) and (owner := _other_owner(path)):
        reason += f": {owner}"
    return StateError(
        f"emulator state {path}: cannot {doing} ({reason}); {_ADVICE.get(error.errno or 0, _OTHER_FOLDER)}"
    )


def _other_owner(path: Path) -> str | None:
    """Return to whom a path, or the nearest folder that can be seen, belongs if not to this user."""
    for each in (path, *path.parents):
        with contextlib.suppress(OSError):
            owner = each.stat().st_uid
            if owner == os.geteuid():
                return None
            with contextlib.suppress(KeyError):
                return f"{each} belongs to the user {pwd.getpwuid(owner).pw_name}"
            return f"{each} belongs to the user {owner}"
    return None
