"""One loop and one client for each settings, called from many threads, ending with the process."""

from __future__ import annotations

import asyncio
import subprocess
import sys
import threading
from concurrent.futures import CancelledError, ThreadPoolExecutor
from contextvars import ContextVar

import pytest

from alicloud_device_certificates.cloud.errors import InterruptedReadError, SettingsError
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.cloud.http.background import Background
from alicloud_device_certificates.cloud.settings.settings import Settings


async def thread_name() -> str:
    return threading.current_thread().name


def test_all_threads_share_one_loop_in_a_daemon_thread() -> None:
    shared = Background()
    with ThreadPoolExecutor(4) as pool:
        names = set(pool.map(lambda _: shared.run(thread_name()), range(40)))
    assert names == {"alicloud-device-certificates"}


def test_equal_settings_get_the_same_client_made_once() -> None:
    shared, made = Background(), []

    def make() -> object:
        made.append(1)
        return object()

    with ThreadPoolExecutor(4) as pool:
        clients = set(pool.map(lambda _: shared.client_for(Settings(region="cn-a"), make), range(40)))
    assert (len(clients), len(made)) == (1, 1)
    assert shared.client_for(Settings(region="cn-b"), make) not in clients


def test_a_failure_to_make_a_client_is_remembered() -> None:
    shared, tried = Background(), []

    def fail() -> object:
        tried.append(1)
        raise SettingsError("no")

    for _ in range(3):
        with pytest.raises(SettingsError, match="no") as raised:
            shared.client_for("key", fail)
        assert raised.value.__context__ is None
    assert len(tried) == 1


def test_what_the_work_raises_is_raised_to_its_caller_and_the_loop_goes_on() -> None:
    shared = Background()

    async def fail() -> None:
        raise SettingsError("no")

    with pytest.raises(SettingsError):
        shared.run(fail())
    assert shared.run(thread_name()) == "alicloud-device-certificates"


def test_an_interrupt_drops_what_is_waited_for_and_all_that_follows() -> None:
    shared, started, dropped = Background(), threading.Semaphore(0), threading.Semaphore(0)

    async def forever() -> None:
        started.release()
        try:
            await asyncio.Event().wait()
        finally:
            dropped.release()

    with ThreadPoolExecutor(4) as pool:
        waiting = [pool.submit(shared.run, forever()) for _ in range(4)]
        for _ in waiting:
            started.acquire()
        shared.interrupt()
        for each in waiting:
            with pytest.raises(InterruptedReadError, match="the engine cancelled the operation"):
                each.result()
    with pytest.raises(InterruptedReadError):
        shared.run(thread_name())
    for _ in waiting:
        dropped.acquire()


def test_work_that_nobody_waits_for_here_runs_in_the_context_of_its_caller_until_an_interrupt() -> None:
    shared, caller = Background(), ContextVar("caller", default="")
    caller.set("a program")

    async def who() -> str:
        return caller.get()

    async def forever() -> None:
        await asyncio.Event().wait()

    assert shared.start(who()).result() == "a program"
    waiting = shared.start(forever())
    shared.interrupt()
    with pytest.raises(CancelledError):
        waiting.result()
    with pytest.raises(InterruptedReadError):
        shared.start(who())


def test_the_loop_does_not_wait_for_itself() -> None:
    shared = Background()

    async def inner() -> None:
        shared.run(thread_name())

    with pytest.raises(RuntimeError, match="cannot wait for itself"):
        shared.run(inner())


def test_work_runs_at_once_and_not_in_turn() -> None:
    shared, together = Background(), threading.Barrier(4, timeout=30)

    async def meet() -> int:
        return await asyncio.get_running_loop().run_in_executor(None, together.wait)

    with ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(lambda _: shared.run(meet()), range(4))) == [0, 1, 2, 3]


def test_the_process_has_one() -> None:
    assert background.run(thread_name()) == "alicloud-device-certificates"
    assert background.client_for("a key of this test", list) == []


def test_nothing_outlives_the_process_and_nothing_is_printed_at_its_end() -> None:
    program = """
import asyncio
from alicloud_device_certificates.cloud.http import background
from alicloud_device_certificates.cloud.client import Client
from alicloud_device_certificates.cloud.iot import query_device_cert
from alicloud_device_certificates.cloud.settings.settings import Settings

async def answer(reader, writer):
    await reader.readuntil(b"\\r\\n\\r\\n")
    body = b'{"Success": true, "RequestId": "r", "DeviceCertInfo": {"Status": 0}}'
    writer.write(b"HTTP/1.1 200 OK\\r\\nContent-Length: %d\\r\\n\\r\\n" % len(body) + body)

async def serve():
    return await asyncio.start_server(answer, "127.0.0.1", 0)

server = background.run(serve())
address = "127.0.0.1:%d" % server.sockets[0].getsockname()[1]
patient = {"connect_timeout": 60.0, "read_timeout": 60.0}
settings = Settings(access_key_id="k", access_key_secret="s", protocol="http", endpoints={"iot": address}, **patient)
client = background.client_for(settings, lambda: Client(settings))
print(background.run(query_device_cert(client, product_key="p", device_name="d")).status)
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "generating\n", "")


def test_a_look_up_that_never_ends_does_not_hold_up_the_end_of_the_process() -> None:
    program = """
import socket, threading
from alicloud_device_certificates.cloud.http import background

started = threading.Event()

def getaddrinfo(*_, **__):
    started.set()
    threading.Event().wait()

socket.getaddrinfo = getaddrinfo

async def look_up():
    import asyncio
    asyncio.ensure_future(asyncio.get_running_loop().getaddrinfo("h.example", 443))

background.run(look_up())
started.wait()
"""
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60, check=False)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_what_a_piece_of_blocking_work_raises_is_raised_to_its_caller() -> None:
    async def fail() -> None:
        await asyncio.get_running_loop().run_in_executor(None, [].pop)

    with pytest.raises(IndexError):
        Background().run(fail())
