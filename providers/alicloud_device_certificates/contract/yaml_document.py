"""YAML as a plain value, made from the parser's events: PyYAML's own composer is recursive, in C too."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from alicloud_device_certificates.contract.bounds import (
    MAX_BYTES,
    MAX_DEPTH,
    MAX_VALUES,
    TOO_DEEP,
    TOO_LARGE,
    TOO_MANY,
    DocumentError,
    check_text,
    shortened,
)

# Every scalar is read as text, so these change nothing; any other tag would be ignored without a word.
_TAGS = {None, "!", *(f"tag:yaml.org,2002:{name}" for name in ("str", "int", "float", "bool", "null", "seq", "map"))}
_PENDING = object()


def parse_yaml(text: str) -> object:
    """Return a YAML text as a plain value, every scalar as text. Raise DocumentError.

    A number such as the SN 0012 stays as it is. A key that an object has twice is an error, as YAML itself demands.
    """
    import yaml

    check_text(text)
    if len(text) > MAX_BYTES:
        raise DocumentError(TOO_LARGE)
    try:
        return _value_of(yaml.parse(text, Loader=getattr(yaml, "CBaseLoader", yaml.BaseLoader)))
    except yaml.YAMLError as error:
        # Not the error's own text: it quotes the file, which can hold secrets.
        problem = getattr(error, "problem", None) or getattr(error, "reason", None) or "unreadable"
        fault = re.sub(r"\s*'[^']*'", "", problem)
        raise DocumentError(_at(getattr(error, "problem_mark", None), f"invalid YAML ({fault})")) from None
    except DocumentError:
        raise
    except (ValueError, OverflowError):  # what PyYAML without libyaml raises for an escape such as \UFFFFFFFF
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
                check_text(event.value)
                _add(nodes, (event.value, 1, 0), event.anchor, anchors, mark)
            case yaml.SequenceStartEvent() | yaml.MappingStartEvent():
                _check_tag(event)
                if len(nodes) > MAX_DEPTH:
                    raise DocumentError(_at(mark, TOO_DEEP))
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
        raise DocumentError(TOO_MANY)
    if len(nodes) + height - 1 > MAX_DEPTH:
        raise DocumentError(_at(mark, TOO_DEEP))
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


def _at(mark: Any, fault: str) -> str:  # noqa: ANN401 - of a library without types
    return f"line {mark.line + 1}, column {mark.column + 1}: {fault}" if mark else fault
