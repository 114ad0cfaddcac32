"""docs/data-sources/: one page for each data source, and one for what they have in common."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.operation import Operation
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.ids import CertificateId
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.resources.arguments import MAX_BYTES
from alicloud_device_certificates.stack.config import camel_case, entry_keys
from tools.docs.inputs import has_private_key, inputs, summary
from tools.docs.pages import Render
from tools.docs.pages.outputs import PRIVATE_KEY_OUTPUT, WARNINGS_OUTPUT
from tools.docs.tables import table

FOLDER: Final = Path("docs", "data-sources")

PAGE = """\
<!-- Written by `make docs`: do not edit. -->
# {class_name}

{summary}

[What all data sources have in common](README.md).

## Example

```python
{program}
```
{config}
The certificate is one of the embedded emulator. Its ID, in the state and in `pulumi preview`:
`{id}`.

## Inputs

{inputs}

## Outputs

Every output is an attribute, such as `{variable}.not_after`. A field that the certificate does not have is None.

{outputs}

## Permissions

{permissions}

{region}

## Warnings

These codes can be in the output `warnings`. [All warnings](../warnings.md) explains each.

{warnings}

## Errors

{errors}

[All errors](../errors.md) lists each code of the service, with its cause and fix.
"""

CONFIG = """\

The same in the stack's config, for a program that calls `configured_certificates`:

```yaml
{entry}
```
"""

INDEX = """\
<!-- Written by `make docs`: do not edit. -->
# Data sources

{sources}

## How a data source works

- The engine reads it in every preview and every update. Nothing is ever created, changed or deleted in the cloud:
  the operation is `read`, and `pulumi destroy` only forgets it. `pulumi import` is not needed.
- **Inputs may be outputs of other resources.** While one is unknown, the certificate is unknown too, and it is read
  in the update.
- **Identifying inputs** have at most {max_bytes} bytes, and must not be secrets: they are part of the ID, which is
  plain text in the state.
- **Each field is an attribute**, such as `gateway.certificate_pem`, and works wherever Pulumi takes an input. The
  output `certificate` has all fields in one object.
- **Only real changes show.** No output depends on the clock or on the run.

[Usage](../usage.md) shows how to use them in a program: warnings and expiry, private keys, pending certificates, and
what happens if a read fails. [Outputs](../outputs.md) has an example of each field.

## In the stack's config

`configured_certificates()` makes a data source of each entry in the config key `device-certificates:certificates`:

```yaml
{config}
```

An entry has a unique `name`, a `service`, and the inputs of the data source in camelCase:

{keys}

Put an SN that has only digits in quotes: otherwise, YAML reads it as a number.
"""


def data_source_page(kind: CertificateKind) -> str:
    """Return the page of one data source."""
    rows = [(f"`{each.name}`", each.type, each.default or "required", each.meaning) for each in inputs(kind)]
    return PAGE.format(
        class_name=kind.class_name,
        summary=summary(kind),
        program=_program(kind),
        config="" if kind.config_options is None else CONFIG.format(entry=_config([kind])),
        id=_example_id(kind),
        inputs=table(("input", "type", "default", "meaning"), rows),
        variable=_variable(kind),
        outputs=table(("output", "type", "meaning"), _outputs(kind)),
        permissions=table(("operation", "RAM permission"), _permissions(kind)),
        region=_region(kind),
        warnings=table(
            ("code", "meaning"),
            [(f"`{code.value}`", code.meaning) for code in WarningCode if code in kind.warnings],
        ),
        errors=table(("error", "cause"), _errors(kind)),
    )


def index_page() -> str:
    """Return the page that lists the data sources."""
    listed = [kind for kind in KINDS.values() if kind.config_options is not None]
    return INDEX.format(
        sources=table(
            ("data source", "what it reads", "operations"),
            [
                (f"[`{kind.class_name}`]({kind.page}.md)", f"a {kind.description}", ", ".join(kind.operations))
                for kind in KINDS.values()
            ],
        ),
        max_bytes=MAX_BYTES,
        config=_config(listed),
        keys=table(("service", "data source", "required", "optional"), map(_keys, listed)),
    )


def _program(kind: CertificateKind) -> str:
    variable = _variable(kind)
    arguments = "\n".join(f'    {name}="{value}",' for name, value in kind.example.items())
    return (
        "import pulumi\n\n"
        f"from alicloud_device_certificates import {kind.class_name}, export_certificates\n\n"
        f'{variable} = {kind.class_name}(\n    "{variable}",\n{arguments}\n)\n'
        f'pulumi.export("expires", {variable}.not_after)\n'
        f'export_certificates({{"{variable}": {variable}}})'
    )


def _variable(kind: CertificateKind) -> str:
    return "ca" if "ca" in kind.key.split("-") else "device"


def _config(kinds: list[CertificateKind]) -> str:
    lines = ["config:", "  alicloud:region: cn-hangzhou", "  device-certificates:certificates:"]
    for kind in kinds:
        lines += [f"    - name: {kind.key}-{_variable(kind)}", f"      service: {kind.key}"]
        lines += [f"      {camel_case(name)}: {_yaml(value)}" for name, value in kind.example.items()]
    return "\n".join(lines)


def _yaml(value: str) -> str:
    return f'"{value}"' if value.isdigit() else value


def _example_id(kind: CertificateKind) -> str:
    others = {name: None for name in kind.optional_id_parts}
    return str(CertificateId.of(kind.key, **{"region": kind.only_region or "cn-hangzhou", **others, **kind.example}))


def _outputs(kind: CertificateKind) -> Iterator[tuple[str, str, str]]:
    yield ("`certificate`", "object", "every field that the certificate has, by name")
    for field in FIELDS:
        if kind.key in field.kinds:
            yield (f"`{field.name}`", field.type, field.meaning)
    others = [WARNINGS_OUTPUT, PRIVATE_KEY_OUTPUT] if has_private_key(kind) else [WARNINGS_OUTPUT]
    for name, type_, _, _, meaning in others:
        yield (name, type_, meaning.replace("](", "](../"))


def _permissions(kind: CertificateKind) -> Iterator[tuple[str, str]]:
    module = import_module(f"alicloud_device_certificates.cloud.{kind.module}")
    operations = {each.name: each for each in vars(module).values() if isinstance(each, Operation)}
    for name, condition in kind.operations.items():
        permission = operations[name].permission.format(region="<region>", instance="<instance>")
        yield (f"`{name}`{f' ({condition})' if condition else ''}", f"`{permission}`")


def _region(kind: CertificateKind) -> str:
    if kind.only_region is not None:
        return f"Requests always go to `{kind.only_region}`, the only region in which {kind.service} has certificates."
    return "Requests go to `region`, else to `alicloud:region`, else to the region of the environment."


def _errors(kind: CertificateKind) -> Iterator[tuple[str, str]]:
    names = {each.name for each in inputs(kind)}
    yield ("`ArgumentError`", "inputs are invalid; one line lists all of them, and nothing is requested")
    yield ("not found", "the service has no such " + ", ".join(_identifying(kind)))
    yield ("permission denied", "the identity lacks a permission that is listed above")
    yield ("throttled, unavailable", "the service still refuses after all retries")
    yield ("unreadable", "the service returned data that is not a parseable certificate")
    if "cross_check" in names:
        yield ("mismatch", 'a warning about the certificate, with `cross_check="error"`')
    if "include_private_key" in names:
        yield ("mismatch", "the private key does not match the certificate")
    if "allow_pending" in names:
        yield ("pending", "there is no certificate yet, without `allow_pending`")


def _identifying(kind: CertificateKind) -> list[str]:
    return [f"`{part}`" for part in kind.id_parts if part != "region"]


def _keys(kind: CertificateKind) -> tuple[str, ...]:
    required, optional = entry_keys(kind)
    shown = [", ".join(f"`{key}`" for key in keys if key not in ("name", "service")) for keys in (required, optional)]
    return (f"`{kind.key}`", f"[`{kind.class_name}`]({kind.page}.md)", *shown)


WRITES: Final[Mapping[Path, Render]] = {
    FOLDER / "README.md": lambda _: index_page(),
    **{FOLDER / f"{kind.page}.md": partial(lambda kind, _: data_source_page(kind), kind) for kind in KINDS.values()},
}
