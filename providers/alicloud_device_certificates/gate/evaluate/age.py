"""How long ago a device certificate began, compared with the maximum that a rule sets."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Finding
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule


def too_old(validity: Validity, rule: Rule, now: datetime) -> Iterator[Finding]:
    """Yield a finding if the validity began longer ago than the rule's maximum age."""
    age, maximum = now - validity.not_before, rule.max_age
    if maximum is not None and age > maximum.of(validity.lifetime):
        yield Finding(
            kind=FindingKind.TOO_OLD,
            severity=rule.severity(FindingKind.TOO_OLD),
            message=f"it began at {rfc3339(validity.not_before)}, {humanize(age)} ago (maximum age: {maximum.text})",
        )
