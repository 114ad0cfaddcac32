"""A plot of seconds by number of certificates, both on logarithmic scales, as SVG: light or dark as its reader is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from html import escape
from math import ceil, floor, log10

WIDTH, HEIGHT = 760, 420
LEFT, RIGHT, TOP, BOTTOM = 64, 132, 24, 52
COLOURS = ("#c2410c", "#0369a1")
DARK_COLOURS = ("#fb923c", "#38bdf8")
STYLE = f"""
text {{ font: 13px system-ui, sans-serif; fill: #1f2937; }}
.grid {{ stroke: #d1d5db; }}
.line {{ fill: none; stroke-width: 2.5; stroke-linejoin: round; }}
.floor {{ stroke-dasharray: 5 5; stroke-width: 1.5; }}
.c0 {{ stroke: {COLOURS[0]}; }} .c1 {{ stroke: {COLOURS[1]}; }}
text.c0 {{ stroke: none; fill: {COLOURS[0]}; }} text.c1 {{ stroke: none; fill: {COLOURS[1]}; }}
@media (prefers-color-scheme: dark) {{
  text {{ fill: #e5e7eb; }}
  .grid {{ stroke: #4b5563; }}
  .c0 {{ stroke: {DARK_COLOURS[0]}; }} .c1 {{ stroke: {DARK_COLOURS[1]}; }}
  text.c0 {{ fill: {DARK_COLOURS[0]}; }} text.c1 {{ fill: {DARK_COLOURS[1]}; }}
}}
"""


def svg(lines: Mapping[str, Mapping[int, float]]) -> str:
    """Return the plot of lines by title: each second one is the floor of the one before it, in the same colour."""
    counts = sorted({count for line in lines.values() for count in line})
    times = [seconds for line in lines.values() for seconds in line.values()]
    least, most = floor(log10(min(times))), ceil(log10(max(times)))

    def x(count: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * log10(count / counts[0]) / (log10(counts[-1] / counts[0]) or 1)

    def y(seconds: float) -> float:
        return HEIGHT - BOTTOM - (HEIGHT - TOP - BOTTOM) * (log10(seconds) - least) / ((most - least) or 1)

    parts = [f"<title>{escape(_title(lines))}</title>", f"<style>{STYLE}</style>"]
    for decade in range(least, most + 1):
        level = y(10.0**decade)
        parts.append(f'<path class="grid" d="M{LEFT} {level:.1f}H{WIDTH - RIGHT}"/>')
        parts.append(f'<text x="{LEFT - 8}" y="{level + 4:.1f}" text-anchor="end">{10.0**decade:,g} s</text>')
    for count in counts:
        parts.append(f'<path class="grid" d="M{x(count):.1f} {TOP}V{HEIGHT - BOTTOM}"/>')
        parts.append(f'<text x="{x(count):.1f}" y="{HEIGHT - BOTTOM + 20}" text-anchor="middle">{count:,}</text>')
    middle = (LEFT + WIDTH - RIGHT) / 2
    parts.append(f'<text x="{middle:.0f}" y="{HEIGHT - 10}" text-anchor="middle">certificates</text>')
    ends = _apart([y(line[max(line)]) for line in lines.values()])
    for index, ((title, line), end) in enumerate(zip(lines.items(), ends, strict=True)):
        colour, is_floor = f"c{index // 2 % len(COLOURS)}", index % 2 == 1
        points = "L".join(f"{x(count):.1f} {y(seconds):.1f}" for count, seconds in sorted(line.items()))
        parts.append(f'<path class="line {colour}{" floor" if is_floor else ""}" d="M{points}"/>')
        parts.append(f'<text class="{colour}" x="{WIDTH - RIGHT + 10}" y="{end + 4:.1f}">{escape(title)}</text>')
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {HEIGHT}" width="{WIDTH}" height="{HEIGHT}">'
    return "\n".join([head, *parts, "</svg>", ""])


def _title(lines: Mapping[str, Mapping[int, float]]) -> str:
    ends = (f"{title}: {line[max(line)]:.1f} s for {max(line):,}" for title, line in lines.items())
    return f"Seconds of a preview by number of certificates. {'; '.join(ends)}."


def _apart(levels: Iterable[float], distance: float = 16) -> list[float]:
    """Move labels down so that none covers another."""
    given = list(levels)
    placed: dict[int, float] = {}
    lowest = float("-inf")
    for index in sorted(range(len(given)), key=given.__getitem__):
        lowest = placed[index] = max(given[index], lowest + distance)
    return [placed[index] for index in range(len(given))]
