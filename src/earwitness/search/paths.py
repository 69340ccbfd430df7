"""``params.PATH:value`` in SQL: what stands at a path inside JSON, any element of an array on the way or at its end.

Taking JSON apart is dear, so what a matching text must hold is asked first: the word index where the value has a word
in it, then the key and the value side by side, as compact JSON writes them.
"""

import re
from typing import Final

import msgspec

from earwitness.search import texts, values
from earwitness.search.condition import Asking, Condition, Cost, Lookup, all_of, any_of, like
from earwitness.search.tree import Between, Compare, Match, Term, Test

_LITERALS: Final = frozenset({"true", "false", "null"})
_TEXT: Final = "if(item = 'null', 'null', JSONExtractString(item))"


def at_path(asking: Asking, term: Term) -> Condition:
    """The value at ``term.path`` passes any of the tests."""
    key = term.path[-1]
    needed = [] if texts.changeable(asking, key, json=True) else [any_of(_hint(asking, key, t) for t in term.tests)]
    test = " OR ".join(_passes(asking, test) for test in term.tests)
    json = asking.columns.shown("params")
    keys = [asking.bound("String", key) for key in term.path]
    at_once = f"JSONExtractRaw({json}, {', '.join(keys)})"
    scalar = f"arrayExists(item -> ({test}), [{at_once}])"
    any_element = f"arrayExists(item -> ({test}), {_elements(json, keys)})"
    several = f"position({json}, '[') > 0 AND {any_element}"
    sql = f"if({at_once} != '' AND NOT startsWith({at_once}, '['), {scalar}, {several})"
    cost = Cost.MASKED if asking.columns.masks("params") else Cost.PARSED
    return all_of([*needed, Condition(cost, sql)])


def _elements(json: str, keys: list[str]) -> str:
    """SQL for the array of raw values at a path, arrays on the way and at its end taken apart."""
    found = f"[{json}]"
    for key in keys:
        found = f"arrayMap(item -> JSONExtractRaw(item, {key}), {_apart(found)})"
    return f"arrayFilter(item -> item != '', {_apart(found)})"


def _apart(items: str) -> str:
    """SQL that puts the elements of arrays in their place, also those of arrays in arrays."""
    for _ in range(2):
        items = f"arrayFlatten(arrayMap(item -> if(startsWith(item, '['), JSONExtractArrayRaw(item), [item]), {items}))"
    return items


def _passes(asking: Asking, test: Test) -> str:
    if isinstance(test, Match):
        text = texts.matches(asking, _TEXT, test)
        if len(test.parts) > 1 or not _same_as_number(test.parts[0]):
            return text
        equal = f"toFloat64OrNull(item) = {asking.bound('Float64', float(test.parts[0]))}"
        return f"{text} OR ifNull({equal}, 0)"
    number = f"toFloat64OrNull({_TEXT})"
    if isinstance(test, Compare):
        return f"ifNull({number} {test.op} {asking.bound('Float64', values.number(test.value))}, 0)"
    low, high = (asking.bound("Float64", values.number(side)) for side in (test.low, test.high))
    return f"ifNull({number} BETWEEN {low} AND {high}, 0)"


def _same_as_number(text: str) -> bool:
    """Whether a number equal to this one must be the same: beyond 15 digits two may look alike."""
    return values.is_number(text) and len(re.sub(r"[^0-9]", "", text)) <= 15


def _hint(asking: Asking, key: str, test: Test) -> Condition:
    """What the stored JSON must hold for the test to pass."""
    has_key = _holds(asking, f'"{_json(key)}":')
    if isinstance(test, Compare | Between) or texts.changeable(asking, "".join(test.parts), json=True):
        return has_key
    if len(test.parts) > 1:
        longest = max(test.parts, key=len)
        return _holds(asking, _json(longest)) if longest else has_key
    literal = test.parts[0]
    if values.is_number(literal) or not literal:
        return has_key
    words = [] if asking.lookup == Lookup.NOTHING else texts.indexed_words(asking, literal)
    return all_of([*words, _side_by_side(asking, key, literal)])


def _side_by_side(asking: Asking, key: str, literal: str) -> Condition:
    name = f'"{_json(key)}":'
    forms = [f'{name}"{_json(literal)}"', f"{name}["]
    if literal.lower() in _LITERALS:
        forms.append(f"{name}{literal}")
    if literal[:1] in "{[":
        forms.append(f"{name}{literal[0]}")
    return any_of(_holds(asking, form) for form in forms)


def _holds(asking: Asking, text: str) -> Condition:
    return Condition(Cost.WIDE, f"lowerUTF8(params) LIKE {asking.bound.text(f'%{like(text)}%')}")


def _json(text: str) -> str:
    return msgspec.json.encode(text).decode()[1:-1]


__all__ = ["at_path"]
