"""Injected faults: what a scenario makes a client see instead of the response."""

from __future__ import annotations

from typing import Final

import msgspec

from alicloud_device_certificates.emulator.scenario.fault import Fault
from alicloud_device_certificates.emulator.services.error_codes import ServiceError
from alicloud_device_certificates.emulator.services.operation import Service
from alicloud_device_certificates.emulator.services.responses import HttpResponse

HUGE: Final = 8 * 1024 * 1024  # bytes
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def raise_fault(fault: Fault, service: Service) -> None:
    """Raise the ServiceError of the fault, if it has a code."""
    if fault.code is not None:
        default = 200 if service.has_own_document(fault.code) else 503
        raise ServiceError(fault.http or default, fault.code, fault.message)


def inject(fault: Fault, response: HttpResponse) -> HttpResponse:
    """Return ``response``, which may already be the fault's error, with the rest of the fault applied."""
    match fault.body:
        case "malformed":
            response = msgspec.structs.replace(response, body=response.body[: len(response.body) // 2])
        case "html":
            response = msgspec.structs.replace(
                response, status=fault.http or 502, body=_HTML, content_type="text/html;charset=utf-8"
            )
        case "empty":
            response = msgspec.structs.replace(response, body=b"")
        case "huge":
            response = msgspec.structs.replace(response, body=b'{"Padding":"' + b"x" * HUGE + b'"}')
        case "xml" | None:
            pass
    headers = []
    if fault.retry_after is not None:
        headers.append(("retry-after", str(fault.retry_after)))
    if fault.retry_after_ms is not None:
        headers.append(("x-acs-retry-after", str(fault.retry_after_ms)))
    return msgspec.structs.replace(response, headers=(*response.headers, *headers), disconnect=fault.close)
