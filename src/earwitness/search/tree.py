"""What a search text means: a tree of plain values, without positions, columns or SQL.

A tree is normal: ``And`` and ``Or`` have at least two items and none of their own kind, ``Not`` holds no ``Not``, and
``Everything`` stands alone. ``parse`` makes normal trees only; make yours with ``all_of``, ``any_of``, ``negated``.
"""

from collections.abc import Iterable

import msgspec


class Match(msgspec.Struct, frozen=True):
    """The whole value, case-insensitive. ``parts`` are literal texts; between two of them anything may stand."""

    parts: tuple[str, ...]


class Compare(msgspec.Struct, frozen=True):
    """A number, moment, address or id held against ``value``; ``op`` is one of ``=  >  >=  <  <=``."""

    op: str
    value: str


class Between(msgspec.Struct, frozen=True):
    """From ``low`` to ``high``, both included."""

    low: str
    high: str


Test = Match | Compare | Between


class Everything(msgspec.Struct, frozen=True):
    """No condition at all: the empty text."""


class Words(msgspec.Struct, frozen=True):
    """A word or quoted phrase: a substring, case-insensitive, of any of the text columns."""

    text: str


class Term(msgspec.Struct, frozen=True):
    """``field:a,b``: the field passes any of the tests. ``path`` is empty except for ``params``."""

    field: str
    tests: tuple[Test, ...]
    path: tuple[str, ...] = ()


class Not(msgspec.Struct, frozen=True):
    """``-item``: what does not pass."""

    item: "Words | Term | And | Or"


class And(msgspec.Struct, frozen=True):
    """All of the items pass."""

    items: "tuple[Words | Term | Not | Or, ...]"


class Or(msgspec.Struct, frozen=True):
    """Any of the items passes."""

    items: "tuple[Words | Term | Not | And, ...]"


Tree = Everything | Words | Term | Not | And | Or


def all_of(items: Iterable[Tree]) -> Tree:
    """Return the normal tree that passes what every item passes."""
    flat: list[Words | Term | Not | Or] = []
    for item in items:
        if isinstance(item, And):
            flat.extend(item.items)
        elif not isinstance(item, Everything):
            flat.append(item)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else And(tuple(flat))


def any_of(items: Iterable[Tree]) -> Tree:
    """Return the normal tree that passes what any item passes; Everything if there is none or one of them is that."""
    flat: list[Words | Term | Not | And] = []
    for item in items:
        if isinstance(item, Everything):
            return item
        if isinstance(item, Or):
            flat.extend(item.items)
        else:
            flat.append(item)
    if not flat:
        return Everything()
    return flat[0] if len(flat) == 1 else Or(tuple(flat))


def negated(item: Tree) -> Tree:
    """Return the normal tree that passes what ``item`` does not; nothing at all cannot be excluded (ValueError)."""
    if isinstance(item, Everything):
        raise ValueError("there is nothing to exclude")  # noqa: TRY004 -- the type is right, the value is not
    return item.item if isinstance(item, Not) else Not(item)
