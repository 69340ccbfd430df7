"""Where things stand in a chart."""

from collections.abc import Callable

Place = Callable[[float], str]
WIDTH = 720  # of charts that have a size of their own: on paper, in mails, and where words stand beside the marks


def ceiling(highest: float) -> float:
    """Return the lowest of 1, 2, 4, 5, 10, 20, 40 ... that is not below the highest value; 1 where there is none."""
    step = 1.0
    while True:
        for factor in (1, 2, 4, 5):
            if step * factor >= highest:
                return step * factor
        step *= 10


def across(width: int | None) -> Place:
    """Return what turns a fraction of the width into a coordinate: pixels of a given width, else per cent."""
    if width is None:
        return lambda fraction: f"{fraction * 100:.3f}".rstrip("0").rstrip(".") + "%"
    return lambda fraction: f"{fraction * width:.2f}".rstrip("0").rstrip(".")


def frame(width: int | None, height: int) -> str:
    """Return the size attributes of an ``svg`` element."""
    if width is None:
        return f'width="100%" height="{height}"'
    return f'width="{width}" height="{height}" viewBox="0 0 {width} {height}"'


def number(value: float) -> str:
    """Return a count as people read it: 1204113 gives ``1,204,113``."""
    return f"{value:,.0f}" if value == int(value) else f"{value:,.1f}"


def short(value: float) -> str:
    """Return a count in the space of an axis: 1204113 gives ``1.2M``."""
    for size, mark in ((1e9, "G"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:.1f}".rstrip("0").rstrip(".") + mark
    return number(value)
