"""The kinds of findings, how severe each is by default, and what each means."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, get_args

Severity = Literal["fail", "warn", "info"]
SEVERITIES: tuple[Severity, ...] = get_args(Severity)
"""Worst first."""


class Kind(StrEnum):
    """What can be found of a certificate. The value is its name in every report and on the command line."""

    EXPIRED = "expired"
    MISMATCH = "mismatch"
    UNREADABLE = "unreadable"
    INACTIVE = "inactive"
    MISSING = "missing"
    OUTLIVES_CA = "outlives_ca"
    NOT_ASKED = "not_asked"
    ROTATED = "rotated"
    STATUS_CHANGED = "status_changed"
    GONE = "gone"
    EXPIRES_WITHIN = "expires_within"
    NOT_YET_VALID = "not_yet_valid"
    PENDING = "pending"
    WEAK = "weak"
    LONG_THRESHOLD = "long_threshold"
    NEW = "new"
    RENEWED = "renewed"
    CHANGED = "changed"
    NOT_READ = "not_read"
    UNCHANGED = "unchanged"


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """A kind's severity unless a rule says otherwise, a title of a few words, what it means and what to do."""

    severity: Severity
    title: str
    meaning: str
    advice: str = ""


ABOUT: dict[Kind, About] = {
    Kind.EXPIRED: About(
        severity="fail",
        title="expired",
        meaning="Its validity has ended (not after).",
        advice="Renew the certificate in the service's console.",
    ),
    Kind.MISMATCH: About(
        severity="fail",
        title="mismatch",
        meaning="The service and the X.509 certificate disagree on serial number, validity, identity, issuer or key.",
        advice="Look at it in the service's console, and register or issue it anew.",
    ),
    Kind.UNREADABLE: About(
        severity="fail",
        title="unreadable",
        meaning="The service gives something that no parser takes for a certificate, or takes only in part.",
        advice="Look at it in the service's console, and register or issue it anew.",
    ),
    Kind.INACTIVE: About(
        severity="fail",
        title="inactive",
        meaning="The service has deactivated it; brokers refuse the device.",
        advice="Activate it in the service's console, or take it out of the program.",
    ),
    Kind.MISSING: About(
        severity="fail",
        title="missing at the service",
        meaning="The service has no such certificate, or no such instance, CA, product or device.",
        advice="Check the data source's arguments, or register the certificate.",
    ),
    Kind.OUTLIVES_CA: About(
        severity="fail",
        title="outlives its CA",
        meaning="Its CA's certificate expires before it does, and from then on it is refused.",
        advice="Renew the CA, and issue the certificate under the new one.",
    ),
    Kind.NOT_ASKED: About(
        severity="fail",
        title="not asked",
        meaning="Its read failed for a reason that is not its own: settings, credentials, network, quota or service.",
        advice="See the error; the preview could not be made.",
    ),
    Kind.ROTATED: About(
        severity="warn",
        title="rotated",
        meaning="Its serial number or its key is another than at the last update.",
        advice="Check what pins it, and update the stack.",
    ),
    Kind.STATUS_CHANGED: About(
        severity="warn",
        title="status changed",
        meaning="The service gives another status than at the last update.",
    ),
    Kind.GONE: About(
        severity="warn",
        title="gone",
        meaning="It was taken out of the program; the next update forgets it.",
        advice="Check that no other stack uses it.",
    ),
    Kind.EXPIRES_WITHIN: About(
        severity="warn",
        title="expires soon",
        meaning="Its validity ends within the time that was set.",
        advice="Renew the certificate in time.",
    ),
    Kind.NOT_YET_VALID: About(
        severity="warn",
        title="not yet valid",
        meaning="Its validity has not begun (not before).",
        advice="Deploy it later, or check the clocks.",
    ),
    Kind.PENDING: About(
        severity="warn",
        title="pending",
        meaning="The service has not issued it yet, or failed to.",
        advice="Run again later, or generate it again in IoT Platform.",
    ),
    Kind.WEAK: About(
        severity="warn",
        title="weak",
        meaning="RSA below 2048 bits, a curve below 224, DSA, or a signature by SHA-1 or MD5.",
        advice="Issue it anew with a stronger key or signature.",
    ),
    Kind.LONG_THRESHOLD: About(
        severity="warn",
        title="threshold too long",
        meaning="A threshold is longer than the certificate's whole lifetime, so that it is always exceeded.",
        advice="Set a shorter one for it by a rule, or a share of the lifetime.",
    ),
    Kind.NEW: About(severity="info", title="new", meaning="It is not in the stack yet."),
    Kind.RENEWED: About(
        severity="info", title="renewed", meaning="Another certificate for the same key and serial number."
    ),
    Kind.CHANGED: About(
        severity="info",
        title="changed",
        meaning="The program reads another certificate under its name, or a field beside it has another value.",
    ),
    Kind.NOT_READ: About(
        severity="info",
        title="not read yet",
        meaning="One of its arguments is known only in the update, so it is read there.",
    ),
    Kind.UNCHANGED: About(severity="info", title="unchanged", meaning="As at the last update."),
}
