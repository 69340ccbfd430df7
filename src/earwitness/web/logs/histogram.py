"""When it happened: a chart whose columns narrow the range, and the same as a table, above the list of either log."""

import datetime as dt
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from earwitness.deliver import charts, timeline
from earwitness.deliver.charts.scale import number
from earwitness.model import times
from earwitness.search import Query, Reader
from earwitness.web.drawings import drawn
from earwitness.web.logs.asked import Asked
from earwitness.web.logs.moments import text_of

LENGTHS = {"PT1M": "minute", "PT15M": "15 minutes", "PT1H": "hour", "P1D": "day", "P1W": "week", "P1M": "month"}


class Row(NamedTuple):
    """A bucket in the table."""

    label: str
    figure: str
    href: str


def of(reader: Reader, asked: Asked, query: Query, unit: str) -> SafeString:
    """Return the histogram of a query over the range that is asked for. unit: what the rows are, in the plural."""
    found = reader.histogram(asked.scope, query, "auto", asked.zone.key)
    at = timeline.of(found, asked.zone.key)
    hrefs = [_narrowed(asked, start, end) for start, end in zip(at.starts, at.ends, strict=True)]
    counts = [bucket.count for bucket in found.buckets]
    caption = _caption(found.interval, counts, unit)
    chart = charts.bars(
        [charts.Bar(*parts) for parts in zip(counts, at.names, hrefs, strict=True)],
        title=f"{unit.capitalize()} over time, {caption}",
        unit=unit,
        ticks=at.ticks,
        shaded=at.gaps,
        height=82,
    )
    context = {
        "chart": drawn(chart),
        "caption": caption,
        "unit": unit,
        "table": [
            Row(name, number(count), href) for name, count, href in zip(at.names, counts, hrefs, strict=True) if count
        ],
        "zone_name": asked.zone_name,
        "start": _ms(at.starts[0]) if at.starts else "",
        "end": _ms(at.ends[-1]) if at.ends else "",
        "range_url": asked.url(start="", end=""),
    }
    return render_to_string("logs/histogram.html", context)


def _caption(interval: str, counts: list[int], unit: str) -> str:
    if not counts:
        return "nothing in this range"
    total = sum(counts)
    return f"by {LENGTHS.get(interval, interval)}, {number(total)} {unit.removesuffix('s') if total == 1 else unit}"


def _narrowed(asked: Asked, start: dt.datetime, end: dt.datetime) -> str:
    first = max(start, asked.window.start) if asked.window.start else start
    last = min(end, asked.window.end) if asked.window.end else end
    return asked.url(start=text_of(first), end=text_of(last))


def _ms(moment: dt.datetime) -> int:
    return times.to_us(moment) // 1000
