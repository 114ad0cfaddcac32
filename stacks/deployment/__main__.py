"""Publish certificates that another stack reads: each thing that the stack's config switches on, and nothing else."""

import pulumi
from publications import Publisher
from switches import configured_switches

from alicloud_device_certificates import DeviceCertificatesReference

switches = configured_switches(pulumi.Config())
publisher = Publisher(DeviceCertificatesReference(switches.producer))

for bundle in switches.oss_trust_bundles:
    publisher.oss_trust_bundle(bundle)
for allow_list in switches.oss_allow_lists:
    publisher.oss_allow_list(allow_list)
for secret in switches.kms_secrets:
    publisher.kms_secret(secret)
for parameter in switches.oos_secret_parameters:
    publisher.oos_secret_parameter(parameter)

# What listeners ask for by ID.
authorities = {entry.name: publisher.slb_ca_certificate(entry) for entry in switches.slb_ca_certificates}
if authorities:
    pulumi.export("slb_ca_certificate_ids", {name: made.id for name, made in authorities.items()})
imported = {entry.name: publisher.cas_service_certificate(entry) for entry in switches.cas_service_certificates}
if imported:
    pulumi.export("cas_certificate_ids", {name: made.id for name, made in imported.items()})
