"""Columns along a time line, each a pile of parts: how much of what, when."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.axes import FOOT, HEAD, LEGEND, Span, Tick, grid, shades, words
from earwitness.deliver.charts.colours import FILLS, Key, legend_line
from earwitness.deliver.charts.scale import across, ceiling, frame, number


class Pile(NamedTuple):
    """One column. label: what it is called; parts: its values, in the order of the legend; hrefs: where each leads."""

    label: str
    parts: Sequence[float]
    hrefs: Sequence[str] = ()


def stacks(  # noqa: PLR0913 -- a chart is described by its parts
    data: Sequence[Pile],
    *,
    title: str,
    legend: Sequence[Key],
    unit: str = "segments",
    height: int = 180,
    width: int | None = None,
    ticks: Sequence[Tick] = (),
    shaded: Sequence[Span] = (),
) -> str:
    """Return a stacked time line. title: the whole chart in one sentence, for people who cannot see it."""
    x = across(width)
    top = ceiling(max((sum(pile.parts) for pile in data), default=0))
    floor = height - FOOT
    role = "group" if any(any(pile.hrefs) for pile in data) else "img"
    parts = [
        f'<svg class="chart stacks" {frame(width, height + LEGEND)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="11">',
        grid(x, top, floor),
        *shades(shaded, x, floor),
    ]
    for index, pile in enumerate(data):
        parts += _pile(pile, x(index / len(data) + 0.1 / len(data)), x(0.8 / len(data)), (top, floor), (legend, unit))
    parts += words(ticks, x, height)
    parts += legend_line(legend, 0, height + LEGEND - 14)
    return "".join(parts) + "</svg>"


def _pile(pile: Pile, left: str, wide: str, scale: tuple[float, int], told: tuple[Sequence[Key], str]) -> list[str]:
    top, floor = scale
    legend, unit = told
    found = []
    below = float(floor)
    for index, value in enumerate(pile.parts):
        if not value:
            continue
        tall = max((floor - HEAD) * value / top, 1.5)
        below -= tall
        key = legend[index]
        box = (
            f'<rect class="column {key.kind}" x="{left}" width="{wide}" y="{below:.1f}" height="{tall:.1f}" '
            f'fill="{FILLS[key.kind]}"/>'
        )
        label = escape(f"{pile.label}, {key.name}: {number(value)} {unit}")
        href = pile.hrefs[index] if pile.hrefs else ""
        if href:
            found.append(f'<a class="bar" href="{escape(href)}" aria-label="{label}">{box}<title>{label}</title></a>')
        else:
            found.append(f"<g>{box}<title>{label}</title></g>")
    return found
