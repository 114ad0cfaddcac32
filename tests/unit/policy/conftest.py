"""What the engine hands to a stack policy, its values on the way that they take: by protobuf into pulumi_policy."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import pytest
from google.protobuf import json_format, struct_pb2
from pulumi_policy import (
    PolicyCustomTimeouts,
    PolicyResource,
    PolicyResourceOptions,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.deserialize import deserialize_properties
from pulumi_policy.proxy import unknown_checking_proxy

from alicloud_device_certificates.policy import device_certificate_policies

NOW = datetime(2026, 11, 23, 6, 0, tzinfo=UTC)
STACK = "pulumi:pulumi:Stack"
URN = "urn:pulumi:prod::device-certificates::"


def resource(resource_type: str, name: str, outputs: Mapping[str, Any]) -> PolicyResource:
    """A resource as it is at the end of a run."""
    sent = struct_pb2.Struct()
    json_format.ParseDict(dict(outputs), sent)
    props = unknown_checking_proxy(deserialize_properties(json_format.MessageToDict(sent)))
    options = PolicyResourceOptions(False, [], None, [], PolicyCustomTimeouts(0, 0, 0), [])
    return PolicyResource(resource_type, props, f"{URN}{resource_type}::{name}", name, options, None, None, [], {})


def stack(certificates: object, **outputs: Any) -> PolicyResource:
    """The stack itself, with its outputs."""
    return resource(STACK, "device-certificates-prod", {"certificates": certificates, **outputs})


@dataclass(frozen=True)
class Violation:
    policy: str
    message: str
    urn: str | None


Run = Callable[..., list[Violation]]


@pytest.fixture
def violations() -> Run:
    """Run every policy, each with the config under its name, and return the violations."""

    def run(
        *resources: PolicyResource, gate: object = None, config: Mapping[str, Mapping[str, Any]] | None = None
    ) -> list[Violation]:
        found: list[Violation] = []
        for policy in device_certificate_policies(gate, now=NOW):
            assert isinstance(policy, StackValidationPolicy)

            def report(message: str, urn: str | None = None, name: str = policy.name) -> None:
                found.append(Violation(name.removeprefix("device-certificate-"), message, urn))

            policy.validate(StackValidationArgs([*resources], (config or {}).get(policy.name)), report)
        return found

    return run
