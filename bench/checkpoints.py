"""Commands on a stack of many single certificates, with and without the engine's checkpoints: a part of ``make scale``.

Each row is one run, because the slow ones take minutes: the differences are far larger than what machines drift.
"""

from __future__ import annotations

import tempfile
from pathlib import Path

from bench.projects import CERTIFICATES, PREVIEW, project, seconds

UP = ["pulumi", "up", "--yes", "--skip-preview", "--stack", "bench"]
DESTROY = ["pulumi", "destroy", "--yes", "--skip-preview", "--stack", "bench"]
GATE = ["device-certificates", "preview", "--stack", "bench", "--quiet"]
STEPS = (
    ("`pulumi preview` of a new stack", PREVIEW),
    ("`pulumi up` of a new stack", UP),
    ("`pulumi preview` of an unchanged stack", PREVIEW),
    ("`device-certificates preview` of it", GATE),
    ("`pulumi destroy`", DESTROY),
)


def table(count: int = 1000) -> str:
    """Return a table of seconds for ``count`` certificates."""
    columns: list[list[float]] = []
    with tempfile.TemporaryDirectory(prefix="scale-") as folder:
        for variables in ({}, {"PULUMI_SKIP_CHECKPOINTS": "true"}):
            options = project(Path(folder) / str(len(columns)), CERTIFICATES.format(count=count), count)
            environment = options["env"]
            assert isinstance(environment, dict)
            environment |= variables
            columns.append([seconds(command, **options) for _, command in STEPS])
    lines = [f"| {count:,} certificates | as it is | with `PULUMI_SKIP_CHECKPOINTS=true` |", "| --- | --- | --- |"]
    for (what, _), usual, skipping in zip(STEPS, *columns, strict=True):
        lines.append(f"| {what} | {usual:.1f} s | {skipping:.1f} s |")
    return "\n".join(lines)
