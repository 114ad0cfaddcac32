"""The targets of a deployment: a method for each kind of resource of pulumi-alicloud.

If a certificate is rotated, each of its resources changes once. Those with content or versions are updated; the others
are replaced, the new one being created before the old one is deleted. Both exist for a while then, so their names end
in the fingerprint.
"""

from __future__ import annotations

import hashlib
import ssl

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

from alicloud_device_certificates import DeviceCertificatesReference, fingerprint_allow_list, key_pair, trust_bundle

# Pulumi's default, written out because the names with a fingerprint rely on it: a listener always has a certificate.
CREATE_BEFORE_DELETE = pulumi.ResourceOptions(delete_before_replace=False)


class Targets:
    """The resources made of the certificates of one producer."""

    def __init__(self, producer: DeviceCertificatesReference) -> None:
        self._producer = producer

    def slb_ca_certificate(self, entry: SlbCaCertificate) -> CaCertificate:
        """Upload the CA that issued device certificates, for mutual TLS on listeners; replaced if the CA changes."""
        ca = self._cas(entry.certificates)
        name = ca.apply(lambda pem: f"{entry.name}-{_only_fingerprint(entry.name, pem)[:16]}")
        return CaCertificate(entry.name, ca_certificate=ca, ca_certificate_name=name, opts=CREATE_BEFORE_DELETE)

    def oss_trust_bundle(self, entry: OssTrustBundle) -> BucketObject:
        """Put the CAs that issued device certificates into a bucket; updated if one of them changes."""
        return BucketObject(
            f"{entry.bucket}/{entry.key}",
            bucket=entry.bucket,
            key=entry.key,
            content=self._cas(entry.certificates),
            content_type="application/x-pem-file",
        )

    def oss_allow_list(self, entry: OssAllowList) -> BucketObject:
        """Put the fingerprints of certificates into a bucket; updated if one of them changes."""

        def fingerprints(names: list[str]) -> pulumi.Output[str]:
            return fingerprint_allow_list(
                [self._producer.certificate(name) for name in names],
                include_inactive=entry.include_inactive,
                allow_empty=entry.allow_empty,
            )

        names = pulumi.Output.from_input(entry.certificates or self._producer.names())
        content: pulumi.Output[str] = names.apply(fingerprints)
        return BucketObject(
            f"{entry.bucket}/{entry.key}",
            bucket=entry.bucket,
            key=entry.key,
            content=content,
            content_type="text/plain",
        )

    def kms_secret(self, entry: KmsSecret) -> Secret:
        """Store a private key as the current version of a secret; a rotation adds a version.

        A version cannot be overwritten (PutSecretValue), so the fingerprint is its ID.
        """
        return Secret(
            entry.name,
            secret_name=entry.name,
            secret_data=self._private_key(entry.certificate),
            version_id=self._fingerprint(entry.certificate).apply(lambda fingerprint: fingerprint[:32]),
            dkms_instance_id=entry.dkms_instance_id,
            encryption_key_id=entry.encryption_key_id,
        )

    def oos_secret_parameter(self, entry: OosSecretParameter) -> SecretParameter:
        """Store a private key as an encrypted parameter; a rotation updates it."""
        return SecretParameter(
            entry.name,
            secret_parameter_name=entry.name,
            value=self._private_key(entry.certificate),
            dkms_instance_id=entry.dkms_instance_id,
            key_id=entry.key_id,
        )

    def cas_service_certificate(self, entry: CasServiceCertificate) -> ServiceCertificate:
        """Import a certificate with its private key; replaced if it is rotated."""
        fingerprint = self._fingerprint(entry.certificate)
        return ServiceCertificate(
            entry.name,
            certificate_name=fingerprint.apply(lambda fingerprint: f"{entry.name}-{fingerprint[:16]}"),
            cert=self._producer.certificate(entry.certificate).certificate_pem,
            key=self._private_key(entry.certificate),
            opts=CREATE_BEFORE_DELETE,
        )

    def _fingerprint(self, name: str) -> pulumi.Output[str]:
        return self._producer.certificate(name).sha256_fingerprint

    def _private_key(self, name: str) -> pulumi.Output[str]:
        """Return a private key, a secret, after checking that it matches its certificate."""
        pair = key_pair(self._producer.certificate(name).certificate_pem, self._producer.private_key(name))
        return pair.apply(lambda pair: pair["private_key_pem"])

    def _cas(self, names: list[str]) -> pulumi.Output[str]:
        return trust_bundle([self._ca(name) for name in names])

    def _ca(self, name: str) -> pulumi.Output[str]:
        """Return the CA that issued a certificate, or the certificate itself if it is a CA."""

        def pick(certificate: dict[str, str | bool]) -> str:
            pem = certificate["certificate_pem"] if certificate.get("is_ca") else certificate.get("ca_certificate_pem")
            if not isinstance(pem, str):
                raise pulumi.RunError(
                    f"certificate {name} of stack {self._producer.stack} has no CA certificate: "
                    "set includeChain on it there (IoT Platform has none)"
                )
            return pem

        return self._producer.certificate(name).certificate.apply(pick)


def _only_fingerprint(name: str, bundle: str) -> str:
    """Return the SHA-256 fingerprint of the one certificate that an upload to Classic Load Balancer can have."""
    number = bundle.count(ssl.PEM_HEADER)
    if number != 1:
        raise pulumi.RunError(
            f"slbCaCertificates: {name} has {number} CAs, but an upload takes one: add an entry for each CA"
        )
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(bundle)).hexdigest()
