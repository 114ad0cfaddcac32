"""The targets of a deployment: a method for each kind of resource of pulumi-alicloud.

If a certificate is rotated, each of its resources changes once. Those with content or versions are updated; the others
are replaced, the new one being created before the old one is deleted. Both exist for a while then, so their names end
in the fingerprint.
"""

from __future__ import annotations

import hashlib
import ssl
from typing import Final

import pulumi
from config import (
    CasServiceCertificate,
    KmsSecret,
    OosSecretParameter,
    OssAllowList,
    OssTrustBundle,
    SlbCaCertificate,
)
from pulumi_alicloud.cas import ServiceCertificate
from pulumi_alicloud.kms import Secret
from pulumi_alicloud.oos import SecretParameter
from pulumi_alicloud.oss import BucketObject
from pulumi_alicloud.slb import CaCertificate
from sources import Sources, within

from alicloud_device_certificates import DeviceCertificatesReference

# Pulumi's default, written out because the names with a fingerprint rely on it: a listener always has a certificate.
CREATE_BEFORE_DELETE = pulumi.ResourceOptions(delete_before_replace=False)

# The limits of the services (CreateSecret of KMS, CreateSecretParameter of OOS). What goes to OSS has none to reach: an
# object of PutObject may have 5 GB, and the 65 bytes of a fingerprint are a fraction of what the producer keeps.
KMS_BYTES: Final = 30_720
OOS_CHARACTERS: Final = 4_096


class Targets:
    """The resources made of the certificates of one producer."""

    def __init__(self, producer: DeviceCertificatesReference) -> None:
        self._sources = Sources(producer)

    def slb_ca_certificate(self, entry: SlbCaCertificate) -> CaCertificate:
        """Upload the CA that issued device certificates, for mutual TLS on listeners; replaced if the CA changes."""
        ca = self._sources.cas(entry)
        name = ca.apply(lambda pem: f"{entry.name}-{_only_fingerprint(entry.name, pem)[:16]}")
        return CaCertificate(entry.name, ca_certificate=ca, ca_certificate_name=name, opts=CREATE_BEFORE_DELETE)

    def oss_trust_bundle(self, entry: OssTrustBundle) -> BucketObject:
        """Put the CAs that issued device certificates into a bucket; updated if one of them changes."""
        return BucketObject(
            f"{entry.bucket}/{entry.key}",
            bucket=entry.bucket,
            key=entry.key,
            content=self._sources.cas(entry),
            content_type="application/x-pem-file",
        )

    def oss_allow_list(self, entry: OssAllowList) -> BucketObject:
        """Put the fingerprints of certificates into a bucket; updated if one of them changes."""
        return BucketObject(
            f"{entry.bucket}/{entry.key}",
            bucket=entry.bucket,
            key=entry.key,
            content=self._sources.allow_list(entry),
            content_type="text/plain",
        )

    def kms_secret(self, entry: KmsSecret) -> Secret:
        """Store a private key as the current version of a secret; a rotation adds a version.

        A version cannot be overwritten (PutSecretValue), so the fingerprint is its ID.
        """
        return Secret(
            entry.name,
            secret_name=entry.name,
            secret_data=self._sources.private_key(entry.certificate).apply(
                lambda key: within(key, KMS_BYTES, entry=f"kmsSecrets: {entry.name}", service="KMS")
            ),
            version_id=self._sources.fingerprint(entry.certificate).apply(lambda fingerprint: fingerprint[:32]),
            dkms_instance_id=entry.dkms_instance_id,
            encryption_key_id=entry.encryption_key_id,
        )

    def oos_secret_parameter(self, entry: OosSecretParameter) -> SecretParameter:
        """Store a private key as an encrypted parameter; a rotation updates it."""
        return SecretParameter(
            entry.name,
            secret_parameter_name=entry.name,
            value=self._sources.private_key(entry.certificate).apply(
                lambda key: within(key, OOS_CHARACTERS, entry=f"oosSecretParameters: {entry.name}", service="OOS")
            ),
            dkms_instance_id=entry.dkms_instance_id,
            key_id=entry.key_id,
        )

    def cas_service_certificate(self, entry: CasServiceCertificate) -> ServiceCertificate:
        """Import a certificate with its private key; replaced if it is rotated."""
        fingerprint = self._sources.fingerprint(entry.certificate)
        return ServiceCertificate(
            entry.name,
            certificate_name=fingerprint.apply(lambda fingerprint: f"{entry.name}-{fingerprint[:16]}"),
            cert=self._sources.certificate_pem(entry.certificate),
            key=self._sources.private_key(entry.certificate),
            opts=CREATE_BEFORE_DELETE,
        )


def _only_fingerprint(name: str, bundle: str) -> str:
    """Return the SHA-256 fingerprint of the one certificate that an upload to Classic Load Balancer can have."""
    number = bundle.count(ssl.PEM_HEADER)
    if number != 1:
        raise pulumi.RunError(
            f"slbCaCertificates: {name} has {number} CAs, but an upload takes one: add an entry for each CA"
        )
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(bundle)).hexdigest()
