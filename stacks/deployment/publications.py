"""What is made of certificates, by pulumi-alicloud: a method for each kind of resource.

When a certificate is rotated, each of its resources changes once, in the way that its kind allows: what has a content
or versions is updated; what has neither is replaced, the new one made before the old one is deleted. Both exist for a
while then, so the fingerprint is in their names.
"""

from __future__ import annotations

import hashlib
import ssl

import pulumi
from pulumi_alicloud.cas import ServiceCertificate
from pulumi_alicloud.kms import Secret
from pulumi_alicloud.oos import SecretParameter
from pulumi_alicloud.oss import BucketObject
from pulumi_alicloud.slb import CaCertificate
from switches import (
    CasServiceCertificate,
    KmsSecret,
    OosSecretParameter,
    OssAllowList,
    OssTrustBundle,
    SlbCaCertificate,
)

from alicloud_device_certificates import DeviceCertificatesReference, fingerprint_allow_list, key_pair, trust_bundle

# Pulumi's default, said here because the names with a fingerprint are there for it: a listener always has a
# certificate that exists.
NEW_ONE_FIRST = pulumi.ResourceOptions(delete_before_replace=False)


class Publisher:
    """Makes resources of the certificates of one producer."""

    def __init__(self, producer: DeviceCertificatesReference) -> None:
        self._producer = producer

    def slb_ca_certificate(self, entry: SlbCaCertificate) -> CaCertificate:
        """Upload the CA above device certificates, against which listeners check devices; replaced with the CA."""
        authority = self._authorities(entry.certificates)
        name = authority.apply(lambda pem: f"{entry.name}-{_only_fingerprint(entry.name, pem)[:16]}")
        return CaCertificate(entry.name, ca_certificate=authority, ca_certificate_name=name, opts=NEW_ONE_FIRST)

    def oss_trust_bundle(self, entry: OssTrustBundle) -> BucketObject:
        """Put the CAs above device certificates into a bucket; overwritten when one of them changes."""
        return BucketObject(
            f"{entry.bucket}/{entry.key}",
            bucket=entry.bucket,
            key=entry.key,
            content=self._authorities(entry.certificates),
            content_type="application/x-pem-file",
        )

    def oss_allow_list(self, entry: OssAllowList) -> BucketObject:
        """Put the fingerprints of certificates into a bucket; overwritten when one of them changes."""

        def fingerprints(names: list[str]) -> pulumi.Output[str]:
            return fingerprint_allow_list([self._producer.certificate(name) for name in names])

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
        """Keep a private key as the current version of a secret; a rotation puts a new version on top.

        A version of a secret cannot be overwritten (PutSecretValue), so each has the fingerprint as its ID.
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
        """Keep a private key as an encrypted parameter; a rotation updates it."""
        return SecretParameter(
            entry.name,
            secret_parameter_name=entry.name,
            value=self._private_key(entry.certificate),
            dkms_instance_id=entry.dkms_instance_id,
            key_id=entry.key_id,
        )

    def cas_service_certificate(self, entry: CasServiceCertificate) -> ServiceCertificate:
        """Import a certificate with its private key; replaced when it is rotated."""
        fingerprint = self._fingerprint(entry.certificate)
        return ServiceCertificate(
            entry.name,
            certificate_name=fingerprint.apply(lambda fingerprint: f"{entry.name}-{fingerprint[:16]}"),
            cert=self._producer.certificate(entry.certificate).certificate_pem,
            key=self._private_key(entry.certificate),
            opts=NEW_ONE_FIRST,
        )

    def _fingerprint(self, name: str) -> pulumi.Output[str]:
        return self._producer.certificate(name).sha256_fingerprint

    def _private_key(self, name: str) -> pulumi.Output[str]:
        """Give a private key, a secret, that is known to belong to its certificate."""
        pair = key_pair(self._producer.certificate(name).certificate_pem, self._producer.private_key(name))
        return pair.apply(lambda pair: pair["private_key_pem"])

    def _authorities(self, names: list[str]) -> pulumi.Output[str]:
        return trust_bundle([self._authority(name) for name in names])

    def _authority(self, name: str) -> pulumi.Output[str]:
        """Give the CA certificate above a certificate, or the certificate itself where it is a CA's."""

        def pick(certificate: dict[str, str | bool]) -> str:
            pem = certificate["certificate_pem"] if certificate.get("is_ca") else certificate.get("ca_certificate_pem")
            if not isinstance(pem, str):
                raise pulumi.RunError(
                    f"certificate {name} of stack {self._producer.stack} comes without its CA: "
                    "set includeChain on it there (a certificate of IoT Platform has none)"
                )
            return pem

        return self._producer.certificate(name).certificate.apply(pick)


def _only_fingerprint(name: str, bundle: str) -> str:
    """Give the SHA-256 fingerprint of the one certificate that Classic Load Balancer takes in an upload."""
    number = bundle.count(ssl.PEM_HEADER)
    if number != 1:
        raise pulumi.RunError(
            f"slbCaCertificates: {name} would be {number} CAs, and an upload takes one: make an entry of each CA"
        )
    return hashlib.sha256(ssl.PEM_cert_to_DER_cert(bundle)).hexdigest()
