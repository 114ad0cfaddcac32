"""Reports of any number of certificates, made up and each time the same, without issuing anything."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import replace
from datetime import datetime, timedelta
from random import Random
from typing import Any

from tests.unit.gate.sample import FAIL_WITHIN, NOW, WARN_WITHIN

from alicloud_device_certificates.gate.collect.observed import TYPES, Observed
from alicloud_device_certificates.gate.report import Evaluation, Finding, Report, worst_first
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity

_PLACES = ("hall-a", "hall-b", "yard", "gate", "roof")
_LIFETIMES = tuple(timedelta(days=days) for days in (365, 730, 1095, 1460))
_THINGS = ("gateway", "meter", "pump", "valve", "sensor", "camera")


def report_of(count: int) -> Report:
    """Return a report of a fleet; names are unique, the ends lie between a month ago and three years ahead."""
    random = Random(count)
    made = [certificate(f"{random.choice(_THINGS)}-{random.choice(_PLACES)}-{i:04d}", random) for i in range(count)]
    return report(*made)


def report(*evaluations: Evaluation) -> Report:
    """Return a report of these certificates, in the usual order."""
    return Report(
        project="device-certificates",
        stack="fleet",
        source="preview",
        now=NOW,
        certificates=worst_first(evaluations),
        operations={"read": len(evaluations), "same": 1},
    )


def certificate(name: str, random: Random, **fields: Any) -> Evaluation:
    """Return an unchanged certificate with a random validity; ``fields`` replace those that would be made up."""
    not_after = NOW + timedelta(hours=int(random.triangular(-30 * 24, 1100 * 24, 250 * 24)))
    # None begins later than now: it would be a finding.
    not_before = not_after - random.choice([lifetime for lifetime in _LIFETIMES if not_after - lifetime <= NOW])
    serial = f"{random.getrandbits(64) | 1 << 63:016x}"
    certificate = {
        "certificate_pem": _pem(random),
        "serial_number": str(int(serial, 16)),
        "serial_number_hex": serial,
        "not_before": not_before.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "not_after": not_after.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "subject": f"CN={name},O=Example Devices",
        "issuer": "CN=Example Device CA,O=Example Devices",
        "subject_common_name": name,
        "subject_alternative_names": [f"DNS:{name}.devices.example.com"],
        "sha1_fingerprint": random.randbytes(20).hex(),
        "sha256_fingerprint": random.randbytes(32).hex(),
        "public_key_algorithm": "EC",
        "public_key_bits": 256,
        "signature_algorithm": "ecdsa-with-SHA256",
        "is_ca": False,
        "status": "active",
        "device_sn": serial,
        "device_name": name,
        "ca_sn": "00f26900ba87",
    } | fields
    token = next(token for token, service in TYPES.items() if service == "mqtt")
    return Evaluation(
        observed=Observed(
            urn=f"urn:pulumi:fleet::device-certificates::{token}::{name}",
            name=name,
            service="mqtt",
            state="read",
            id=f"mqtt/cn-hangzhou/post-cn-x0r3aksb10z/00f26900ba87/{serial}",
            old=certificate,
            new=certificate,
        ),
        findings=(_finding(not_after),),
        not_before=not_before,
        not_after=not_after,
        warn_from=not_after - WARN_WITHIN,
        fail_from=not_after - FAIL_WITHIN,
    )


def lasting(days_before: int, days_after: int, name: str = "pump") -> Evaluation:
    """Return a certificate that began and ends so many days from now."""
    begin, end = NOW - timedelta(days=days_before), NOW + timedelta(days=days_after)
    begins, ends = (time.strftime("%Y-%m-%dT%H:%M:%SZ") for time in (begin, end))
    return replace(
        certificate(name, Random(name), not_before=begins, not_after=ends),
        not_before=begin,
        not_after=end,
        warn_from=end - WARN_WITHIN,
        fail_from=end - FAIL_WITHIN,
    )


def with_finding(evaluation: Evaluation, kind: FindingKind, severity: Severity, message: str) -> Evaluation:
    """Return the same certificate with only this finding."""
    return replace(evaluation, findings=(Finding(kind=kind, severity=severity, message=message),))


def _finding(not_after: datetime) -> Finding:
    remaining = not_after - NOW
    if remaining < timedelta(0):
        return Finding(kind=FindingKind.EXPIRED, severity="fail", message=f"it expired {-remaining.days} days ago")
    if remaining <= WARN_WITHIN:
        severity: Severity = "fail" if remaining <= FAIL_WITHIN else "warn"
        return Finding(
            kind=FindingKind.EXPIRES_WITHIN, severity=severity, message=f"it expires in {remaining.days} days"
        )
    return Finding(kind=FindingKind.UNCHANGED, severity="info", message="nothing has changed since the last update")


def _pem(random: Random) -> str:
    text = b64encode(random.randbytes(540)).decode()
    lines = [text[start : start + 64] for start in range(0, len(text), 64)]
    return "\n".join(["-----BEGIN CERTIFICATE-----", *lines, "-----END CERTIFICATE-----", ""])
