"""Bars that lie: who or what has how much, longest first, in one colour or stacked."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.colours import FILLS, ONE, Key, legend_line
from earwitness.deliver.charts.scale import WIDTH, ceiling, frame, number

LABEL, ROW, FIGURE = 190, 24, 70


class Rank(NamedTuple):
    """One bar. parts: its values, in the order of the legend; text: its figure as people read it; before: the value of
    an earlier period, drawn as a mark; href: where it leads; told: how many rows that are, said with its label."""

    label: str
    parts: Sequence[float]
    text: str = ""
    before: float | None = None
    href: str = ""
    told: str = ""


def ranks(data: Sequence[Rank], *, title: str, legend: Sequence[Key] = ()) -> str:
    """Return a chart of lying bars. legend: what the parts are, where there are several."""
    top = ceiling(max((max(sum(rank.parts), rank.before or 0) for rank in data), default=0))
    foot = 22 if legend else 0
    height = max(len(data), 1) * ROW + foot
    role = "group" if any(rank.href for rank in data) else "img"
    parts = [
        f'<svg class="chart ranks" {frame(WIDTH, height)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="12">'
    ]
    parts += [_rank(rank, place, top, legend or ONE) for place, rank in enumerate(data)]
    parts += legend_line(legend, LABEL, height - 14)
    return "".join(parts) + "</svg>"


def _rank(rank: Rank, index: int, top: float, keys: Sequence[Key]) -> str:
    y, room = index * ROW, WIDTH - LABEL - FIGURE
    text = rank.text or number(sum(rank.parts))
    name = rank.label if len(rank.label) <= 28 else rank.label[:27] + "…"
    found = [f'<text class="name" x="{LABEL - 8}" y="{y + 16}" text-anchor="end" fill="#1c2430">{escape(name)}</text>']
    at = float(LABEL)
    for key, value in zip(keys, rank.parts, strict=True):
        long = room * value / top
        if long > 0:
            found.append(
                f'<rect class="column {key.kind}" x="{at:.1f}" y="{y + 4}" width="{max(long, 1):.1f}" '
                f'height="{ROW - 8}" rx="1.5" fill="{FILLS[key.kind]}"/>'
            )
        at += long
    beside = at + 6
    if rank.before is not None:
        mark = LABEL + room * rank.before / top
        if beside - 3 < mark < beside + 8 * len(text):
            beside = mark + 6  # the figure stands clear of the mark
        found.append(
            f'<line class="behind" x1="{mark:.1f}" x2="{mark:.1f}" y1="{y + 2}" y2="{y + ROW - 2}" stroke="#626c73" '
            'stroke-width="2"/>'
        )
    found.append(f'<text class="figure" x="{beside:.1f}" y="{y + 16}" fill="#626c73">{escape(text)}</text>')
    said = rank.told if rank.told.startswith(text) else f"{text}, {rank.told}" if rank.told else text
    label = escape(f"{rank.label}: {said}")
    inner = "".join(found)
    if rank.href:
        return f'<a class="bar" href="{escape(rank.href)}" aria-label="{label}"><title>{label}</title>{inner}</a>'
    return f"<g><title>{label}</title>{inner}</g>"
