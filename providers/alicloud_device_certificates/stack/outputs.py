"""The stack outputs that carry certificates to others: ``schema_version``, ``certificates``, ``private_keys``."""

from __future__ import annotations

from collections.abc import Mapping

import pulumi

from alicloud_device_certificates.resources.certificate_resource import CertificateResource
from alicloud_device_certificates.resources.data_sources import IotDeviceCertificate

SCHEMA_VERSION = 1


def export_certificates(certificates: Mapping[str, CertificateResource]) -> None:
    """Export ``certificates`` as stack outputs, by the names that are the keys.

    ``schema_version`` is 1. ``certificates`` holds for each name the fields that the certificate has, none of them
    secret. ``private_keys`` holds a PEM for each name whose private key was asked for, secret; it is left out where
    none was.
    """
    pulumi.export("schema_version", SCHEMA_VERSION)
    pulumi.export("certificates", {name: certificate.certificate for name, certificate in certificates.items()})
    private_keys = {
        name: certificate.private_key_pem
        for name, certificate in certificates.items()
        if isinstance(certificate, IotDeviceCertificate) and certificate.has_private_key
    }
    if private_keys:
        # Secret as a whole: a secret inside a plain map is easy to unwrap by mistake.
        pulumi.export("private_keys", pulumi.Output.secret(pulumi.Output.all(**private_keys).apply(_there)))


def _there(private_keys: Mapping[str, str | None]) -> dict[str, str]:
    """Leave out the keys of certificates that are still pending."""
    return {name: pem for name, pem in private_keys.items() if pem is not None}
