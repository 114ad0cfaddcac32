"""Files that are replaced as a whole: a reader sees either the old content or all of the new one."""

from __future__ import annotations

import os
import secrets
import stat
import sys
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from alicloud_device_certificates.contract.text import printable
from alicloud_device_certificates.gate.errors import GateError

STDOUT = Path("-")
"""Stands for this process's own stdout."""

# Streams that this process has open. They are never replaced, not even if one leads to a file: another writer
# would continue to write to the old file.
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


class ReportError(GateError):
    """A report cannot be written: one line that names each path and the system's reason."""

    fix = "Choose a path that can be written."


def make_folder(folder: Path) -> None:
    """Make a folder if there is none. Raise ReportError."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (OSError, ValueError) as error:
        raise ReportError(f"cannot write to {printable(str(folder))}: {_reason(error)}") from None


def remove_earlier(paths: Iterable[Path], *, whatever_it_is: bool = False) -> dict[Path, int]:
    """Remove what an earlier run has written, and return the mode of each removed file by its path.

    A link stays a link: the file behind it is removed. Stdout, devices and pipes stay. With ``whatever_it_is``, links
    and pipes themselves are removed. Raise ReportError, one line for all files that cannot be removed.
    """
    modes: dict[Path, int] = {}
    faults: list[str] = []
    for path in paths:
        try:
            if not whatever_it_is and (path == STDOUT or _is_stream(path)):
                continue
            target = path if whatever_it_is else Path(os.path.realpath(path))
            mode = target.lstat().st_mode
            target.unlink()
            if stat.S_ISREG(mode):
                modes[path] = stat.S_IMODE(mode)
        except FileNotFoundError:
            continue
        except (OSError, ValueError) as error:
            faults.append(f"cannot write {printable(str(path))}: {_reason(error)}")
    if faults:
        raise ReportError("; ".join(faults))
    return modes


def check_writable(paths: Iterable[Path]) -> None:
    """Check before the run that each file can be written and that none is named twice.

    Raise ReportError. The file system can still change during the run, so ``write_whole`` can still fail.
    """
    faults: list[str] = []
    known: set[str] = set()
    for path in paths:
        try:
            real = str(path) if path == STDOUT else os.path.realpath(path)
            fault = "two reports name this file" if real in known and not _is_stream(path) else _obstacle(path)
        except (OSError, ValueError) as error:
            fault = _reason(error)
        else:
            known.add(real)
        if fault:
            faults.append(f"cannot write {printable(str(path))}: {fault}")
    if faults:
        raise ReportError("; ".join(faults))


def write_whole(path: Path, text: str | Iterable[str], *, mode: int | None = None) -> None:
    """Write a text as UTF-8: to a new file beside the target, to the disk, then in place of the target.

    An existing file keeps its mode, and a new one gets ``mode``. A link stays a link: the file behind it is replaced.
    Devices and pipes are written to directly. Raise ReportError and then leaves nothing behind.
    """
    content = (piece.encode("utf-8", errors="replace") for piece in ([text] if isinstance(text, str) else text))
    try:
        if path == STDOUT:
            _write_to_stdout(content)
        elif _is_stream(path):
            with path.open("wb") as stream:
                stream.writelines(content)
        else:
            _replace(Path(os.path.realpath(path)), content, mode)
    except (OSError, ValueError) as error:
        raise ReportError(f"cannot write {printable(str(path))}: {_reason(error)}") from None


def append(path: Path, text: str) -> None:
    """Append a text as UTF-8 to a file, starting on a new line. Raise ReportError."""
    try:
        with path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(text.encode("utf-8", errors="replace"))
    except (OSError, ValueError) as error:
        raise ReportError(f"cannot write {printable(str(path))}: {_reason(error)}") from None


def _write_to_stdout(content: Iterable[bytes]) -> None:
    with suppress(BrokenPipeError):  # the reader has seen enough
        sys.stdout.buffer.writelines(content)
        sys.stdout.buffer.flush()


def _replace(target: Path, content: Iterable[bytes], mode: int | None) -> None:
    if target.is_dir():
        raise IsADirectoryError(None, "it is a directory")
    # The name contains nothing of the target's name: together they could be too long.
    temporary = target.parent / f".device-certificates-{secrets.token_hex(8)}.tmp"
    try:
        # The umask applies as for any new file, and O_EXCL follows no link that somebody has planted.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if target.exists():
                mode = stat.S_IMODE(target.stat().st_mode)
            if mode is not None:
                os.fchmod(file.fileno(), mode)
            file.writelines(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)


def _is_stream(path: Path) -> bool:
    if str(path.absolute()).startswith(_STREAMS):
        return True
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        return False
    return not (stat.S_ISREG(mode) or stat.S_ISDIR(mode))


def _obstacle(path: Path) -> str | None:
    if path == STDOUT:
        return None if sys.stdout is not None else "it is closed"
    target = path if _is_stream(path) else Path(os.path.realpath(path))
    if target.is_dir():
        return "it is a directory"
    if target is path:
        return None if os.access(path, os.W_OK) else "it is not writable"
    if not target.parent.is_dir():
        return f"there is no folder {printable(str(target.parent))}"
    writable = os.access(target.parent, os.W_OK | os.X_OK)
    return None if writable else f"the folder {printable(str(target.parent))} is not writable"


def _reason(error: OSError | ValueError) -> str:
    """Return the system's reason without the path, which the system writes in its own way."""
    return (error.strerror if isinstance(error, OSError) else None) or printable(str(error))
