"""The report as one HTML page that needs nothing else: no request, no framework, and a policy that allows neither.

The summary is made here and can be read without JavaScript; the rest is drawn by the scripts in ``page/`` from the
data of page_data.py. What comes from a certificate or a service is text to both.
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
from alicloud_device_certificates.gate.reports.page_data import page_data
from alicloud_device_certificates.gate.reports.wording import title, verdict
from alicloud_device_certificates.gate.rules.kinds import SEVERITIES, Severity

if TYPE_CHECKING:
    from jinja2 import Template

TEMPLATE = "report.html.jinja"
STYLE = "report.css"
SCRIPTS = (
    "elements.js",
    "certificates.js",
    "words.js",
    "view.js",
    "controls.js",
    "axis.js",
    "timeline.js",
    "histogram.js",
    "table.js",
    "printing.js",
    "details.js",
    "start.js",
)
"""In this order: each uses only what stands before it."""

_TOLD_WITHOUT_SCRIPT = 50


class Headline(NamedTuple):
    """What the whole run comes to."""

    tone: Severity
    text: str


def render(report: Report) -> str:
    """Write the page. The same report gives the same text."""
    from markupsafe import Markup

    style, script = _packaged(STYLE), _script()
    page = _template().render(
        report=report,
        now=rfc3339(report.now),
        headline=headline(report),
        exit_code=_exit_code(report),
        kinds=_kinds(report),
        worst=[evaluation for evaluation in report.certificates if evaluation.severity == "fail"],
        told=_TOLD_WITHOUT_SCRIPT,
        policy=_policy(style=style, script=script),
        # Not from a certificate, or written so that it holds no markup.
        style=Markup(style),  # noqa: S704
        script=Markup(script),  # noqa: S704
        data=Markup(json_for_html(page_data(report))),  # noqa: S704
    )
    # Half a surrogate pair, which a certificate may hold, has no form in UTF-8.
    return page.encode("utf-8", "replace").decode()


def json_for_html(value: object) -> str:
    """Write JSON that can stand in a script element: ASCII only, and no character that could end or comment it."""
    text = json.dumps(value, ensure_ascii=True, allow_nan=False, separators=(",", ":"))
    for character in "<>&":
        text = text.replace(character, f"\\u{ord(character):04x}")
    return text


def headline(report: Report) -> Headline:
    """Say in a few words what a run comes to."""
    counts, total = report.counts(), len(report.certificates)
    certificates = "certificate" if total == 1 else "certificates"
    if report.problems:
        return Headline("fail", f"The {'preview' if report.source == 'preview' else 'report'} could not be made")
    if fails := counts["fail"]:
        return Headline("fail", f"{fails:,} of {total:,} {certificates} {'fails' if fails == 1 else 'fail'}")
    if warns := counts["warn"]:
        return Headline("warn", f"{warns:,} of {total:,} {certificates} {'needs' if warns == 1 else 'need'} attention")
    if total:
        return Headline(
            "info", "The certificate is in order" if total == 1 else f"All {total:,} {certificates} are in order"
        )
    return Headline("info", "There are no device certificates in this stack")


def _exit_code(report: Report) -> str:
    told = verdict(report)
    return f"{told[0].upper()}{told[1:]}."


class _Found(NamedTuple):
    kind: str
    title: str
    meaning: str
    severity: Severity
    certificates: int


def _kinds(report: Report) -> list[_Found]:
    """The kinds that were found, the worst first, each as severe as it was at worst."""
    worst: dict[str, Finding] = {}
    for finding in (finding for evaluation in report.certificates for finding in evaluation.findings):
        known = worst.setdefault(finding.kind, finding)
        worst[finding.kind] = min(known, finding, key=lambda each: SEVERITIES.index(each.severity))
    found = [
        _Found(kind.value, title(worst[kind], report), kind.about.meaning, worst[kind].severity, count)
        for kind, count in report.kinds().items()
    ]
    return sorted(found, key=lambda each: SEVERITIES.index(each.severity))


def _policy(*, style: str, script: str) -> str:
    """Allow this one style and this one script, by their hashes, and nothing else; text never becomes markup."""
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
    """One script of all: its names are its own."""
    return "\n".join(["", '"use strict";', "(() => {", *map(_packaged, SCRIPTS), "})();", ""])


@cache
def _template() -> Template:
    from jinja2 import Environment, StrictUndefined

    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string(_packaged(TEMPLATE))
