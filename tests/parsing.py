"""Keep the garbage collector out of ``ast.parse`` on Python 3.11, so a failing test shows as a failure.

Python 3.11 counts the depth of the tree that ``ast.parse`` builds in one place for the whole interpreter, and collects
garbage while it builds. A finalizer that fails then has its traceback formatted, which calls ``ast.parse`` in turn (to
place the carets) and leaves the count wrong: "SystemError: AST constructor recursion depth mismatch" (CPython
gh-106905). pytest parses a test's source to show its failure, and turns that error into an INTERNALERROR that ends the
run. The Pulumi SDK leaves event loops behind whose finalizers fail, so a long run meets this sooner or later.

Python 3.12 collects garbage only between bytecodes, never within ``ast.parse``.
"""

from __future__ import annotations

import ast
import functools
import gc
import sys
import threading
from collections.abc import Callable
from typing import Any


def without_collection(parse: Callable[..., Any]) -> Callable[..., Any]:
    """Return ``parse`` with the garbage collector off during each call."""
    lock = threading.RLock()  # another thread must not turn it on again meanwhile

    @functools.wraps(parse)
    def uninterrupted(*arguments: Any, **options: Any) -> Any:
        with lock:
            enabled = gc.isenabled()
            gc.disable()
            try:
                return parse(*arguments, **options)
            finally:
                if enabled:
                    gc.enable()

    return uninterrupted


def keep_collector_out() -> None:
    """Replace ``ast.parse`` if this Python needs it."""
    if sys.version_info < (3, 12):
        ast.parse = without_collection(ast.parse)
