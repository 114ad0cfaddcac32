"""docs/outputs.md: every output, with its type, its unit and an example."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from tools.docs.examples import example_text, kinds_text
from tools.docs.pages import Render
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

## Other outputs of a data source

{resource_outputs}
"""


def outputs_page() -> str:
    """Return the page's text."""
    return PAGE.format(
        stack_outputs=table(("output", "type", "unit", "example", "meaning"), STACK_OUTPUTS),
        fields=table(("field", "type", "unit", "example", "only", "meaning"), map(_row, FIELDS)),
        example=json.dumps({"gateway-01": _example()}, indent=2, ensure_ascii=False),
        resource_outputs=table(("output", "type", "unit", "example", "meaning"), RESOURCE_OUTPUTS),
    )


_KEY = r"`-----BEGIN PRIVATE KEY-----\nMIGH...`"

STACK_OUTPUTS = (
    (
        "`schema_version`",
        "integer",
        "",
        f"`{SCHEMA_VERSION}`",
        "the shape of the other two; it changes if a field is removed or redefined, not if one is added",
    ),
    (
        "`certificates`",
        "object",
        "",
        '`{"gateway-01": {...}}`',
        "the fields below, by the certificate's name; never secret",
    ),
    (
        "`private_keys`",
        "object of strings, secret",
        "PKCS#8 PEM",
        f'`{{"light-01": "{_KEY.strip("`")}"}}`',
        "by the certificate's name, for those with `include_private_key`; left out if there is none",
    ),
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
    _KEY,
    "the private key, with `include_private_key`; None otherwise, and while the certificate is pending",
)

RESOURCE_OUTPUTS = (WARNINGS_OUTPUT, PRIVATE_KEY_OUTPUT)


def _row(field: Field) -> Sequence[str]:
    return (f"`{field.name}`", field.type, field.unit, f"`{example_text(field)}`", kinds_text(field), field.meaning)


def _example() -> dict[str, object]:
    """Return a device certificate of ApsaraMQ for MQTT without its chain."""
    return {
        field.name: field.example
        for field in FIELDS
        if "mqtt" in field.kinds and field.name not in ("ca_certificate_pem", "certificate_chain_pem")
    }


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "outputs.md"): lambda _: outputs_page()}
