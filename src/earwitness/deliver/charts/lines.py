"""Lines and shares: small shapes of how something went."""

from collections.abc import Sequence
from html import escape
from typing import NamedTuple

from earwitness.deliver.charts.colours import FILLS
from earwitness.deliver.charts.scale import across, ceiling, frame


class Series(NamedTuple):
    """One line: what it is, and its values at equal distances; kind: its colour, one of FILLS."""

    label: str
    values: Sequence[float]
    kind: str = "c1"


def lines(series: Sequence[Series], *, title: str, height: int = 40, width: int = 160, filled: bool = True) -> str:
    """Return a line chart of ``width`` by ``height`` units that stretches to its place.

    title: the whole chart in one sentence, for people who cannot see it; ``filled`` shades under the first line.
    """
    top = ceiling(max((value for one in series for value in one.values), default=0))
    parts = [
        f'<svg class="chart lines" viewBox="0 0 {width} {height}" width="100%" height="{height}" '
        f'preserveAspectRatio="none" role="img" aria-label="{escape(title)}">'
    ]
    for place, one in reversed(list(enumerate(series))):
        points = _points(one.values, top, width, height)
        if filled and place == 0 and points:
            area = f"M0,{height} L{' L'.join(points)} L{points[-1].split(',')[0]},{height} Z"
            parts.append(f'<path class="area {one.kind}" d="{area}" fill="{FILLS[one.kind]}" fill-opacity=".14"/>')
        parts.append(
            f'<polyline class="line {one.kind}" points="{" ".join(points)}" fill="none" '
            f'stroke="{FILLS[one.kind]}" stroke-width="1.5" vector-effect="non-scaling-stroke"/>'
        )
    return "".join(parts) + "</svg>"


def _points(values: Sequence[float], top: float, width: int, height: int) -> list[str]:
    step = width / max(len(values) - 1, 1)
    return [f"{i * step:.1f},{height - 1 - (height - 3) * value / top:.1f}" for i, value in enumerate(values)]


def share(part: float, whole: float, *, width: int | None = None, height: int = 4) -> str:
    """Return a bar that is as long as the part is of the whole; it is decoration: the figures stand beside it."""
    x = across(width)
    long = min(part / whole, 1) if whole else 0
    return (
        f'<svg class="chart share" {frame(width, height)} aria-hidden="true"><rect class="rail" '
        f'width="{x(1)}" height="{height}" rx="{height / 2:g}" fill="{FILLS["before"]}"/><rect class="column" '
        f'width="{x(long)}" height="{height}" rx="{height / 2:g}" fill="{FILLS["column"]}"/></svg>'
    )
