"""What a report is made of. Addresses (``href``) are paths of pages."""

import datetime as dt
from typing import NamedTuple
from urllib.parse import urlencode

from earwitness.deliver import periods
from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader

PAGES = {ACTIVITY: "/activity", "supervision": "/supervision"}


class Figure(NamedTuple):
    """A number that is read first. before: the same in the period before, as text."""

    label: str
    value: str
    before: str = ""
    href: str = ""


class Chart(NamedTuple):
    """caption: over it; svg: the picture, made by ``charts`` alone."""

    caption: str
    svg: str


class Row(NamedTuple):
    """cells: as text; href: where the rows are that it counts."""

    cells: tuple[str, ...]
    href: str = ""


class Table(NamedTuple):
    """numbers: columns that stand to the right."""

    caption: str
    labels: tuple[str, ...]
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()


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
    addresses out, for paper."""

    reader: Reader
    scope: Scope
    span: periods.Span
    tz: str
    search: str = ""
    linked: bool = True

    @property
    def before(self) -> "Asking":
        """The stretch of the same length just before."""
        return self._replace(span=periods.previous(self.span))

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


def address(stream: str, text: str, start: dt.datetime, end: dt.datetime, tz: str) -> str:
    """Return the address of the page that shows some rows."""
    pairs = {"q": text, "from": times.text(start), "to": times.text(end), "tz": "" if tz == "UTC" else tz}
    return f"{PAGES[stream]}?{urlencode({key: value for key, value in pairs.items() if value})}"


def quoted(value: str) -> str:
    """Return a value as a search text has it."""
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def change(now: float, before: float) -> str:
    """Return how something stands against the period before, as people say it."""
    if not before:
        return "none in the period before" if now else "as in the period before"
    if now == before:
        return "as in the period before"
    percent = (now - before) / before * 100
    size = f"{abs(percent):,.0f} %" if abs(percent) >= 1 else "under 1 %"
    return f"{size} {'more' if percent > 0 else 'less'} than in the period before"


def minutes(ms: float) -> str:
    """Return milliseconds as minutes and seconds: ``12:05``."""
    seconds = round(ms / 1000)
    return f"{seconds // 60:,}:{seconds % 60:02d}"
