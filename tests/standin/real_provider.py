"""What the real provider does that its SDK does not declare, for the types that stacks/deployment makes.

Source: aliyun/terraform-provider-alicloud, on which the plugin is built, as of 1.290.0: `ForceNew` in the schema of
`alicloud/resource_alicloud_*.go`. `keyWo` came later: as the SDK's own docs of it say.
"""

from __future__ import annotations

from collections.abc import Mapping

REPLACED_BY: Mapping[str, frozenset[str]] = {
    # resource_alicloud_slb_ca_certificate.go
    "alicloud:slb/caCertificate:CaCertificate": frozenset({"caCertificate", "resourceGroupId"}),
    # resource_alicloud_oss_bucket_object.go
    "alicloud:oss/bucketObject:BucketObject": frozenset({"bucket", "key"}),
    # resource_alicloud_kms_secret.go
    "alicloud:kms/secret:Secret": frozenset(
        {"secretName", "secretType", "encryptionKeyId", "dkmsInstanceId", "extendedConfig"}
    ),
    # resource_alicloud_oos_secret_parameter.go
    "alicloud:oos/secretParameter:SecretParameter": frozenset(
        {"secretParameterName", "constraints", "dkmsInstanceId", "keyId", "type"}
    ),
    # resource_alicloud_ssl_certificates_service_certificate.go
    "alicloud:cas/serviceCertificate:ServiceCertificate": frozenset(
        {"cert", "key", "keyWoVersion", "encryptCert", "encryptPrivateKey", "signCert", "signPrivateKey"}
    ),
}
"""For each type, which changed properties make the provider replace the resource; any other one is updated."""


def refused_update(token: str, changed: set[str]) -> str | None:
    """Say why the service would refuse an update, if it would.

    A version of a KMS secret cannot be overwritten: PutSecretValue rejects other data under a known version.
    """
    if token == "alicloud:kms/secret:Secret" and "secretData" in changed and "versionId" not in changed:
        return "PutSecretValue: other secretData under the same versionId is rejected"
    return None
