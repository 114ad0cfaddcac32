"""The kinds of findings. Reports, policies, the schema and the documentation follow from the entries here."""

from __future__ import annotations

from enum import StrEnum
from typing import Self

from alicloud_device_certificates.gate.rules.about import SEVERITIES, About, PolicyScope, Severity, TestResult
from alicloud_device_certificates.gate.rules.strength import WEAK_MEANING

__all__ = ["SEVERITIES", "About", "FindingKind", "PolicyScope", "Severity", "TestResult"]


class FindingKind(StrEnum):
    """What the gate can find, by its name in reports, config and command line; the most urgent of a severity first."""

    about: About

    def __new__(cls, about: About) -> Self:
        """Make a member that is its name, with what is known of it beside."""
        kind = str.__new__(cls, about.name)
        kind._value_ = about.name
        kind.about = about
        return kind

    EXPIRED = About(
        name="expired",
        severity="fail",
        meaning="The certificate's validity has ended (not after).",
        advice="Renew the certificate in the service's console.",
        policy="preview",
    )
    COMPROMISED_KEY = About(
        name="compromised_key",
        severity="fail",
        meaning="The private key can be computed from the public one, or is public; found with the extra `audit`.",
        advice="Revoke the certificate, and issue a new one for a new key, made on a device without the flaw.",
        policy="preview",
        is_across_stacks=True,
    )
    SHARED_KEY = About(
        name="shared_key",
        severity="fail",
        meaning="Another device, or a CA, has the same public key: whoever has one key can be both.",
        advice="Issue new certificates with a key of its own for each device.",
        policy="preview",
        is_across_stacks=True,
    )
    MISMATCH = About(
        name="mismatch",
        severity="fail",
        meaning="Service and X.509 certificate disagree on serial number, validity, identity, issuer or key.",
        advice="Register or issue a new certificate, or accept it as it is: `allow: [mismatch]` in a rule by name.",
        policy="stored state",
    )
    UNREADABLE = About(
        name="unreadable",
        severity="fail",
        meaning="The service returned data that cannot be parsed as a certificate, or only in part.",
        advice="Inspect the certificate in the service's console, then register or issue a new one.",
        policy="preview",
    )
    INACTIVE = About(
        name="inactive",
        severity="fail",
        meaning="The service has deactivated the certificate; brokers reject the device.",
        advice="Activate the certificate in the service's console, or remove it from the program.",
        policy="preview",
    )
    CA_INACTIVE = About(
        name="ca_inactive",
        severity="fail",
        meaning="The service has deactivated the CA above the certificate, which is active itself.",
        advice="Activate the CA in the service's console, or issue the certificate from another one.",
        policy="preview",
    )
    MISSING = About(
        name="missing",
        severity="fail",
        meaning="The service has no such certificate, instance, CA, product or device.",
        advice="Check the data source's arguments, or register the certificate.",
        policy="never",
    )
    OUTLIVES_CA = About(
        name="outlives_ca",
        severity="fail",
        meaning="The CA certificate expires first; from then on, the device certificate is rejected.",
        advice="Renew the CA and issue the certificate from the new one.",
        policy="preview",
    )
    POSTCONDITION_FAILED = About(
        name="postcondition_failed",
        severity="fail",
        meaning="It fails `fail_within` or `require_active` of its data source: `pulumi preview` and `up` stop there.",
        advice="Renew or activate the certificate, or change the condition in the program.",
        policy="never",
    )
    QUERY_FAILED = About(
        name="query_failed",
        severity="fail",
        meaning="The read failed because of settings, credentials, network, quota or the service itself.",
        advice="Fix the cause that the error reports, then run the gate again.",
        policy="never",
        junit="error",
        former_name="not_asked",
    )
    ROTATED = About(
        name="rotated",
        severity="warn",
        meaning="The serial number or the key has changed since the last update.",
        advice="Check everything that pins the old certificate, then update the stack.",
        policy="never",
        is_listed=True,
    )
    STATUS_CHANGED = About(
        name="status_changed",
        severity="warn",
        meaning="The service reports a different status than at the last update.",
        advice="Check that the change was intended, then update the stack.",
        policy="never",
        is_listed=True,
    )
    GONE = About(
        name="gone",
        severity="warn",
        meaning="It was removed from the program, or vanished from its fleet; the next update drops it from the state.",
        advice="Check that it is meant to be gone, and that no other stack uses it.",
        policy="never",
        is_listed=True,
    )
    EXPIRES_WITHIN = About(
        name="expires_within",
        severity="warn",
        meaning="The certificate's validity ends within the configured threshold.",
        advice="Renew the certificate before it expires.",
        policy="preview",
    )
    CA_EXPIRES_WITHIN = About(
        name="ca_expires_within",
        severity="warn",
        meaning="The validity of the CA above the certificate ends within the configured threshold.",
        advice="Renew the CA, then issue the certificates below it from the new one.",
        policy="preview",
    )
    NOT_YET_VALID = About(
        name="not_yet_valid",
        severity="warn",
        meaning="The certificate's validity has not started (not before).",
        advice="Deploy the certificate later, or check the clocks.",
        policy="preview",
    )
    PENDING = About(
        name="pending",
        severity="warn",
        meaning="The service has not issued the certificate yet, or failed to.",
        advice="Run the gate again later, or regenerate the certificate in IoT Platform.",
        policy="preview",
    )
    WEAK = About(
        name="weak",
        severity="warn",
        meaning=WEAK_MEANING,
        advice="Issue a new certificate with a stronger key or signature.",
        policy="preview",
    )
    DUPLICATE_SERIAL = About(
        name="duplicate_serial",
        severity="warn",
        meaning="Another certificate of its issuer has the same serial number: neither can be revoked alone.",
        advice="Correct how the CA assigns serial numbers, then issue new certificates.",
        policy="preview",
        is_across_stacks=True,
    )
    TOO_OLD = About(
        name="too_old",
        severity="warn",
        meaning="The device certificate began longer ago than `maxAge` allows; without `maxAge`, none is too old.",
        advice="Renew the certificate with a new key.",
        policy="preview",
    )
    THRESHOLD_EXCEEDS_LIFETIME = About(
        name="threshold_exceeds_lifetime",
        severity="warn",
        meaning="A threshold is longer than the certificate's whole lifetime, so it is always exceeded.",
        advice="Set a shorter threshold for this certificate by a rule, or use a share of the lifetime.",
        policy="preview",
        former_name="long_threshold",
    )
    NONCONFORMING = About(
        name="nonconforming",
        severity="info",
        meaning="It, or its CA's certificate, deviates from RFC 5280: OpenSSL reads it, a stricter client may not.",
        advice="Check that all clients accept it, or have its issuer correct the next one.",
        policy="stored state",
        is_listed=True,
    )
    NEW = About(
        name="new",
        severity="info",
        meaning="The certificate is not in the stack yet.",
        policy="never",
        is_listed=True,
    )
    RENEWED = About(
        name="renewed",
        severity="info",
        meaning="There is a new certificate for the same key and serial number.",
        policy="never",
        is_listed=True,
    )
    CHANGED = About(
        name="changed",
        severity="info",
        meaning="The program reads a different certificate under this name, or the service changed another field.",
        policy="never",
        is_listed=True,
    )
    KNOWN_AFTER_UPDATE = About(
        name="known_after_update",
        severity="info",
        meaning="An argument is not known until the update, so the certificate is read then.",
        policy="never",
        junit="skipped",
        former_name="not_read",
    )
    UNCHANGED = About(
        name="unchanged",
        severity="info",
        meaning="Nothing has changed since the last update.",
        policy="never",
    )

    @property
    def words(self) -> str:
        """The name as words, such as ``expires within``."""
        return self.value.replace("_", " ")

    @classmethod
    def parse(cls, text: object) -> Self | None:
        """Return the kind with this name, or this former name, written with ``_`` or ``-``; None if there is none."""
        if not isinstance(text, str):
            return None
        name = text.strip().lower().replace("-", "_")
        return next((kind for kind in cls if name in {kind.value, kind.about.former_name}), None)
