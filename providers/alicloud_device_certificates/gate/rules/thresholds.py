"""The thresholds of rules."""

from __future__ import annotations

from alicloud_device_certificates.contract.thresholds import RENEWAL_WINDOW, Threshold, ThresholdError
from alicloud_device_certificates.contract.thresholds import parse_threshold as parse
from alicloud_device_certificates.gate.errors import RulesError

__all__ = ["RENEWAL_WINDOW", "Threshold", "parse_threshold"]


def parse_threshold(text: object) -> Threshold:
    """Parse the threshold of a rule. Raise RulesError."""
    try:
        return parse(text)
    except ThresholdError as error:
        raise RulesError(str(error)) from None
