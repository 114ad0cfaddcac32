"""What ends a command of the gate: each error is one line for people."""

from __future__ import annotations

from alicloud_device_certificates.contract.errors import UserFacingError


class GateError(UserFacingError):
    """The root."""


class RulesError(GateError):
    """Thresholds or severities that cannot be used: one line with every fault."""


class EngineError(GateError):
    """The engine could not be used at all; the line is what it said."""
