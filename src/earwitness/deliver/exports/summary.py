"""What a report says before its rows: figures, a chart of when it happened, and the top values."""

import datetime as dt
from zoneinfo import ZoneInfo

from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.pdf import Chart, Report, Table
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader

WIDTH = 900
TOP = 10
FACETS = {
    ACTIVITY: (("username", "Users"), ("event", "Events"), ("source", "Sources"), ("outcome", "Outcomes")),
    "supervision": (
        ("manager_username", "Managers"),
        ("agent_extension", "Agents"),
        ("action", "Actions"),
        ("queue", "Queues"),
    ),
}
UNITS = {ACTIVITY: "events", "supervision": "segments"}


def report(reader: Reader, scope: Scope, query: Query, about: About) -> Report:
    """Return the front of a PDF about the rows of a search."""
    facets = reader.facets(scope, query, [name for name, _ in FACETS[query.stream]], TOP)
    tables = tuple(
        Table(
            label,
            (label.removesuffix("s"), UNITS[query.stream].capitalize()),
            (
                *((str(item.value) or "(none)", number(item.count)) for item in facets.facets[name]),
                *((("all others", number(facets.other[name])),) if facets.other.get(name) else ()),
            ),
            (1,),
        )
        for name, label in FACETS[query.stream]
    )
    figures = [(UNITS[query.stream].capitalize(), number(about.rows))]
    figures += [(label, _most(facets.facets[name])) for name, label in ((FACETS[query.stream][0][0], "Most active"),)]
    if about.gaps:
        figures.append(("Gaps", number(len(about.gaps))))
    return Report(about=about, figures=tuple(figures), charts=(over_time(reader, scope, query),), tables=tables)


def _most(values: object) -> str:
    first = next(iter(values), None)  # type: ignore[call-overload]
    return (str(first.value) or "(none)") if first else "nobody"


def over_time(reader: Reader, scope: Scope, query: Query, width: int | None = WIDTH) -> Chart:
    """Return the chart of when it happened."""
    zone = ZoneInfo(query.tz)
    found = reader.histogram(scope, query, "auto", query.tz)
    starts = [bucket.start.astimezone(zone) for bucket in found.buckets]
    ends = [*starts[1:], *([after(starts[-1], found.interval)] if starts else [])]
    bars = [
        charts.Bar(bucket.count, charts.bucket_label(start, end))
        for bucket, start, end in zip(found.buckets, starts, ends, strict=True)
    ]
    unit = UNITS[query.stream]
    title = f"{unit.capitalize()} over time, {number(sum(bar.value for bar in bars))} in all"
    ticks = charts.ticks(starts, ends[-1]) if starts else ()
    svg = charts.bars(bars, title=title, unit=unit, ticks=ticks, height=180, width=width)
    return Chart(f"{unit.capitalize()} over time ({query.tz})", svg)


def after(start: dt.datetime, interval: str) -> dt.datetime:
    """Return where a bucket ends, in the zone of its start: a day may have 23 or 25 hours."""
    if interval == "P1M":
        return (start.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
    if interval in ("P1D", "P1W"):
        return start + dt.timedelta(days=7 if interval == "P1W" else 1)
    minutes = {"PT1M": 1, "PT15M": 15}.get(interval, 60)
    return (start.astimezone(dt.UTC) + dt.timedelta(minutes=minutes)).astimezone(start.tzinfo)
