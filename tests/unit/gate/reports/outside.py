"""Texts as others could choose them, and a report in which everything that others choose is such a text."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from hypothesis import strategies as st
from tests.unit.gate.sample import NOW

from alicloud_device_certificates.contract.fields import FIELDS
from alicloud_device_certificates.gate.collect.observed import Observed, ReadFailure, ReadWarning, State
from alicloud_device_certificates.gate.report import Change, Evaluation, Finding, Report
from alicloud_device_certificates.gate.rules.kinds import FindingKind, Severity

PAYLOADS = (
    "@everyone",
    "@org/team",
    "cc: @octocat.",
    "#1",
    "owner/repo#12",
    "GH-12",
    "!7 $8 ~9 %10 &11 ^alert#12 *iteration:13 [vulnerability:14]",
    "a5c3785ed8d6a35868bc169f07e40e889087fd2e",
    "defaced deadbeef",
    "https://example.com/?a=b",
    "www.example.com",
    "someone@example.com",
    "mailto:someone@example.com",
    "<https://example.com>",
    "[x](javascript:alert(1))",
    "![x](https://example.com/x.png)",
    "[x]: https://example.com",
    "<img src=x onerror=alert(1)>",
    "<script>alert(1)</script>",
    "</details></summary></table>",
    "-->",
    "--!> <b>",
    "<!--",
    "]]><x/>",
    "&lt;b&gt; &#64;everyone &amp;",
    "| a | b |",
    "a \\| b \\\\| c",
    "` `` ``` ````",
    "```\ncode",
    "`<b>`",
    "**bold** __bold__ *it* _it_ ~~no~~",
    "# title",
    "1. one",
    "1) one",
    "- [ ] task",
    "> quote",
    "---",
    "===",
    ":smile: :+1:",
    "$$x$$ $`x`$",
    "line\nline\r\n\nline\u2028line\u0085line\x0bline",
    "\x1b[31mred\x1b[0m \x1b]0;title\x07 \x9b31m",
    "\x00\x08\x7f\ufffe\uffff",
    "\ud800 \udfff lone",
    "\u202eevil\u202c \u2066x\u2069 \u200b",
    '" quotes \' and \\" backslashes \\',
    "[bold red]markup[/]",
    "{0} {{1}} {% x %} {{ x }}",
    "[[ATTACHMENT|/etc/passwd]]",
    "\u4e2d\u6587\u8bc1\u4e66 \U0001f512 e\u0301",
    "(",
    ")",
    ":",
    ".",
    "",
    " ",
)
"""What is live in Markdown, HTML, XML, SARIF, Prometheus' text, or a terminal; and what is easily lost."""

_ANY = st.text(st.characters(), max_size=40)
_SPECIAL = st.text("`|\\<>[]()@#*_~!-.,:;&\"'/{}$ \n\r\t\x1b\x9b\x00\ud800\u202eaF1", max_size=40)
_PAYLOAD = st.sampled_from(PAYLOADS)

texts = _ANY | _SPECIAL | _PAYLOAD | st.lists(_ANY | _SPECIAL | _PAYLOAD, max_size=4).map(" ".join)

_CERTIFICATES: tuple[tuple[State, Severity], ...] = (
    ("read", "fail"),
    ("failed", "fail"),
    ("gone", "warn"),
    ("read", "warn"),
    ("known_after_update", "info"),
    ("secret", "info"),
    ("read", "info"),
)


def report_saying(text: str, **others: Any) -> Report:
    """Return a report with a certificate of each state and severity, and with this text for every text from outside."""
    return Report(
        **{
            "project": text,
            "stack": text,
            "source": "preview",
            "now": NOW,
            "certificates": tuple(_saying(text, number, *each) for number, each in enumerate(_CERTIFICATES)),
            "problems": (text,),
            "notices": (text,),
            "operations": {"read": 7},
            **others,
        }
    )


def _saying(text: str, number: int, state: State, severity: Severity) -> Evaluation:
    fields = {field.name: _value(field.type, text) for field in FIELDS}
    old = {name: value for name, value in fields.items() if name != "status"} if state in {"read", "gone"} else None
    new = fields if state == "read" else None
    return Evaluation(
        observed=Observed(
            urn=f"{text}::{number}",
            name=text,
            service="mqtt",
            state=state,
            id=text,
            old=old,
            new=new,
            warnings=(ReadWarning(text, text),),
            failure=ReadFailure(category=text, code=text, message=text) if state == "failed" else None,
            qualifier=f"{text}::{number}",
        ),
        findings=(Finding(kind=FindingKind.ROTATED, severity=severity, message=text),) * 2,
        changes=tuple(Change(field=name, old=None, new=value) for name, value in fields.items()) if new else (),
        not_before=NOW - timedelta(days=10),
        not_after=NOW + timedelta(days=10),
        warn_from=NOW - timedelta(days=5),
    )


def _value(form: str, text: str) -> object:
    return {"integer": 256, "boolean": False, "list of strings": [text, text]}.get(form, text)
