"""Columns along a line, such as events by the hour."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.axes import FOOT, HEAD, Span, Tick, grid, shades, words
from earwitness.deliver.charts.colours import FILLS
from earwitness.deliver.charts.scale import Place, across, ceiling, frame, number


class Bar(NamedTuple):
    """One column: how high, what it is called (``Tue 17 Nov, 14:00 to 15:00``), and where it leads."""

    value: float
    label: str
    href: str = ""


WIDEST = 0.06  # of the chart: one column alone is a column, not a wall


def bars(  # noqa: PLR0913 -- a chart is described by its parts
    data: Sequence[Bar],
    *,
    title: str,
    unit: str = "events",
    height: int = 96,
    width: int | None = None,
    ticks: Sequence[Tick] = (),
    shaded: Sequence[Span] = (),
    behind: Sequence[float] = (),
) -> str:
    """Return a column chart.

    title: the whole chart in one sentence, for people who cannot see it; behind: values of an earlier period, drawn as
    pale columns behind; unit: what is counted, for the label of each column.
    """
    x = across(width)
    top = ceiling(max([bar.value for bar in data] + list(behind), default=0))
    floor = height - (FOOT if ticks else 1)
    role = "group" if any(bar.href for bar in data) else "img"
    parts = [
        f'<svg class="chart bars" {frame(width, height)} role="{role}" aria-label="{escape(title)}" '
        f'font-family="inherit" font-size="11">',
        grid(x, top, floor),
    ]
    parts += shades(shaded, x, floor)
    parts += [
        _column("before", i, len(behind), 0.06, _tall(value, top, floor), x, floor) for i, value in enumerate(behind)
    ]
    gap = max(0.34 if behind else 0.16 if len(data) > 24 else 0.22, 1 - WIDEST * len(data))
    for i, bar in enumerate(data):
        column = _column("column", i, len(data), gap, _tall(bar.value, top, floor), x, floor)
        parts.append(_bar(bar, column, i, len(data), x, floor, unit))
    return "".join(parts + words(ticks, x, height)) + "</svg>"


def _tall(value: float, top: float, floor: int) -> float:
    return max((floor - HEAD) * value / top, 1.5) if value else 0


def _column(  # noqa: PLR0913, PLR0917 -- what it is and where it stands
    kind: str, index: int, count: int, gap: float, tall: float, x: Place, floor: int
) -> str:
    if not tall:
        return ""
    slot = 1 / count
    return (
        f'<rect class="{kind}" x="{x(slot * (index + gap / 2))}" width="{x(slot * (1 - gap))}" y="{floor - tall:.1f}" '
        f'height="{tall:.1f}" rx="1" fill="{FILLS[kind]}"/>'
    )


def _bar(  # noqa: PLR0913, PLR0917 -- what it is and where it stands
    bar: Bar, column: str, index: int, count: int, x: Place, floor: int, unit: str
) -> str:
    label = escape(f"{bar.label}: {number(bar.value)} {unit}")
    if not bar.href:
        return f"<g>{column}<title>{label}</title></g>"
    reach = (
        f'<rect class="reach" x="{x(index / count)}" width="{x(1 / count)}" y="0" height="{floor}" fill="transparent"/>'
    )
    return f'<a class="bar" href="{escape(bar.href)}" aria-label="{label}">{reach}{column}<title>{label}</title></a>'
