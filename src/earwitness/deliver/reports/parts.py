"""What a report is made of. Addresses (``href``) are paths of pages."""

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from urllib.parse import urlencode

from earwitness.deliver import periods
from earwitness.deliver.charts.scale import WIDTH, number
from earwitness.deliver.exports import summary
from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader

LONGEST_TEXT = 4000
NOT_LINKED = (
    "Counts of segments, and minutes, lead to their rows. The log has no rows for sessions and people: follow a "
    "manager or an agent to the segments behind them."
)
FAR = 10  # times as much: from here on a percentage says less than the figure itself
PAGES = {ACTIVITY: "/activity", "supervision": "/supervision"}


class Figure(NamedTuple):
    """A number that is read first. before: the same in the period before, as text."""

    label: str
    value: str
    before: str = ""
    href: str = ""


class Row(NamedTuple):
    """cells: as text; href: where the rows are that it counts; hrefs: the same for single cells, by their place;
    weight: what a bar beside it measures."""

    cells: tuple[str, ...]
    href: str = ""
    hrefs: Mapping[int, str] = MappingProxyType({})
    weight: float = 0

    @property
    def linked(self) -> list[tuple[str, str]]:
        """The cells, each with where it leads; the first one leads where the row does."""
        return [(cell, self.hrefs.get(n, "" if n else self.href)) for n, cell in enumerate(self.cells)]


class Table(NamedTuple):
    """numbers: columns that stand to the right."""

    caption: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()


class Chart(NamedTuple):
    """caption: over it; svg: the picture, made by ``charts`` alone; table: what it shows, where no other table does."""

    caption: str
    svg: str
    table: Table | None = None


class Made(NamedTuple):
    """A report. rows: how many rows of the log it is about; notes: sentences below the title."""

    figures: tuple[Figure, ...]
    charts: tuple[Chart, ...]
    tables: tuple[Table, ...]
    rows: int
    gaps: tuple[Gap, ...] = ()
    notes: tuple[str, ...] = ()


class Asking(NamedTuple):
    """On whose behalf, over which stretch of time, in which zone, narrowed by which search text. linked: False leaves
    addresses out, for paper; back: how far back the period to compare with lies (None: just before)."""

    reader: Reader
    scope: Scope
    span: periods.Span
    tz: str
    search: str = ""
    linked: bool = True
    back: dt.timedelta | None = None

    @property
    def before(self) -> "Asking":
        """The stretch to compare with: of the same length, just before or as far back as is said."""
        if self.back is None:
            return self._replace(span=periods.previous(self.span))
        return self._replace(span=periods.Span(self.span.start - self.back, self.span.end - self.back))

    def query(self, stream: str, *texts: str) -> Query:
        """Return a query for the rows that pass the search and all of some texts."""
        whole = [f"({text})" for text in (self.search, *texts) if text.strip()]
        return Query(stream=stream, text=" ".join(whole), start=self.span.start, end=self.span.end, tz=self.tz)

    def href(self, stream: str, *texts: str) -> str:
        """Return the address of those rows, empty where nobody could follow it."""
        if not self.linked:
            return ""
        query = self.query(stream, *texts)
        return address(stream, query.text, self.span.start, self.span.end, self.tz)

    def narrowed(self, start: dt.datetime, end: dt.datetime) -> "Asking":
        """The part of the stretch that falls between two moments."""
        return self._replace(span=periods.Span(max(start, self.span.start), min(end, self.span.end)))

    def on_page(self, *notes: str) -> tuple[str, ...]:
        """Return notes that say something on a page alone, where there are addresses to follow."""
        return notes if self.linked else ()

    @property
    def than(self) -> str:
        """What the stretch to compare with is called."""
        return "a week before" if self.back else "in the period before"

    def figure(self, stream: str, label: str, text: str = "", count: int | None = None) -> Figure:
        """Return how many rows a text finds, beside the stretch to compare with. count: where that is known already."""
        if count is None:
            count = self.reader.count(self.scope, self.query(stream, text)).count
        before = self.reader.count(self.scope, self.before.query(stream, text)).count
        return Figure(label, number(count), change(count, before, self.than), self.href(stream, text))

    def over_time(self, stream: str, text: str = "", what: str = "") -> Chart:
        """Return when the rows of a text happened, beside the period before; each column leads to its rows.

        what: what the rows are called, events or segments where nothing is said.
        """
        made = summary.over_time(
            self.reader,
            self.scope,
            self.query(stream, text),
            None if self.linked else WIDTH,
            before=self.before.query(stream, text),
            href=lambda start, end: self.narrowed(start, end).href(stream, text),
            what=what,
        )
        what = what or summary.UNITS[stream].capitalize()
        rows = tuple(
            Row((name, number(count), number(before)), href)
            for name, count, before, href in made.rows
            if count or before
        )
        return Chart(
            made.chart.caption,
            made.chart.svg,
            Table(f"{what} over time", ("When", what, "Period before"), rows, (1, 2)),
        )


def address(stream: str, text: str, start: dt.datetime, end: dt.datetime, tz: str) -> str:
    """Return the address of the page that shows some rows."""
    pairs = {"q": text, "from": times.text(start), "to": times.text(end), "tz": "" if tz == "UTC" else tz}
    return f"{PAGES[stream]}?{urlencode({key: value for key, value in pairs.items() if value})}"


def quoted(value: str) -> str:
    """Return a value as a search text has it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def valued(field: str, value: str) -> str:
    """Return the search text for the rows that have a value, or none, in a field."""
    if field == "ip" and not value:
        return "-ip:0.0.0.0/0 -ip:::/0"
    return f"{field}:{quoted(value)}"


def others(field: str, values: Sequence[str]) -> str:
    """Return the search text for the rows that have none of some values; empty where it would be too long."""
    said = [value for value in values if value or field != "ip"]
    text = f"-{field}:{','.join(map(quoted, said))}" if said else ""
    if field == "ip" and "" in values:
        text += " (ip:0.0.0.0/0 OR ip:::/0)"
    return text if len(text) < LONGEST_TEXT else ""


def change(now: float, before: float, than: str = "in the period before", told: Callable[[float], str] = number) -> str:
    """Return how something stands against another period, as people say it.

    than: what that period is called; told: how the figure of that period is written, where it is so far off that a
    percentage would say little.
    """
    if not before:
        return f"none {than}" if now else f"as {than}"
    if now == before:
        return f"as {than}"
    if now >= FAR * before:
        return f"{told(before)} {than}"
    percent = (now - before) / before * 100
    size = f"{abs(percent):,.0f} %" if abs(percent) >= 1 else "under 1 %"
    return f"{size} {'more' if percent > 0 else 'less'} than {than}"


def minutes(ms: float) -> str:
    """Return milliseconds as minutes and seconds: ``12:05``."""
    seconds = round(ms / 1000)
    return f"{seconds // 60:,}:{seconds % 60:02d}"
