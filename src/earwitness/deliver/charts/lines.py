"""Lines over one axis: how several things go side by side, such as two sorts of day over their hours."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.axes import FOOT, HEAD, LEGEND, Tick, grid, words
from earwitness.deliver.charts.colours import FILLS, Key, legend_line
from earwitness.deliver.charts.scale import WIDTH, across, ceiling, frame, number

HEIGHT = 180  # without the legend


class Series(NamedTuple):
    """One line. key: what it is; values: at equal distances; hrefs: where each of its points leads."""

    key: Key
    values: Sequence[float]
    hrefs: Sequence[str] = ()


def lines(
    series: Sequence[Series],
    *,
    title: str,
    names: Sequence[str],
    ticks: Sequence[Tick] = (),
    unit: str = "events",
) -> str:
    """Return a line chart.

    title: the whole chart in one sentence, for people who cannot see it; names: what the points are called, in
    the order of the values; unit: what is counted, for the label of each point.
    """
    x = across(WIDTH)
    top = ceiling(max((value for one in series for value in one.values), default=0))
    floor = HEIGHT - FOOT
    role = "group" if any(any(one.hrefs) for one in series) else "img"
    parts = [
        f'<svg class="chart lines" {frame(WIDTH, HEIGHT + LEGEND)} role="{role}" aria-label="{escape(title)}" '
        'font-family="inherit" font-size="11">',
        grid(x, top, floor),
    ]
    for one in series:
        places = [(WIDTH * (i + 0.5) / len(names), _up(value, top, floor)) for i, value in enumerate(one.values)]
        parts.append(
            f'<polyline class="line {one.key.kind}" points="{" ".join(f"{a:.1f},{b:.1f}" for a, b in places)}" '
            f'fill="none" stroke="{FILLS[one.key.kind]}" stroke-width="1.5"/>'
        )
        for i, (name, value, place) in enumerate(zip(names, one.values, places, strict=True)):
            label = f"{name}, {one.key.name}: {number(value)} {unit}"
            parts.append(_point(place, one.key.kind, label, one.hrefs[i] if one.hrefs else ""))
    parts += words(ticks, x, HEIGHT)
    parts += legend_line([one.key for one in series], 0, HEIGHT + LEGEND - 14)
    return "".join(parts) + "</svg>"


def _up(value: float, top: float, floor: int) -> float:
    return floor - (floor - HEAD) * value / top


def _point(place: tuple[float, float], kind: str, label: str, href: str) -> str:
    said = escape(label)
    dot = f'<circle class="column {kind}" cx="{place[0]:.1f}" cy="{place[1]:.1f}" r="4" fill="{FILLS[kind]}"/>'
    if href:
        return f'<a class="bar" href="{escape(href)}" aria-label="{said}">{dot}<title>{said}</title></a>'
    return f"<g>{dot}<title>{said}</title></g>"
