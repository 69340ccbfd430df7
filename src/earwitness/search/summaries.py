"""Figures for reports: the week by the hour, supervision by person, sessions by manager. Exact, over the range."""

from typing import Final, NamedTuple

from earwitness.model.problem import Invalid
from earwitness.model.scope import SUPERVISION
from earwitness.search.filter import Filter
from earwitness.store import Store

WHO: Final = ("manager", "agent")


class Who(NamedTuple):
    """A manager or agent as recorded, masked for a masked caller; unknown parts are empty."""

    username: str
    name: str
    extension: str


class Supervised(NamedTuple):
    """What one person did, or had done to them, in one mode: segments, sessions, milliseconds."""

    who: Who
    action: str
    segments: int
    sessions: int
    duration_ms: int


class Sessions(NamedTuple):
    """The sessions of one manager: all, those with a barge, those without a reason; how many segments barge, and how
    many have no reason; median and longest time until the barge in milliseconds (None without one)."""

    who: Who
    sessions: int
    barged: int
    without_reason: int
    barge_segments: int
    segments_without_reason: int
    median_ms: int | None
    longest_ms: int | None


def week(store: Store, asked: Filter) -> dict[tuple[int, int], int]:
    """Return (day of the week, 0 is Monday; hour) -> rows, in the zone of the query."""
    slots, bound = asked.clauses()
    bound.values["tz"] = asked.query.tz
    slots["time"] = asked.stream.time
    rows = store.query("rows.week", parameters=bound.values, slots=slots).rows
    return {(day - 1, hour): count for day, hour, count in rows}


def supervised(store: Store, asked: Filter, who: str) -> list[Supervised]:
    """Return minutes by person and mode. who: one of WHO. Raises Invalid for another stream or person."""
    slots, values = _supervision(asked, who)
    rows = store.query("rows.supervised", parameters=values, slots=slots).rows
    return [Supervised(Who(*row[:3]), *row[3:]) for row in rows]


def sessions(store: Store, asked: Filter) -> list[Sessions]:
    """Return the sessions by manager. Raises Invalid for another stream."""
    slots, values = _supervision(asked, "manager", "reason")
    rows = store.query("rows.sessions", parameters=values, slots=slots).rows
    return [Sessions(Who(*row[:3]), *row[3:8], *(map(int, row[8:]) if row[4] else (None, None))) for row in rows]


def _supervision(asked: Filter, who: str, *others: str) -> tuple[dict[str, str], dict[str, object]]:
    if asked.stream.name != SUPERVISION or who not in WHO:
        raise Invalid("This is about the supervision log.", fields={"stream": "Choose supervision."})
    shown = {part: asked.columns.shown(f"{who}_{part}") for part in Who._fields}
    shown |= {name: asked.columns.shown(name) for name in others}
    slots, bound = asked.clauses(shown=shown.values())
    return {**slots, **shown}, bound.values
