"""Reports about the supervision log: how long each person, in which mode, and when."""

from collections import defaultdict
from typing import NamedTuple

from earwitness.deliver import charts, timeline
from earwitness.deliver.charts.scale import WIDTH, number
from earwitness.deliver.reports.parts import (
    NOT_LINKED,
    Asking,
    Chart,
    Figure,
    Made,
    Row,
    Table,
    change,
    minutes,
    quoted,
)
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import ACTIONS
from earwitness.search.summaries import Supervised, Who

TOP = 25
MODES = tuple(action.capitalize() for action in ACTIONS)
LEGEND = tuple(charts.Key(name, f"mode-{action}") for name, action in zip(MODES, ACTIONS, strict=True))


def called(who: Who) -> str:
    """Return how a report names a person."""
    name = who.name or who.username or "unknown"
    return f"{name} ({who.extension})" if who.extension and who.extension != name else name


class Person(NamedTuple):
    """One person's milliseconds and segments by action, in the order of ACTIONS."""

    who: Who
    ms: tuple[int, ...]
    segments: int
    sessions: int

    @property
    def total(self) -> int:
        """All milliseconds."""
        return sum(self.ms)


def people(found: list[Supervised]) -> list[Person]:
    """Return the persons of a summary, longest first."""
    by_who: dict[Who, list[Supervised]] = defaultdict(list)
    for row in found:
        by_who[row.who].append(row)
    made = [
        Person(
            who,
            tuple(sum(row.duration_ms for row in rows if row.action == action) for action in ACTIONS),
            sum(row.segments for row in rows),
            max(row.sessions for row in rows),
        )
        for who, rows in by_who.items()
    ]
    return sorted(made, key=lambda person: (-person.total, called(person.who)))


def text_of(field: str, who: Who) -> str:
    """Return the search text for the rows of one person: as they were recorded, with username, name and extension."""
    parts = [f"{field}:{quoted(value)}" for value in dict.fromkeys((who.extension, who.name, who.username)) if value]
    if field == "manager" and not who.username:
        parts.append('user:""')
    return " ".join(parts) if any(who) else ""


def _minutes(asking: Asking, who: str, label: str) -> Made:
    query = asking.query(SUPERVISION)
    found = people(asking.reader.supervised(asking.scope, query, who))
    earlier = asking.reader.supervised(asking.scope, asking.before.query(SUPERVISION), who)
    before = {person.who: person.total for person in people(earlier)}
    total, total_before = sum(p.total for p in found), sum(before.values())
    rows = tuple(_minutes_row(asking, who, person, before.get(person.who, 0)) for person in found)
    bars = [
        charts.Rank(
            called(p.who),
            [ms / 60_000 for ms in p.ms],
            minutes(p.total),
            before.get(p.who, 0) / 60_000,
            row.href,
            f"{number(p.segments)} segments",
        )
        for p, row in zip(found[:TOP], rows, strict=False)
    ]
    title = f"Minutes by {label.lower()} and mode; the line on each bar is the period before"
    labels = (label, *MODES, "All (min:s)", "Segments", "Period before")
    count = asking.reader.count(asking.scope, query)
    return Made(
        figures=(
            Figure("Minutes", minutes(total), change(total, total_before, told=minutes), asking.href(SUPERVISION)),
            Figure("Segments", number(count.count), "", asking.href(SUPERVISION)),
            Figure(f"{label}s", number(len(found))),
        ),
        charts=(
            Chart(f"Minutes by {label.lower()} and mode", charts.ranks(bars, title=title, legend=LEGEND)),
            modes(asking),
        ),
        tables=(Table(f"Minutes by {label.lower()} and mode", labels, rows, tuple(range(1, len(labels)))),),
        rows=count.count,
        gaps=count.gaps,
        notes=asking.on_page(NOT_LINKED),
    )


def _minutes_row(asking: Asking, who: str, person: Person, before: int) -> Row:
    """Return one person's row; each mode leads to its segments."""
    text = text_of(who, person.who)
    hrefs = {
        place: asking.href(SUPERVISION, text, f"action:{action}")
        for place, (action, ms) in enumerate(zip(ACTIONS, person.ms, strict=True), 1)
        if ms and text
    }
    href = asking.href(SUPERVISION, text) if text else ""
    cells = (*(minutes(ms) for ms in person.ms), minutes(person.total), number(person.segments), minutes(before))
    before_href = asking.before.href(SUPERVISION, text) if before and text else ""
    whole = {len(ACTIONS) + 1: href, len(ACTIONS) + 2: href, len(ACTIONS) + 3: before_href}
    return Row((called(person.who), *cells), href, hrefs | {place: each for place, each in whole.items() if each})


def modes(asking: Asking) -> Chart:
    """Return when segments began, by mode; each part of a column leads to its rows."""
    whole = asking.reader.histogram(asking.scope, asking.query(SUPERVISION), "auto", asking.tz)
    at = timeline.of(whole, asking.tz)
    counts = []
    for action in ACTIONS:
        query = asking.query(SUPERVISION, f"action:{action}")
        found = asking.reader.histogram(asking.scope, query, whole.interval, asking.tz).buckets
        by_start = {bucket.start: bucket.count for bucket in found}
        counts.append([by_start.get(bucket.start, 0) for bucket in whole.buckets])
    piles = [
        charts.Pile(
            name,
            [row[index] for row in counts],
            [asking.narrowed(start, end).href(SUPERVISION, f"action:{action}") for action in ACTIONS],
        )
        for index, (name, start, end) in enumerate(zip(at.names, at.starts, at.ends, strict=True))
    ]
    title = f"Segments over time by mode, {number(sum(map(sum, counts)))} in all"
    width = None if asking.linked else WIDTH
    svg = charts.stacks(piles, title=title, legend=LEGEND, ticks=at.ticks, width=width, shaded=at.gaps)
    rows = tuple(
        Row((pile.label, *(number(part) for part in pile.parts)), "", dict(enumerate(pile.hrefs, 1)))
        for pile in piles
        if any(pile.parts)
    )
    table = Table("Segments over time by mode", ("When", *MODES), rows, (1, 2, 3, 4))
    return Chart(f"Segments over time by mode ({asking.tz})", svg, table)


def managers(asking: Asking) -> Made:
    """How long each manager listened, whispered and barged."""
    return _minutes(asking, "manager", "Manager")


def agents(asking: Asking) -> Made:
    """How long each agent was listened to."""
    return _minutes(asking, "agent", "Agent")
