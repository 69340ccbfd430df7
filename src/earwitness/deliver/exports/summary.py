"""What a report says before its rows: figures, a chart of when it happened, and the top values."""

import datetime as dt
from collections.abc import Callable, Sequence
from typing import NamedTuple

from earwitness.deliver import charts, timeline
from earwitness.deliver.charts.scale import WIDTH, number
from earwitness.deliver.formats.about import About
from earwitness.deliver.formats.pdf import Chart, Report, Table
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader
from earwitness.search.answers import Value

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
    return Report(about=about, figures=tuple(figures), charts=(over_time(reader, scope, query).chart,), tables=tables)


def _most(values: Sequence[Value]) -> str:
    first = next(iter(values), None)
    return (str(first.value) or "(none)") if first else "nobody"


Href = Callable[[dt.datetime, dt.datetime], str]


class Timed(NamedTuple):
    """When it happened. chart: the picture; rows: (bucket, rows in it, rows in that of the period before, address)."""

    chart: Chart
    rows: list[tuple[str, int, int, str]]


def over_time(  # noqa: PLR0913 -- what to count, and how to show it
    reader: Reader,
    scope: Scope,
    query: Query,
    width: int | None = WIDTH,
    *,
    before: Query | None = None,
    href: Href | None = None,
    what: str = "",
) -> Timed:
    """Return when it happened. before: the period to compare with; href: where a bucket leads; what: what the rows are
    called in caption and title, where they are not all of their log."""
    found = reader.histogram(scope, query, "auto", query.tz)
    at = timeline.of(found, query.tz)
    bars = [
        charts.Bar(bucket.count, name, href(start, end) if href else "")
        for bucket, name, start, end in zip(found.buckets, at.names, at.starts, at.ends, strict=True)
    ]
    behind: list[float] = []
    if before is not None and bars:
        earlier = reader.histogram(scope, before, found.interval, query.tz).buckets
        behind = [float(bucket.count) for bucket in earlier][: len(bars)]
        behind += [0] * (len(bars) - len(behind))
    unit = UNITS[query.stream]
    what = what or unit.capitalize()
    title = f"{what} over time, {number(sum(bar.value for bar in bars))} in all"
    svg = charts.bars(
        bars, title=title, unit=unit, ticks=at.ticks, height=180, width=width, behind=behind, shaded=at.gaps
    )
    told = "; pale columns: the period before" if any(behind) else ""
    rows = [
        (bar.label, int(bar.value), int(behind[place]) if behind else 0, bar.href) for place, bar in enumerate(bars)
    ]
    return Timed(Chart(f"{what} over time ({query.tz}){told}", svg), rows)
