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
    top = ceiling(max([bar.value for bar in data] + list(behind), default=0))
    plot = Plot(across(width), len(data), top, height - (FOOT if ticks else 1))
    role = "group" if any(bar.href for bar in data) else "img"
    gap = max(0.34 if behind else 0.16 if len(data) > 24 else 0.22, 1 - WIDEST * len(data))
    parts = [
        f'<svg class="chart bars" {frame(width, height)} role="{role}" aria-label="{escape(title)}" '
        f'font-family="inherit" font-size="11">',
        grid(plot.x, plot.top, plot.floor),
        *shades(shaded, plot.x, plot.floor),
        *(_column(plot, "before", index, value, 0.06) for index, value in enumerate(behind)),
        *(_bar(plot, index, bar, unit, gap) for index, bar in enumerate(data)),
        *words(ticks, plot.x, height),
    ]
    return "".join(parts) + "</svg>"


class Plot(NamedTuple):
    """Where columns stand: so many side by side, on ``floor``; the highest value reaches up to the top."""

    x: Place
    columns: int
    top: float
    floor: int


def _column(plot: Plot, kind: str, index: int, value: float, gap: float) -> str:
    """Return one column. gap: how much of its place is left empty."""
    if not value:
        return ""
    slot, tall = 1 / plot.columns, max((plot.floor - HEAD) * value / plot.top, 1.5)
    return (
        f'<rect class="column {kind}" x="{plot.x(slot * (index + gap / 2))}" width="{plot.x(slot * (1 - gap))}" '
        f'y="{plot.floor - tall:.1f}" height="{tall:.1f}" rx="1" fill="{FILLS[kind]}"/>'
    )


def _bar(plot: Plot, index: int, bar: Bar, unit: str, gap: float) -> str:
    """Return a column with what it says and where it leads; the whole height above its place can be pointed at."""
    column = _column(plot, "c1", index, bar.value, gap)
    label = escape(f"{bar.label}: {number(bar.value)} {unit}")
    if not bar.href:
        return f"<g>{column}<title>{label}</title></g>"
    reach = (
        f'<rect class="reach" x="{plot.x(index / plot.columns)}" width="{plot.x(1 / plot.columns)}" y="0" '
        f'height="{plot.floor}" fill="transparent"/>'
    )
    return f'<a class="bar" href="{escape(bar.href)}" aria-label="{label}">{reach}{column}<title>{label}</title></a>'
