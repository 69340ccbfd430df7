"""What an alert counts: the rows of its search within its window, all together or by value.

Two sorts of window. *What happened* within it, by ``created``: right where several rows must come close to each other.
*What was recorded* within it, told by the places in the log that were last at earlier looks: right for the supervision
log, where a segment is recorded when it ends, perhaps long after it began; where one row is enough, which may come
late, after an outage; and for silence, for a source with a wrong clock is not silent.
"""

import datetime as dt
from itertools import pairwise
from typing import NamedTuple

from earwitness.deliver.means import Means
from earwitness.deliver.models import Alert
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.search import Query
from earwitness.search.grammar import parse

MOST_VALUES = 1000
ARRIVAL = dt.timedelta(days=1)  # how long after it happened a row may be recorded and still count
MARKS = 100  # in a window


class Found(NamedTuple):
    """counts: value -> rows, of what is over the threshold (for silence: below it); after, last: the places in the log
    between which they are, where the window is one of what was recorded."""

    counts: dict[str, int]
    after: int | None = None
    last: int | None = None


def by_recording(alert: Alert) -> bool:
    """Whether the window is one of what was recorded."""
    return alert.stream == SUPERVISION or alert.absence or alert.threshold == 1


def look(means: Means, alert: Alert, scope: Scope, now: dt.datetime, last: int) -> Found:
    """Return what an alert finds at a moment. last: the last place in its log. Raises BadQuery, Forbidden, Problem."""
    start = now - dt.timedelta(seconds=alert.window)
    if not by_recording(alert):
        query = Query(stream=alert.stream, text=alert.search, start=start, end=None, tz="UTC")
        return Found(_counts(means, alert, scope, query, now))
    parse(alert.search, alert.stream)  # also where nothing is new: a search that became invalid has to be told
    after = _place_at(alert, start, last)
    text = f"({alert.search}) seq:{after + 1}..{last}" if alert.search.strip() else f"seq:{after + 1}..{last}"
    if last <= after:
        return Found({"": 0} if _is_silence(alert, 0, now) else {}, after, last)
    query = Query(stream=alert.stream, text=text, start=start - ARRIVAL, end=None, tz="UTC")
    return Found(_counts(means, alert, scope, query, now), after, last)


def _counts(means: Means, alert: Alert, scope: Scope, query: Query, now: dt.datetime) -> dict[str, int]:
    if alert.per:
        facet = means.reader.facets(scope, query, (alert.per,), MOST_VALUES).facets[alert.per]
        return {str(item.value)[:300]: item.count for item in facet if item.count >= alert.threshold}
    count = means.reader.count(scope, query).count
    if alert.absence:
        return {"": count} if _is_silence(alert, count, now) else {}
    return {"": count} if count >= alert.threshold else {}


def _is_silence(alert: Alert, count: int, now: dt.datetime) -> bool:
    """Whether too few came, to an alert that has listened for as long as its window."""
    since = alert.since or alert.created
    return alert.absence and count < alert.threshold and since <= now - dt.timedelta(seconds=alert.window)


def _place_at(alert: Alert, moment: dt.datetime, last: int) -> int:
    """Return the place in the log that was last at a moment, or at the first look after it."""
    before = [seq for when, seq in alert.marks if when <= moment.timestamp()]
    if before:
        return int(before[-1])
    return int(alert.marks[0][1]) if alert.marks else last


def mark(alert: Alert, now: dt.datetime, last: int) -> None:
    """Note that a place is the last one now; of older notes those stay that the window needs."""
    start, gap = now.timestamp() - alert.window, alert.window / MARKS
    marks = [(float(when), int(seq)) for when, seq in alert.marks]
    if not marks or last != marks[-1][1] or now.timestamp() - marks[-1][0] >= gap:
        marks.append((now.timestamp(), last))
    marks = [*[each for each in marks if each[0] <= start][-1:], *(each for each in marks if each[0] > start)]
    if len(marks) > 3 * MARKS:
        marks = [each for before, each in pairwise([(0.0, 0), *marks]) if each[0] - before[0] >= gap]
    alert.marks = marks
