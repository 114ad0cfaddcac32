"""A policy pack with the rules of the preview gate (docs/policies.md): ``pulumi preview --policy-pack policies``."""

import sys

from pulumi_policy import PolicyPack

from alicloud_device_certificates.policy import RulesError, device_certificate_policies, gate_of_stack

try:
    policies = device_certificate_policies(gate_of_stack())
except RulesError as error:
    sys.exit(f"error: {error}")

PolicyPack("device-certificates", policies)
