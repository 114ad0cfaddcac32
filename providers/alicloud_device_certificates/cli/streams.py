"""What commands print: any text can be printed, and a reader that has left ends no command."""

from __future__ import annotations

import io
import os
import sys
from typing import ClassVar, TextIO

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.text import inert as text_inert

# What CI systems take for a command at the start of a line.
_COMMANDS = ("::", "##", " ", "---", "+++", "~~~", "^^^")


class OutputError(UserFacingError):
    """What a command prints cannot be written, so what is there of it is not all."""

    fix: ClassVar[str] = "Free some space, or write to another place."


def accept_any_text() -> None:
    r"""Let both streams escape what their encoding lacks (``\u2013``), instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, stream: TextIO | None = None) -> None:
    """Print one text with its newline at once, to stdout unless another stream is given.

    Raise OutputError if stdout is a file whose disk is full, or the like; a reader that has left is no error.
    """
    stream = stream or sys.stdout
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except OSError as error:
        abandon(stream)
        if stream is sys.stdout and not isinstance(error, BrokenPipeError):
            raise OutputError(f"cannot write to stdout: {error.strerror}") from None


def settle() -> None:
    """Print what is still held back at the end of a command. If its reader has left, Python would exit with 120."""
    for stream in (sys.stdout, sys.stderr):
        try:
            if stream is not None:
                stream.flush()
        except OSError:
            abandon(stream)


def abandon(stream: TextIO) -> None:
    """Drop what a stream holds and will get: its reader has left, or the disk is full."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def inert(text: str) -> str:
    """Return a text from outside as it may start a line: quoted and escaped if a terminal or a CI system would act."""
    return text_inert(text if text.isprintable() and not text.startswith(_COMMANDS) else repr(text))
