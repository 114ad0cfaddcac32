"""The report as one self-contained HTML page: no requests, no framework, and a content policy that forbids both.

The summary is rendered here and readable without JavaScript. The scripts in ``page/`` draw the rest from the data of
page_data.py. Both treat everything from a certificate or a service as text.
"""

from __future__ import annotations

import json
from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files
from typing import TYPE_CHECKING, NamedTuple

from alicloud_device_certificates.contract.timestamps import rfc3339
from alicloud_device_certificates.gate.report import Finding, Report
from alicloud_device_certificates.gate.reports.fleets import fleet_figures
from alicloud_device_certificates.gate.reports.page_data import MOST_CERTIFICATES, page_data
from alicloud_device_certificates.gate.reports.wording import name, verdict
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, Severity

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "report.html.jinja"
STYLES = (
    "elements.css",
    "summary.css",
    "charts.css",
    "table.css",
    "details.css",
    "narrow.css",
    "print.css",
)
"""In this order: the last two override the ones before them."""
SCRIPTS = (
    "elements.js",
    "certificates.js",
    "words.js",
    "labels.js",
    "view.js",
    "address.js",
    "controls.js",
    "axis.js",
    "bars.js",
    "timeline.js",
    "months.js",
    "histogram.js",
    "table.js",
    "printing.js",
    "details.js",
    "start.js",
)
"""In this order: each script uses only the ones before it."""

_ROWS_WITHOUT_SCRIPT = 50
_FLEETS_SHOWN = 20
_STACKS_SHOWN = 100


class Headline(NamedTuple):
    """The result of the whole run."""

    tone: Severity
    text: str


def render(report: Report) -> str:
    """Return the page; the same report always has the same text."""
    from markupsafe import Markup

    style, script = "".join(map(_packaged, STYLES)), _script()
    page = _template().render(
        report=report,
        now=rfc3339(report.now),
        headline=headline(report),
        exit_code=_exit_code(report),
        kinds=_kinds(report),
        fleets=fleet_figures(report),
        most_fleets=_FLEETS_SHOWN,
        most_stacks=_STACKS_SHOWN,
        oldest=min(each.now for each in report.runs),
        newest=max(each.now for each in report.runs),
        stale={each.title for each in report.stale},
        left_out=len(report.certificates) - MOST_CERTIFICATES,
        worst=[evaluation for evaluation in report.certificates if evaluation.severity == "fail"],
        rows_without_script=_ROWS_WITHOUT_SCRIPT,
        policy=_policy(style=style, script=script),
        # Not from a certificate, or escaped so that it contains no markup.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=Markup(json_for_html(page_data(report))),  # noqa: S704
    )
    # A certificate can contain half a surrogate pair, which UTF-8 cannot encode.
    return page.encode("utf-8", "replace").decode()


def json_for_html(value: object) -> str:
    """Return JSON for a script element: ASCII only, without characters that could end or comment it out."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def headline(report: Report) -> Headline:
    """Return the result of a run in a few words."""
    counts, total = report.counts(), len(report.certificates)
    certificates = "certificate" if total == 1 else "certificates"
    if report.reports and report.problems:
        incomplete, all_of_them = sum(bool(each.problems) for each in report.reports), len(report.reports)
        reports = f"{all_of_them:,} report{'' if all_of_them == 1 else 's'} {'is' if incomplete == 1 else 'are'}"
        return Headline("fail", f"{incomplete:,} of {reports} incomplete")
    if report.problems:
        return Headline("fail", f"The {'preview' if report.source == 'preview' else 'report'} could not be completed")
    if fails := counts["fail"]:
        return Headline("fail", f"{fails:,} of {total:,} {certificates} {'fails' if fails == 1 else 'fail'}")
    if warns := counts["warn"]:
        return Headline("warn", f"{warns:,} of {total:,} {certificates} {'needs' if warns == 1 else 'need'} attention")
    if total:
        return Headline(
            "info",
            "The certificate needs no action" if total == 1 else f"None of the {total:,} {certificates} needs action",
        )
    return Headline("info", f"{'These stacks have' if report.reports else 'This stack has'} no device certificates")


def _exit_code(report: Report) -> str:
    text = verdict(report)
    return f"{text[0].upper()}{text[1:]}."


class _FoundKind(NamedTuple):
    kind: str
    name: str
    meaning: str
    severity: Severity
    certificates: int


def _kinds(report: Report) -> list[_FoundKind]:
    """Return the kinds that were found, worst first, each with its worst severity."""
    worst: dict[str, Finding] = {}
    for finding in (finding for evaluation in report.certificates for finding in evaluation.findings):
        known = worst.setdefault(finding.kind, finding)
        worst[finding.kind] = min(known, finding, key=lambda each: SEVERITIES.index(each.severity))
    found = [
        _FoundKind(kind.value, name(worst[kind], report), kind.about.meaning, worst[kind].severity, count)
        for kind, count in report.kinds().items()
    ]
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))


def _policy(*, style: str, script: str) -> str:
    """Return a policy that allows only this style and this script, by their hashes, and never text as markup."""
    return "; ".join(
        [
            "default-src 'none'",
            f"style-src {_hash(style)}",
            f"script-src {_hash(script)}",
            "img-src data:",
            "base-uri 'none'",
            "form-action 'none'",
            "require-trusted-types-for 'script'",
            "trusted-types 'none'",
        ]
    )


def _hash(text: str) -> str:
    return f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


@cache
def _packaged(name: str) -> str:
    return (files(__package__) / "page" / name).read_text(encoding="utf-8")


@cache
def _script() -> str:
    """Return all scripts as one, in a scope of its own."""
    return "\n".join(["", '"use strict";', "(() => {", *map(_packaged, SCRIPTS), "})();", ""])


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_packaged(TEMPLATE))
