"""docs/data-sources/: one page for each data source."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.errors import (
    CloudError,
    ContentError,
    NotFoundError,
    PermissionDeniedError,
    PostconditionError,
    ThrottledError,
    UnavailableError,
)
from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.contract.kinds import KINDS, CertificateKind
from alicloud_device_certificates.contract.warnings import WarningCode
from tools.docs.inputs import has_private_key, inputs, summary
from tools.docs.kind_examples import example_config, example_id, example_program, variable_name
from tools.docs.operations import operations
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
The example reads a certificate of the [embedded emulator](../emulator.md). Its ID in the state is
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

[Error codes of {service}](../errors.md#{codes}) has the cause and the fix of each code.
"""

CONFIG = """\

The same in the stack's config, for a program that calls `configured_certificates`:

```yaml
{entry}
```
"""


def data_source_page(kind: CertificateKind) -> str:
    """Return the page of one data source."""
    rows = [(f"`{each.name}`", each.type, each.default or "required", each.meaning) for each in inputs(kind)]
    return PAGE.format(
        class_name=kind.class_name,
        summary=summary(kind),
        program=example_program(kind),
        config="" if kind.config_options is None else CONFIG.format(entry=example_config([kind])),
        id=example_id(kind),
        inputs=table(("input", "type", "default", "meaning"), rows),
        variable=variable_name(kind),
        outputs=table(("output", "type", "meaning"), _outputs(kind)),
        permissions=table(("operation", "RAM actions", "resource"), _permissions(kind)),
        region=region_text(kind),
        warnings=table(
            ("code", "meaning"),
            [(f"`{code.value}`", code.meaning) for code in WarningCode if code in kind.warnings],
        ),
        errors=table(("error", "cause"), _errors(kind)),
        service=kind.service,
        codes=f"error-codes-of-{kind.service.lower().replace(' ', '-')}",
    )


def _outputs(kind: CertificateKind) -> Iterator[tuple[str, str, str]]:
    yield ("`certificate`", "object", "every field that the certificate has, by name")
    for field in FIELDS:
        if kind.key in field.kinds:
            yield (f"`{field.name}`", field.type, field.meaning)
    others = [WARNINGS_OUTPUT, PRIVATE_KEY_OUTPUT] if has_private_key(kind) else [WARNINGS_OUTPUT]
    for name, type_, _, _, meaning in others:
        yield (name, type_, meaning.replace("](", "](../"))


def _permissions(kind: CertificateKind) -> Iterator[tuple[str, str, str]]:
    for operation, condition in operations(kind):
        resource = operation.resource.format(region="<region>", instance="<instance>")
        yield (
            f"`{operation.name}`{f' ({condition})' if condition else ''}",
            ", ".join(f"`{each}`" for each in operation.permissions),
            f"`{resource or '*'}`",
        )


def region_text(kind: CertificateKind) -> str:
    """Return the region to which requests go."""
    if kind.only_region is not None:
        return f"Requests always go to `{kind.only_region}`, the only region in which {kind.service} has certificates."
    return (
        "Requests go to the region that `region` sets, else the account, else `alicloud:region`, else the environment, "
        "else the selected profile ([precedence](../configuration.md#precedence))."
    )


def _errors(kind: CertificateKind) -> Iterator[tuple[str, str]]:
    names = {each.name for each in inputs(kind)}
    content = ["the service returned data that is not a parseable certificate"]
    if "cross_check" in names:
        content.append('with `cross_check="error"`, anything that would be a warning about the certificate')
    if "include_private_key" in names:
        content.append("a private key that does not match the certificate")
    if "allow_pending" in names:
        content.append("no certificate yet, without `allow_pending`")
    yield ("`ArgumentError`", "an input is invalid; one line lists every fault, and no request is sent")
    yield (error_name(NotFoundError), f"the service has no such {either(identifying(kind.id_parts))}")
    yield (error_name(PermissionDeniedError), "the identity lacks a permission that is listed above")
    yield (
        f"{error_name(ThrottledError)}, {error_name(UnavailableError)}",
        "the service still fails after all [retries](../errors.md#retries)",
    )
    yield (error_name(ContentError), "; ".join(content))
    yield (error_name(PostconditionError), "the certificate fails `fail_within` or `require_active`")


def error_name(error: type[CloudError]) -> str:
    """Return the name of an error's class, in Markdown."""
    return f"`{error.__name__}`"


def either(names: list[str]) -> str:
    """Return names as "a, b or c"."""
    *others, last = names
    return f"{', '.join(others)} or {last}" if others else last


def identifying(id_parts: Sequence[str]) -> list[str]:
    """Return the arguments among the parts of an ID that the service may not know, in Markdown."""
    return [f"`{part}`" for part in id_parts if part != "region"]


WRITES: Final[Mapping[Path, Render]] = {
    FOLDER / f"{kind.page}.md": partial(lambda kind, _: data_source_page(kind), kind) for kind in KINDS.values()
}
