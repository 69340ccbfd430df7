"""A condition in SQL, with what it costs to ask it of a row."""

import enum
from collections.abc import Iterable
from typing import NamedTuple

from earwitness.search.bound import Bound
from earwitness.search.columns import Columns


class Cost(enum.IntEnum):
    """What a row costs, cheapest first: the engine asks in this order and spares the rest what failed before."""

    FREE = 0
    INDEXED = 1
    SMALL = 2
    WIDE = 3
    PARSED = 4
    MASKED = 5


class Lookup(enum.IntEnum):
    """What of a text is looked up in the word index.

    NOTHING: for so few rows that reading them costs less; WORDS: whole ones; PARTS: parts of words too, for which all
    words of the index are read: dear for few rows and cheap for many.
    """

    NOTHING = 0
    WORDS = 1
    PARTS = 2


class Condition(NamedTuple):
    """sql: a boolean expression without NULLs, in parentheses where it has parts."""

    cost: Cost
    sql: str


class Asking(NamedTuple):
    """What is needed to write a condition.

    columns: as the caller sees them; bound: where values are bound; amended: the columns that were amended in any row
    of the tenant; lookup: what is looked up in the index.
    """

    columns: Columns
    bound: Bound
    amended: frozenset[str] = frozenset()
    lookup: Lookup = Lookup.PARTS


def all_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that all hold, cheapest first."""
    ordered = sorted(conditions, key=lambda condition: condition.cost)
    if len(ordered) == 1:
        return ordered[0]
    cost = ordered[-1].cost if ordered else Cost.FREE
    return Condition(cost, f"({' AND '.join(condition.sql for condition in ordered) or '1'})")


def any_of(conditions: Iterable[Condition]) -> Condition:
    """Return the condition that at least one holds, cheapest first."""
    ordered = sorted(conditions, key=lambda condition: condition.cost)
    if len(ordered) == 1:
        return ordered[0]
    cost = ordered[-1].cost if ordered else Cost.FREE
    return Condition(cost, f"({' OR '.join(condition.sql for condition in ordered) or '0'})")


def negated(condition: Condition) -> Condition:
    """Return the condition that this one does not hold."""
    return Condition(condition.cost, f"(NOT {condition.sql})")


def like(text: str) -> str:
    """Return a text so that LIKE takes every character of it as itself."""
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
