"""An answer's body as a document: JSON or XML, whatever the header says.

Both services may answer in either format, and a gateway in front of them in the other one. XML is read without DTDs,
entities or namespaces: nothing that the services use, and everything that attacks need.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any, Final

Document = dict[str, Any]
_Value = str | Document

_DEPTH_LIMIT: Final = 32
_FINE: Final = frozenset({"", "200", "ok", "success"})


class UnreadableError(ValueError):
    """A body that is no document. The text says why, and never quotes the body: a private key may be in it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """An error as a service or its gateway tells it. `code` and `message` may be empty."""

    code: str
    message: str


def read_document(body: bytes) -> Document:
    """The body as a dictionary; an XML document as the children of its root, all values text.

    Raises `UnreadableError`.
    """
    start = body.lstrip()[:64].lower()
    if not start:
        raise UnreadableError("the answer is empty")
    if start.startswith((b"<!doctype html", b"<html")):
        raise UnreadableError("the answer is an HTML page")
    if start.startswith((b"<", b"\xef\xbb\xbf<")):
        return _read_xml(body.strip())
    return _read_json(body)


def _read_json(body: bytes) -> Document:
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        raise UnreadableError("the answer is neither JSON nor XML, or is cut short") from None
    if not isinstance(document, dict):
        raise UnreadableError("the answer is JSON, but not an object")
    return document


@dataclass(slots=True)
class _Element:
    text: list[str] = field(default_factory=list)
    children: Document = field(default_factory=dict)

    def value(self) -> _Value:
        return self.children or "".join(self.text).strip()

    def add(self, name: str, value: _Value) -> None:
        """A name that repeats becomes a list, as in the JSON form of the same answer."""
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

    def started(_name: str, _attributes: dict[str, str]) -> None:
        if len(open_elements) > _DEPTH_LIMIT:
            raise UnreadableError("the answer is XML nested too deeply")
        open_elements.append(_Element())

    def ended(name: str) -> None:
        element = open_elements.pop()
        open_elements[-1].add(name, element.value())

    def refused(*_declaration: object) -> None:
        raise UnreadableError("the answer is XML with a document type declaration, which is refused")

    def said(text: str) -> None:
        open_elements[-1].text.append(text)

    parser.StartElementHandler = started
    parser.EndElementHandler = ended
    parser.CharacterDataHandler = said
    parser.StartDoctypeDeclHandler = refused
    try:
        parser.Parse(body, True)
    except (expat.ExpatError, LookupError):  # LookupError: an encoding nobody knows
        raise UnreadableError("the answer is not well-formed XML, or is cut short") from None
    (root,) = open_elements[0].children.values()
    if not isinstance(root, dict):
        raise UnreadableError("the answer is an XML element without fields")
    return root


def text_of(document: Document, *names: str) -> str:
    """The first of these fields that holds a text or a number, as text; empty where none does."""
    for name in names:
        value = document.get(name)
        if isinstance(value, str | int) and not isinstance(value, bool) and value != "":
            return str(value)
    return ""


def failure_in(document: Document, *, status: int) -> Failure | None:
    """The error that a document tells of, or None where it is a result.

    It is one when the HTTP status says so, when `Success` is false (IoT Platform answers so with HTTP 200), or when
    there is a `Code` that means no success and no `Success` that contradicts it.
    """
    code = text_of(document, "Code", "code", "ErrorCode")
    success = str(document.get("Success", "")).lower()
    failed = status >= 400 or success == "false" or (success != "true" and code.lower() not in _FINE)
    if not failed:
        return None
    return Failure(code=code, message=text_of(document, "ErrorMessage", "Message", "message", "errorMessage"))


def request_id_in(document: Document) -> str | None:
    """The request ID that the document carries, if any."""
    return text_of(document, "RequestId", "requestId", "RequestID") or None
