"""The read door: every page, count, facet, export and call reads the log through a ``Reader``, and sees its scope."""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any, Final

from earwitness.model import times
from earwitness.model.event import Event
from earwitness.model.gap import Gap
from earwitness.model.problem import Invalid, NotFound
from earwitness.model.scope import Scope
from earwitness.model.segment import Segment
from earwitness.search import amended, rows, suggestions, summaries, values, writing
from earwitness.search.answers import Count, Facets, Histogram, Page
from earwitness.search.condition import Lookup
from earwitness.search.cursors import Cursors, Place
from earwitness.search.edges import Edges
from earwitness.search.figures import Figures
from earwitness.search.filter import Filter, zone_of
from earwitness.search.gaps import Gaps
from earwitness.search.histogram import Counting
from earwitness.search.paging import DAY_US, Paging
from earwitness.search.query import NEWEST, ORDERS, Query
from earwitness.search.values import Span
from earwitness.store import Store

MOST_ROWS: Final = 1000


class Reader:
    """Answers questions about the log. Safe to use from many threads.

    Every question raises Forbidden where the scope lacks the stream, BadQuery with the place of a mistake in the text,
    Invalid for a parameter that cannot be, and Unavailable where the store cannot answer.
    """

    def __init__(self, store: Store, *, secret: bytes) -> None:
        """secret: kept by the server; cursors are signed with it."""
        self._store = store
        self._cursors = Cursors(secret)
        self._edges = Edges(store)
        self._gaps = Gaps(store)
        self._places = writing.Places(store)

    def page(
        self, scope: Scope, query: Query, *, order: str = NEWEST, limit: int = 50, cursor: str | None = None
    ) -> Page:
        """Return one page of rows in order of (time, seq), ``order`` newest or oldest first.

        Pages stay right while rows arrive: each goes on exactly behind the last row of the one before. Raises
        BadCursor for a cursor that this viewer did not get for this query.
        """
        _check_page(order, limit)
        asked = Filter(scope, query, self._store)
        after = self._cursors.read(cursor, scope, query, order) if cursor else None
        found = Paging(self._store, self._edges, asked, order, limit + 1).find(after)
        items = tuple(self._made(asked, found[:limit]))
        following = None
        if len(found) > limit:
            last = dict(zip(rows.names(asked.columns), found[limit - 1], strict=True))
            place = Place(times.to_us(last[asked.stream.time]), last["seq"])
            following = self._cursors.write(place, scope, query, order)
        return Page(items, following, self._gaps.of(asked))

    def get(self, scope: Scope, stream: str, row_id: str) -> Event | Segment:
        """Return one row by its id; NotFound where it is absent, another tenant's, or not for this viewer."""
        asked = Filter(scope, Query(stream, f'id:"{_uuid(row_id)}"'), self._store)
        for span in _likely_spans(row_id, asked.span):
            slots, bound = asked.clauses(span)
            slots["stored"] = rows.stored(asked.columns)
            found = self._store.query("rows.get", parameters=bound.values, slots=slots).rows
            if found:
                return self._made(asked, found)[0]
        raise NotFound("There is no such row.")

    def count(self, scope: Scope, query: Query) -> Count:
        """Return how many rows there are, exactly."""
        asked = Filter(scope, query, self._store)
        return Count(Figures(self._store, asked).count(), self._gaps.of(asked))

    def facets(self, scope: Scope, query: Query, by: Sequence[str], top: int = 20, only: Sequence[str] = ()) -> Facets:
        """Return the most frequent values of columns (``figures.FACETS``), and how many rows have others.

        only: the values to tell about, all where it is empty.
        """
        asked = Filter(scope, query, self._store)
        facets, other = Figures(self._store, asked).facets(by, top, only)
        return Facets(facets, other, self._gaps.of(asked))

    def gaps(self, scope: Scope, query: Query) -> tuple[Gap, ...]:
        """Return the stretches of the range in which a source could not be heard; no row is looked at."""
        return self._gaps.of(Filter(scope, query, self._store))

    def histogram(self, scope: Scope, query: Query, interval: str = "auto", tz: str | None = None) -> Histogram:
        """Return how many rows fall into each interval; days, weeks and months are those of ``tz``."""
        asked = Filter(scope, query, self._store)
        zone = zone_of(tz) if tz else asked.zone
        name, buckets = Counting(self._store, self._edges, asked, zone).histogram(interval)
        return Histogram(name, buckets, self._gaps.of(asked))

    def export(  # noqa: PLR0913 -- what to read, and how to write it
        self,
        scope: Scope,
        query: Query,
        columns: Sequence[str],
        *,
        form: str,
        order: str = NEWEST,
        wrap: writing.Wrap = str,
    ) -> Iterator[bytes]:
        """Yield all rows as the engine writes them, block by block; ``writing.written`` says what form and wrap are."""
        return writing.stream(self._store, Filter(scope, query, self._store), writing.Wish(columns, form, order, wrap))

    def last_seq(self, scope: Scope, stream: str) -> int:
        """Return the highest place in a log of the tenant, whoever may see that row; 0 where it is empty."""
        return self._places.last(scope.tenant, Filter(scope, Query(stream), self._store).stream.name)

    def first_seq(self, scope: Scope, query: Query) -> int:
        """Return the lowest place among the rows of a query, 0 where there is none."""
        return writing.first_seq(self._store, Filter(scope, query, self._store))

    def week(self, scope: Scope, query: Query) -> dict[tuple[int, int], int]:
        """Return (day of the week, 0 is Monday; hour) -> rows, in the zone of the query."""
        return summaries.week(self._store, Filter(scope, query, self._store))

    def supervised(self, scope: Scope, query: Query, who: str) -> list[summaries.Supervised]:
        """Return how long each ``manager`` or ``agent`` supervised or was supervised, by mode."""
        return summaries.supervised(self._store, Filter(scope, query, self._store), who)

    def sessions(self, scope: Scope, query: Query) -> list[summaries.Sessions]:
        """Return the supervision sessions by manager."""
        return summaries.sessions(self._store, Filter(scope, query, self._store))

    def since(self, scope: Scope, query: Query, after: int, last: int, limit: int = 500) -> list[Event | Segment]:
        """Return the first rows behind the place ``after``, up to the place ``last``, in order of seq."""
        asked = Filter(scope, query, self._store)
        slots, bound = asked.clauses(lookup=Lookup.WORDS, places=(after, last))
        slots["stored"] = rows.stored(asked.columns)
        bound.values["limit"] = max(1, min(limit, MOST_ROWS))
        found = self._store.query("rows.since", parameters=bound.values, slots=slots).rows
        return self._made(asked, found)

    def suggest(self, scope: Scope, stream: str, field: str, prefix: str, limit: int = 10) -> list[tuple[str, int]]:
        """Return (value, rows) of a search field: what begins with ``prefix`` first, then what holds it."""
        return suggestions.suggest(self._store, scope, stream, field, prefix, limit)

    def _made(self, asked: Filter, found: Sequence[tuple[Any, ...]]) -> list[Event | Segment]:
        """Return a few stored rows as what the caller may see of what is known of them now."""
        names = rows.names(asked.columns)
        if asked.amended:
            found = amended.completed(self._store, asked.stream, asked.scope.tenant, names, found)
        return [rows.made(asked.columns, row) for row in found]


def _check_page(order: str, limit: int) -> None:
    wrong = {}
    if order not in ORDERS:
        wrong["order"] = "Choose newest or oldest."
    if not 1 <= limit <= MOST_ROWS:
        wrong["limit"] = f"Choose a number from 1 to {MOST_ROWS}."
    if wrong:
        raise Invalid(" ".join(wrong.values()), fields=wrong)


def _uuid(text: str) -> uuid.UUID:
    try:
        return values.identifier(text)
    except ValueError:
        raise NotFound("There is no such row.") from None


def _likely_spans(row_id: str, whole: Span) -> list[Span]:
    """Return where to look for an id: a UUIDv7 tells when it was made (RFC 9562), mostly when it happened."""
    number = uuid.UUID(row_id).int
    if number >> 76 & 0xF != 7:
        return [whole]
    made = (number >> 80) * 1000
    near = Span(max(whole.start, made - DAY_US), min(whole.end, made + DAY_US))
    return [near, whole] if near.start < near.end else [whole]
