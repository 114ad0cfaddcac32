"""The body of a response as a document: JSON or XML, whatever its header claims.

Both services may respond in either format, and the gateway in front of them in the other one. XML is read without DTDs,
entities or namespaces: the services use none of them, and attacks need them.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from alicloud_device_certificates.contract.text import safe_text
from alicloud_device_certificates.contract.whole_secrets import whole_hider

_DEPTH_LIMIT: Final = 32
_CODE: Final = ("Code", "code", "ErrorCode")
_REQUEST_ID: Final = ("RequestId", "requestId", "RequestID")
_SUCCESS: Final = frozenset({"", "200", "ok", "success"})
_SUCCESS_VALUES: Final = frozenset({"", "true", "false"})


class Document(dict[str, Any]):
    """An object of a response. It may hold a private key, so no traceback with local variables shows what is in it."""

    __slots__ = ()

    def __repr__(self) -> str:
        """Return how many fields there are."""
        return f"<{len(self)} fields>"


_Value = str | Document


class UnreadableError(ValueError):
    """A body that is not a document. The message never quotes the body, because it may hold a private key."""

    def __init__(self, problem: str, *, is_damaged: bool = True) -> None:
        super().__init__(problem)
        self.is_damaged = is_damaged
        """Whether it looks like a response that broke on its way, and not like one of another server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFailure:
    """An error that a service or its gateway reports. ``code`` and ``message`` may be empty."""

    code: str
    message: str


def read_document(body: bytes, *, status: int = 200) -> Document:
    """Return the body as a dictionary; an XML document as the children of its root, all values strings.

    In the body of an error (``status`` of 400 and above), a broken character is replaced: its code counts. Raise
    ``UnreadableError``.
    """
    if status >= 400:
        body = body.decode("utf-8-sig", "replace").encode()
    start = body.lstrip()[:64].lower()
    if not start:
        raise UnreadableError("the response is empty", is_damaged=False)
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("the response is an HTML page", is_damaged=False)
    if start.startswith((b"<", b"\xef\xbb\xbf<")):
        return _read_xml(body.strip())
    return _read_json(body)


def _read_json(body: bytes) -> Document:
    try:
        document = json.loads(body, object_pairs_hook=_without_duplicates, parse_constant=_reject_constant)
    except UnicodeDecodeError:
        raise UnreadableError("the response has bytes that are not text") from None
    except UnreadableError:
        raise
    except (ValueError, RecursionError):
        raise UnreadableError("the response is not JSON or XML, or is truncated") from None
    if not isinstance(document, Document):
        raise UnreadableError("the response is JSON but not an object")
    if _is_deeper(document, _DEPTH_LIMIT):
        raise UnreadableError("the response is JSON nested too deeply")
    return document


def _is_deeper(value: object, limit: int) -> bool:
    """Return whether objects and lists are nested in more levels than ``limit``."""
    level: list[object] = [value]
    for _ in range(limit):
        level = [
            inner
            for each in level
            if isinstance(each, dict | list)
            for inner in (each.values() if isinstance(each, dict) else each)
        ]
        if not level:
            return False
    return True


def _without_duplicates(pairs: list[tuple[str, Any]]) -> Document:
    """Return a JSON object. With a duplicate name, parsers differ in what it holds, so it holds nothing."""
    found = Document(pairs)
    if len(found) != len(pairs):
        raise UnreadableError("the response is JSON with a duplicate name")
    return found


def _reject_constant(_name: str) -> None:
    raise UnreadableError("the response is JSON with a number that JSON does not have")


@dataclass(slots=True)
class _Element:
    text: list[str] = field(default_factory=list, repr=False)
    children: Document = field(default_factory=Document)

    def value(self) -> _Value:
        return self.children or "".join(self.text).strip()

    def add(self, name: str, value: _Value) -> None:
        """Turn a repeated name into a list, as in the JSON form of the same response."""
        if name not in self.children:
            self.children[name] = value
        elif isinstance(self.children[name], list):
            self.children[name].append(value)
        else:
            self.children[name] = [self.children[name], value]


def _read_xml(body: bytes) -> Document:
    from xml.parsers import expat

    parser = expat.ParserCreate()
    open_elements = [_Element()]

    def start(_name: str, _attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEPTH_LIMIT:
            raise UnreadableError("the response is XML nested too deeply")
        open_elements.append(_Element())

    def end(name: str) -> None:
        element = open_elements.pop()
        open_elements[-1].add(name, element.value())

    def reject(*_declaration: object) -> None:
        raise UnreadableError("the response is XML with a document type declaration, which is not allowed")

    def characters(text: str) -> None:
        open_elements[-1].text.append(text)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.StartDoctypeDeclHandler = reject
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError):  # LookupError: an unknown encoding
        raise UnreadableError("the response is not well-formed XML, or is truncated") from None
    (root,) = open_elements[0].children.values()
    if not isinstance(root, Document):
        raise UnreadableError("the response is an XML element without fields")
    return root


def first_text(document: Mapping[str, Any], *names: str) -> str:
    """Return the first of these fields that is a string or a number, as a string; empty if none is."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def failure_in(document: Mapping[str, Any], *, status: int) -> ReportedFailure | None:
    """Return the error that a document reports, or None if it is a result.

    It is an error if the HTTP status is not 2xx, if ``Success`` is false (IoT Platform sends it with HTTP 200), or if
    ``Code`` does not mean success and ``Success`` does not contradict it.

    Raise ``UnreadableError`` if one of them has a type or a value that it cannot have.
    """
    code = first_text(document, *_CODE)
    success = document.get("Success")
    success = "" if success is None else str(success).lower()
    if success not in _SUCCESS_VALUES or any(not _is_code(document.get(name)) for name in _CODE):
        raise UnreadableError("the response has a Code or Success of an unexpected type")
    failed = not 200 <= status < 300 or success == "false" or (success != "true" and code.lower() not in _SUCCESS)
    if not failed:
        return None
    return ReportedFailure(
        code=code, message=first_text(document, "ErrorMessage", "Message", "message", "errorMessage")
    )


def _is_code(value: object) -> bool:
    return value is None or isinstance(value, str | int)


def request_id_in(document: Mapping[str, Any]) -> str | None:
    """Return the request ID in the document, if any, as it may be shown."""
    return safe_text(first_text(document, *_REQUEST_ID)) or None


def without(secrets: Iterable[str | None], value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    """Return a document, or a value in it, in which none of these secrets of the request is echoed as a whole.

    One that is too short to be a real one could occur in a certificate, so it is left alone; not in a request ID, which
    is shown.
    """
    known = [secret for secret in secrets if secret]
    value = _cleaned(whole_hider(known), value)
    if isinstance(value, Document) and known:
        for name in _REQUEST_ID:
            if isinstance(value.get(name), str):
                value[name] = safe_text(value[name], secrets=known)
    return value


def _cleaned(clean: Callable[[str], str], value: Any) -> Any:  # noqa: ANN401 - whatever JSON has
    match value:
        case str():
            return clean(value)
        case list():
            return [_cleaned(clean, each) for each in value]
        case dict():
            return Document((clean(name), _cleaned(clean, each)) for name, each in value.items())
        case _:
            return value
