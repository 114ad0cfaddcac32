"""A device certificate compared with the CA above it."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from alicloud_device_certificates.contract.renewal import humanize
from alicloud_device_certificates.contract.statuses import MqttStatus
from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.collect.observed import Observed
from alicloud_device_certificates.gate.evaluate.issuers import Issuer
from alicloud_device_certificates.gate.evaluate.validity import Validity
from alicloud_device_certificates.gate.report import Finding
from alicloud_device_certificates.gate.rules.kinds import FindingKind
from alicloud_device_certificates.gate.rules.rules import Rule

_ACTIVE: MqttStatus = "active"
_INACTIVE: MqttStatus = "inactive"


def under_ca(observed: Observed, issuer: Issuer, rule: Rule, now: datetime) -> Iterator[Finding]:
    """Yield the findings that come from the CA above a device certificate."""
    certificate = observed.new or {}
    if issuer.status == _INACTIVE and certificate.get("status") == _ACTIVE:
        kind = FindingKind.CA_INACTIVE
        message = "the service has deactivated its CA, although it is active itself"
        yield Finding(kind=kind, severity=rule.severity(kind), message=message)
    ca = issuer.validity
    if ca is None:
        return
    outlives = _outlives(Validity.of(certificate), ca, now)
    if outlives is not None:
        kind = FindingKind.OUTLIVES_CA
        yield Finding(kind=kind, severity=rule.severity(kind), message=outlives)
    if now <= ca.not_after and (passed := ca.passed(rule, now)):
        kind = FindingKind.CA_EXPIRES_WITHIN
        threshold, severity = passed
        yield Finding(
            kind=kind,
            severity=rule.severity(kind, severity),
            message=f"its CA expires at {rfc3339(ca.not_after)}, in {humanize(ca.not_after - now)} "
            f"({severity} threshold: {threshold.text})",
        )


def _outlives(own: Validity | None, ca: Validity, now: datetime) -> str | None:
    if own is None:
        return None
    # One without an end ends with its CA, and was issued to do so: it is a finding only once that has happened.
    if own.has_no_expiry:
        return f"it has no expiry, but its CA expired at {rfc3339(ca.not_after)}" if now > ca.not_after else None
    if own.not_after > ca.not_after:
        return f"it is valid until {rfc3339(own.not_after)}, but its CA only until {rfc3339(ca.not_after)}"
    return None
