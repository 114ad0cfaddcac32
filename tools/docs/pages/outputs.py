"""docs/outputs.md: every output, with its type, its unit and an example."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.fleets import member_name
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.reading.fleet.options import KEPT
from alicloud_device_certificates.reading.fleet.summary import Summary, row_of
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from tools.docs.examples import example_text, kinds_text
from tools.docs.pages import Render
from tools.docs.stack_outputs import PRIVATE_KEY, STACK_OUTPUTS, StackOutput
from tools.docs.tables import table

PAGE = """\
<!-- Written by `make docs`: do not edit. -->
# Outputs

`export_certificates` makes these stack outputs, for stacks in [any language](consumers.md). The
[data sources](data-sources/README.md) have the same fields as attributes.

## Stack outputs

{stack_outputs}

Times are text in UTC, and lists keep the certificate's order. No output depends on the clock or on the run: an output
changes only if the service has other data.

## Fields of a certificate

An entry of `certificates`, and the output `certificate` of a data source, have these fields. A field that the
certificate does not have is left out there, and is None as an attribute. The column `only` names the certificates that
can have the field; if it is empty, all can.

{fields}

The examples come from the embedded emulator; PEM is shortened. An entry of `certificates` in JSON:

```json
{example}
```

## Fleets

The certificates of a [fleet](fleets.md) are entries of `certificates` and `private_keys` too, named `<fleet>/<key>`.
The key is the SN or the name of the device, or the SN of the CA. A fleet may keep [fewer fields](fleets.md#inputs), or
none of its certificates. Its entry of `summaries` has these fields:

{summary}

All stack outputs of a stack with the fleet `line` alone, here with `fields=["subject"]`:

```json
{fleet}
```

## Other outputs of a data source

{resource_outputs}
"""


def outputs_page() -> str:
    """Return the page's text."""
    return PAGE.format(
        stack_outputs=table(("output", "type", "unit", "example", "meaning"), map(_stack_output, STACK_OUTPUTS)),
        fields=table(("field", "type", "unit", "example", "only", "meaning"), map(_row, FIELDS)),
        example=json.dumps({EXAMPLE: _example()}, indent=2, ensure_ascii=False),
        summary=table(("field", "type", "unit", "example", "meaning"), _summary_rows()),
        fleet=json.dumps(_fleet_example(), indent=2, ensure_ascii=False),
        resource_outputs=table(("output", "type", "unit", "example", "meaning"), RESOURCE_OUTPUTS),
    )


WARNINGS_OUTPUT = (
    "`warnings`",
    "list of objects",
    "",
    '`[{"code": "inactive", "message": "..."}]`',
    "what needs attention, in a fixed order ([codes](warnings.md)); empty if all is well",
)

PRIVATE_KEY_OUTPUT = (
    "`private_key_pem`",
    "string, secret",
    "PKCS#8 PEM",
    f"`{PRIVATE_KEY}`",
    "the private key, with `include_private_key`; None otherwise, and while the certificate is pending",
)

EXAMPLE: Final = "gateway-01"
"""The name of the certificate in the examples."""

RESOURCE_OUTPUTS = (WARNINGS_OUTPUT, PRIVATE_KEY_OUTPUT)


def _stack_output(output: StackOutput) -> Sequence[str]:
    return (f"`{output.name}`", output.type, output.unit, f"`{output.example}`", output.meaning)


def _row(field: Field) -> Sequence[str]:
    return (f"`{field.name}`", field.type, field.unit, f"`{example_text(field)}`", kinds_text(field), field.meaning)


def _example() -> dict[str, Any]:
    """Return a device certificate of ApsaraMQ for MQTT without its chain."""
    return {
        field.name: field.example
        for field in FIELDS
        if "mqtt" in field.kinds and field.name not in ("ca_certificate_pem", "certificate_chain_pem")
    }


def _summary() -> dict[str, Any]:
    """Return the summary of a fleet of the example alone."""
    summary = Summary()
    summary.add(row_of(_example()), is_selected=True)
    return summary.to_output(has_cas=True)


def _summary_rows() -> Iterator[Sequence[str]]:
    example = _summary()
    for field in SUMMARY_FIELDS.values():
        left_out = f"; left out {field.left_out}" if field.left_out else ""
        yield (
            f"`{field.name}`",
            field.type,
            field.unit,
            f"`{json.dumps(example[field.name])}`",
            field.meaning + left_out,
        )


def _fleet_example() -> dict[str, Any]:
    kept = {name: value for name, value in _example().items() if name in KEPT | {"subject"}}
    return {
        "schema_version": SCHEMA_VERSION,
        "certificates": {member_name("line", str(kept["device_sn"])): kept},
        "summaries": {"line": _summary()},
    }


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "outputs.md"): lambda _: outputs_page()}
