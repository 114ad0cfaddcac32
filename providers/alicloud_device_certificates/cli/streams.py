"""What commands print: any text can be printed, and a reader that has left ends no command."""

from __future__ import annotations

import io
import os
import sys
from typing import TextIO


def accept_any_text() -> None:
    r"""Let both streams escape what their encoding lacks (``\u2013``), instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def say(text: str, stream: TextIO | None = None) -> None:
    """Print one text with its newline at once, to stdout unless another stream is given."""
    stream = stream or sys.stdout
    if stream is None:
        return
    try:
        print(text, file=stream, flush=True)
    except OSError:
        abandon(stream)


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
