"""docs/data-sources/: one page for each data source of fleets."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import Final

from alicloud_device_certificates.cloud.errors import (
    ContentError,
    FleetError,
    NotFoundError,
    PermissionDeniedError,
    PostconditionError,
    ThrottledError,
    UnavailableError,
)
from alicloud_device_certificates.cloud.iot_lists import PAGE_SIZE as IOT_PAGE_SIZE
from alicloud_device_certificates.cloud.mqtt_lists import PAGE_SIZE as MQTT_PAGE_SIZE
from alicloud_device_certificates.contract.fields import field_names
from alicloud_device_certificates.contract.fleets import FLEETS, FleetCall, FleetKind, member_name
from alicloud_device_certificates.contract.ids import id_format
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.contract.warnings import WarningCode
from alicloud_device_certificates.reading.fleet.failing import NAMED
from alicloud_device_certificates.reading.fleet.options import KEPT
from alicloud_device_certificates.reading.fleet.windows import calls_for
from alicloud_device_certificates.resources.fleet_arguments import Select
from tools.docs.attribute_docs import attribute_docs
from tools.docs.inputs import class_of, inputs, summary
from tools.docs.kind_examples import example_config, example_id, example_program, variable_name
from tools.docs.operations import fleet_operations
from tools.docs.pages import Render
from tools.docs.pages.data_sources import CONFIG, FOLDER, either, error_name, identifying, region_text
from tools.docs.tables import table

PAGE = """\
<!-- Written by `make docs`: do not edit. -->
# {class_name}

{summary}

It is one resource, however many certificates it has. [Fleets](../fleets.md) explains what all of them have in common,
and [data sources](README.md) what holds for single certificates too.

## Example

```python
{program}
```
{config}
The example reads the [embedded emulator](../emulator.md). Its ID in the state is
`{id}`.
The form is `{id_form}`.

## Inputs

{inputs}

### select

A certificate is kept if it meets all conditions. In the config, their names are in camelCase.

{select}

### fields

The fields to choose from are those of [`{single}`]({single_page}.md#outputs).
These are kept in any case, if the certificate has them: {kept}.

## Outputs

{outputs}

The key of a certificate is its `{key_part}`{shared}.
A stack that exports the fleet as `{variable}` has it as `{member}`.
The [fields](../outputs.md#fields-of-a-certificate) are those of [`{single}`]({single_page}.md#outputs).

`summary` has these fields:

{summary_fields}

## Operations and permissions

{operations}

{lists}{region}

## Warnings

These codes can be in the output `warnings`, each with the key of its `certificate`. [All warnings](../warnings.md)
explains each.

{warnings}

## Errors

{errors}

[Error codes of {service}](../errors.md#{codes}) has the cause and the fix of each code.
"""

COUNTS: Final = (100, 1_000, 10_000)
"""The sizes of fleets for which the pages show the number of calls."""

_LISTS: Final = {
    "mqtt": "A page has at most {size} certificates, contents included. Pages overlap, so a list that changes\n"
    "meanwhile loses none. A list without a change takes about these calls:",
    "iot": "A page has at most {size} devices, without their certificates. If the service returns no tokens between\n"
    "pages, the list is read until nothing in it is new. With tokens, it takes these calls:",
}

_TYPES: Final = {
    "dict[str, dict[str, Any]]": "object of objects",
    "dict[str, Any]": "object",
    "dict[str, dict[str, str]]": "object of objects",
    "list[dict[str, str]]": "list of objects",
    "dict[str, str]": "object of strings, secret",
}


def fleet_page(fleet: FleetKind) -> str:
    """Return the page of one data source."""
    kind, variable = fleet.kind, variable_name(fleet)
    return PAGE.format(
        class_name=fleet.class_name,
        summary=summary(fleet),
        program=example_program(fleet),
        config=CONFIG.format(entry=example_config([fleet])),
        id=example_id(fleet),
        id_form=id_format(fleet.key, fleet),
        inputs=table(
            ("input", "type", "default", "meaning"),
            [(f"`{each.name}`", each.type, each.default or "required", each.meaning) for each in inputs(fleet)],
        ),
        select=table(
            ("condition", "meaning"), [(f"`{name}`", each.meaning) for name, each in attribute_docs(Select).items()]
        ),
        kept=", ".join(f"`{name}`" for name in field_names(fleet.member) if name in KEPT),
        outputs=table(("output", "type", "meaning"), _outputs(fleet)),
        key_part=fleet.key_part,
        shared=_shared(fleet),
        variable=variable,
        member=member_name(variable, f"<{fleet.key_part}>"),
        single=kind.class_name,
        single_page=kind.page,
        summary_fields=table(("field", "type", "meaning"), _summary(fleet)),
        operations=table(("operation", "called", "RAM actions", "resource"), _operations(fleet)),
        lists=f"{_LISTS[kind.module].format(size=_page_size(fleet))}\n\n{_lists(fleet)}\n\n",
        region=region_text(kind),
        warnings=table(
            ("code", "meaning"),
            [(f"`{code.value}`", code.meaning) for code in WarningCode if code in kind.warnings],
        ),
        errors=table(("error", "cause"), _errors(fleet)),
        service=kind.service,
        codes=f"error-codes-of-{kind.service.lower().replace(' ', '-')}",
    )


def list_calls(fleet: FleetKind, count: int) -> int:
    """Return about how many calls it takes to list this many certificates."""
    size = _page_size(fleet)
    return -(-count // size) if fleet.member == "iot" else calls_for(count, size=size)


def _page_size(fleet: FleetKind) -> int:
    return IOT_PAGE_SIZE if fleet.member == "iot" else MQTT_PAGE_SIZE


def _outputs(fleet: FleetKind) -> Iterator[tuple[str, str, str]]:
    for name, each in attribute_docs(class_of(fleet)).items():
        type_ = each.annotation.removeprefix("pulumi.Output[").removesuffix("]")
        yield f"`{name}`", _TYPES[type_], each.meaning


def _shared(fleet: FleetKind) -> str:
    # In one product, names are unique.
    can_share = fleet.member == "mqtt"
    return ", or `<ca_sn>:<device_sn>` if several CAs have devices of that SN" if can_share else ""


def _summary(fleet: FleetKind) -> Iterator[tuple[str, str, str]]:
    for field in SUMMARY_FIELDS.values():
        if field.name != "by_ca" or fleet.kind.issuer is not None:
            left_out = f"; left out {field.left_out}" if field.left_out and field.name != "by_ca" else ""
            yield f"`{field.name}`", field.type, field.meaning + left_out


def _operations(fleet: FleetKind) -> Iterator[tuple[str, str, str, str]]:
    for operation, call in fleet_operations(fleet):
        yield (
            f"`{operation.name}`",
            _called(call),
            ", ".join(f"`{each}`" for each in operation.permissions),
            f"`{operation.resource.format(region='<region>', instance='<instance>') or '*'}`",
        )


def _called(call: FleetCall) -> str:
    return f"{call.when + ': ' if call.when else ''}once for each {call.one_for}"


def _lists(fleet: FleetKind) -> str:
    total = "calls with one for each certificate"
    has_each = any(call.one_for == "certificate" and not call.when for call in fleet.calls.values())
    head = ("certificates", "calls of the list", *((total,) if has_each else ()))
    rows = [
        (f"{count:,}", f"{(calls := list_calls(fleet, count)):,}", *((f"{calls + count:,}",) if has_each else ()))
        for count in COUNTS
    ]
    return table(head, rows)


def _errors(fleet: FleetKind) -> Iterator[tuple[str, str]]:
    yield "`ArgumentError`", "an input is invalid; one line lists every fault, and no request is sent"
    yield error_name(NotFoundError), f"the service has no such {either(identifying(fleet.id_parts))}"
    yield (
        error_name(FleetError),
        f'with `on_error="fail"`, certificates cannot be read; the line names at most {NAMED} of them, and one reason',
    )
    yield (
        error_name(PostconditionError),
        f"certificates fail `fail_within` or `require_active`; at most {NAMED} are named",
    )
    yield error_name(PermissionDeniedError), "the identity lacks a permission that is listed above"
    yield (
        f"{error_name(ThrottledError)}, {error_name(UnavailableError)}",
        "the service still fails after all [retries](../errors.md#retries)",
    )
    yield (
        "in the output `errors`",
        f'with `on_error="report"`, by key: {error_name(NotFoundError)}, {error_name(ContentError)} and the others of '
        f"[`{fleet.kind.class_name}`]({fleet.kind.page}.md#errors)",
    )


WRITES: Final[Mapping[Path, Render]] = {
    FOLDER / f"{fleet.page}.md": partial(lambda fleet, _: fleet_page(fleet), fleet) for fleet in FLEETS.values()
}
