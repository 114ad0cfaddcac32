"""The schemas of the JSON report and of a merged one, made from the types that they are written with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from alicloud_device_certificates.contract.distribution import PACKAGE
from alicloud_device_certificates.gate.reports.json_types import SCHEMA, SCHEMA_VERSION, ReportDocument
from alicloud_device_certificates.gate.reports.merged_types import MERGED_SCHEMA, MergedDocument
from tools.docs.pages import Render


def schema_text(document: type[msgspec.Struct], identifier: str, title: str) -> str:
    """Return the schema of a document, JSON Schema 2020-12, as the text of its file."""
    _, components = msgspec.json.schema_components([document], ref_template="#/$defs/{name}")
    whole = components.pop(document.__name__)
    schema = {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": identifier,
        "title": f"{title}, version {SCHEMA_VERSION}",
        **_tidy(whole),
        "$defs": {name: _tidy(components[name]) for name in sorted(components)},
    }
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


def _tidy(part: Any) -> Any:  # noqa: ANN401 - any JSON
    """Return a part of the schema without what only repeats names, its descriptions on one line."""
    if isinstance(part, list):
        return [_tidy(each) for each in part]
    if not isinstance(part, dict):
        return part
    # A key of an object's properties can be called "title" or "description" itself; then its value is a schema.
    return {
        key: " ".join(value.partition("\n\n")[0].split())
        if key == "description" and isinstance(value, str)
        else _tidy(value)
        for key, value in part.items()
        if not (key == "title" and isinstance(value, str))
    }


_GATE: Final = Path("providers", PACKAGE, "gate")

WRITES: Final[Mapping[Path, Render]] = {
    _GATE / "report.schema.json": lambda _: schema_text(ReportDocument, SCHEMA, "Report on device certificates"),
    _GATE / "merged-report.schema.json": lambda _: schema_text(
        MergedDocument, MERGED_SCHEMA, "Merged report on device certificates"
    ),
}
