"""Files that others write and that hold credentials: read whole, within limits, and with one-line errors."""

from __future__ import annotations

import os
import stat
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.errors import SettingsError

FILE_LIMIT: Final = 1024 * 1024
"""Maximum bytes of a file. Profiles take about 1 kB each, tokens about 2 kB."""


class _Unusable(Exception):  # noqa: N818 - a verdict within this module
    """What is wrong with a file, as a clause without a subject."""


def read_text(file: Path, *, noun: str) -> str:
    """Return the text of a regular file in UTF-8, with or without a byte order mark. No error quotes it.

    ``noun`` is what errors call it, such as ``the credentials file``. Raise ``SettingsError`` if it cannot be read.
    """
    try:
        return _content(file).decode("utf-8-sig")
    except _Unusable as unusable:
        fault = str(unusable)
    except UnicodeDecodeError:
        fault = "is not UTF-8 text"
    except OSError as error:
        fault = f"cannot be read ({error.strerror})"
    except ValueError:
        fault = "has a path with a null character"
    # Outside of the handlers: the context of an error would hold what was read.
    raise SettingsError(f"{noun} {file} {fault}")


def is_there(file: Path) -> bool:
    """Return whether there is anything at this path, whatever it is and whether or not it can be read."""
    try:
        file.lstat()
    except (FileNotFoundError, NotADirectoryError, ValueError):
        return False
    except OSError:
        return True
    return True


def _content(file: Path) -> bytes:
    # Without O_NONBLOCK, a named pipe that nobody writes to would block the opening for ever.
    descriptor = os.open(file, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC)
    try:
        mode = os.fstat(descriptor).st_mode
        if stat.S_ISDIR(mode):
            raise _Unusable("is a folder")
        if not stat.S_ISREG(mode):
            raise _Unusable("is not a regular file")
        with os.fdopen(descriptor, "rb", closefd=False) as opened:
            content = opened.read(FILE_LIMIT + 1)
    finally:
        os.close(descriptor)
    if len(content) > FILE_LIMIT:
        raise _Unusable("is larger than 1 MiB")
    return content
