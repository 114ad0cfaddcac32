"""One event loop for the process, in a daemon thread, and one client on it for each distinct value of the settings.

Several threads call the provider at once, and each of its classes is configured separately; all share the connections,
the credentials and the quota. The thread is a daemon, and so are those that look up hosts for it: the process does not
wait for them when it exits.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Coroutine, Hashable
from concurrent.futures import CancelledError, Future, ThreadPoolExecutor
from typing import Any, Final, ParamSpec, TypeVar

from alicloud_device_certificates.cloud.errors import InterruptedReadError

P = ParamSpec("P")
T = TypeVar("T")

_NAME: Final = "alicloud-device-certificates"


class Background:
    """An event loop that starts on first use, and the clients on it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self._made: dict[Hashable, Any] = {}
        self._failed: dict[Hashable, Exception] = {}
        self._started: set[Future[Any]] = set()
        self._is_interrupted = False

    def client_for(self, key: Hashable, make: Callable[[], T]) -> T:
        """Return the client of this key, made by ``make`` on first use. A failure is remembered and raised again.

        Making one sends no request: it fails if settings are invalid, and these do not change while a process runs. So
        every read reports the same. What may pass, such as credentials that cannot be had, is not part of it.
        """
        with self._lock:
            if key in self._failed:
                raise self._failed[key].with_traceback(None)
            if key not in self._made:
                try:
                    self._made[key] = make()
                except Exception as error:
                    self._failed[key] = error
                    raise
            made: T = self._made[key]
            return made

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        """Run a coroutine on the loop and return its result; its exceptions are raised here.

        Raise ``InterruptedReadError`` once ``interrupt`` was called.
        """
        if threading.current_thread() is self._thread:
            work.close()
            raise RuntimeError("the background loop cannot wait for itself")
        future = self.start(work)
        try:
            return future.result()
        except CancelledError:
            raise _interrupted() from None
        except BaseException:
            future.cancel()  # no effect once done; an interrupted wait must not leave the call running
            raise

    def start(self, work: Coroutine[Any, Any, T]) -> Future[T]:
        """Run a coroutine on the loop, in the context of the caller, and return its result to come.

        Raise ``InterruptedReadError`` once ``interrupt`` was called, which cancels what was started before.
        """
        loop = self._running()
        with self._lock:
            if self._is_interrupted:
                work.close()
                raise _interrupted()
            future = asyncio.run_coroutine_threadsafe(work, loop)
            self._started.add(future)
        # Outside the lock: it calls at once what is done by now.
        future.add_done_callback(self._started.discard)
        return future

    def interrupt(self) -> None:
        """Drop all work, now and later: the engine ends this process soon."""
        with self._lock:
            self._is_interrupted = True
            for future in tuple(self._started):
                future.cancel()

    def _running(self) -> asyncio.AbstractEventLoop:
        with self._lock:
            if self._loop is None:
                self._loop = asyncio.new_event_loop()
                self._loop.set_default_executor(_DaemonThreads())
                self._thread = threading.Thread(target=self._loop.run_forever, name=_NAME, daemon=True)
                self._thread.start()
            return self._loop


class _DaemonThreads(ThreadPoolExecutor):
    """A daemon thread for each piece of work: a look-up whose name server never responds does not hold up the exit."""

    def submit(self, fn: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs) -> Future[T]:
        """See ``concurrent.futures.Executor``."""
        future: Future[T] = Future()

        def work() -> None:
            if future.set_running_or_notify_cancel():
                try:
                    future.set_result(fn(*args, **kwargs))
                except BaseException as error:  # noqa: BLE001 - it is raised to whoever waits
                    future.set_exception(error)

        threading.Thread(target=work, name=_NAME, daemon=True).start()
        return future


def _interrupted() -> InterruptedReadError:
    return InterruptedReadError("the engine cancelled the operation before the service responded")


_background = Background()
client_for = _background.client_for
"""``Background.client_for`` of the process."""

run = _background.run
"""``Background.run`` of the process."""

start = _background.start
"""``Background.start`` of the process."""

interrupt = _background.interrupt
"""``Background.interrupt`` of the process."""
