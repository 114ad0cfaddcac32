"""The certificates of another stack, by reference to its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cached_property
from typing import Any, ClassVar, Final

import pulumi

from alicloud_device_certificates.contract.bounds import shortened
from alicloud_device_certificates.contract.distribution import DISTRIBUTION
from alicloud_device_certificates.contract.field_values import invalid_fields, is_text
from alicloud_device_certificates.contract.fleets import SUMMARY, member_name
from alicloud_device_certificates.contract.ids import MAX_PART_BYTES
from alicloud_device_certificates.resources.attributes import AnyCertificateAttributes
from alicloud_device_certificates.resources.together import together
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from alicloud_device_certificates.stack.stack_output import stack_output

REFERENCE_PREFIX: Final = "device-certificates of "
"""What the name of the StackReference of a DeviceCertificatesReference begins with; the stack's full name follows."""

_SHOWN_NAMES = 20
_NOT_MOCKED = "not mocked"


class ProducerError(pulumi.RunError):
    """The other stack lacks what is requested: one line that names the stack and what it has instead."""

    fix: ClassVar[str] = "Check the name of the stack and of the certificate, and update the other stack."


class ReferencedCertificate(AnyCertificateAttributes):
    """One certificate of another stack, with the attributes of a data source; those that it lacks are None."""

    def __init__(self, certificate: pulumi.Output[dict[str, Any]]) -> None:
        """``certificate`` is its object in the other stack's output ``certificates``."""
        self.certificate = certificate


class ReferencedFleet:
    """The certificates of a fleet of another stack."""

    def __init__(
        self, members: Callable[[], pulumi.Output[dict[str, dict[str, Any]]]], summary: pulumi.Output[Any]
    ) -> None:
        """``members`` returns the certificates once they are needed: a stack may keep the summary alone."""
        self._members = members
        self.summary: pulumi.Output[dict[str, Any]] = summary
        """Its counts, and its earliest and latest expiry (docs/outputs.md)."""

    @cached_property
    def certificates(self) -> pulumi.Output[dict[str, dict[str, Any]]]:
        """The fields of each certificate by its key, sorted."""
        return self._members()

    def trust_bundle(self) -> pulumi.Output[str]:
        """Return one PEM text of all its certificates, for a fleet of CAs (see ``trust_bundle``)."""
        from alicloud_device_certificates.stack.bundles import trust_bundle

        return trust_bundle([self])

    def fingerprint_allow_list(
        self, *, include_inactive: bool = False, allow_empty: bool = False
    ) -> pulumi.Output[str]:
        """Return the fingerprints of its certificates that are in service (see ``fingerprint_allow_list``)."""
        from alicloud_device_certificates.stack.bundles import fingerprint_allow_list

        return fingerprint_allow_list([self], include_inactive=include_inactive, allow_empty=allow_empty)


class DeviceCertificatesReference:
    """The certificates that another stack exports with ``export_certificates``.

    ``stack`` is ``organization/project/stack``, ``project/stack`` in the current organization, or ``stack`` in the
    current project, on every backend alike. A preview sees the outputs of that stack's last *update*.

    Raise ProducerError, a ``pulumi.RunError``, if the stack exports no certificates, has an unsupported
    ``schema_version``, or has no certificate or key of the name. The engine itself reports a stack that does not exist.
    """

    def __init__(self, stack: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        self.stack = full_stack_name(stack)
        """The full name, ``organization/project/stack``."""
        # The program may have a reference to the same stack of its own: two resources must not share a name.
        self._reference = pulumi.StackReference(f"{REFERENCE_PREFIX}{self.stack}", stack_name=self.stack, opts=opts)
        self._reference.outputs = self._reference.outputs.apply(self._mocked)

    @cached_property
    def _certificates(self) -> pulumi.Output[dict[str, dict[str, Any]]]:
        outputs = together(stack_output(self._reference, name) for name in ("schema_version", "certificates"))
        certificates: pulumi.Output[dict[str, dict[str, Any]]] = outputs.apply(lambda found: self._check(*found))
        return certificates

    @property
    def certificates(self) -> pulumi.Output[dict[str, dict[str, Any]]]:
        """The fields of all its certificates by name, sorted, those of fleets among them as ``<fleet>/<key>``.

        So ``fingerprint_allow_list([reference])`` is the list of the whole stack.
        """
        return self._certificates.apply(lambda all_: {name: self._pick(all_, name) for name in sorted(all_)})

    def names(self) -> pulumi.Output[list[str]]:
        """Return the names of its certificates, sorted, those of fleets among them as ``<fleet>/<key>``."""
        return self._certificates.apply(sorted)

    def fleet_names(self) -> pulumi.Output[list[str]]:
        """Return the names of its fleets, sorted."""
        both = self._with("summaries")
        return both.apply(lambda found: sorted(_by_name(found[1])))

    def certificate(self, name: str) -> ReferencedCertificate:
        """Return the certificate of this name."""
        return ReferencedCertificate(self._certificates.apply(lambda all_: self._pick(all_, name)))

    def fleet(self, name: str) -> ReferencedFleet:
        """Return the fleet of this name. Its certificates are ``certificate("<fleet>/<key>")`` too."""
        both = self._with("summaries")
        return ReferencedFleet(
            lambda: both.apply(lambda found: self._members(found[0], found[1], name)),
            both.apply(lambda found: self._summary(found[0], found[1], name)),
        )

    def private_key(self, name: str) -> pulumi.Output[str]:
        """Return the private key (PKCS#8 PEM) of the certificate of this name, a secret."""
        found = self._with("private_keys", "summaries")
        return pulumi.Output.secret(found.apply(lambda found: self._pick_key(found[0], found[1], found[2], name)))

    def _with(self, *names: str) -> pulumi.Output[list[Any]]:
        """Return the certificates, and the outputs of these names."""
        return together([self._certificates, *(stack_output(self._reference, name) for name in names)])

    @staticmethod
    def _mocked(outputs: dict[str, Any] | None) -> dict[str, Any]:
        # The engine always returns outputs; a unit test's own mocks may not.
        return {"schema_version": _NOT_MOCKED} if outputs is None else outputs

    def _check(self, version: object, certificates: object) -> dict[str, dict[str, Any]]:
        if version == _NOT_MOCKED:
            raise ProducerError(
                f"stack {self.stack}: the mocks of this test return no `outputs` for it; pass it as `stacks` to "
                "DeviceCertificateMocks of alicloud_device_certificates.testing (docs/testing.md)"
            )
        if isinstance(version, bool) or not isinstance(version, int | float) or not isinstance(certificates, dict):
            raise ProducerError(
                f"stack {self.stack} exports no device certificates: it has never been updated, or its program "
                "does not call export_certificates"
            )
        if version != SCHEMA_VERSION:
            raise ProducerError(
                f"stack {self.stack} exports schema_version {_number(version)}, but this version of {DISTRIBUTION} "
                f"supports {SCHEMA_VERSION}: use the same version of it for both stacks"
            )
        return certificates

    def _pick(self, certificates: Mapping[str, Any], name: str) -> dict[str, Any]:
        if name not in certificates:
            fleet = any(each.startswith(member_name(name, "")) for each in certificates)
            why = f": it is a fleet, and its certificates are {member_name(name, '<key>')}" if fleet else ""
            raise ProducerError(
                f"stack {self.stack} has no certificate named {name!r}{why}; {_available(certificates)}"
            )
        found: dict[str, Any] = certificates[name]
        faults = invalid_fields(found) if isinstance(found, dict) else ["fields"]
        if faults:
            raise ProducerError(
                f"stack {self.stack}: its outputs have no valid {', '.join(faults)} of certificate {name!r}; update it "
                "with a program that calls export_certificates"
            )
        return found

    def _summary(self, certificates: Mapping[str, Any], summaries: object, name: str) -> dict[str, Any]:
        found = _by_name(summaries)
        if not isinstance(summary := found.get(name), dict):
            why = ": it is a single certificate" if name in certificates else ""
            raise ProducerError(f"stack {self.stack} has no fleet named {name!r}{why}; {_available(found)}")
        return summary

    def _members(self, certificates: Mapping[str, Any], summaries: object, name: str) -> dict[str, dict[str, Any]]:
        selected = self._summary(certificates, summaries, name).get("selected")
        prefix = member_name(name, "")
        # Sorted: the engine's maps have no order, and a bundle must have one.
        members = sorted(full for full in certificates if full.startswith(prefix))
        if not members and isinstance(selected, int | float) and selected > 0:
            raise ProducerError(
                f"stack {self.stack} keeps only the summary of fleet {name!r}, and no certificate of it: set `fields` "
                f"of it to something else than {SUMMARY!r} in that stack, and update it"
            )
        return {full.removeprefix(prefix): self._pick(certificates, full) for full in members}

    def _pick_key(self, certificates: Mapping[str, Any], keys: object, summaries: object, name: str) -> str:
        key = keys.get(name) if isinstance(keys, dict) else None
        if is_text(key) and key:
            return key
        certificate = self._pick(certificates, name)
        if not certificate.get("certificate_pem"):
            why = f"the certificate is pending (status {_plain(str(certificate.get('status')))})"
        elif keys == {}:
            # A stack exports no empty output of keys; the engine leaves out what it cannot decrypt.
            why = (
                "its secrets cannot be decrypted here. Run with the passphrase of that stack "
                "(PULUMI_CONFIG_PASSPHRASE), or get access to its key service"
            )
        else:
            fleet = next((each for each in _by_name(summaries) if name.startswith(member_name(each, ""))), None)
            flag = (
                "include_private_key (includePrivateKey in the config) on it"
                if fleet is None
                else f"include_private_keys (includePrivateKeys in the config) on its fleet {fleet!r}"
            )
            why = f"set {flag} in that stack, and update it; private keys {_available(_by_name(keys))}"
        raise ProducerError(f"stack {self.stack} has no private key named {name!r}: {why}")


def _by_name(output: object) -> Mapping[str, Any]:
    """Return an output that is left out if it has no entries."""
    return output if isinstance(output, dict) else {}


def _available(found: Mapping[str, Any]) -> str:
    names = sorted(map(str, found))
    more = f" and {len(names) - _SHOWN_NAMES:,} more" if len(names) > _SHOWN_NAMES else ""
    return f"available: {', '.join(map(_plain, names[:_SHOWN_NAMES])) or 'none'}{more}"


def _number(version: float) -> str:
    try:
        return f"{version:g}"
    except OverflowError:  # an integer that no double can hold
        return "of absurd size"


def _plain(name: str) -> str:
    return name if name.isprintable() and len(name) <= MAX_PART_BYTES else shortened(name)


def full_stack_name(stack: str) -> str:
    """Return the full name of a stack, completed by the current organization and project.

    Backends differ in how they read a short name; all of them accept the full one. Raise ProducerError.
    """
    parts = stack.split("/") if isinstance(stack, str) else []
    if not 1 <= len(parts) <= 3 or not all(part.strip() for part in parts):
        raise ProducerError(
            f"{stack!r} is not a stack name: expected stack, project/stack or organization/project/stack"
        )
    # Without an organization, as in unit tests with mocks: that of a self-managed backend.
    here = [pulumi.get_organization() or "organization", pulumi.get_project()]
    return "/".join([*here[: 3 - len(parts)], *parts])
