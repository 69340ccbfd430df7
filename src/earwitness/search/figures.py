"""Counts and top values over the whole range of a query: always exact."""

from collections.abc import Sequence
from typing import Final

from earwitness.model.problem import Invalid
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.search.answers import Value
from earwitness.search.condition import Lookup
from earwitness.search.filter import Clauses, Filter
from earwitness.search.paging import worth_reading
from earwitness.store import Store

# The columns whose values can be counted. ``desk`` counts every desk of a row, ``breach`` every breach.
FACETS: Final = {
    ACTIVITY: (
        *("username", "event", "sub_event", "source", "outcome", "desk", "actor_type", "object_type", "event_object"),
        *("user_ip", "extension"),
    ),
    SUPERVISION: (
        *("manager_username", "manager_name", "manager_extension", "agent_username", "agent_name", "agent_extension"),
        *("action", "talks_to", "queue", "desk", "pbx", "source", "end_reason", "breach"),
    ),
}
_ARRAYS: Final = {"desk": "desks", "breach": "breaches"}
MOST_VALUES: Final = 1000


class Figures:
    """Counts what passes a filter."""

    def __init__(self, store: Store, asked: Filter) -> None:
        self._store = store
        self._asked = asked
        few = asked.uses_index_for_parts and worth_reading(store, asked, asked.span)
        self._lookup = Lookup.WORDS if few else Lookup.PARTS

    def _clauses(self, *shown: str) -> Clauses:
        return self._asked.clauses(shown=shown, lookup=self._lookup)

    def count(self) -> int:
        """Return how many rows there are."""
        slots, bound = self._clauses()
        return int(self._store.query("rows.count", parameters=bound.values, slots=slots).rows[0][0])

    def facets(
        self, by: Sequence[str], top: int, only: Sequence[str] = ()
    ) -> tuple[dict[str, tuple[Value, ...]], dict[str, int]]:
        """Return (column -> top values, column -> how many rows have others). Raises Invalid.

        only: the values to tell about, all where it is empty; desks and breaches are few, and always told.
        """
        names = check_facets(self._asked.stream.name, by, top)
        found, other = self._plain([name for name in names if name not in _ARRAYS], top, only)
        for name in _ARRAYS.keys() & names:
            found[name], other[name] = self._elements(_ARRAYS[name], top)
        return {name: found[name] for name in names}, {name: other[name] for name in names}

    def _plain(
        self, names: list[str], top: int, only: Sequence[str]
    ) -> tuple[dict[str, tuple[Value, ...]], dict[str, int]]:
        if not names:
            return {}, {}
        raw = [self._asked.columns._replace(masked=False).shown(name) for name in names]
        sets = ", ".join(f"({expression})" for expression in raw)
        grouped = [f"grouping({expression}) = 0, " for expression in raw]
        which = f"multiIf({''.join(f'{group}{place}, ' for place, group in enumerate(grouped))}-1)"
        value = f"multiIf({''.join(f'{g}toString({e}), ' for g, e in zip(grouped, raw, strict=True))}'')"
        slots, bound = self._clauses(*raw)
        slots |= {"which": which, "value": value, "sets": f"{sets}, ()", "shown": self._shown(names)}
        values = {**bound.values, "top": top, "only": list(only)}
        rows = self._store.query("rows.facets", parameters=values, slots=slots).rows
        total = sum(count for which, _, count in rows if which == -1)
        found: dict[str, tuple[Value, ...]] = {}
        for place, name in enumerate(names):
            found[name] = tuple(Value(text, count) for which, text, count in rows if which == place)
        other = {name: total - sum(value.count for value in found[name]) for name in names}
        return found, other

    def _shown(self, names: list[str]) -> str:
        """SQL for a value as the caller may see it: equal when masked is one value."""
        ways: dict[str, list[str]] = {}
        for place, name in enumerate(names):
            ways.setdefault(self._asked.columns.shown_as(name, "value"), []).append(str(place))
        ways.pop("value", None)
        cases = "".join(f"which IN ({', '.join(places)}), {way}, " for way, places in ways.items())
        return f"multiIf({cases}value)" if cases else "value"

    def _elements(self, column: str, top: int) -> tuple[tuple[Value, ...], int]:
        slots, bound = self._clauses(column)
        slots["array"] = column
        rows = self._store.query("rows.elements", parameters={**bound.values, "top": top}, slots=slots).rows
        found = tuple(Value(element, count) for element, count, _ in rows)
        total = rows[0][2] if rows else 0
        return found, total - sum(value.count for value in found)


def check_facets(stream: str, by: Sequence[str], top: int) -> list[str]:
    """Return the columns asked for, each once; Invalid with every one that cannot be counted."""
    names = list(dict.fromkeys(by))
    unknown = [name for name in names if name not in FACETS[stream]]
    wrong = {}
    if unknown or not names:
        known = ", ".join(FACETS[stream])
        wrong["by"] = f"{', '.join(unknown) or 'Nothing'} cannot be counted: choose among {known}."
    if not 1 <= top <= MOST_VALUES:
        wrong["top"] = f"Choose a number from 1 to {MOST_VALUES}."
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)
    return names
