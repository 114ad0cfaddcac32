"""The errors that end a command of the gate: each is one line for people."""

from __future__ import annotations

from alicloud_device_certificates.contract.errors import UserFacingError


class GateError(UserFacingError):
    """The base of the gate's errors."""


class RulesError(GateError):
    """Thresholds or severities are invalid: one line with every fault."""

    fix = "Correct the option or the key of `device-certificates:gate` that the message names."


class MergeError(GateError):
    """A report to merge cannot be used: one line that names its file."""

    fix = "Name JSON reports of this version of the package, each of another stack."


class EngineError(GateError):
    """The engine could not be run; the line is its own message."""

    fix = "Correct what the message reports; `pulumi preview` fails for the same reason."
