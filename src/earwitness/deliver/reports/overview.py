"""The house at one look: what was done, what was refused, who was listened to."""

from collections.abc import Iterator
from itertools import chain

from earwitness.deliver.charts.scale import number
from earwitness.deliver.reports.activity import ENDED_BADLY, LOOKED, REFUSED
from earwitness.deliver.reports.parts import Asking, Figure, Made, Row, Table, change, minutes, valued
from earwitness.deliver.reports.supervision import called, modes, people, text_of
from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY, SUPERVISION

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


def _counted(asking: Asking, stream: str, *wishes: tuple[str, str]) -> Iterator[Figure]:
    """Yield (label, search text) as figures beside the period to compare with."""
    for label, text in wishes:
        count = asking.reader.count(asking.scope, asking.query(stream, text)).count
        before = asking.reader.count(asking.scope, asking.before.query(stream, text)).count
        than = "a week before" if asking.back else "in the period before"
        yield Figure(label, number(count), change(count, before, than), asking.href(stream, text))


def _activity(asking: Asking) -> Made:
    wishes = (
        ("Events", ""),
        ("Sign-ins refused", REFUSED),
        ("Failed or denied", ENDED_BADLY),
        ("Looked at in this log", LOOKED),
    )
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
    count = asking.reader.count(asking.scope, query)
    figures = tuple(_counted(asking, ACTIVITY, *wishes))
    return Made(figures, (asking.over_time(ACTIVITY),), tables, count.count, found.gaps)


def _supervision(asking: Asking) -> Made:
    query = asking.query(SUPERVISION)
    found = people(asking.reader.supervised(asking.scope, query, "manager"))
    before = people(asking.reader.supervised(asking.scope, asking.before.query(SUPERVISION), "manager"))
    total, total_before = (sum(person.total for person in each) for each in (found, before))
    count = asking.reader.count(asking.scope, query)
    than = "a week before" if asking.back else "in the period before"
    figures = (
        *_counted(asking, SUPERVISION, ("Segments of supervision", ""), ("Barges", "action:barge")),
        Figure(
            "Minutes supervised", minutes(total), change(total, total_before, than, minutes), asking.href(SUPERVISION)
        ),
        *_counted(asking, SUPERVISION, ("Segments without a reason", 'reason:""')),
    )
    rows = tuple(
        Row(
            (called(person.who), number(person.segments), minutes(person.total)),
            asking.href(SUPERVISION, text_of("manager", person.who)),
            weight=person.total,
        )
        for person in found[:SHOWN]
    )
    table = Table(MANAGERS, ("Manager", "Segments", "Minutes (min:s)"), rows, (1, 2))
    return Made(figures, (modes(asking),), (table,), count.count, count.gaps)
