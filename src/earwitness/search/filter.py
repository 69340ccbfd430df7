"""A query on behalf of somebody: read once, then made into as many statements as the answer needs."""

import datetime as dt
import functools
from collections.abc import Iterable
from typing import NamedTuple

from earwitness.model import times
from earwitness.model.problem import Invalid
from earwitness.model.scope import Scope
from earwitness.search import amended, conditions, values
from earwitness.search import scope as scopes
from earwitness.search.bound import Bound
from earwitness.search.columns import BY_NAME, Columns
from earwitness.search.condition import Asking, Condition, Cost, Lookup, all_of
from earwitness.search.grammar import parse
from earwitness.search.query import Query, check_stream
from earwitness.search.tree import Tree
from earwitness.search.values import Span
from earwitness.store import Store


class Clauses(NamedTuple):
    """slots: fragments for the slots ``table``, ``prewhere`` and ``range`` of a query file; bound: their values and
    ``tenant``."""

    slots: dict[str, str]
    bound: Bound


class Filter:
    """What somebody may see of what they ask for. ``span``: outside of it there is nothing to be found."""

    def __init__(self, scope: Scope, query: Query, store: Store) -> None:
        """Raises Forbidden, BadQuery, and Invalid for a stream or zone that does not exist."""
        check_stream(query.stream)
        scopes.demand(scope, query.stream)
        self.scope = scope
        self.query = query
        self._store = store
        self.stream = BY_NAME[query.stream]
        self.columns = Columns(self.stream, scope.masked)
        self.zone = zone_of(query.tz)
        self.tree: Tree = parse(query.text, query.stream)
        bounds = conditions.bounds(self.tree, self.zone)
        self.seeks_word = conditions.seeks_word(self.tree, Asking(self.columns, Bound()))
        self.span = Span(max(bounds.start, _us(query.start, 0)), min(bounds.end, _us(query.end, values.LATEST_US)))

    def clauses(
        self,
        span: Span | None = None,
        *,
        shown: Iterable[str] = (),
        lookup: Lookup = Lookup.PARTS,
        places: tuple[int, int] | None = None,
    ) -> Clauses:
        """Return the clauses of one statement over a stretch of time, by default the whole one.

        shown: SQL that the statement takes from the rows besides; lookup: what is looked up in the index; places: only
        rows behind the first and up to the second seq.
        """
        bound = Bound()
        bound.values["tenant"] = self.scope.tenant
        asking = self._asking(bound, lookup)
        demanded = self._demanded(asking, places)
        within = self._range(bound, span or self.span)
        named = (conditions.condition(self.tree, self._asking(Bound()), self.zone).sql, *shown)
        source = amended.source(self.stream, self.amended, named, "")
        if not source.is_table:
            recorded = "".join(f" AND {sql}" for sql in conditions.recorded(self.tree, asking))
            source = amended.source(self.stream, self.amended, named, within + recorded)
        return Clauses(source.demanding(demanded, within), bound)

    @functools.cached_property
    def amended(self) -> frozenset[str]:
        """The columns that have been amended in any row of the tenant, as of the first look."""
        return amended.fields(self._store, self.stream, self.scope.tenant)

    def _asking(self, bound: Bound, lookup: Lookup = Lookup.PARTS) -> Asking:
        return Asking(self.columns, bound, self.amended, lookup)

    @property
    def cost(self) -> Cost:
        """What a row costs to ask, at most, where the index is not asked."""
        asking = self._asking(Bound(), Lookup.WORDS)
        return all_of([*scopes.conditions(self.scope, asking), conditions.condition(self.tree, asking, self.zone)]).cost

    def _demanded(self, asking: Asking, places: tuple[int, int] | None = None) -> str:
        """Return all that is demanded of a row besides its tenant and time, the empty text for nothing."""
        demanded = scopes.conditions(self.scope, asking)
        if places is not None:
            after, last = (asking.bound("UInt64", place) for place in places)
            demanded.append(Condition(Cost.FREE, f"(seq > {after} AND seq <= {last})"))
        asked = conditions.condition(self.tree, asking, self.zone)
        return "" if asked.sql == "1" and not demanded else all_of([*demanded, asked]).sql

    def _range(self, bound: Bound, span: Span) -> str:
        found = ""
        if span.start > values.EARLIEST_US:
            found += f" AND {self.stream.time} >= {bound.moment(span.start)}"
        if span.end < values.LATEST_US:
            found += f" AND {self.stream.time} < {bound.moment(span.end)}"
        return found

    @property
    def is_narrowed(self) -> bool:
        """Whether anything but the range is asked or demanded: else all rows of the tenant pass."""
        return bool(self._demanded(self._asking(Bound())))

    @property
    def uses_index_for_parts(self) -> bool:
        """Whether a statement may look parts of words up in the index."""
        return self.clauses(lookup=Lookup.PARTS).slots != self.clauses(lookup=Lookup.WORDS).slots


def zone_of(name: str) -> dt.tzinfo:
    """Return the time zone of an IANA name; Invalid if there is none."""
    try:
        return values.zone(name)
    except ValueError as error:
        raise Invalid(f"{error}.", fields={"tz": "There is no time zone of this name."}) from None


def _us(moment: dt.datetime | None, absent: int) -> int:
    if moment is None:
        return absent
    return max(values.EARLIEST_US, min(times.to_us(moment), values.LATEST_US))
