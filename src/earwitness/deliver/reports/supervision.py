"""Reports about the supervision log: how long, whom, how soon a barge, without a reason, against a policy."""

from collections import defaultdict
from statistics import median
from typing import NamedTuple

from earwitness.accounts import directory
from earwitness.deliver import charts
from earwitness.deliver.charts.scale import number
from earwitness.deliver.exports.summary import over_time
from earwitness.deliver.reports.parts import Asking, Chart, Figure, Made, Row, Table, change, minutes, quoted
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import ACTIONS
from earwitness.search.summaries import Supervised, Who

TOP = 25
LEGEND = tuple(action.capitalize() for action in ACTIONS)
DISPROPORTIONATE = 2.0


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


def _text(field: str, who: Who) -> str:
    value = who.extension or who.username or who.name
    return f"{field}:{quoted(value)}" if value else ""


def _minutes(asking: Asking, who: str, label: str) -> Made:
    query = asking.query(SUPERVISION)
    found = people(asking.reader.supervised(asking.scope, query, who))
    earlier = asking.reader.supervised(asking.scope, asking.before.query(SUPERVISION), who)
    before = {person.who: person.total for person in people(earlier)}
    total, total_before = sum(p.total for p in found), sum(before.values())
    hrefs = [asking.href(SUPERVISION, _text(who, p.who)) if _text(who, p.who) else "" for p in found]
    bars = [
        charts.Rank(called(p.who), [ms / 60_000 for ms in p.ms], minutes(p.total), before.get(p.who, 0) / 60_000, href)
        for p, href in zip(found[:TOP], hrefs, strict=False)
    ]
    title = f"Minutes by {label.lower()} and mode; the line on each bar is the period before"
    rows = tuple(
        Row(
            (
                called(p.who),
                *(minutes(ms) for ms in p.ms),
                minutes(p.total),
                number(p.segments),
                minutes(before.get(p.who, 0)),
            ),
            href,
        )
        for p, href in zip(found, hrefs, strict=True)
    )
    labels = (label, *LEGEND, "All (min:s)", "Segments", "Period before")
    count = asking.reader.count(asking.scope, query)
    return Made(
        figures=(
            Figure("Minutes", minutes(total), change(total, total_before), asking.href(SUPERVISION)),
            Figure("Segments", number(count.count)),
            Figure(f"{label}s", number(len(found))),
        ),
        charts=(
            Chart(f"Minutes by {label.lower()} and mode", charts.ranks(bars, title=title, legend=LEGEND)),
            _over_time(asking),
        ),
        tables=(Table(f"Minutes by {label.lower()} and mode", labels, rows, tuple(range(1, len(labels)))),),
        rows=count.count,
        gaps=count.gaps,
    )


def _over_time(asking: Asking, text: str = "") -> Chart:
    made = over_time(asking.reader, asking.scope, asking.query(SUPERVISION, text))
    return Chart(made.caption, made.svg)


def managers(asking: Asking) -> Made:
    """How long each manager listened, whispered and barged."""
    return _minutes(asking, "manager", "Manager")


def agents(asking: Asking) -> Made:
    """How long each agent was listened to."""
    return _minutes(asking, "agent", "Agent")


def coverage(asking: Asking) -> Made:
    """Which agents nobody listened to: those with an extension whom the viewer may see."""
    query = asking.query(SUPERVISION)
    heard = {row.who.extension for row in asking.reader.supervised(asking.scope, query, "agent")}
    known = {
        extension: person
        for extension, person in directory.at_extensions(asking.scope.tenant).items()
        if asking.scope.desks is None or set(person.desks) & asking.scope.desks
    }
    missing = sorted((e, p) for e, p in known.items() if e not in heard)
    rows = tuple(Row((p.name or p.username, e, ", ".join(p.desks))) for e, p in missing)
    share = (len(known) - len(missing)) / len(known) * 100 if known else 0
    count = asking.reader.count(asking.scope, query)
    return Made(
        figures=(
            Figure("Agents with an extension", number(len(known))),
            Figure("Listened to", f"{len(known) - len(missing)} ({share:.0f} %)"),
            Figure("Not listened to", number(len(missing))),
        ),
        charts=(),
        tables=(Table("Agents whom nobody listened to", ("Agent", "Extension", "Desks"), rows),),
        rows=count.count,
        gaps=count.gaps,
        notes=("Agents are the people of Settings > Users who have an extension.",),
    )


def fairness(asking: Asking) -> Made:
    """Who is listened to far more than others."""
    query = asking.query(SUPERVISION)
    found = people(asking.reader.supervised(asking.scope, query, "agent"))
    middle = median(p.total for p in found) if found else 0
    many = [p for p in found if middle and p.total > DISPROPORTIONATE * middle]
    bars = [
        charts.Rank(
            called(p.who),
            (p.total / 60_000,),
            minutes(p.total),
            middle / 60_000,
            asking.href(SUPERVISION, _text("agent", p.who)),
        )
        for p in found[:TOP]
    ]
    rows = tuple(
        Row(
            (
                called(p.who),
                minutes(p.total),
                number(p.segments),
                f"{p.total / middle:.1f} ×" if middle else "",
                "yes" if p in many else "",
            ),
            asking.href(SUPERVISION, _text("agent", p.who)),
        )
        for p in found
    )
    labels = ("Agent", "Minutes", "Segments", "Against the median", "More than double")
    count = asking.reader.count(asking.scope, query)
    return Made(
        figures=(
            Figure("Median minutes of an agent", minutes(middle)),
            Figure("More than double the median", number(len(many))),
        ),
        charts=(
            Chart(
                "Minutes by agent", charts.ranks(bars, title="Minutes by agent; the line is the median of all agents")
            ),
        ),
        tables=(Table("Minutes by agent", labels, rows, (1, 2, 3)),),
        rows=count.count,
        gaps=count.gaps,
    )


def barges(asking: Asking) -> Made:
    """How soon managers barge in."""
    query = asking.query(SUPERVISION)
    found = sorted(asking.reader.sessions(asking.scope, query), key=lambda s: (-s.barged, called(s.who)))
    rows = tuple(
        Row(
            (
                called(s.who),
                number(s.sessions),
                number(s.barged),
                minutes(s.median_ms or 0),
                minutes(s.longest_ms or 0),
            ),
            asking.href(SUPERVISION, "action:barge", _text("manager", s.who)),
        )
        for s in found
        if s.barged
    )
    everything, barged = sum(s.sessions for s in found), sum(s.barged for s in found)
    bars = [
        charts.Rank(called(s.who), ((s.median_ms or 0) / 1000,), minutes(s.median_ms or 0)) for s in found if s.barged
    ]
    count = asking.reader.count(asking.scope, query)
    share = barged / everything * 100 if everything else 0
    return Made(
        figures=(
            Figure("Sessions", number(everything), "", asking.href(SUPERVISION)),
            Figure("With a barge", f"{number(barged)} ({share:.0f} %)", "", asking.href(SUPERVISION, "action:barge")),
        ),
        charts=(
            Chart(
                "Median time from the start of a session to its barge",
                charts.ranks(bars[:TOP], title="Median seconds until the barge, by manager"),
            ),
        ),
        tables=(
            Table(
                "Time to barge by manager",
                ("Manager", "Sessions", "With a barge", "Median (min:s)", "Longest (min:s)"),
                rows,
                (1, 2, 3, 4),
            ),
        ),
        rows=count.count,
        gaps=count.gaps,
    )


def reasons(asking: Asking) -> Made:
    """Sessions for which nobody gave a reason."""
    query = asking.query(SUPERVISION)
    found = sorted(asking.reader.sessions(asking.scope, query), key=lambda s: (-s.without_reason, called(s.who)))
    everything, without = sum(s.sessions for s in found), sum(s.without_reason for s in found)
    rows = tuple(
        Row(
            (
                called(s.who),
                number(s.sessions),
                number(s.without_reason),
                f"{s.without_reason / s.sessions * 100:.0f} %",
            ),
            asking.href(SUPERVISION, _text("manager", s.who)),
        )
        for s in found
        if s.without_reason
    )
    bars = [
        charts.Rank(
            called(s.who), (s.sessions - s.without_reason, s.without_reason), f"{s.without_reason} of {s.sessions}"
        )
        for s in found[:TOP]
    ]
    count = asking.reader.count(asking.scope, query)
    share = without / everything * 100 if everything else 0
    return Made(
        figures=(
            Figure("Sessions", number(everything), "", asking.href(SUPERVISION)),
            Figure("Without a reason", f"{number(without)} ({share:.0f} %)"),
        ),
        charts=(
            Chart(
                "Sessions with and without a reason",
                charts.ranks(bars, title="Sessions by manager, with and without a reason", legend=("With", "Without")),
            ),
        ),
        tables=(
            Table(
                "Sessions without a reason by manager",
                ("Manager", "Sessions", "Without a reason", "Share"),
                rows,
                (1, 2, 3),
            ),
        ),
        rows=count.count,
        gaps=count.gaps,
    )
