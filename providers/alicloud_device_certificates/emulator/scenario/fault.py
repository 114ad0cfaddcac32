"""The faults of a scenario: failures to inject instead of a response."""

from __future__ import annotations

from typing import Annotated

import msgspec
from msgspec import Meta

from alicloud_device_certificates.emulator.scenario.values import MOST, FaultBody


class Fault(msgspec.Struct, forbid_unknown_fields=True, kw_only=True, frozen=True, omit_defaults=True):
    """A failure to inject instead of the response."""

    code: Annotated[str, Meta(description="error code to return")] | None = None
    message: Annotated[str, Meta(description="error message")] = "Injected by the emulator's scenario."
    http: (
        Annotated[int, Meta(ge=200, le=599, description="HTTP status, default 503; codes `iot.*` always have 200")]
        | None
    ) = None
    times: (
        Annotated[
            int, Meta(ge=1, le=MOST, description="number of requests that fail per emulator process; default all")
        ]
        | None
    ) = None
    delay_ms: Annotated[int, Meta(ge=0, le=600_000, description="delay before the response, in milliseconds")] = 0
    body: Annotated[FaultBody, Meta(description="body to send instead")] | None = None
    retry_after: Annotated[int, Meta(ge=0, le=MOST, description="`Retry-After` header, in seconds")] | None = None
    retry_after_ms: (
        Annotated[int, Meta(ge=0, le=MOST, description="`x-acs-retry-after` header, in milliseconds")] | None
    ) = None
    close: Annotated[bool, Meta(description="close the connection in the middle of the response")] = False
