"""Files that are written whole or not at all: whoever reads one sees what was there before, or all of what is new."""

from __future__ import annotations

import os
import secrets
import stat
from collections.abc import Iterable
from pathlib import Path

from alicloud_device_certificates.gate.errors import GateError
from alicloud_device_certificates.gate.reports.printable import printable

# Streams that this process has open, even where one leads to a file: the others who write to it would go on in the old.
_STREAMS = ("/dev/stdout", "/dev/stderr", "/dev/fd/", "/proc/self/fd/")


class ReportError(GateError):
    """A report cannot be written: one line that names each path, and the system's reason."""


def check_writable(paths: Iterable[Path]) -> None:
    """Say before anything is done which of these files could not be written, or are given twice.

    Raises ReportError. What happens to the file system afterwards is not known, so `write_whole` can still fail.
    """
    faults: list[str] = []
    seen: set[str] = set()
    for path in paths:
        try:
            real = os.path.realpath(path)
            fault = "it is given for two reports" if real in seen and not _is_stream(path) else _obstacle(path)
        except (OSError, ValueError) as error:
            fault = _reason(error)
        else:
            seen.add(real)
        if fault:
            faults.append(f"cannot write {printable(str(path))}: {fault}")
    if faults:
        raise ReportError("; ".join(faults))


def write_whole(path: Path, text: str) -> None:
    """Write a text as UTF-8: beside the file, to the disk, and then in its place.

    An existing file keeps its mode, and a link stays one: the file that it leads to is replaced. What is no file (a
    device, a pipe) is written to as it is. Raises ReportError, and leaves nothing behind then.
    """
    content = text.encode("utf-8", errors="replace")
    try:
        if _is_stream(path):
            with path.open("wb") as stream:
                stream.write(content)
        else:
            _replace(Path(os.path.realpath(path)), content)
    except (OSError, ValueError) as error:
        raise ReportError(f"cannot write {printable(str(path))}: {_reason(error)}") from None


def append(path: Path, text: str) -> None:
    """Add a text as UTF-8 to the end of a file, on a line of its own; raises ReportError."""
    try:
        with path.open("a+b") as file:
            if file.seek(0, os.SEEK_END):
                file.seek(-1, os.SEEK_END)
                if file.read(1) != b"\n":
                    file.write(b"\n")
            file.write(text.encode("utf-8", errors="replace"))
    except (OSError, ValueError) as error:
        raise ReportError(f"cannot write {printable(str(path))}: {_reason(error)}") from None


def _replace(target: Path, content: bytes) -> None:
    if target.is_dir():
        raise IsADirectoryError(None, "it is a directory")
    # Its name has nothing of the target's: together they could be too long.
    temporary = target.parent / f".device-certificates-{secrets.token_hex(8)}.tmp"
    try:
        # Made as any file, so the umask holds; O_EXCL follows no link that somebody put there.
        with os.fdopen(os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666), "wb") as file:
            if target.exists():
                os.fchmod(file.fileno(), stat.S_IMODE(target.stat().st_mode))
            file.write(content)
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
    target = path if _is_stream(path) else Path(os.path.realpath(path))
    if target.is_dir():
        return "it is a directory"
    if target is path:
        return None if os.access(path, os.W_OK) else "it may not be written to"
    if not target.parent.is_dir():
        return f"there is no folder {printable(str(target.parent))}"
    return None if os.access(target.parent, os.W_OK | os.X_OK) else f"no file may be made in {target.parent}"


def _reason(error: OSError | ValueError) -> str:
    """Give the system's reason without the path, which the system names in its own way."""
    return (error.strerror if isinstance(error, OSError) else None) or printable(str(error))
