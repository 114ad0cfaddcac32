"""docs/policies.md: the policies, and which findings a policy can see."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from pulumi_policy import Policy

from alicloud_device_certificates.gate.rules.kinds import FindingKind, PolicyScope
from alicloud_device_certificates.policy import device_certificate_policies
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table

_SCOPES: Final[Mapping[PolicyScope, tuple[str, str]]] = {
    "preview": ("yes", "yes"),
    "stored state": ("no", "yes"),
    "never": ("no", "no"),
}


def page(text: str) -> str:
    """Return the page with its tables."""
    return fill(
        text,
        {
            "policies": table(("policy", "level", "meaning", "config"), _policies()),
            "findings": table(
                ("finding", "in a preview or update", "by `pulumi policy analyze`"), map(_seen, FindingKind)
            ),
        },
    )


def _policies() -> Iterator[Sequence[str]]:
    for policy in device_certificate_policies():
        level = policy.enforcement_level.value if policy.enforcement_level is not None else ""
        config = policy.config_schema.properties if policy.config_schema is not None else {}
        yield f"`{policy.name}`", level, _meaning(policy), ", ".join(f"`{key}`" for key in config)


def _meaning(policy: Policy) -> str:
    return policy.description.removeprefix("Device certificate ").partition(": ")[2] or policy.description


def _seen(kind: FindingKind) -> Sequence[str]:
    return f"`{kind}`", *_SCOPES[kind.about.policy]


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "policies.md"): page}
