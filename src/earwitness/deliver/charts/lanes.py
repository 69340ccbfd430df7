"""Lanes: stretches of one span of time below each other, such as the legs of a call and who listened to them."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.axes import FOOT, Tick, words
from earwitness.deliver.charts.colours import FILLS
from earwitness.deliver.charts.scale import across, frame

LANE = 34
BAR = 12
THINNEST = 0.003  # of the width: what is shorter is still seen


class Part(NamedTuple):
    """A stretch of a lane. start, end: fractions of the width, 0 to 1, equal for a moment; kind: one of FILLS; label:
    what it says to people who point at it or cannot see it."""

    start: float
    end: float
    kind: str
    label: str


class Lane(NamedTuple):
    """label: what stands over it; parts: in the order in which they are drawn."""

    label: str
    parts: Sequence[Part]


def lanes(data: Sequence[Lane], *, title: str, ticks: Sequence[Tick] = (), width: int | None = None) -> str:
    """Return the lanes, one below the other, over a common axis. title: the whole chart in one sentence."""
    x = across(width)
    height = LANE * len(data) + (FOOT if ticks else 2)
    parts = [f'<svg class="chart lanes" {frame(width, height)} role="img" aria-label="{escape(title)}">']
    for number, lane in enumerate(data):
        top = number * LANE
        bar = top + LANE - BAR - 4
        parts.append(f'<text class="name" x="0" y="{top + 13}" font-size="11">{escape(lane.label)}</text>')
        parts.append(f'<rect class="rail" x="0" y="{bar}" width="{x(1)}" height="{BAR}" fill="#eef1f2" rx="3"/>')
        for part in lane.parts:
            long = max(part.end - part.start, THINNEST)
            parts.append(
                f'<rect class="part {escape(part.kind)}" x="{x(min(part.start, 1 - THINNEST))}" y="{bar}" '
                f'width="{x(long)}" height="{BAR}" fill="{FILLS[part.kind]}">'
                f"<title>{escape(part.label)}</title></rect>"
            )
    return "".join(parts + words(ticks, x, height)) + "</svg>"
