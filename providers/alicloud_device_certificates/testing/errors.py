"""What the mocks say to whoever writes a test."""

from __future__ import annotations

from typing import ClassVar

from alicloud_device_certificates.contract.errors import UserFacingError


class MockError(UserFacingError, ValueError):
    """What a test asks of the mocks is not there: one line that says what to pass."""

    fix: ClassVar[str] = "Pass what the message names to DeviceCertificateMocks."
