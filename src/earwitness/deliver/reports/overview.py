"""The house at one look: what was done, what was refused, who was listened to."""

from itertools import chain

from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.activity import ENDED_BADLY, LOOKED, REFUSED
from earwitness.deliver.reports.parts import Asking, Figure, Made, Row, Table, change, minutes, valued
from earwitness.deliver.reports.supervision import called, modes, people, text_of
from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search.summaries import Supervised

SHOWN = 6
ACTIVE = "Most active users"
FREQUENT = "Most frequent events"
MANAGERS = "Who supervised"


def overview(asking: Asking) -> Made:
    """What happened, of the logs that the reader may see."""
    found: list[Made] = []
    mistakes: list[BadQuery] = []
    for stream, look in ((ACTIVITY, _activity), (SUPERVISION, _supervision)):
        if stream in asking.scope.streams:
            try:
                found.append(look(asking))
            except BadQuery as mistake:  # a field of the other log alone: nothing in this one can be meant
                mistakes.append(mistake)
    if mistakes and not found:
        raise mistakes[0]
    return Made(
        tuple(chain.from_iterable(made.figures for made in found)),
        tuple(chain.from_iterable(made.charts for made in found)),
        tuple(chain.from_iterable(made.tables for made in found)),
        sum(made.rows for made in found),
        tuple(dict.fromkeys(chain.from_iterable(made.gaps for made in found))),
    )


def _activity(asking: Asking) -> Made:
    query = asking.query(ACTIVITY)
    found = asking.reader.facets(asking.scope, query, ["username", "event"], SHOWN)
    tables = tuple(
        Table(
            caption,
            (label, "Events"),
            tuple(
                Row(
                    (v.value or "(none)", number(v.count)),
                    asking.href(ACTIVITY, valued(field, v.value)),
                    weight=v.count,
                )
                for v in found.facets[column]
            ),
            (1,),
        )
        for column, field, label, caption in (
            ("username", "user", "User", ACTIVE),
            ("event", "event", "Event", FREQUENT),
        )
    )
    total = found.rows("username")
    figures = (
        asking.figure(ACTIVITY, "Events", count=total),
        asking.figure(ACTIVITY, "Sign-ins refused", REFUSED),
        asking.figure(ACTIVITY, "Failed or denied", ENDED_BADLY),
        asking.figure(ACTIVITY, "Looked at in this log", LOOKED),
    )
    return Made(figures, (asking.over_time(ACTIVITY),), tables, total, found.gaps)


def _supervision(asking: Asking) -> Made:
    query = asking.query(SUPERVISION)
    now, then = (
        asking.reader.supervised(each.scope, each.query(SUPERVISION), "manager") for each in (asking, asking.before)
    )
    than = asking.than
    ms, segments, barged = _totals(now)
    ms_before, segments_before, barged_before = _totals(then)
    figures = (
        Figure(
            "Segments of supervision",
            number(segments),
            change(segments, segments_before, than),
            asking.href(SUPERVISION),
        ),
        Figure("Barges", number(barged), change(barged, barged_before, than), asking.href(SUPERVISION, "action:barge")),
        Figure("Minutes supervised", minutes(ms), change(ms, ms_before, than, minutes), asking.href(SUPERVISION)),
        asking.figure(SUPERVISION, "Segments without a reason", 'reason:""'),
    )
    rows = tuple(
        Row(
            (called(person.who), number(person.segments), minutes(person.total)),
            asking.href(SUPERVISION, text_of("manager", person.who)),
            weight=person.total,
        )
        for person in people(now)[:SHOWN]
    )
    table = Table(MANAGERS, ("Manager", "Segments", "Minutes (min:s)"), rows, (1, 2))
    gaps = asking.reader.gaps(asking.scope, query)
    return Made(figures, (modes(asking),), (table,), segments, gaps)


def _totals(found: list[Supervised]) -> tuple[int, int, int]:
    """Return (milliseconds, segments, segments of a barge)."""
    barged = sum(row.segments for row in found if row.action == "barge")
    return sum(row.duration_ms for row in found), sum(row.segments for row in found), barged
