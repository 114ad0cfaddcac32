"""examples/typescript/outputs.ts: the types of a certificates stack's outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.contract.summaries import SUMMARY_FIELDS
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from tools.docs.examples import kinds_text
from tools.docs.pages import Render
from tools.docs.stack_outputs import STACK_OUTPUTS

TYPES: Final = {
    "string": "string",
    "integer": "number",
    "boolean": "boolean",
    "list of strings": "string[]",
    "object of integers": "Record<string, number>",
}


def typescript_types() -> str:
    """Return the file's text."""
    return "\n".join(_lines())


def _lines() -> Iterator[str]:
    yield "// Written by `make docs`: do not edit."
    yield ""
    yield "/** The shape of the outputs that these types describe. */"
    yield f"export const SCHEMA_VERSION = {SCHEMA_VERSION};"
    yield ""
    yield "/** A certificate of a certificates stack (docs/outputs.md); fields that it does not have are left out. */"
    yield "export interface Certificate {"
    for field in FIELDS:
        yield f"    /** {_comment(field)} */"
        yield f"    {field.name}?: {TYPES[field.type]};"
    yield "}"
    yield ""
    yield "/** The summary of a fleet: counts of certificates, and when they expire. */"
    yield "export interface FleetSummary {"
    for each in SUMMARY_FIELDS.values():
        yield f"    /** {each.meaning}{f'; left out {each.left_out}' if each.left_out else ''} */"
        yield f"    {each.name}{'?' if each.left_out else ''}: {TYPES[each.type]};"
    yield "}"
    yield ""
    yield "/** The outputs of a certificates stack. */"
    yield "export interface Outputs {"
    for output in STACK_OUTPUTS:
        yield f"    /** {output.meaning.replace('`', '')} */"
        yield f"    {output.name}{'?' if output.may_be_absent else ''}: {output.typescript};"
    yield "}"
    yield ""


def _comment(field: Field) -> str:
    kinds = kinds_text(field)
    return f"{kinds + ': ' if kinds else ''}{field.meaning}"


WRITES: Final[Mapping[Path, Render]] = {Path("examples", "typescript", "outputs.ts"): lambda _: typescript_types()}
