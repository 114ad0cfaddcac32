"""The body of a response as a document: JSON or XML, whatever its header claims.

Both services may respond in either format, and the gateway in front of them in the other one. XML is read without DTDs,
entities or namespaces: the services use none of them, and attacks need them.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

Document = dict[str, Any]
_Value = str | Document

_DEPTH_LIMIT: Final = 32
_SUCCESS: Final = frozenset({"", "200", "ok", "success"})


class UnreadableError(ValueError):
    """A body that is not a document. The message never quotes the body, because it may hold a private key."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportedFailure:
    """An error that a service or its gateway reports. ``code`` and ``message`` may be empty."""

    code: str
    message: str


def read_document(body: bytes) -> Document:
    """Return the body as a dictionary; an XML document as the children of its root, all values strings.

    Raise ``UnreadableError``.
    """
    start = body.lstrip()[:64].lower()
    if not start:
        raise UnreadableError("the response is empty")
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("the response is an HTML page")
    if start.startswith((b"<", b"\xef\xbb\xbf<")):
        return _read_xml(body.strip())
    return _read_json(body)


def _read_json(body: bytes) -> Document:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("the response is not JSON or XML, or is truncated") from None
    if not isinstance(document, dict):
        raise UnreadableError("the response is JSON but not an object")
    return document


@dataclass(slots=True)
class _Element:
    text: list[str] = field(default_factory=list)
    children: Document = field(default_factory=dict)

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
    if not isinstance(root, dict):
        raise UnreadableError("the response is an XML element without fields")
    return root


def first_text(document: Document, *names: str) -> str:
    """Return the first of these fields that is a string or a number, as a string; empty if none is."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def failure_in(document: Document, *, status: int) -> ReportedFailure | None:
    """Return the error that a document reports, or None if it is a result.

    It is an error if the HTTP status is at least 400, if ``Success`` is false (IoT Platform sends it with HTTP 200), or
    if ``Code`` does not mean success and ``Success`` does not contradict it.
    """
    code = first_text(document, "Code", "code", "ErrorCode")
    success = str(document.get("Success", "")).lower()
    failed = status >= 400 or success == "false" or (success != "true" and code.lower() not in _SUCCESS)
    if not failed:
        return None
    return ReportedFailure(
        code=code, message=first_text(document, "ErrorMessage", "Message", "message", "errorMessage")
    )


def request_id_in(document: Document) -> str | None:
    """Return the request ID in the document, if any."""
    return first_text(document, "RequestId", "requestId", "RequestID") or None
