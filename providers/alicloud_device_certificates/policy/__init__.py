"""The gate's rules as CrossGuard policies: the extra ``policy`` (docs/policies.md).

A policy pack is made of them in one line: ``PolicyPack("device-certificates", device_certificate_policies())``.

what the engine shows to a stack policy (shown.py) -> Observed
  -> gate/evaluate/evaluate.py, as the gate does -> findings
  -> the one policy for each finding (policies.py) -> a violation
"""

from alicloud_device_certificates.contract.extras import required_extra
from alicloud_device_certificates.gate.errors import RulesError

with required_extra("policy"):
    from alicloud_device_certificates.policy.policies import device_certificate_policies, gate_of_stack

__all__ = ["RulesError", "device_certificate_policies", "gate_of_stack"]
