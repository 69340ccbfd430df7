"""The figures of the dashboard, each with the address of the rows it counts."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.utils.safestring import SafeString, mark_safe

from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader
from earwitness.web.activity.address import Address
from earwitness.web.activity.summary import text_of

HOUR = dt.timedelta(hours=1)
WEEK = dt.timedelta(days=7)
SHOWN = 6
FEW = 20  # below, a percentage says nothing
REFUSED_SIGN_INS = "sub:login_failed,login_refused,locked"
ENDED_BADLY = "outcome:failure,denied"


class Figure(NamedTuple):
    """A number: label; how it stands against the same time a week before; where its rows are; tone of the change."""

    label: str
    value: str
    change: str
    tone: str
    url: str


class Line(NamedTuple):
    """One of the top values: text, how often, bar, address of its rows."""

    text: str
    figure: str
    share: SafeString
    url: str


@dataclass(frozen=True, slots=True)
class Day:
    """Today in a zone, up to now, and the same stretch a week before."""

    reader: Reader
    scope: Scope
    zone: ZoneInfo
    now: dt.datetime

    @property
    def start(self) -> dt.datetime:
        """Midnight today."""
        return dt.datetime.combine(self.now.astimezone(self.zone).date(), dt.time(), self.zone)

    @property
    def end(self) -> dt.datetime:
        """Midnight tomorrow."""
        return self.start + dt.timedelta(days=1)

    def query(self, text: str, start: dt.datetime, end: dt.datetime | None) -> Query:
        """Return a query for a stretch of time."""
        return Query(stream=ACTIVITY, text=text, start=start, end=end, tz=self.zone.key)

    def figure(self, label: str, text: str, *, good_when_low: bool = False) -> Figure:
        """Count what matches a search text today, and a week before up to the same time."""
        count = self.reader.count(self.scope, self.query(text, self.start, None)).count
        before = self.reader.count(self.scope, self.query(text, self.start - WEEK, self.now - WEEK)).count
        tone = "" if not good_when_low or count == before else "bad" if count > before else "good"
        return Figure(label, number(count), _change(count, before), tone, self.address(text))

    def address(self, text: str) -> str:
        """Return the address of today's rows of a search text."""
        return Address(q=text, start="today", tz="" if self.zone.key == "UTC" else self.zone.key).url()

    def hours(self) -> SafeString:
        """Return today by the hour as columns, the same weekday a week before as pale columns behind them."""
        today = self._by_hour(self.start, self.end)
        before = self._by_hour(self.start - WEEK, self.end - WEEK)
        bars = []
        for index, count in enumerate(today):
            start = self.start + index * HOUR
            address = Address(
                start=text_of(start), end=text_of(start + HOUR), tz="" if self.zone.key == "UTC" else self.zone.key
            )
            bars.append(charts.Bar(count, f"{start:%H:%M} to {start + HOUR:%H:%M}", address.url()))
        ticks = [charts.Tick((hour + 0.5) / 24, f"{hour:02d}:00") for hour in range(0, 24, 3)]
        title = "Events of today by the hour; the pale columns show the same weekday a week ago."
        chart = charts.bars(bars, title=title, ticks=ticks, behind=before, height=150)
        return mark_safe(chart)  # noqa: S308 -- the chart escapes what it shows

    def _by_hour(self, start: dt.datetime, end: dt.datetime) -> list[int]:
        found = self.reader.histogram(self.scope, self.query("", start, end), "PT1H", self.zone.key)
        counts = [0] * 24
        for bucket in found.buckets:
            hour = int((bucket.start - start) / HOUR)
            if 0 <= hour < 24:
                counts[hour] += bucket.count
        return counts

    def top(self) -> dict[str, list[Line]]:
        """Return the top users and events of today."""
        found = self.reader.facets(self.scope, self.query("", self.start, None), ["username", "event"], SHOWN)
        return {
            column: self._lines(found.facets[column], field)
            for column, field in (("username", "user"), ("event", "event"))
        }

    def _lines(self, values: object, field: str) -> list[Line]:
        rows = [(value.value, value.count) for value in values]  # type: ignore[attr-defined]
        most = max((count for _, count in rows), default=0)
        address = Address(start="today", tz="" if self.zone.key == "UTC" else self.zone.key)
        return [
            Line(
                text,
                number(count),
                mark_safe(charts.share(count, most, height=3)),  # noqa: S308 -- figures only
                address.url(add=field, value=text),
            )
            for text, count in rows
        ]


def _change(count: int, before: int) -> str:
    if not before:
        return "none a week ago by this time" if count else "as a week ago"
    if count == before:
        return "as a week ago"
    if before < FEW:
        return f"{number(before)} a week ago by this time"
    percent = (count - before) / before * 100
    size = f"{abs(percent):,.0f} %" if abs(percent) >= 1 else "under 1 %"
    return f"{size} {'more' if percent > 0 else 'less'} than a week ago ({number(before)})"
