"""Injected faults: what a scenario wants a client to see instead of the answer."""

from __future__ import annotations

import msgspec

from alicloud_device_certificates.emulator.scenario.scenario import Fault
from alicloud_device_certificates.emulator.services.answers import Answer, ServiceError
from alicloud_device_certificates.emulator.services.iot import ERROR_PREFIX

HUGE = 8 * 1024 * 1024  # bytes
_HTML = b"<html><head><title>502 Bad Gateway</title></head><body><h1>502 Bad Gateway</h1></body></html>"


def raise_error(fault: Fault) -> None:
    """Raises the ServiceError that the fault wants, if it wants one. Errors of IoT Platform itself come with 200."""
    if fault.code is not None:
        raise ServiceError(
            fault.http or (200 if fault.code.startswith(ERROR_PREFIX) else 503), fault.code, fault.message
        )


def spoiled(answer: Answer, fault: Fault) -> Answer:
    """`answer` (the good one, or already the fault's error) with the rest of the fault on it."""
    match fault.body:
        case "malformed":
            answer = msgspec.structs.replace(answer, body=answer.body[: len(answer.body) // 2])
        case "html":
            answer = msgspec.structs.replace(
                answer, status=fault.http or 502, body=_HTML, content_type="text/html;charset=utf-8"
            )
        case "empty":
            answer = msgspec.structs.replace(answer, body=b"")
        case "huge":
            answer = msgspec.structs.replace(answer, body=b'{"Padding":"' + b"x" * HUGE + b'"}')
        case "xml" | None:
            pass
    hints = []
    if fault.retry_after is not None:
        hints.append(("retry-after", str(fault.retry_after)))
    if fault.retry_after_ms is not None:
        hints.append(("x-acs-retry-after", str(fault.retry_after_ms)))
    return msgspec.structs.replace(answer, headers=(*answer.headers, *hints), broken=fault.close)
