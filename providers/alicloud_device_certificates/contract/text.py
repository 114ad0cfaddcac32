"""Text from outside, made safe to show: one printable line of limited length, without secrets."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from alicloud_device_certificates.contract.escaping import unescaped_view
from alicloud_device_certificates.contract.known_secrets import MARGIN, hide, spans_of, without_spans

__all__ = ["ERROR_LIMIT", "TEXT_LIMIT", "hide", "inert", "one_line", "printable", "safe_text", "truncated"]

TEXT_LIMIT: Final = 300
"""The maximum number of characters that are kept of a text from outside."""

ERROR_LIMIT: Final = 1000
"""The maximum number of characters of a whole error."""

_EXAMINED: Final = 10 * TEXT_LIMIT
# Most request IDs and codes. Nothing in such a text has the shape of a secret, and there are several in each response.
_PLAIN = re.compile(r"(?!.*(?:eyJ|CAIS))[A-Za-z0-9][A-Za-z0-9._-]{0,58}")
# What CI systems take for a command in a log. Azure, TeamCity and others: `##vso[` anywhere. GitHub: `::name::` at the
# start of a line, which is any word of a text that a table wraps; a command that it knows even inside a word, as a
# table may break that too. `a::b`, `fe80::1` and `::ffff:1.2.3.4` are none. GitLab and Travis: the start of a section.
# Buildkite: three such characters as the first word of a line.
_COMMAND = re.compile(
    r"\A::|(?<![\w:])::(?=[a-z_][\w.-]*(?:::|\s))"
    r"|::(?=(?:error|warning|notice|debug|echo|(?:end)?group|stop-commands|save-state|internal-[a-z-]+"
    r"|(?:set|add|remove)-[a-z]+)\b)"
    r"|##(?=\w*\[)|(?<=section_start):(?=\d)|(?<=section_end):(?=\d)|(?<=travis_fold):|(?<=travis_time):"
    r"|(?<!\S)(?:---|\+\+\+|~~~)(?!\S)",
    re.IGNORECASE,
)


def one_line(text: str, *, limit: int | None = None) -> str:
    """Return the text with each run of white space and unprintable characters as one space, and no command of a CI.

    A text longer than ``limit`` characters is cut and ends in ``...``.
    """
    if not text.isprintable():
        text = "".join(character if character.isprintable() else " " for character in text)
    line = inert(" ".join(text.split()))
    return line if limit is None or len(line) <= limit else f"{line[: limit - 3]}..."


def printable(text: str) -> str:
    r"""Escape what is not printable: ESC becomes ``\x1b``, a newline ``\n``, a lone surrogate ``\ud800``.

    So no control sequence reaches a terminal, no line is broken, the writing direction stays, and nothing is lost. The
    result can be encoded and contains only characters that XML allows.
    """
    if text.isprintable():
        return text
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode("ascii") for each in text)


def truncated(text: str, limit: int) -> str:
    """Cut a text to a maximum number of characters; a cut text ends in an ellipsis."""
    return text if len(text) <= limit else f"{text[: limit - 1]}\u2026"


def inert(line: str) -> str:
    """Return a line of a log in which no CI system finds a command."""
    return _COMMAND.sub(lambda found: f"{found[0][0]} {found[0][1:]}", line)


def safe_text(text: str, *, secrets: Iterable[str | None] = ()) -> str:
    """Return a service's text as it may be shown: one line, at most ``TEXT_LIMIT`` characters, nothing secret.

    ``secrets`` are the values of this request (key ID, secret, token). They are hidden wherever they occur, and so is
    anything that looks like a signature, a private key or an echo of the signed request.
    """
    if _PLAIN.fullmatch(text) and not spans_of(text, secrets):
        return text
    from alicloud_device_certificates.contract import secret_shapes  # few texts need its patterns

    # What would remain of a longer text is cut below anyway, and patterns take their time. A secret that is cut here is
    # still recognized, because what follows it is examined too.
    end = min(len(text), _EXAMINED)
    text = text[: _EXAMINED + MARGIN]
    spans = [*spans_of(text, secrets), *secret_shapes.spans(text)]
    end = min(end, secret_shapes.echo_start(text))
    seen = unescaped_view(text)
    if seen.text != text:
        spans += (seen.span(*span) for span in secret_shapes.spans(seen.text))
        echo = secret_shapes.echo_start(seen.text)
        end = min(end, seen.starts[echo] if echo < len(seen.text) else end)
    return one_line(without_spans(text, spans, end=end), limit=TEXT_LIMIT)
