"""HTTP responses of the services, as JSON or XML."""

from __future__ import annotations

import re
from html import escape
from typing import Any

import msgspec

from alicloud_device_certificates.emulator.services.error_codes import ServiceError

_NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


class HttpResponse(msgspec.Struct, frozen=True, kw_only=True):
    """A complete HTTP response."""

    status: int
    body: bytes
    content_type: str
    headers: tuple[tuple[str, str], ...] = ()
    disconnect: bool = False
    """Whether to close the connection in the middle of the body."""

    __repr__ = object.__repr__  # the body may hold a private key


def use_xml(requested_format: str | None, *, default_xml: bool) -> bool:
    """Return whether to respond in XML. The default is XML for the old signature style and JSON for the new one."""
    return requested_format.upper() == "XML" if requested_format else default_xml


def success_response(data: dict[str, Any], *, action: str, xml: bool) -> HttpResponse:
    """Return a response with HTTP 200; ``data`` includes the request ID."""
    return _response(200, data, root=f"{action}Response", xml=xml)


def error_response(error: ServiceError, *, request_id: str, host: str, xml: bool) -> HttpResponse:
    """Return the gateway's error document."""
    content = {"RequestId": request_id, "HostId": host, "Code": error.code, "Message": error.message}
    return _response(error.http, content, root="Error", xml=xml)


def own_error_response(error: ServiceError, *, request_id: str, action: str, xml: bool) -> HttpResponse:
    """Return the error document of a service that reports its own errors with HTTP 200."""
    content = {"RequestId": request_id, "Success": False, "Code": error.code, "ErrorMessage": error.message}
    return success_response(content, action=action, xml=xml)


def json_response(status: int, value: object) -> HttpResponse:
    """Return a JSON document."""
    return HttpResponse(status=status, body=msgspec.json.encode(value), content_type="application/json;charset=utf-8")


def _response(status: int, content: dict[str, Any], *, root: str, xml: bool) -> HttpResponse:
    if xml:
        text = f"<?xml version='1.0' encoding='UTF-8'?>{_element(root, content)}"
        return HttpResponse(status=status, body=text.encode(), content_type="text/xml;charset=utf-8")
    return json_response(status, content)


def _element(name: str, value: object) -> str:
    if isinstance(value, list):
        return "".join(_element(name, item) for item in value)
    if isinstance(value, dict):
        return f"<{name}>{''.join(_element(key, item) for key, item in value.items())}</{name}>"
    text = str(value).lower() if isinstance(value, bool) else str(value)
    return f"<{name}>{escape(_NOT_XML.sub('', text), quote=False)}</{name}>"
