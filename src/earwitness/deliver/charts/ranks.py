"""Bars that lie: who or what has how much, longest first, in one colour or stacked."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.lines import COLOURS
from earwitness.deliver.charts.scale import ceiling, frame, number

WIDTH, LABEL, ROW, FIGURE = 720, 190, 24, 70


class Rank(NamedTuple):
    """One bar. parts: its values, in the order of the colours; text: its figure as people read it; before: the value of
    an earlier period, drawn as a mark; href: where it leads; told: how many rows that are, said with its label."""

    label: str
    parts: Sequence[float]
    text: str = ""
    before: float | None = None
    href: str = ""
    told: str = ""


def ranks(data: Sequence[Rank], *, title: str, legend: Sequence[str] = ()) -> str:
    """Return a chart of lying bars. legend: what the parts are, where there are several."""
    top = ceiling(max((max(sum(rank.parts), rank.before or 0) for rank in data), default=0))
    foot = 22 if legend else 0
    height = max(len(data), 1) * ROW + foot
    role = "group" if any(rank.href for rank in data) else "img"
    parts = [
        f'<svg class="chart ranks" {frame(WIDTH, height)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="12">'
    ]
    parts += [_rank(rank, number_, top) for number_, rank in enumerate(data)]
    parts += [_key(name, index, height) for index, name in enumerate(legend)]
    return "".join(parts) + "</svg>"


def _rank(rank: Rank, index: int, top: float) -> str:
    y, room = index * ROW, WIDTH - LABEL - FIGURE
    text = rank.text or number(sum(rank.parts))
    name = rank.label if len(rank.label) <= 28 else rank.label[:27] + "…"
    found = [f'<text class="name" x="{LABEL - 8}" y="{y + 16}" text-anchor="end" fill="#1c2430">{escape(name)}</text>']
    at = float(LABEL)
    for colour, value in enumerate(rank.parts, 1):
        long = room * value / top
        if long > 0:
            found.append(
                f'<rect class="column c{colour}" x="{at:.1f}" y="{y + 4}" width="{max(long, 1):.1f}" '
                f'height="{ROW - 8}" rx="1.5" fill="{COLOURS[colour % len(COLOURS)]}"/>'
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


def _key(name: str, index: int, height: int) -> str:
    x = LABEL + index * 110
    return (
        f'<rect class="column c{index + 1}" x="{x}" y="{height - 14}" width="10" height="10" rx="2" '
        f'fill="{COLOURS[(index + 1) % len(COLOURS)]}"/>'
        f'<text class="axis" x="{x + 15}" y="{height - 5}" fill="#626c73">{escape(name)}</text>'
    )
