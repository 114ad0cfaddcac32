"""The files to merge: which are named, and the JSON documents in them."""

from __future__ import annotations

import os
import stat
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from alicloud_device_certificates.contract.text import printable, truncated
from alicloud_device_certificates.gate.errors import MergeError
from alicloud_device_certificates.gate.reports.formats import FORMATS
from alicloud_device_certificates.gate.reports.json_types import SCHEMA, ReportDocument
from alicloud_device_certificates.gate.reports.merged_types import MERGED_SCHEMA, MergedDocument

STDIN: Final = Path("-")
"""Stands for this process's own stdin."""

_IN_FOLDERS: Final = next(each.file_name for each in FORMATS if each.name == "json")
_OURS: Final = "urn:device-certificates:"
_SHOWN: Final = 200


class _Head(msgspec.Struct, rename={"schema": "$schema"}):
    schema: Any = None


def named_files(paths: Iterable[Path]) -> list[Path]:
    """Return the files to merge, in their order; of a folder every ``report.json`` in it, at any depth.

    Raise MergeError if a folder has none, or if two names lead to the same file.
    """
    files = [file for path in paths for file in _in(path)]
    known: dict[object, Path] = {}
    for file in files:
        other = known.setdefault(_identity(file), file)
        if other is not file:
            names = f"{shown(file)} is" if str(other) == str(file) else f"{shown(other)} and {shown(file)} are"
            raise MergeError(f"{names} the same file: name each report once")
    return files


def read_documents(file: Path) -> list[ReportDocument]:
    """Read the report of one stack, or of all stacks in a merged report. Raise MergeError."""
    content = _content(file)
    if not content or content.isspace():
        raise MergeError(f"{shown(file)} is empty")
    try:
        schema = msgspec.json.decode(content, type=_Head).schema
        if schema == MERGED_SCHEMA:
            return msgspec.json.decode(content, type=MergedDocument).reports
        if schema == SCHEMA:
            return [msgspec.json.decode(content, type=ReportDocument)]
    except msgspec.ValidationError as error:
        raise MergeError(f"{shown(file)} is not a report of this version: {_text(error)}") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise MergeError(f"{shown(file)} is not JSON: {_text(error)}") from None
    if isinstance(schema, str) and schema.startswith(_OURS):
        raise MergeError(
            f"{shown(file)} has the shape {_text(schema)}, and this version reads {SCHEMA} and {MERGED_SCHEMA}"
        )
    raise MergeError(f"{shown(file)} is JSON, but not a report of `device-certificates preview --json`")


def refuse_written(files: Iterable[Path], written: Iterable[Path]) -> None:
    """Raise MergeError if a report to merge is in one of the files that are written."""
    known = {_identity(path) for path in written if path != STDIN}
    for file in files:
        if file != STDIN and _identity(file) in known:
            raise MergeError(f"{shown(file)} would be read and written: write to another file")


def shown(file: Path) -> str:
    """Return the name of a file for people."""
    return "the report on stdin" if file == STDIN else printable(str(file))


def _in(path: Path) -> Iterator[Path]:
    try:
        if path == STDIN or not path.is_dir():
            yield path
            return
        found = sorted(path.rglob(_IN_FOLDERS))
    except (OSError, ValueError) as error:
        raise MergeError(f"cannot read {shown(path)}: {_reason(error)}") from None
    if not found:
        raise MergeError(f"there is no {_IN_FOLDERS} in the folder {shown(path)}")
    yield from found


def _identity(file: Path) -> object:
    """Return what only names of the same file share. Two pipes are never the same."""
    if file == STDIN:
        return file
    try:
        found = os.stat(file)  # noqa: PTH116 - also of a name that is no valid path
    except (OSError, ValueError):
        return str(file)
    return (found.st_dev, found.st_ino) if stat.S_ISREG(found.st_mode) else str(file)


def _content(file: Path) -> bytes:
    try:
        if file != STDIN:
            return file.read_bytes()
        if sys.stdin is None:
            raise MergeError("cannot read stdin: it is closed")
        return sys.stdin.buffer.read()
    except (OSError, ValueError) as error:
        raise MergeError(f"cannot read {shown(file)}: {_reason(error)}") from None


def _reason(error: OSError | ValueError) -> str:
    return (error.strerror if isinstance(error, OSError) else None) or _text(error)


def _text(value: object) -> str:
    return truncated(printable(str(value)), _SHOWN)
