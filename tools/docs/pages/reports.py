"""docs/reports.md: the formats with their files, the keys of the JSON report, and the metrics."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, Final

import msgspec

from alicloud_device_certificates.gate.reports.formats import FORMATS, ReportFormat
from alicloud_device_certificates.gate.reports.json_types import CertificateDocument, ReportDocument
from alicloud_device_certificates.gate.reports.markdown import MAX_CHARACTERS
from alicloud_device_certificates.gate.reports.merged_types import MergedDocument
from alicloud_device_certificates.gate.reports.metrics import HELP
from tools.docs.blocks import fill
from tools.docs.pages import Render
from tools.docs.tables import table


def page(text: str) -> str:
    """Return the page with its tables."""
    return fill(
        text,
        {
            "formats": table(("option", "with `--reports`", "format", "for"), map(_format, FORMATS)),
            "json-keys": table(("key", "meaning"), _keys(ReportDocument)),
            "merged-keys": table(("key", "meaning"), _keys(MergedDocument)),
            "certificate-keys": table(("key of a certificate", "meaning"), _keys(CertificateDocument)),
            "metrics": table(("metric", "value"), ((f"`{name}`", meaning) for name, meaning in HELP.items())),
            "limit": f"The report has at most {MAX_CHARACTERS:,} characters. Longer tables are cut "
            "between two rows, and a line says how many rows are missing.",
        },
    )


def _format(each: ReportFormat) -> Sequence[str]:
    title, _, contents = each.help.partition(":")
    return f"`--{each.name} FILE`", f"`{each.file_name}`", f"[{title}](#{each.name}):{contents}", each.audience


def _keys(document: type[msgspec.Struct]) -> Iterator[Sequence[str]]:
    _, components = msgspec.json.schema_components([document])
    properties: dict[str, dict[str, Any]] = components[document.__name__]["properties"]
    for name, schema in properties.items():
        described = schema if "description" in schema else components[schema["$ref"].rpartition("/")[2]]
        yield f"`{name}`", " ".join(described["description"].split())


WRITES: Final[Mapping[Path, Render]] = {Path("docs", "reports.md"): page}
