"""examples/typescript/outputs.ts: the types of a certificates stack's outputs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from alicloud_device_certificates.contract.fields import FIELDS, Field
from alicloud_device_certificates.stack.outputs import SCHEMA_VERSION
from tools.docs.examples import kinds_text
from tools.docs.pages import Render

TYPES: Final = {"string": "string", "integer": "number", "boolean": "boolean", "list of strings": "string[]"}


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


def _comment(field: Field) -> str:
    kinds = kinds_text(field)
    return f"{kinds + ': ' if kinds else ''}{field.meaning}"


WRITES: Final[Mapping[Path, Render]] = {Path("examples", "typescript", "outputs.ts"): lambda _: typescript_types()}
