"""A policy pack with the rules of the preview gate (docs/policies.md): ``pulumi preview --policy-pack policies``."""

import sys

from alicloud_device_certificates.contract.errors import UserFacingError
from alicloud_device_certificates.contract.extras import required_extra

try:
    with required_extra("policy"):
        from pulumi_policy import PolicyPack

    from alicloud_device_certificates.policy import device_certificate_policies, gate_of_stack

    policies = device_certificate_policies(gate_of_stack())
except UserFacingError as error:
    sys.exit(f"error: {error}")

PolicyPack("device-certificates", policies)
