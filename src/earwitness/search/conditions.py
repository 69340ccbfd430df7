"""A search tree in SQL: fragments whose values are bound, never pasted."""

import datetime as dt
from collections.abc import Callable
from typing import Final, assert_never

from earwitness.search import amended, paths, texts, values
from earwitness.search.condition import Asking, Condition, Cost, all_of, any_of, negated
from earwitness.search.fields import BY_NAME, Field, Kind
from earwitness.search.tree import And, Between, Compare, Everything, Match, Not, Or, Term, Test, Tree, Words
from earwitness.search.values import Span


def condition(tree: Tree, asking: Asking, zone: dt.tzinfo) -> Condition:
    """Return the condition that a row passes the tree; dates without a zone are read in ``zone``."""
    match tree:
        case Everything():
            return Condition(Cost.FREE, "1")
        case Words(text):
            return texts.phrase(asking, text)
        case Term():
            return _term(tree, asking, zone)
        case Not(item):
            return negated(condition(item, asking, zone))
        case And(items):
            return all_of(condition(item, asking, zone) for item in items)
        case Or(items):
            return any_of(condition(item, asking, zone) for item in items)
    assert_never(tree)


def bounds(tree: Tree, zone: dt.tzinfo) -> Span:
    """Return the stretch of time outside which nothing can pass the tree: what ``created:`` demands at its top."""
    start, end = values.EARLIEST_US, values.LATEST_US
    items = tree.items if isinstance(tree, And) else (tree,)
    for item in items:
        if isinstance(item, Term) and item.field == "created" and len(item.tests) == 1:
            span = _span(item.tests[0], zone)
            start, end = max(start, span.start), min(end, span.end)
    return Span(start, end)


def recorded(tree: Tree, asking: Asking) -> list[str]:
    """Return what holds of every row that passes, as it was recorded or as one of its amendments says.

    Whole values alone are looked at: for them, few rows are in question, and only those must be completed.
    """
    items = tree.items if isinstance(tree, And) else (tree,)
    terms = [item for item in items if isinstance(item, Term) and BY_NAME[item.field].kind is Kind.TEXT]
    return [sql for term in terms if (sql := _recorded(term, asking))]


def _recorded(term: Term, asking: Asking) -> str:
    stream = asking.columns.stream

    def says(column: str, value: str) -> str:
        shown = asking.columns.shown_as(column, value)
        return f"({' OR '.join(texts.matches(asking, shown, _match(test)) for test in term.tests)})"

    amended_to = amended.saying(stream, BY_NAME[term.field].columns[stream.name], says)
    return f"({_term(term, asking, dt.UTC).sql} OR {amended_to})" if amended_to else ""


def seeks_word(tree: Tree, asking: Asking) -> bool:
    """Whether the tree demands, at its top, a whole word that the index knows."""
    items = tree.items if isinstance(tree, And) else (tree,)
    terms = [item for item in items if isinstance(item, Term) and BY_NAME[item.field].kind is Kind.TOKEN]
    return any(condition(term, asking, dt.UTC).cost is Cost.INDEXED for term in terms)


def _term(term: Term, asking: Asking, zone: dt.tzinfo) -> Condition:
    field = BY_NAME[term.field]
    if field.kind is Kind.PARAMS:
        return paths.at_path(asking, term)
    if field.kind is Kind.TOKEN:
        return any_of(texts.token(asking, _literal(test)) for test in term.tests)
    columns = field.columns[asking.columns.stream.name]
    if field.kind is Kind.SUBSTRING:
        return any_of(texts.part(asking, column, _literal(test)) for test in term.tests for column in columns)
    if field.kind is Kind.TEXT:
        return any_of(texts.whole(asking, column, _match(test)) for test in term.tests for column in columns)
    return any_of(Condition(Cost.FREE, _compared(field, asking, test, zone)) for test in term.tests)


def _literal(test: Test) -> str:
    return _match(test).parts[0]


def _match(test: Test) -> Match:
    if not isinstance(test, Match):
        raise TypeError("the tree was not made by parse()")
    return test


def _compared(field: Field, asking: Asking, test: Test, zone: dt.tzinfo) -> str:
    column = field.columns[asking.columns.stream.name][0]
    if isinstance(test, Match):
        raise TypeError("the tree was not made by parse()")
    if field.kind is Kind.TIME:
        return _within(column, _span(test, zone), asking.bound.moment)
    if field.kind is Kind.SECONDS:
        return _within(column, _duration(test), lambda value: asking.bound("UInt64", value))
    if field.kind is Kind.CLOCK:
        # identity(): the engine (26.9) takes days to rise all through a week of UTC, in whatever zone, and so skips
        # parts of its index in which a Monday of that zone begins.
        local = f"toTimeZone(identity({column}), {asking.bound('String', str(zone))})"
        return _integers(f"{_CLOCK[field.name]}({local})", asking, test)
    if field.kind is Kind.INTEGER:
        return _integers(column, asking, test)
    if not isinstance(test, Compare):
        raise TypeError("the tree was not made by parse()")
    if field.kind is Kind.UUID:
        return f"{column} = {asking.bound('UUID', str(values.identifier(test.value)))}"
    first, last = (f"toIPv6({asking.bound('String', address)})" for address in values.network(test.value))
    return f"({column} BETWEEN {first} AND {last} AND {column} != toIPv6('::'))"  # '::' stands for no address


def _within(column: str, span: Span, bind: Callable[[int], str]) -> str:
    return f"({column} >= {bind(span.start)} AND {column} < {bind(span.end)})"


_CLOCK: Final = {"hour": "toHour", "weekday": "toDayOfWeek"}
_NO_END: Final = 2**63 - 1


def _stretch(test: Test, read: Callable[[str], Span]) -> Span:
    """Return the stretch of values that pass: each value is a stretch itself, as a day or a second is."""
    if isinstance(test, Between):
        return Span(read(test.low).start, read(test.high).end)
    if isinstance(test, Match):
        raise TypeError("the tree was not made by parse()")
    value = read(test.value)
    ranges = {
        "=": value,
        ">": Span(value.end, _NO_END),
        ">=": Span(value.start, _NO_END),
        "<": Span(0, value.start),
        "<=": Span(0, value.end),
    }
    return ranges[test.op]


def _duration(test: Test) -> Span:
    """Return the milliseconds that pass: 30 alone means a whole second, behind a sign it means that moment."""
    if isinstance(test, Compare) and test.op == "=":
        return values.milliseconds(test.value)
    return _stretch(test, lambda text: Span(values.milliseconds(text).start, values.milliseconds(text).start + 1))


def _span(test: Test, zone: dt.tzinfo) -> Span:
    start, end = _stretch(test, lambda text: values.span(text, zone))
    return Span(max(start, values.EARLIEST_US), min(end, values.LATEST_US))


def _integers(column: str, asking: Asking, test: Compare | Between) -> str:
    if isinstance(test, Between):
        low, high = (asking.bound("UInt64", values.integer(side)) for side in (test.low, test.high))
        return f"({column} BETWEEN {low} AND {high})"
    return f"{column} {test.op} {asking.bound('UInt64', values.integer(test.value))}"
