"""The file that the processes of a machine share: what it grants, who may touch it, and what happens if it fails."""

from __future__ import annotations

import asyncio
import fcntl
import os
import sqlite3
import stat
import tempfile
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

from alicloud_device_certificates.cloud.quota import local_store
from alicloud_device_certificates.cloud.quota.local_store import LocalStore, default_folder
from alicloud_device_certificates.cloud.quota.store import HORIZON, SPAN_MS, Grant, StoreError

T = TypeVar("T")


class Machine:
    """A clock, and the sleeping time of all processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.now = 5_000_000
        self.slept = 0.0

    async def sleep(self, seconds: float) -> None:
        self.slept += seconds

    def store(self, quota: int = 10) -> LocalStore:
        return LocalStore(self.folder, "0123-iot-cloud", quota, clock=lambda: self.now, sleep=self.sleep)

    @property
    def file(self) -> Path:
        return self.folder / "quota-0123-iot-cloud.sqlite"


@pytest.fixture
def machine(tmp_path: Path) -> Machine:
    return Machine(tmp_path / "shared")


def result(work: Awaitable[T], *stores: LocalStore) -> T:
    async def run() -> T:
        try:
            return await work
        finally:
            for store in stores:
                await store.aclose()

    return asyncio.run(run())


def take(store: LocalStore, *wanted: int) -> list[Grant]:
    async def run() -> list[Grant]:
        return [await store.take(each) for each in wanted]

    return result(run(), store)


def test_two_processes_get_the_quota_together(machine: Machine) -> None:
    assert [each.count for each in take(machine.store(), 4, 3)] == [4, 3]
    assert [each.count for each in take(machine.store(), 5, 5)] == [3, 0]


def test_it_grants_again_when_the_first_requests_count_no_more(machine: Machine) -> None:
    take(machine.store(), 10)
    machine.now += 400
    (refused,) = take(machine.store(), 1)
    assert refused.count == 0
    assert refused.delay == pytest.approx((SPAN_MS - 400 + 1) / 1000)
    machine.now += SPAN_MS - 400
    assert take(machine.store(), 1)[0].count == 0
    machine.now += 1
    assert take(machine.store(), 11)[0].count == 10


def test_a_request_that_was_late_counts_for_longer(machine: Machine) -> None:
    async def run() -> int:
        store = machine.store()
        grant = await store.take(10)
        assert grant.logged_at == machine.now + int(HORIZON * 1000)
        await store.move({(grant.logged_at, grant.logged_at + 200): 3})
        machine.now += SPAN_MS + 1
        count = (await store.take(10)).count
        await store.aclose()
        return count

    assert asyncio.run(run()) == 7


def test_after_a_restart_of_the_machine_old_requests_do_not_count(machine: Machine) -> None:
    take(machine.store(), 10)
    machine.now = 7_000
    assert take(machine.store(), 10)[0].count == 10


def test_old_requests_are_removed(machine: Machine) -> None:
    for _ in range(20):
        take(machine.store(), 10)
        machine.now += 2000
    with sqlite3.connect(machine.file) as connection:
        assert connection.execute("SELECT COUNT(*) FROM requests").fetchone()[0] <= 40
    connection.close()


def test_nobody_else_has_access(machine: Machine) -> None:
    old = os.umask(0)
    try:
        take(machine.store(), 1)
    finally:
        os.umask(old)
    assert stat.S_IMODE(machine.folder.stat().st_mode) == 0o700
    assert [stat.S_IMODE(file.stat().st_mode) for file in machine.folder.iterdir()] == [0o600]


@contextmanager
def _link(machine: Machine) -> Iterator[None]:
    (machine.folder.parent / "elsewhere").mkdir(mode=0o700)
    machine.folder.symlink_to("elsewhere")
    yield


@contextmanager
def _open_to_all(machine: Machine) -> Iterator[None]:
    machine.folder.mkdir()
    machine.folder.chmod(0o777)
    yield


@contextmanager
def _a_file(machine: Machine) -> Iterator[None]:
    machine.folder.write_text("")
    yield


@contextmanager
def _link_in_place_of_the_log(machine: Machine) -> Iterator[None]:
    machine.folder.mkdir(mode=0o700)
    victim = machine.folder.parent / "victim"
    machine.file.symlink_to(victim)
    yield
    assert not victim.exists()


@contextmanager
def _no_database(machine: Machine) -> Iterator[None]:
    machine.folder.mkdir(mode=0o700)
    machine.file.write_bytes(b"this is no database" * 100)
    yield
    assert not machine.file.exists()
    assert take(machine.store(), 1)[0].count == 1


@contextmanager
def _another_database(machine: Machine) -> Iterator[None]:
    machine.folder.mkdir(mode=0o700)
    with sqlite3.connect(machine.file) as connection:
        connection.execute("CREATE TABLE requests (something INTEGER)")
    connection.close()
    yield


@contextmanager
def _stuck_process(machine: Machine) -> Iterator[None]:
    take(machine.store(), 1)
    holder = os.open(machine.folder, os.O_RDONLY)
    fcntl.flock(holder, fcntl.LOCK_EX)
    yield
    os.close(holder)


@contextmanager
def _stuck_transaction(machine: Machine) -> Iterator[None]:
    take(machine.store(), 1)
    connection = sqlite3.connect(machine.file, isolation_level=None)
    connection.execute("BEGIN EXCLUSIVE")
    yield
    connection.close()


@pytest.mark.parametrize(
    "fault",
    [
        _link,
        _open_to_all,
        _a_file,
        _link_in_place_of_the_log,
        _no_database,
        _another_database,
        _stuck_process,
        _stuck_transaction,
    ],
)
def test_what_cannot_be_used_is_an_error_within_a_second(fault: object, machine: Machine) -> None:
    with fault(machine):  # type: ignore[operator]
        store = machine.store()
        with pytest.raises(StoreError, match="shared"):
            result(store.take(1), store)
        assert machine.slept <= 1.001


def test_a_folder_that_cannot_be_made_is_an_error() -> None:
    store = LocalStore(Path("/proc/self/nothing"), "key", 10)
    with pytest.raises(StoreError, match="/proc/self/nothing: No such file or directory"):
        result(store.take(1), store)


def test_a_full_disk_is_an_error(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> Grant:
        raise _operational_error(sqlite3.SQLITE_FULL)

    store = machine.store()
    monkeypatch.setattr(LocalStore, "_take", full)
    with pytest.raises(StoreError, match="database or disk is full"):
        result(store.take(1), store)


def _operational_error(code: int) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("database or disk is full")
    error.sqlite_errorcode = code
    return error


def test_the_log_of_an_emulator_that_is_gone_is_removed(machine: Machine) -> None:
    machine.folder.mkdir(mode=0o700)
    old, recent = (machine.folder / f"quota-{name}.sqlite" for name in ("old", "recent"))
    for file in (old, recent):
        file.touch()
    os.utime(old, (1, 1))
    take(machine.store(), 1)
    assert (old.exists(), recent.exists()) == (False, True)


def test_it_is_in_the_runtime_folder_or_with_the_temporary_files(tmp_path: Path) -> None:
    in_temporary = Path(tempfile.gettempdir(), f"alicloud-device-certificates-{os.getuid()}")
    assert default_folder({"XDG_RUNTIME_DIR": str(tmp_path)}) == tmp_path / "alicloud-device-certificates"
    for unusable in ("", "relative", str(tmp_path / "missing")):
        assert default_folder({"XDG_RUNTIME_DIR": unusable}) == in_temporary
    assert default_folder({}) == in_temporary


def test_all_processes_have_the_same_clock() -> None:
    assert local_store.monotonic_ms() <= local_store.monotonic_ms()
