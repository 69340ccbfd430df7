"""What stands above the list: totals by action and by manager, and when it happened."""

from collections.abc import Sequence
from typing import Any

from earwitness.deliver.charts.scale import number
from earwitness.search import Reader
from earwitness.search.summaries import Supervised
from earwitness.web.drawings import share
from earwitness.web.logs import histogram
from earwitness.web.logs.asked import Asked
from earwitness.web.supervision import sessions
from earwitness.web.supervision.asked import ACTIONS

MOST_MANAGERS = 6


def context(reader: Reader, asked: Asked) -> dict[str, Any]:
    """Return the exact number of segments, the totals, and the histogram, each leading to the rows it counts."""
    found = reader.supervised(asked.scope, asked.query, "manager")
    return {
        "total": number(sum(one.segments for one in found)),
        "by_action": _by_action(found, asked),
        "by_manager": _by_manager(found, asked),
        "more_managers": max(len({_who(one) for one in found}) - MOST_MANAGERS, 0),
        "histogram": histogram.of(reader, asked, asked.query, "segments"),
    }


def _by_action(found: Sequence[Supervised], asked: Asked) -> list[dict[str, Any]]:
    totals = {name: [0, 0] for name, _ in ACTIONS}
    most = 0
    for one in found:
        total = totals.setdefault(one.action, [0, 0])
        total[0] += one.segments
        total[1] += one.duration_ms
        most = max(most, total[1])
    return [
        {
            "action": name,
            "label": sessions.LABELS.get(name, name),
            "segments": number(segments),
            "duration": sessions.duration(ms),
            "bar": share(ms, most),
            "url": asked.with_value("action", name),
        }
        for name, (segments, ms) in totals.items()
        if segments or name != "unknown"
    ]


def _by_manager(found: Sequence[Supervised], asked: Asked) -> list[dict[str, Any]]:
    totals: dict[tuple[str, str], int] = {}
    for one in found:
        totals[_who(one)] = totals.get(_who(one), 0) + one.duration_ms
    ordered = sorted(totals.items(), key=lambda pair: -pair[1])[:MOST_MANAGERS]
    most = ordered[0][1] if ordered else 0
    return [
        {
            "label": label or "not known",
            "duration": sessions.duration(ms),
            "bar": share(ms, most),
            "url": asked.with_value("manager", key) if key else "",
        }
        for (label, key), ms in ordered
    ]


def _who(one: Supervised) -> tuple[str, str]:
    """Return (what a manager is called, what to ask for them by)."""
    return one.who.name or one.who.username or one.who.extension, one.who.extension or one.who.username
