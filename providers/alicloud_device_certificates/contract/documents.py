"""Files and texts that people write, YAML and JSON, as plain values within bounds (bounds.py)."""

from __future__ import annotations

import errno
import json
import os
import stat
from collections import Counter
from pathlib import Path
from typing import Any, NoReturn

from alicloud_device_certificates.contract.bounds import (
    MAX_BYTES,
    OUT_OF_RANGE,
    TOO_DEEP,
    TOO_LARGE,
    DocumentError,
    check_bounds,
    shortened,
)
from alicloud_device_certificates.contract.yaml_document import parse_yaml


def load_document(path: Path) -> object:
    """Return the content of a YAML file, its scalars as text; of a JSON file if the name ends with ``.json``.

    Raise DocumentError.
    """
    text = read_text(path)
    return parse_json(text) if path.suffix == ".json" else parse_yaml(text)


def read_text(path: Path) -> str:
    """Return the text of a regular file. Raise DocumentError."""
    try:
        content = read_regular_file(path, MAX_BYTES + 1)
    except OSError as error:
        raise DocumentError(f"cannot be read ({error.strerror})") from None
    except ValueError:
        raise DocumentError("cannot be read (its name contains a NUL character)") from None
    if len(content) > MAX_BYTES:
        raise DocumentError(TOO_LARGE)
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise DocumentError("is not UTF-8 text") from None


def read_regular_file(path: Path, limit: int) -> bytes:
    """Return at most the first ``limit`` bytes of a file. Raise OSError, also for a device or a pipe."""

    def opened(name: str, flags: int) -> int:
        return os.open(name, flags | os.O_NONBLOCK)  # a pipe would wait for its writer

    with open(path, "rb", opener=opened) as file:
        if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
            raise OSError(errno.EINVAL, "Not a regular file")
        return file.read(limit)


def parse_json(text: str) -> Any:  # noqa: ANN401 - any JSON
    """Return a JSON text as a plain value. Raise DocumentError, also for a key that an object has twice."""
    if len(text) > MAX_BYTES:
        raise DocumentError(TOO_LARGE)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DocumentError(f"line {error.lineno}, column {error.colno}: invalid JSON ({error.msg})") from None
    except RecursionError:
        raise DocumentError(TOO_DEEP) from None
    except DocumentError:
        raise
    except ValueError:  # more digits than Python converts
        raise DocumentError(OUT_OF_RANGE) from None
    check_bounds(value)
    return value


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise DocumentError(f"duplicate key {shortened(counts.most_common(1)[0][0])}")
    return value


def _no_constant(name: str) -> NoReturn:
    raise DocumentError(f"{name} is not a JSON value")
