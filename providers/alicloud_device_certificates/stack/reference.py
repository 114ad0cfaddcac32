"""The certificates of another stack, by reference to its outputs: what a deployment consumes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pulumi

from alicloud_device_certificates.resources.attributes import CertificateAttributes, CertificateField
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION


class ProducerError(pulumi.RunError):
    """Another stack does not give what is asked of it: one line that names the stack and what there is instead."""


class ReferencedCertificate(CertificateAttributes):
    """One certificate of another stack, with the attributes of a data source; what is absent there is None here."""

    device_sn = CertificateField[str | None]()
    """MQTT: the SN by which the service knows the device certificate."""
    device_name = CertificateField[str | None]()
    """MQTT: the name of the device certificate."""
    ca_sn = CertificateField[str | None]()
    """MQTT: the SN by which the service knows the CA certificate."""
    ca_name = CertificateField[str | None]()
    """A CA certificate of MQTT: its name."""
    ca_certificate_pem = CertificateField[str | None]()
    """MQTT with ``include_chain``: the certificate of its CA, PEM."""
    certificate_chain_pem = CertificateField[str | None]()
    """MQTT with ``include_chain``: the certificate and those above it, PEM, leaf first."""
    certificate_sn = CertificateField[str | None]()
    """IoT: the service's identifier of the certificate; not the X.509 serial number."""

    def __init__(self, certificate: pulumi.Output[dict[str, Any]]) -> None:
        """``certificate`` is the object in the other stack's output ``certificates``."""
        self.certificate = certificate


class DeviceCertificatesReference:
    """The certificates that another stack gives out by ``export_certificates``.

    ``stack`` is ``organization/project/stack``, ``project/stack`` in the current organization, or the ``stack`` of that
    name in the current project, alike on every backend. A preview sees the outputs of that stack's last *update*.

    Raises ProducerError, a ``pulumi.RunError``: for a stack that has no certificates, one whose outputs have a shape
    that is not known here, and a name that is not there. That a stack cannot be found is told by the engine itself.
    """

    def __init__(self, stack: str, *, opts: pulumi.ResourceOptions | None = None) -> None:
        self.stack = full_stack_name(stack)
        """The full name, ``organization/project/stack``."""
        # Two references to one stack would be two resources of one name, so the name says what this one is for.
        self._reference = pulumi.StackReference(
            f"device-certificates of {self.stack}", stack_name=self.stack, opts=opts
        )
        outputs = pulumi.Output.all(
            version=self._reference.get_output("schema_version"),
            certificates=self._reference.get_output("certificates"),
        )
        self._certificates: pulumi.Output[dict[str, dict[str, Any]]] = outputs.apply(self._check)

    def names(self) -> pulumi.Output[list[str]]:
        """Give the names of its certificates, sorted."""
        return self._certificates.apply(sorted)

    def certificate(self, name: str) -> ReferencedCertificate:
        """Give the certificate of that name."""
        return ReferencedCertificate(self._certificates.apply(lambda all_: self._pick(all_, name, "certificate")))

    def private_key(self, name: str) -> pulumi.Output[str]:
        """Give the private key (PKCS#8 PEM) of the certificate of that name, a secret."""
        keys = pulumi.Output.all(self._certificates, self._reference.get_output("private_keys"))
        return pulumi.Output.secret(keys.apply(lambda both: self._pick(both[1] or {}, name, "private key")))

    def _check(self, outputs: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
        version, certificates = outputs["version"], outputs["certificates"]
        if not isinstance(version, int | float) or not isinstance(certificates, dict):
            raise ProducerError(
                f"stack {self.stack} gives out no device certificates: it was never updated, or its program does not "
                "call export_certificates"
            )
        if version != SCHEMA_VERSION:
            raise ProducerError(
                f"stack {self.stack} gives out certificates with schema_version {version:g}, and this version of "
                f"pulumi-alicloud-device-certificates knows {SCHEMA_VERSION}: use the same version for both stacks"
            )
        return certificates

    def _pick(self, found: Mapping[str, Any], name: str, what: str) -> Any:  # noqa: ANN401 - a dict or a text
        if found.get(name):
            return found[name]
        there = f"it has: {', '.join(sorted(found))}" if found else f"it has no {what} at all"
        raise ProducerError(f"stack {self.stack} has no {what} named {name!r}; {there}")


def full_stack_name(stack: str) -> str:
    """Complete the name of a stack: what is left out at its start is the current organization's and project's.

    Backends differ in what a short name means to them; the full one is understood by all. Raises ProducerError.
    """
    parts = stack.split("/") if isinstance(stack, str) else []
    if not 1 <= len(parts) <= 3 or not all(part.strip() for part in parts):
        raise ProducerError(f"{stack!r} is not the name of a stack: stack, project/stack or organization/project/stack")
    here = [pulumi.get_organization(), pulumi.get_project()]
    return "/".join([*here[: 3 - len(parts)], *parts])
