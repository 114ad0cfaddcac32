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
<!-- Written by `make docs`: a change by hand is lost. -->
# Outputs

What `export_certificates` gives out for other stacks, in any language ([how to consume it](consumers.md)), and what
each data source has as attributes in the stack's own program.

## Stack outputs

{stack_outputs}

Moments are texts in UTC, and lists keep the certificate's order. Nothing depends on the clock or on the run: an output
changes with what the service keeps, and at no other time.

## Fields of a certificate

One entry of `certificates`, and the output `certificate` of a data source. A field that a certificate does not have is
left out; as an attribute of a data source it is None. The column `only` names the certificates that can have the field,
where not all can.

{fields}

The examples are of the embedded emulator, PEM cut short. An entry of `certificates` as JSON:

```json
{example}
```

## Other outputs of a data source

{resource_outputs}
"""


def outputs_page() -> str:
    """The page's text."""
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
        "the shape of the other two; another one once a field is gone or means something else, not when one is added",
    ),
    (
        "`certificates`",
        "object",
        "",
        '`{"gateway-01": {...}}`',
        "the fields below by the certificate's name; never secret",
    ),
    (
        "`private_keys`",
        "object of strings, secret",
        "PKCS#8 PEM",
        f'`{{"light-01": "{_KEY.strip("`")}"}}`',
        "by the certificate's name, where it was asked for (`include_private_key`); left out where none was",
    ),
)

RESOURCE_OUTPUTS = (
    (
        "`warnings`",
        "list of objects",
        "",
        '`[{"code": "inactive", "message": "..."}]`',
        "what is odd about the certificate, in a fixed order; empty when all is fine",
    ),
    (
        "`private_key_pem`",
        "string, secret",
        "PKCS#8 PEM",
        _KEY,
        "IoT with `include_private_key`; None otherwise, and while the certificate is pending",
    ),
)


def _row(field: Field) -> Sequence[str]:
    return (f"`{field.name}`", field.type, field.unit, f"`{example_text(field)}`", kinds_text(field), field.meaning)


def _example() -> dict[str, object]:
    """A device certificate of ApsaraMQ for MQTT without its chain."""
    return {
        field.name: field.example
        for field in FIELDS
        if "mqtt" in field.kinds and field.name not in ("ca_certificate_pem", "certificate_chain_pem")
    }


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "outputs.md"): lambda _: outputs_page()}
