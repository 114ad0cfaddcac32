"""The stack outputs that other stacks consume: ``schema_version``, ``certificates``, ``private_keys``."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import pulumi

from alicloud_device_certificates.resources.certificate_resource import CertificateResource

SCHEMA_VERSION: Final = 1
"""The shape of the outputs. It changes if a field is removed or changes its meaning, not if one is added."""


def export_certificates(certificates: Mapping[str, CertificateResource]) -> None:
    """Export ``certificates`` as stack outputs, under the names that are their keys.

    ``schema_version`` is 1. ``certificates`` has the fields of each certificate by name, none of them secret.
    ``private_keys`` has the PEM of each private key that was requested by name, a secret; without any it is left out.
    """
    pulumi.export("schema_version", SCHEMA_VERSION)
    pulumi.export("certificates", {name: certificate.certificate for name, certificate in certificates.items()})
    private_keys = {
        name: private_key
        for name, certificate in certificates.items()
        if (private_key := certificate.requested_private_key()) is not None
    }
    if private_keys:
        # Secret as a whole: a secret inside a plain map is easy to unwrap by mistake.
        pulumi.export("private_keys", pulumi.Output.secret(pulumi.Output.all(**private_keys).apply(_issued)))


def _issued(private_keys: Mapping[str, str | None]) -> dict[str, str]:
    """Drop the keys of certificates that are still pending."""
    return {name: pem for name, pem in private_keys.items() if pem is not None}
