"""docs/usage.md: how long reads are retried, and when expiry is reported."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.retry import DEFAULT
from alicloud_device_certificates.contract.renewal import RENEWAL_WINDOW_TEXT
from tools.docs.blocks import fill
from tools.docs.pages import Render

EXPIRY: Final = f"""\
Expiry depends on the clock, so it is not an output: it would differ in every preview. The resource logs a warning
if the certificate has expired, is not yet valid, or expires within {RENEWAL_WINDOW_TEXT}."""

RETRIES: Final = f"""\
Permanent errors fail immediately. Server errors and lost connections get up to {DEFAULT.attempts} attempts, and
throttled calls are retried until the quota allows them. `alicloud:maxRetryTimeout` limits the whole call
([Configuration](configuration.md)), without the time in which it waits for the [quota](quota.md)."""


def _render(text: str) -> str:
    return fill(text, {"expiry": EXPIRY, "retries": RETRIES})


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "usage.md"): _render}
