"""One page: the newest (or oldest) rows after a place, found without looking at more of the log than needed.

A page is looked for among the first rows, some thousands where each is cheap to ask, fewer where it is dear; then as
far back as what was found there promises to be enough, then in everything before; a whole word at once everywhere, for
the index knows where it stands. Where looking up parts of words in the index would read all its words, days are looked
at row by row in between.
"""

from collections.abc import Iterator
from typing import Any, Final

from earwitness.search import rows
from earwitness.search.condition import Cost, Lookup
from earwitness.search.cursors import Place
from earwitness.search.edges import Edges
from earwitness.search.filter import Filter
from earwitness.search.query import NEWEST
from earwitness.search.values import Span
from earwitness.store import Store

HOUR_US: Final = 3_600_000_000
DAY_US: Final = 24 * HOUR_US
# How many rows are looked at first: reading them takes the engine less than a statement takes in any case.
CHEAP_ROWS: Final = 40_000
DEAR_ROWS: Final = 6_000
# Reading this share of all rows costs about as much as reading all words of the index.
WORTH_READING: Final = 0.1
MOST_LOOKS: Final = 4

Row = tuple[Any, ...]
Window = tuple[Span, Lookup]


def direction(order: str) -> str:
    """Return the SQL word for an order."""
    return "DESC" if order == NEWEST else "ASC"


class Paging:
    """Looks for one page."""

    def __init__(self, store: Store, edges: Edges, asked: Filter, order: str, wanted: int) -> None:
        """wanted: how many rows to look for."""
        self._store = store
        self._edges = edges
        self._asked = asked
        self._order = order
        self._wanted = wanted
        self._found: list[Row] = []

    def find(self, after: Place | None) -> list[Row]:
        """Return up to the wanted number of rows after a place, in order, as ``rows.made`` takes them."""
        span = self._asked.span
        if after is not None:
            ends = (span.start, min(span.end, after.us + 1)), (max(span.start, after.us), span.end)
            span = Span(*ends[0 if self._order == NEWEST else 1])
        for window, lookup in self._windows(span):
            self._look(window, after, lookup)
            if len(self._found) >= self._wanted:
                break
        return self._found

    def _windows(self, span: Span) -> Iterator[Window]:
        """Yield where to look next, and what is looked up in the index there."""
        edge = self._edges.of(self._asked, self._order)
        if edge is None or span.start >= span.end:
            return
        begin = min(span.end, edge.us + 1) if self._order == NEWEST else max(span.start, edge.us)
        rest = span
        first = edge.reach(CHEAP_ROWS if self._asked.cost <= Cost.FREE else DEAR_ROWS)
        if not self._asked.seeks_word:
            near, rest = self._cut(span, begin, first)
            if near.start < near.end:
                yield near, Lookup.NOTHING
        by_index = self._asked.uses_index_for_parts
        length = max(DAY_US, 2 * first) if by_index else self._promising(first)
        for _ in range(MOST_LOOKS if by_index else 1):
            near, after = self._cut(rest, begin, length)
            if near.start >= near.end or (by_index and not worth_reading(self._store, self._asked, near)):
                break
            yield near, Lookup.WORDS
            rest = after
            if not self._found:
                break
            length = self._promising(length)
        if rest.start < rest.end:
            yield rest, Lookup.PARTS

    def _promising(self, looked_at: int) -> int:
        """Return how far to look, in microseconds, judging by what was found in what has been looked at."""
        return int(1.5 * self._wanted / len(self._found) * looked_at) if self._found else 0

    def _cut(self, span: Span, begin: int, length: int) -> tuple[Span, Span]:
        """Divide a stretch into what lies up to ``length`` from where the page begins, and the rest."""
        if self._order == NEWEST:
            cut = min(span.end, max(span.start, begin - length))
            return Span(cut, span.end), Span(span.start, cut)
        cut = max(span.start, min(span.end, begin + length))
        return Span(span.start, cut), Span(cut, span.end)

    def _look(self, span: Span, after: Place | None, lookup: Lookup) -> None:
        slots, bound = self._asked.clauses(span, lookup=lookup)
        bound.values["limit"] = self._wanted - len(self._found)
        slots |= {
            "stored": rows.stored(self._asked.columns),
            "time": self._asked.stream.time,
            "direction": direction(self._order),
            "after": "",
        }
        if after is not None:
            sign = "<" if self._order == NEWEST else ">"
            moment, seq = bound.moment(after.us), bound("UInt64", after.seq)
            slots["after"] = f" AND ({self._asked.stream.time} {sign} {moment} OR seq {sign} {seq})"
        self._found += self._store.query("rows.page", parameters=bound.values, slots=slots).rows


def worth_reading(store: Store, asked: Filter, span: Span) -> bool:
    """Whether to read the rows of a stretch of time is cheaper than to read all words of the index.

    How many rows there are, whoever may see them, is found in the key alone.
    """
    slots = {"table": asked.stream.table}
    total: int = store.query("rows.total", slots=slots).rows[0][0]
    parameters = {"tenant": asked.scope.tenant, "start": span.start, "end": span.end}
    slots["time"] = asked.stream.time
    near: int = store.query("rows.between", parameters=parameters, slots=slots).rows[0][0]
    return near <= WORTH_READING * total
