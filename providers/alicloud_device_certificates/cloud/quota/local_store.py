"""The store of the processes of one user on one machine: a SQLite file in a private folder, kept by pyrate-limiter."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import tempfile
import time
from collections.abc import Awaitable, Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

from alicloud_device_certificates.cloud.quota.store import HORIZON, SPAN_MS, Grant, Moves, StoreError

if TYPE_CHECKING:
    from pyrate_limiter import SQLiteBucket

T = TypeVar("T")

_TABLE: Final = "requests"
_PATIENCE: Final = 1.0
"""Seconds to wait for another process's transaction, which takes less than a millisecond."""
_RETRY: Final = 0.004
_STEP_MS: Final = 2000
"""An entry that is so far in the future is from before a restart of the machine, which starts its clock again."""
_UNUSED: Final = 86_400.0
"""Seconds after which a log that nobody uses is removed."""
_FULL_LOG: Final = 3
"""Old entries are removed once the log has this many times the quota."""


def monotonic_ms() -> int:
    """Return milliseconds of the machine's monotonic clock, which is the same for all processes."""
    return time.monotonic_ns() // 1_000_000


def default_folder(environ: Mapping[str, str]) -> Path:
    """Return the folder of the store: in the user's runtime folder, or in the one for temporary files."""
    name = "alicloud-device-certificates"
    runtime = environ.get("XDG_RUNTIME_DIR", "")
    if runtime.startswith("/") and Path(runtime).is_dir():
        return Path(runtime, name)
    return Path(tempfile.gettempdir(), f"{name}-{os.getuid()}")


class LocalStore:
    """The log in ``folder``, which is made if there is none. ``key`` is part of the file's name.

    Other users cannot read or replace it: a folder that is not this user's own and private is refused.
    """

    def __init__(
        self,
        folder: Path,
        key: str,
        quota: int,
        *,
        clock: Callable[[], int] = monotonic_ms,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._folder = folder
        self._file = folder / f"quota-{key}.sqlite"
        self._quota = quota
        self._clock = clock
        self._sleep = sleep
        self._lock: int | None = None
        self._bucket: SQLiteBucket | None = None

    async def take(self, wanted: int) -> Grant:
        """See ``Store``."""
        return await self._transaction(lambda bucket: self._take(bucket, wanted))

    async def move(self, moves: Moves) -> None:
        """See ``Store``."""
        await self._transaction(lambda bucket: _move(bucket, moves))

    async def _transaction(self, work: Callable[[SQLiteBucket], T]) -> T:
        """Return the result of ``work``, which is done while no other process works with the log."""
        for _ in range(int(_PATIENCE / _RETRY)):
            try:
                with self._locked():
                    return work(self._bucket or self._open())
            except BlockingIOError:
                pass
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode & 0xFF not in {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}:
                    raise StoreError(f"{self._file}: {error}") from None
            except sqlite3.Error as error:
                self._discard()
                raise StoreError(f"{self._file}: {error}") from None
            except OSError as error:
                raise StoreError(
                    f"{error.filename or self._folder}: {error.strerror or type(error).__name__}"
                ) from None
            await self._sleep(_RETRY)
        raise StoreError(f"{self._file} is locked by another process")

    async def aclose(self) -> None:
        """See ``Store``."""
        if self._bucket is not None:
            self._bucket.close()  # type: ignore[no-untyped-call]
            self._bucket = None
        if self._lock is not None:
            os.close(self._lock)
            self._lock = None

    def _take(self, bucket: SQLiteBucket, wanted: int) -> Grant:
        from pyrate_limiter import RateItem

        now = self._clock()
        sent_by = now + int(HORIZON * 1000)
        count = min(wanted, self._quota)
        if bucket.count() < _FULL_LOG * self._quota and bucket.put(RateItem("", sent_by, weight=count)):
            return Grant(count=count, logged_at=sent_by)
        newest = bucket.peek(0)
        if newest is not None and newest.timestamp > sent_by + _STEP_MS:
            bucket.flush()
        bucket.leak(sent_by)
        free = self._quota - bucket.count()
        if free > 0 and bucket.put(RateItem("", sent_by, weight=min(free, wanted))):
            return Grant(count=min(free, wanted), logged_at=sent_by)
        oldest = bucket.peek(self._quota - 1)
        delay = 0.0 if oldest is None else (oldest.timestamp + SPAN_MS + 1 - sent_by) / 1000
        return Grant(count=0, delay=delay)

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """Hold the lock of the folder. Raise ``BlockingIOError`` if another process does."""
        if self._lock is None:
            self._lock = _private_folder(self._folder)
        fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        try:
            yield
        finally:
            fcntl.flock(self._lock, fcntl.LOCK_UN)

    def _open(self) -> SQLiteBucket:
        from pyrate_limiter import Rate, SQLiteBucket, SQLiteQueries

        self._tidy()
        # Made here, so that SQLite finds a file with these permissions and follows no link.
        os.close(os.open(self._file, os.O_RDWR | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC, 0o600))
        connection = sqlite3.connect(self._file, timeout=0, check_same_thread=False)
        try:
            connection.execute("PRAGMA journal_mode=WAL").close()
            # What is lost with the machine's power counts no more after it has started again.
            connection.execute("PRAGMA synchronous=OFF").close()
            connection.execute(SQLiteQueries.CREATE_BUCKET_TABLE.format(table=_TABLE)).close()
            index = SQLiteQueries.CREATE_INDEX_ON_TIMESTAMP.format(index_name="by_time", table_name=_TABLE)
            connection.execute(index).close()
            connection.commit()
        except sqlite3.Error:
            connection.close()
            raise
        self._bucket = SQLiteBucket([Rate(self._quota, SPAN_MS)], connection, _TABLE)
        return self._bucket

    def _tidy(self) -> None:
        """Remove the logs that nobody uses, such as those of emulators, each of which has a port of its own."""
        for file in self._folder.glob("quota-*.sqlite*"):
            with suppress(FileNotFoundError):
                if time.time() - file.stat().st_mtime > _UNUSED:
                    file.unlink()

    def _discard(self) -> None:
        """Remove a file that is no database, so the next process has a new one."""
        for suffix in ("", "-wal", "-shm"):
            Path(f"{self._file}{suffix}").unlink(missing_ok=True)


def _move(bucket: SQLiteBucket, moves: Moves) -> None:
    # The library moves nothing. Those that it has under one time are all alike.
    for (logged_at, moved_to), count in moves.items():
        rows = f"SELECT rowid FROM {_TABLE} WHERE item_timestamp = ? LIMIT ?"  # noqa: S608 - a constant
        bucket.conn.execute(
            f"UPDATE {_TABLE} SET item_timestamp = ? WHERE rowid IN ({rows})",  # noqa: S608
            (moved_to, logged_at, count),
        ).close()
    bucket.conn.commit()


def _private_folder(folder: Path) -> int:
    """Open the folder, made if necessary. Raise ``StoreError`` if it is a link, or if others own or can use it."""
    try:
        folder.mkdir(mode=0o700, exist_ok=True)
    except FileExistsError:
        raise StoreError(f"{folder} is no folder") from None
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    status = os.fstat(descriptor)
    if status.st_uid != os.getuid() or status.st_mode & 0o077:
        os.close(descriptor)
        raise StoreError(f"{folder} belongs to somebody else, or others have access to it")
    return descriptor
