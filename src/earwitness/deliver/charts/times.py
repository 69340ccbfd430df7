"""Words for moments on an axis."""

import datetime as dt
from collections.abc import Sequence

from earwitness.deliver.charts.axes import Tick

MINUTE = dt.timedelta(minutes=1)
HOUR = dt.timedelta(hours=1)
DAY = dt.timedelta(days=1)


def bucket_label(start: dt.datetime, end: dt.datetime) -> str:
    """Return what a bucket is called, in the zone of its start: ``Tue 17 Nov 2026, 14:00 to 15:00``."""
    day = f"{start:%a} {start.day} {start:%b %Y}"
    if end - start < DAY * 0.95:
        last = f"{end:%H:%M}" if end.date() == start.date() or end.time() == dt.time() else f"{end:%a %H:%M}"
        return f"{day}, {start:%H:%M} to {last}"
    if end - start < DAY * 1.5:
        return day
    final = end - dt.timedelta(microseconds=1)
    if start.day == 1 and end.day == 1:
        return f"{start:%B %Y}"
    return f"{day} to {final:%a} {final.day} {final:%b %Y}"


def ticks(starts: Sequence[dt.datetime], end: dt.datetime, most: int = 8) -> list[Tick]:
    """Return at most ``most`` words to stand under buckets, where a new day, month or year begins if any does.

    starts: first moments of the buckets, in the zone of the page; end: where the last one ends.
    """
    if not starts:
        return []
    count = len(starts)
    names = [_rank(moment) for moment in starts]
    for rank in (4, 3, 2, 1, 0):
        chosen = [i for i in range(count) if names[i] >= rank]
        if len(chosen) >= min(3, count) or rank == 0:
            break
    step = -(-len(chosen) // most)
    chosen = chosen[::step]
    span = end - starts[0]
    return [Tick((i + 0.5) / count, _word(starts[i], span)) for i in chosen]


def _rank(moment: dt.datetime) -> int:
    if moment.time() == dt.time():
        return 4 if moment.day == moment.month == 1 else 3 if moment.day == 1 else 2
    return 1 if moment.minute == 0 else 0


def _word(moment: dt.datetime, span: dt.timedelta) -> str:
    if span > 800 * DAY:
        return f"{moment:%b %Y}"
    if span > 120 * DAY:
        return (
            f"{moment:%b %Y}"
            if moment.month == 1
            else f"{moment:%b}"
            if moment.day == 1
            else f"{moment.day} {moment:%b}"
        )
    if span > 21 * DAY:
        return f"{moment.day} {moment:%b}"
    if moment.time() == dt.time() or span > 8 * DAY:
        return f"{moment:%a} {moment.day} {moment:%b}"
    return f"{moment:%H:%M}" if span > 10 * MINUTE else f"{moment:%H:%M:%S}"
