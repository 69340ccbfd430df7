"""The search language: what each form means, and where a mistake is."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY, STREAMS, SUPERVISION
from earwitness.search import grammar
from earwitness.search.fields import FIELDS
from earwitness.search.grammar import parse
from earwitness.search.printer import to_text
from earwitness.search.tree import And, Between, Compare, Everything, Match, Not, Or, Term, Tree, Words
from tests.search.trees import trees


def term(field: str, *values: str) -> Term:
    """A term of literal values."""
    return Term(field, tuple(Match((value,)) for value in values))


MEANINGS: list[tuple[str, Tree]] = [
    ("", Everything()),
    ("  \t ", Everything()),
    ("login", Words("login")),
    ('"changed by"', Words("changed by")),
    ("a b", And((Words("a"), Words("b")))),
    ("a AND b", And((Words("a"), Words("b")))),
    ("a OR b c", Or((Words("a"), And((Words("b"), Words("c")))))),
    ("(a OR b) c", And((Or((Words("a"), Words("b"))), Words("c")))),
    ("((a))", Words("a")),
    ("-a", Not(Words("a"))),
    ("-(-a)", Words("a")),
    ("-(a b)", Not(And((Words("a"), Words("b"))))),
    ("or and", And((Words("or"), Words("and")))),
    ('"OR"', Words("OR")),
    ("ORDER", Words("ORDER")),
    ("100%_done", Words("100%_done")),
    ("*22", Words("*22")),
    ("a-b", Words("a-b")),
    ("hello,world", Words("hello,world")),
    (r"DOMAIN\user", Words(r"DOMAIN\user")),
    (r"a\"b", Words('a"b')),
    (r'"a \"b\" \\ \n"', Words(r'a "b" \ \n')),
    (r"\-x", Words("-x")),
    ('foo"bar baz"', Words("foobar baz")),
    ("10:30", Words("10:30")),
    ("a\u3000b", And((Words("a"), Words("b")))),
    ("user:ana.pop", term("user", "ana.pop")),
    ("USER:ana", term("user", "ana")),
    ("user:a,b", term("user", "a", "b")),
    ('user:"a,b",c', term("user", "a,b", "c")),
    ('reason:""', term("reason", "")),
    ("object:queue:support-*", Term("object", (Match(("queue:support-", "")),))),
    ("user:*a**b", Term("user", (Match(("", "a", "b")),))),
    (r"object:ext:\*22", term("object", "ext:*22")),
    ('user:"a*"*', Term("user", (Match(("a*", "")),))),
    ("uri:a*b", term("uri", "a*b")),
    ("-ip:10.0.0.0/8", Not(Term("ip", (Compare("=", "10.0.0.0/8"),)))),
    ("has:442079460123", term("has", "442079460123")),
    ("seq:>5", Term("seq", (Compare(">", "5"),))),
    ("seq:1..5", Term("seq", (Between("1", "5"),))),
    ("seq:..5", Term("seq", (Compare("<=", "5"),))),
    ("seq:5..", Term("seq", (Compare(">=", "5"),))),
    ("created:2026-11-01", Term("created", (Compare("=", "2026-11-01"),))),
    ('created:"2026-11-01 08:30"..', Term("created", (Compare(">=", "2026-11-01 08:30"),))),
    ("params.after.status:busy", Term("params", (Match(("busy",)),), ("after", "status"))),
    ('params."odd key"."a.b":x', Term("params", (Match(("x",)),), ("odd key", "a.b"))),
    ("params.rows:>=100", Term("params", (Compare(">=", "100"),), ("rows",))),
    ("params.file:../etc", Term("params", (Match(("../etc",)),), ("file",))),
    ("params.rows:-5..1e3", Term("params", (Between("-5", "1e3"),), ("rows",))),
    ("params.a b", And((Words("params.a"), Words("b")))),
]


@pytest.mark.parametrize(("text", "tree"), MEANINGS)
def test_it_means(text: str, tree: Tree) -> None:
    """Each form of the language has the one meaning that the interface gives it."""
    assert parse(text, ACTIVITY) == tree


MISTAKES = [
    ('"abc', 0, 4, "not closed"),
    ('user:"a', 5, 7, "not closed"),
    ("x (a", 2, 3, "not closed"),
    ("(", 0, 1, "not closed"),
    ("a)", 1, 2, "closes nothing"),
    ("()", 1, 2, "nothing between"),
    ("a(b)", 1, 2, "space before"),
    ("- a", 0, 1, "minus"),
    ("a -", 2, 3, "minus"),
    ("--a", 0, 1, "minus"),
    ("OR a", 0, 2, "before OR"),
    ("a OR", 2, 4, "after OR"),
    ("(a OR) b", 5, 6, "nothing between"),
    ("a AND", 2, 5, "after AND"),
    ("user:", 0, 5, "directly after the colon"),
    ("user: ana", 0, 5, "directly after the colon"),
    ("user:a, b", 6, 7, "after this comma"),
    ("x usr:ana", 2, 5, "did you mean user:"),
    ("zzz:ana", 0, 3, "the fields are user, ip"),
    ("manager:maria", 0, 7, "This log has no field manager"),
    ("user:>a", 5, 7, "no range"),
    ("ip:10.0.0", 3, 9, "address or a network"),
    ("ip:fe80::1%eth0", 3, 15, "address or a network"),
    ("id:12", 3, 5, "UUID"),
    ("seq:-5", 4, 6, "whole number"),
    ("seq:18446744073709551616", 4, 24, "whole number"),
    ("seq:..", 4, 6, "at least one side"),
    ("created:yesterday", 8, 17, "write a date"),
    ("created:2026-02-30", 8, 18, "does not exist"),
    ("created:2026-11-01T08:00:61", 8, 27, "does not exist"),
    ("has:+442079", 4, 11, "has:442079"),
    ('has:"a b"', 4, 9, "quotes"),
    ("params:x", 0, 7, "path"),
    ("params.:x", 0, 7, "after the dot"),
    ("params.a.:x", 0, 9, "after the dot"),
    ("params.*:x", 0, 8, "path"),
    ("params.a:>b", 9, 11, "number"),
    ("hour:24", 5, 7, "0 to 23"),
    ("weekday:0..3", 8, 12, "1 to 7"),
    ('""', 0, 2, "nothing between"),
    ('comments:""', 9, 11, "what to look for"),
    ("a\x00", 1, 2, "no text"),
    ("a\ud800", 1, 2, "no text"),
    ("(" * 21 + "a" + ")" * 21, 20, 21, "deep"),
    ("a " * 301, 600, 602, "conditions"),
    ("user:" + ",".join("a" * 1001), 2005, 2006, "values"),
    ("a" * 8001, 8000, 8001, "characters"),
]


@pytest.mark.parametrize(("text", "position", "end", "word"), MISTAKES)
def test_it_points_at_the_mistake(text: str, position: int, end: int, word: str) -> None:
    """A mistake gets one sentence and the characters it is about."""
    with pytest.raises(BadQuery) as caught:
        parse(text, ACTIVITY)
    assert (caught.value.extra["position"], caught.value.extra["end"]) == (position, end)
    assert word.lower() in caught.value.detail.lower()
    assert caught.value.detail.endswith(".")


def test_params_are_a_field_of_events_alone() -> None:
    """A segment has none: the mistake is pointed at; without a colon it is a word as everywhere."""
    with pytest.raises(BadQuery, match="This log has no field params") as caught:
        parse("a params.after.status:busy", SUPERVISION)
    assert (caught.value.extra["position"], caught.value.extra["end"]) == (2, 8)
    assert parse("params.after", SUPERVISION) == Words("params.after")


@given(st.text(max_size=60) | st.text(st.sampled_from('ab1 "\\*,()<>.:-OR user:params.created:seq:ip:'), max_size=60))
def test_any_text_is_a_tree_or_a_mistake(text: str) -> None:
    """Whatever is typed gets a tree or a BadQuery inside the text, and a tree survives being printed."""
    try:
        tree = parse(text, ACTIVITY)
    except BadQuery as mistake:
        position, end = mistake.extra["position"], mistake.extra["end"]
        assert isinstance(position, int)
        assert isinstance(end, int)
        assert 0 <= position < end <= max(len(text), position + 1)
    else:
        assert parse(to_text(tree), ACTIVITY) == tree


@pytest.mark.parametrize("stream", STREAMS)
@given(st.data())
def test_a_printed_tree_is_read_as_the_same_tree(stream: str, data: st.DataObject) -> None:
    """The printer writes every normal tree so that the parser gets it back."""
    tree = data.draw(trees(stream))
    assert parse(to_text(tree), stream) == tree


def test_the_examples_are_right() -> None:
    """The example of every field parses in each of its streams, and so do the lines of the interface."""
    for field in FIELDS:
        for stream in field.columns:
            parse(field.example, stream)
    parse(
        'user:ana.pop event:login -ip:10.0.0.0/8 "changed by" params.after.status:busy created:>=2026-11-01', ACTIVITY
    )
    parse("action:barge agent:1001 duration:>30 manager:maria*", SUPERVISION)


def test_the_limits_are_those_of_the_reference() -> None:
    """The limits stand in the reference; change them together."""
    limits = (grammar.MAX_TEXT, grammar.MAX_DEPTH, grammar.MAX_ITEMS, grammar.MAX_VALUES, grammar.MAX_PATH)
    assert limits == (8000, 20, 300, 1000, 32)
