"""YAML and JSON that people write, as plain values: whatever the text is, its size, its depth and its time are bounded.

Parsers for it recurse, and unfold what a file repeats by aliases. So a file of a few bytes can end a process or fill
its memory, unless somebody counts.
"""

from __future__ import annotations

import errno
import json
import os
import re
import stat
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, NoReturn

MAX_BYTES: Final = 8 * 1024 * 1024
"""The maximum size of a document."""
MAX_DEPTH: Final = 64
"""How deep lists and objects can be nested."""
MAX_VALUES: Final = 1_000_000
"""How many values a document can hold once its aliases are unfolded."""

_SHOWN: Final = 40
_SHOWN_FAULTS: Final = 20
_MAX_NUMBER: Final = sys.float_info.max
_NOT_A_NUMBER = "holds a number that is out of range"
_NOT_UNICODE = "is not valid Unicode text"
_TOO_DEEP = f"is nested deeper than {MAX_DEPTH} levels"
_TOO_MANY = f"holds more than {MAX_VALUES:,} values, counting each use of an alias"
_TOO_LARGE = f"is larger than {MAX_BYTES // 1024**2} MiB"
# Every scalar is read as text, so these change nothing; any other tag would be ignored without a word.
_TAGS = {None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map"))}
_PENDING = object()


class DocumentError(ValueError):
    """A document cannot be read: one line without the file's name, which quotes no value."""


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
        raise DocumentError(_TOO_LARGE)
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
        raise DocumentError(_TOO_LARGE)
    try:
        value = json.loads(text, object_pairs_hook=_unique, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DocumentError(f"line {error.lineno}, column {error.colno}: invalid JSON ({error.msg})") from None
    except RecursionError:
        raise DocumentError(_TOO_DEEP) from None
    except DocumentError:
        raise
    except ValueError:  # more digits than Python converts
        raise DocumentError(_NOT_A_NUMBER) from None
    check_bounds(value)
    return value


def check_bounds(value: object) -> None:
    """Check a value that somebody else has parsed, or made. Raise DocumentError."""
    left: list[tuple[object, int]] = [(value, 1)]
    count = 0
    while left:
        each, depth = left.pop()
        count += 1
        if count > MAX_VALUES:
            raise DocumentError(_TOO_MANY)
        if isinstance(each, Mapping | list | tuple):
            if depth > MAX_DEPTH:
                raise DocumentError(_TOO_DEEP)
            inner: Iterable[object] = (*each, *each.values()) if isinstance(each, Mapping) else each
            left.extend((item, depth + 1) for item in inner)
        elif isinstance(each, str):
            _check_text(each)
        elif isinstance(each, int | float) and not abs(each) <= _MAX_NUMBER:  # nor is NaN
            raise DocumentError(_NOT_A_NUMBER)


def parse_yaml(text: str) -> object:
    """Return a YAML text as a plain value, every scalar as text. Raise DocumentError.

    A number such as the SN 0012 stays as it is. A key that an object has twice is an error, as YAML itself demands.
    """
    import yaml

    _check_text(text)
    if len(text) > MAX_BYTES:
        raise DocumentError(_TOO_LARGE)
    try:
        return _value_of(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    except yaml.YAMLError as error:
        # Not the error's own text: it quotes the file, which can hold secrets.
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        fault = re.sub(r"\s*'[^']*'", "", problem)
        raise DocumentError(_at(getattr(error, "problem_mark", None), f"invalid YAML ({fault})")) from None
    except DocumentError:
        raise
    except (ValueError, OverflowError):  # what PyYAML without libyaml raises for an escape such as \\UFFFFFFFF
        raise DocumentError("invalid YAML (unreadable)") from None


@dataclass(slots=True)
class _Open:
    """A list or an object whose end has not been reached."""

    value: list[object] | dict[str, object]
    anchor: str | None
    size: int = 1
    """How many values it holds, and it itself."""
    height: int = 1
    """How many levels it has."""
    key: object = _PENDING
    """The key whose value comes next."""


def _value_of(events: Iterable[Any]) -> object:
    """Return the value of a document from the parser's events. PyYAML's own composer is recursive, in C too."""
    import yaml

    document = _Open([], None)
    nodes = [document]
    anchors: dict[str, tuple[object, int, int]] = {}
    for event in events:
        mark = event.start_mark
        match event:
            case yaml.ScalarEvent():
                _check_tag(event)
                _check_text(event.value)
                _add(nodes, (event.value, 1, 0), event.anchor, anchors, mark)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                _check_tag(event)
                if len(nodes) > MAX_DEPTH:
                    raise DocumentError(_at(mark, _TOO_DEEP))
                nodes.append(_Open([] if isinstance(event, yaml.SequenceStartEvent) else {}, event.anchor))
            case yaml.SequenceEndEvent() | yaml.MappingEndEvent():
                ended = nodes.pop()
                _add(nodes, (ended.value, ended.size, ended.height), ended.anchor, anchors, mark)
            case yaml.AliasEvent():
                if event.anchor not in anchors:
                    is_open = any(node.anchor == event.anchor for node in nodes)
                    raise DocumentError(_at(mark, "an alias of itself" if is_open else "an alias of nothing before it"))
                _add(nodes, anchors[event.anchor], None, anchors, mark)
            case yaml.DocumentStartEvent() if document.value:
                raise DocumentError(_at(mark, "a second document"))
    return document.value[0] if isinstance(document.value, list) and document.value else None


def _add(
    nodes: list[_Open],
    node: tuple[object, int, int],
    anchor: str | None,
    anchors: dict[str, tuple[object, int, int]],
    mark: object,
) -> None:
    """Add a value, of some size and height, to the innermost open list or object."""
    value, size, height = node
    if anchor is not None:
        anchors[anchor] = node
    parent = nodes[-1]
    parent.size += size
    parent.height = max(parent.height, height + 1)
    if parent.size > MAX_VALUES:
        raise DocumentError(_TOO_MANY)
    if len(nodes) + height - 1 > MAX_DEPTH:
        raise DocumentError(_at(mark, _TOO_DEEP))
    if isinstance(parent.value, list):
        parent.value.append(value)
    elif parent.key is not _PENDING:
        parent.value[str(parent.key)] = value
        parent.key = _PENDING
    elif not isinstance(value, str):
        raise DocumentError(_at(mark, "a key that is not text"))
    elif value in parent.value:
        raise DocumentError(_at(mark, f"duplicate key {shortened(value)}"))
    else:
        parent.key = value


def _check_tag(event: Any) -> None:  # noqa: ANN401 - of a library without types
    if event.tag not in _TAGS:
        raise DocumentError(_at(event.start_mark, f"unknown tag {shortened(event.tag)}"))


def _check_text(text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:  # a lone surrogate
        raise DocumentError(_NOT_UNICODE) from None


def _unique(pairs: list[tuple[str, object]]) -> dict[str, object]:
    value = dict(pairs)
    if len(value) < len(pairs):
        counts = Counter(key for key, _ in pairs)
        raise DocumentError(f"duplicate key {shortened(counts.most_common(1)[0][0])}")
    return value


def _no_constant(name: str) -> NoReturn:
    raise DocumentError(f"{name} is not a JSON value")


def _at(mark: Any, fault: str) -> str:  # noqa: ANN401 - of a library without types
    return f"line {mark.line + 1}, column {mark.column + 1}: {fault}" if mark else fault


def shortened(value: object) -> str:
    """Return a value as an error quotes it: printable, and as long as a name or a number."""
    if isinstance(value, str):
        return repr(value if len(value) <= _SHOWN else f"{value[:_SHOWN]}...")
    if value is None or isinstance(value, bool | float) or (isinstance(value, int) and abs(value) <= _MAX_NUMBER):
        return repr(value)[:_SHOWN]
    return f"a value of type {type(value).__name__}"


def joined(faults: Sequence[str]) -> str:
    """Return faults as one line, which is also read if there are thousands."""
    more = len(faults) - _SHOWN_FAULTS
    return "; ".join([*faults[:_SHOWN_FAULTS], *([f"and {more:,} more"] if more > 0 else [])])
