"""Reports about supervision sessions: how soon a barge came, and where nobody said why."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.parts import NOT_LINKED, Asking, Chart, Figure, Made, Row, Table, minutes
from earwitness.deliver.reports.supervision import TOP, called, text_of
from earwitness.model.scope import SUPERVISION
from earwitness.search.summaries import Sessions


class Question(NamedTuple):
    """What is asked of sessions. text: finds the segments that make a session one of those; sessions, segments: what
    these are called; count, parts: how many of either a manager has."""

    text: str
    sessions: str
    segments: str
    count: Callable[[Sessions], int]
    parts: Callable[[Sessions], int]

    def href(self, asking: Asking, one: Sessions) -> str:
        """Return where the segments of a manager are."""
        return asking.href(SUPERVISION, self.text, text_of("manager", one.who))

    def found(self, asking: Asking) -> list[Sessions]:
        """Return the sessions by manager, those with the most of these first."""
        found = asking.reader.sessions(asking.scope, asking.query(SUPERVISION))
        return sorted(found, key=lambda one: (-self.count(one), called(one.who)))

    def row(self, asking: Asking, one: Sessions, *more: str) -> Row:
        """Return a manager's row: sessions, these, the segments, which lead to where they are, and further cells."""
        counts = (one.sessions, self.count(one), self.parts(one))
        href = self.href(asking, one)
        return Row((called(one.who), *map(number, counts), *more), href, {len(counts): href})

    def told(self, one: Sessions) -> str:
        """Return how many segments a bar leads to."""
        return f"{number(self.parts(one))} {self.segments.lower()}"

    def made(self, asking: Asking, found: Sequence[Sessions], chart: Chart, table: Table) -> Made:
        """Return the report: how many sessions, how many of these, when, and by whom."""
        count = asking.reader.count(asking.scope, asking.query(SUPERVISION))
        everything, these = sum(one.sessions for one in found), sum(map(self.count, found))
        share = these / everything * 100 if everything else 0
        segments = asking.href(SUPERVISION, self.text)
        return Made(
            figures=(
                Figure("Sessions", number(everything)),
                Figure(self.sessions, f"{number(these)} ({share:.0f} %)"),
                Figure(self.segments, number(sum(map(self.parts, found))), "", segments),
            ),
            charts=(chart, asking.over_time(SUPERVISION, self.text, self.segments)),
            tables=(table,),
            rows=count.count,
            gaps=count.gaps,
            notes=asking.on_page(NOT_LINKED),
        )


BARGES = Question(
    "action:barge", "With a barge", "Barge segments", lambda one: one.barged, lambda one: one.barge_segments
)
SILENT = Question(
    'reason:""',
    "Without a reason",
    "Segments without a reason",
    lambda one: one.without_reason,
    lambda one: one.segments_without_reason,
)


def barges(asking: Asking) -> Made:
    """How soon managers barge in."""
    everyone = BARGES.found(asking)
    found = [one for one in everyone if one.barged]
    latest = sorted(found, key=lambda one: (-(one.median_ms or 0), called(one.who)))
    bars = [
        charts.Rank(
            called(one.who),
            ((one.median_ms or 0) / 1000,),
            minutes(one.median_ms or 0),
            None,
            BARGES.href(asking, one),
            BARGES.told(one),
        )
        for one in latest[:TOP]
    ]
    svg = charts.ranks(bars, title="Median seconds until the barge, by manager, the latest first")
    rows = tuple(BARGES.row(asking, one, minutes(one.median_ms or 0), minutes(one.longest_ms or 0)) for one in found)
    labels = ("Manager", "Sessions", "With a barge", "Barge segments", "Median (min:s)", "Longest (min:s)")
    return BARGES.made(
        asking,
        everyone,
        Chart("Median time from the start of a session to its barge", svg),
        Table("Time to barge by manager", labels, rows, (1, 2, 3, 4, 5)),
    )


def reasons(asking: Asking) -> Made:
    """Sessions for which nobody gave a reason."""
    found = SILENT.found(asking)
    bars = [
        charts.Rank(
            called(one.who),
            (one.sessions - one.without_reason, one.without_reason),
            f"{number(one.without_reason)} of {number(one.sessions)}",
            None,
            SILENT.href(asking, one),
            SILENT.told(one),
        )
        for one in found[:TOP]
    ]
    legend = charts.keys("With", "Without")
    svg = charts.ranks(bars, title="Sessions by manager, with and without a reason", legend=legend)
    rows = tuple(
        SILENT.row(asking, one, f"{one.without_reason / one.sessions * 100:.0f} %")
        for one in found
        if one.without_reason
    )
    labels = ("Manager", "Sessions", "Without a reason", "Segments without a reason", "Share")
    return SILENT.made(
        asking,
        found,
        Chart("Sessions with and without a reason", svg),
        Table("Sessions without a reason by manager", labels, rows, (1, 2, 3, 4)),
    )
