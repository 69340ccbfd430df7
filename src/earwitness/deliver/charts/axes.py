"""What columns along a line of time stand on: lines behind them, the highest value, words below."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.scale import Place, short

HEAD, FOOT = 6, 18  # pixels above the columns, and below them for the words
LEGEND = 22  # pixels of a line below those, that names the parts


class Tick(NamedTuple):
    """A word under the columns; at: fraction of the width, 0 to 1."""

    at: float
    label: str


class Span(NamedTuple):
    """A stretch to be shaded, such as a gap; start and end are fractions of the width."""

    start: float
    end: float
    label: str


def grid(x: Place, top: float, floor: int) -> str:
    """Return the lines behind columns that stand on ``floor`` and reach up to the value ``top``."""
    lines = "".join(
        f'<line class="grid" x1="0" x2="{x(1)}" y1="{y:.1f}" y2="{y:.1f}" stroke="#dfe3e5"/>'
        for y in (HEAD + 0.5, (HEAD + floor) / 2, floor + 0.5)
    )
    return lines + f'<text class="axis" x="0" y="{HEAD + 11}" fill="#626c73" aria-hidden="true">{short(top)}</text>'


def shades(spans: Sequence[Span], x: Place, floor: int) -> list[str]:
    """Return the shaded stretches behind columns that stand on ``floor``."""
    return [
        f'<rect class="gap" x="{x(span.start)}" width="{x(max(span.end - span.start, 0.002))}" y="{HEAD}" '
        f'height="{floor - HEAD}" fill="#f0d9a8"><title>{escape(span.label)}</title></rect>'
        for span in spans
    ]


def words(ticks: Sequence[Tick], x: Place, height: int) -> list[str]:
    """Return the words along the lower edge of a chart of this height; narrow screens leave every other one out."""
    return [
        f'<text class="axis{" spare" if index % 2 else ""}" x="{x(tick.at)}" y="{height - 4}" '
        f'text-anchor="{_anchor(tick.at)}" fill="#626c73" aria-hidden="true">{escape(tick.label)}</text>'
        for index, tick in enumerate(ticks)
    ]


def _anchor(at: float) -> str:
    return "start" if at < 0.03 else "end" if at > 0.97 else "middle"
