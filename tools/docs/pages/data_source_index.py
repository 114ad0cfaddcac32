"""docs/data-sources/README.md: the list of data sources, what they have in common, and their entries in the config."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.fleets import FLEETS
from alicloud_device_certificates.contract.ids import MAX_PART_BYTES
from alicloud_device_certificates.contract.kinds import KINDS
from alicloud_device_certificates.stack.entries import entry_keys
from tools.docs.inputs import DataSourceKind
from tools.docs.kind_examples import example_config, service_of
from tools.docs.pages import Render
from tools.docs.tables import table

INDEX = """\
<!-- Written by `make docs`: do not edit. -->
# Data sources

One certificate:

{sources}

Many certificates in one resource, a [fleet](../fleets.md):

{fleets}

## How a data source works

- **It is read in every preview and every update.** Nothing is ever created, changed or deleted in the cloud.
  `pulumi destroy` only removes it from the state, and `pulumi import` is not needed.
- **Inputs may be outputs of other resources.** While one is unknown, the certificate is unknown too, and it is read
  in the update.
- **Identifying inputs** have at most {max_bytes} bytes, and must not be secrets: they are part of the ID, which is
  plain text in the state.
- **Each field is an attribute**, such as `gateway.certificate_pem`, and works wherever Pulumi takes an input. The
  output `certificate` has all fields in one object.
- **A preview shows only real changes.** No output depends on the clock or on the run.
- **An SN** is the serial number by which the console of ApsaraMQ for MQTT lists a certificate. It is usually the X.509
  serial number in hex; a warning reports a difference.

[Usage](../usage.md) shows how to use them in a program: warnings and expiry, private keys, pending certificates, and
what happens if a read fails. [Outputs](../outputs.md) has an example of each field.

## In the stack's config

`configured_certificates()` makes a data source of each entry in the config key `device-certificates:certificates`:

```yaml
{config}
```

An entry has a unique `name`, a `service`, and the inputs of the data source in camelCase:

{keys}

{unlisted}The config key `device-certificates:fleets` is a list of fleets. A name is unique among both lists.

```yaml
{fleet_config}
```

{fleet_keys}

Put an SN that looks like a number in quotes, such as `12345678` or `12345e67`. Otherwise, YAML reads it as a
number.
"""


def index_page() -> str:
    """Return the page that lists the data sources."""
    listed = [kind for kind in KINDS.values() if kind.config_options is not None]
    unlisted = [f"`{kind.class_name}`" for kind in KINDS.values() if kind.config_options is None]
    note = f"The config cannot list a single {' or '.join(unlisted)}: use a program, or a fleet.\n\n"
    return INDEX.format(
        sources=table(
            ("data source", "what it reads", "operations"),
            [
                (f"[`{kind.class_name}`]({kind.page}.md)", f"a {kind.description}", ", ".join(kind.operations))
                for kind in KINDS.values()
            ],
        ),
        max_bytes=MAX_PART_BYTES,
        config=example_config(listed),
        unlisted=note if unlisted else "",
        keys=table(("service", "data source", "required", "optional"), map(_keys, listed)),
        fleets=fleet_table(),
        fleet_config=example_config(list(FLEETS.values())),
        fleet_keys=table(("service", "data source", "required", "optional"), map(_keys, FLEETS.values())),
    )


def fleet_table(folder: str = "") -> str:
    """Return the table of the fleets' data sources. ``folder`` is that of their pages, from the page's own."""
    rows = (
        (f"[`{fleet.class_name}`]({folder}{fleet.page}.md)", fleet.description, ", ".join(fleet.calls))
        for fleet in FLEETS.values()
    )
    return table(("data source", "what it reads", "operations"), rows)


def _keys(kind: DataSourceKind) -> tuple[str, ...]:
    required, optional = entry_keys(kind)
    shown = [", ".join(f"`{key}`" for key in keys if key not in ("name", "service")) for keys in (required, optional)]
    return (f"`{service_of(kind)}`", f"[`{kind.class_name}`]({kind.page}.md)", *shown)


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "data-sources", "README.md"): lambda _: index_page()}
