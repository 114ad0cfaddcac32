"""Publish the certificates of another stack to the targets in the stack's config."""

import pulumi
from config import read_config

from alicloud_device_certificates import DeviceCertificatesReference
from alicloud_device_certificates.contract.extras import MissingExtraError, required_extra

try:
    with required_extra("alicloud"):
        from targets import Targets
except MissingExtraError as error:
    raise pulumi.RunError(str(error)) from None

config = read_config(pulumi.Config())
targets = Targets(DeviceCertificatesReference(config.producer))

for bundle in config.oss_trust_bundles:
    targets.oss_trust_bundle(bundle)
for allow_list in config.oss_allow_lists:
    targets.oss_allow_list(allow_list)
for secret in config.kms_secrets:
    targets.kms_secret(secret)
for parameter in config.oos_secret_parameters:
    targets.oos_secret_parameter(parameter)

# Listeners need these IDs.
cas = {entry.name: targets.slb_ca_certificate(entry) for entry in config.slb_ca_certificates}
if cas:
    pulumi.export("slb_ca_certificate_ids", {name: resource.id for name, resource in cas.items()})
imported = {entry.name: targets.cas_service_certificate(entry) for entry in config.cas_service_certificates}
if imported:
    pulumi.export("cas_certificate_ids", {name: resource.id for name, resource in imported.items()})
