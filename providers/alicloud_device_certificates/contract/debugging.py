"""What the processes that read certificates show of an error, and what more they show while somebody looks into it."""

from __future__ import annotations

import logging
import os
import sys
from typing import Final

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.text import ERROR_LIMIT, one_line

DEBUG_VARIABLE: Final = "DEVICE_CERTIFICATES_DEBUG"
"""The environment variable that logs attempts and shows tracebacks if it is ``1``."""


def is_debugging() -> bool:
    """Return whether attempts are logged and tracebacks shown."""
    return os.environ.get(DEBUG_VARIABLE) == "1"


def log_attempts() -> None:
    """Log each attempt of a call to stderr, which the engine shows of its plugins and of programs."""
    logging.basicConfig(stream=sys.stderr, format="%(name)s: %(message)s")
    logging.getLogger(PACKAGE).setLevel(logging.DEBUG)


def error_line(error: Exception) -> str:
    """Return an error in one line. The text of an unexpected error is not shown: it might contain a secret."""
    if isinstance(error, UserFacingError):
        return one_line(str(error), limit=ERROR_LIMIT)
    return (
        f"an unexpected {type(error).__name__} in {PACKAGE}; "
        f"run again with {DEBUG_VARIABLE}=1 for the traceback, and report it"
    )
