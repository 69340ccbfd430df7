"""Charts within pages. Here alone it is vouched for that ``deliver.charts`` escapes every text that it draws."""

from django.utils.safestring import SafeString, mark_safe

from earwitness.deliver import charts


def drawn(svg: str) -> SafeString:
    """Return a chart of ``deliver.charts`` as a part of a page."""
    return mark_safe(svg)  # noqa: S308 -- the chart escapes what it shows


def share(count: float, most: float) -> SafeString:
    """Return the bar below a figure of a list: as long as its share of the largest."""
    return drawn(charts.share(count, most, height=3))
