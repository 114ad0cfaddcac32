"""How the services answer: success and errors, as JSON or XML."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import msgspec

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class ServiceError(Exception):
    """An error that a service or its gateway answers with."""

    def __init__(self, http: int, code: str, message: str) -> None:
        super().__init__(f"{code}: {message}")
        self.http = http
        self.code = code
        self.message = message


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """A whole HTTP answer; `broken` cuts the connection in the middle of it."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    broken: bool = False

    __repr__ = object.__repr__  # it may hold a private key


def wants_xml(format_asked: str | None, *, default_xml: bool) -> bool:
    """Whether `Format` asks for XML. Without it, the old signature style gets XML and the new one JSON."""
    return format_asked.upper() == "XML" if format_asked else default_xml


def success(data: dict[str, Any], *, action: str, xml: bool) -> Answer:
    """A successful answer, `data` holding the request ID too."""
    return _answer(200, data, root=f"{action}Response", xml=xml)


def failure(error: ServiceError, *, request_id: str, host: str, xml: bool) -> Answer:
    """The gateway's error document."""
    content = {"RequestId": request_id, "HostId": host, "Code": error.code, "Message": error.message}
    return _answer(error.http, content, root="Error", xml=xml)


def plain(status: int, value: object) -> Answer:
    """A JSON document of the emulator's own."""
    return Answer(status=status, body=msgspec.json.encode(value), content_type="application/json;charset=utf-8")


def _answer(status: int, content: dict[str, Any], *, root: str, xml: bool) -> Answer:
    if xml:
        text = f"<?xml version='1.0' encoding='UTF-8'?>{_element(root, content)}"
        return Answer(status=status, body=text.encode(), content_type="text/xml;charset=utf-8")
    return plain(status, content)


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, item) for key, item in value.items())}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(_NOT_XML.sub('', text), quote=False)}</{name}>"
