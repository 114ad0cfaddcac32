"""How this process learns that the engine cancels its operation, or is gone.

The engine calls ``Cancel`` of its plugins on an interrupt, and then waits for what they are doing. The SDK's dynamic
provider ignores the call, and handles it only once one of its four threads is free. So the call gets a thread of its
own here, and whoever hears of it drops the requests that are under way: they only read.
"""

from __future__ import annotations

import os
import select
import signal
import sys
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Final, ParamSpec, TypeVar

P = ParamSpec("P")
T = TypeVar("T")

_SERVICER: Final = "DynamicResourceProviderServicer"
_STDOUT: Final = 1


class _OnCancel(ThreadPoolExecutor):
    """The thread for ``Cancel``, which is the only call that it runs."""

    def __init__(self, cancel: Callable[[], None]) -> None:
        super().__init__(max_workers=1)
        self._cancel = cancel

    def submit(self, call: Callable[P, T], /, *arguments: P.args, **options: P.kwargs) -> Future[T]:
        """Cancel, and run the SDK's own part."""
        self._cancel()
        return super().submit(call, *arguments, **options)


def watch_engine(cancel: Callable[[], None]) -> None:
    """Call ``cancel`` if the engine cancels, and end this process if the engine is gone, however that ended.

    In a process that is not the SDK's dynamic provider, such as a test, nothing is watched.
    """
    servicer = getattr(sys.modules["__main__"], _SERVICER, None)
    if servicer is None or hasattr(servicer.Cancel, "experimental_thread_pool"):
        return
    # gRPC looks for this attribute at each call.
    servicer.Cancel.experimental_thread_pool = _OnCancel(cancel)
    threading.Thread(target=_end_with_engine, name="alicloud-engine-watch", daemon=True).start()


def _end_with_engine() -> None:
    """End this process once nobody reads its output: a shell is its parent, and outlives a killed engine too."""
    poll = select.poll()
    # Without events, this waits for an error or a hang-up alone.
    poll.register(_STDOUT, 0)
    poll.poll()
    # At once: the main thread waits for ever, and there is nothing to write any more.
    os.kill(os.getpid(), signal.SIGTERM)
