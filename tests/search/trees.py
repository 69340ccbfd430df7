"""Trees of the search language, made by hypothesis."""

from hypothesis import strategies as st

from earwitness.model.scope import ACTIVITY
from earwitness.search import tree as t
from earwitness.search.fields import Kind, of_stream

ANY_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), min_size=1, max_size=12)
NASTY_TEXT = st.text(st.sampled_from("ab1 \"\\*,()<>.:-_%'OR\t\u00a0é😀ß"), min_size=1, max_size=10)
TEXT = ANY_TEXT | NASTY_TEXT

NUMBERS = st.integers(0, 2**63).map(str)
MOMENTS = st.sampled_from(["2026", "2026-11", "2026-11-01", "2026-11-01T08:30", "2026-11-01 08:30:15.123Z"])
VALUES = {
    Kind.ADDRESS: st.ip_addresses().map(str) | st.sampled_from(["10.0.0.0/8", "2001:db8::/32"]),
    Kind.UUID: st.uuids().map(str),
    Kind.INTEGER: NUMBERS,
    Kind.CLOCK: st.integers(1, 7).map(str),  # hours and days of the week alike
    Kind.SECONDS: st.decimals(0, 99999, places=1).map(str),
    Kind.TIME: MOMENTS,
    Kind.PARAMS: st.floats(allow_nan=False, allow_infinity=False).map(repr) | NUMBERS,
}
OPERATORS = st.sampled_from([">", ">=", "<", "<="])


@st.composite
def patterns(draw: st.DrawFn) -> t.Match:
    """Literal parts with stars between; empty ones only at the ends."""
    if draw(st.booleans()):
        return t.Match((draw(TEXT | st.just("")),))
    edge = TEXT | st.just("")
    return t.Match((draw(edge), *draw(st.lists(TEXT, max_size=2)), draw(edge)))


def _compared(kind: Kind) -> st.SearchStrategy[t.Test]:
    value = VALUES[kind]
    return st.builds(t.Compare, OPERATORS, value) | st.builds(t.Between, value, value)


def _tests(kind: Kind) -> st.SearchStrategy[t.Test]:
    if kind is Kind.TEXT:
        return patterns()
    if kind is Kind.SUBSTRING:
        return TEXT.map(lambda text: t.Match((text,)))
    if kind is Kind.TOKEN:
        return st.from_regex(r"[a-z0-9é]{1,9}", fullmatch=True).map(lambda text: t.Match((text,)))
    if kind is Kind.PARAMS:
        return patterns() | _compared(kind)
    exact = VALUES[kind].map(lambda value: t.Compare("=", value))
    return exact if kind in (Kind.ADDRESS, Kind.UUID) else exact | _compared(kind)


@st.composite
def terms(draw: st.DrawFn, stream: str = ACTIVITY) -> t.Term:
    """A term of any field of the stream."""
    field = draw(st.sampled_from(of_stream(stream)))
    tests = draw(st.lists(_tests(field.kind), min_size=1, max_size=3))
    path = draw(st.lists(TEXT, min_size=1, max_size=3)) if field.kind is Kind.PARAMS else []
    return t.Term(field.name, tuple(tests), tuple(path))


def trees(stream: str = ACTIVITY) -> st.SearchStrategy[t.Tree]:
    """Normal trees of any shape."""
    leaves: st.SearchStrategy[t.Tree] = st.builds(t.Words, TEXT) | terms(stream)

    def grow(inner: st.SearchStrategy[t.Tree]) -> st.SearchStrategy[t.Tree]:
        several = st.lists(inner, min_size=1, max_size=3)
        return several.map(t.all_of) | several.map(t.any_of) | inner.map(t.negated)

    return st.recursive(leaves, grow, max_leaves=8)
