"""Bars in a line of text: how much of a whole something is."""

from earwitness.deliver.charts.colours import FILLS
from earwitness.deliver.charts.scale import across, frame


def share(part: float, whole: float, *, width: int | None = None, height: int = 4) -> str:
    """Return a bar that is as long as the part is of the whole; it is decoration: the figures stand beside it."""
    x = across(width)
    long = min(part / whole, 1) if whole else 0
    return (
        f'<svg class="chart share" {frame(width, height)} aria-hidden="true"><rect class="rail" '
        f'width="{x(1)}" height="{height}" rx="{height / 2:g}" fill="{FILLS["before"]}"/><rect class="column" '
        f'width="{x(long)}" height="{height}" rx="{height / 2:g}" fill="{FILLS["c1"]}"/></svg>'
    )
