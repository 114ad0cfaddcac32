"""The stack outputs that ``export_certificates`` makes, as the pages and the TypeScript types show them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION

PRIVATE_KEY: Final = r"-----BEGIN PRIVATE KEY-----\nMIGH..."
"""A private key in an example, shortened."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StackOutput:
    """One stack output."""

    name: str
    type: str
    """In words."""
    typescript: str
    """Its type in TypeScript."""
    unit: str = ""
    example: str
    """In JSON, shortened."""
    meaning: str
    may_be_absent: bool = False


STACK_OUTPUTS: Final = (
    StackOutput(
        name="schema_version",
        type="integer",
        typescript="number",
        example=str(SCHEMA_VERSION),
        meaning="the shape of the other outputs; it changes if a field is removed or redefined, not if one is added",
    ),
    StackOutput(
        name="certificates",
        type="object",
        typescript="Record<string, Certificate>",
        example='{"gateway-01": {...}, "line/356217374433aa01": {...}}',
        meaning="the fields of each certificate by its name, or by `<fleet>/<key>` in a fleet; never secret",
    ),
    StackOutput(
        name="private_keys",
        type="object of strings, secret",
        typescript="Record<string, string>",
        unit="PKCS#8 PEM",
        example=f'{{"light-01": "{PRIVATE_KEY}", "lights/light-02": "..."}}',
        meaning="by the same names, for those with `include_private_key` or in a fleet with `include_private_keys`; "
        "left out if there is none",
        may_be_absent=True,
    ),
    StackOutput(
        name="summaries",
        type="object",
        typescript="Record<string, FleetSummary>",
        example='{"line": {...}}',
        meaning="the summary of each fleet, by the fleet's name; left out if there is no fleet",
        may_be_absent=True,
    ),
)
"""Every stack output, in the order in which they are shown."""
