"""Params as people read them: foldable, escaped, with what changed."""

import datetime as dt
import json
import re
from html import unescape
from html.parser import HTMLParser
from typing import Any

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from earwitness.model.event import Change, Event
from earwitness.web.activity import changes, hidden, jsontree, params

EVIL = "<script>alert('x')</script>\"&"
JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=12),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=8), inner, max_size=4),
    max_leaves=12,
)


class Strict(HTMLParser):
    """Collects elements, and fails where they do not nest."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.open.append(tag)
        self.seen.add(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@given(JSON)
def test_any_json_is_well_formed_html(value: Any) -> None:
    """Whatever an application sends, the page holds, and only elements of ours."""
    parser = Strict()
    parser.feed(jsontree.tree(value, "/activity?"))
    parser.close()
    assert not parser.open
    assert parser.seen <= {"details", "summary", "div", "span", "b", "i", "button", "a"}


def test_a_script_in_a_name_or_value_is_text() -> None:
    """Names, values and the addresses that find them are escaped."""
    html = jsontree.tree({EVIL: {EVIL: EVIL}}, "/activity?")
    assert "<script" not in html
    assert "&lt;script&gt;" in html


def test_every_value_can_be_found_by_its_path() -> None:
    """The address beside a value demands exactly that value at exactly that place, in lists as well."""
    html = jsontree.tree({"after": {"status": "busy"}, "odd key": [{"n": 5}]}, "/activity?")
    found = [unescape(address) for address in re.findall(r'class="only" href="([^"]*)"', html)]
    assert found == [
        "/activity?add=params.after.status&value=busy",
        "/activity?add=params.%22odd%20key%22.n&value=5",
    ]


def test_small_params_are_open_and_large_ones_folded() -> None:
    """A person sees all of what is small, and the outline of what is large."""
    assert "<details><" not in jsontree.tree({"a": {"b": 1}}, "/activity?")
    large = jsontree.tree({str(i): {"b": 1} for i in range(200)}, "/activity?")
    assert large.count("<details open>") == 1


def event(**fields: Any) -> Event:
    now = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    plain = dict.fromkeys(
        ("source", "username", "user_ip", "event", "sub_event", "event_object", "comments", "request_uri"), ""
    )
    whole = {"id": "x", "tenant": "t", "seq": 1, "created": now, "received_at": now, "params": msgspec.Raw(b"{}")}
    return Event(**{**whole, **plain, **fields})


def test_recorded_changes_come_first() -> None:
    """What the source says has changed is shown, whatever the params look like."""
    rows, same = changes.of(event(changes=(Change("roles", ["a"], ["a", "b"]),)), {"before": {"x": 1}, "after": {}})
    assert (rows, same) == ([changes.Change("roles", "changed", '["a"]', '["a","b"]')], 0)


def test_before_and_after_are_compared() -> None:
    """Added, removed and changed values are told apart; equal ones are counted; 1 and true are not equal."""
    params = {
        "before": {"name": "North", "size": 1, "old": None, "same": [1, 2], "deep": {"x": "a"}},
        "after": {"name": "South", "size": True, "new": "", "same": [1, 2], "deep": {"x": "b"}},
    }
    rows, same = changes.of(event(), json.loads(json.dumps(params)))
    assert {(row.path, row.kind, row.old, row.new) for row in rows} == {
        ("name", "changed", "North", "South"),
        ("size", "changed", "1", "true"),
        ("old", "removed", "null", ""),
        ("new", "added", "", '""'),
        ("deep.x", "changed", "a", "b"),
    }
    assert same == 1


@given(JSON, JSON)
def test_any_before_and_after_can_be_compared(before: Any, after: Any) -> None:
    """Whatever their shape, there are changes exactly where the two differ."""
    rows, _ = changes.of(event(), {"before": before, "after": after})
    assert bool(rows) == (json.dumps(before, sort_keys=True) != json.dumps(after, sort_keys=True))


def test_numbers_are_shown_to_the_digit() -> None:
    """A page of evidence neither rounds nor fails, whatever number JSON can write."""
    raw = b'{"price":0.10,"big":123456789012345678901234567890,"huge":1e400,"text":"0.10"}'
    shown = jsontree.tree(params.read(raw), "?")
    for figure in ("0.10", "123456789012345678901234567890", "1e400"):
        assert f'<span class="n">{figure}</span>' in shown
    assert '<span class="s">"0.10"</span>' in shown
    assert params.indented(raw).count("0.10") == 2
    assert "value=1e400" in shown


def test_a_number_and_its_text_differ() -> None:
    """1 became "1": that is a change, and 1e400 compares as well as any."""
    raw = b'{"before":{"a":1,"b":1e400,"c":[1,"x"]},"after":{"a":"1","b":1e400,"c":[1,"x"]}}'
    rows, same = changes.of(event(), params.read(raw))
    assert [(row.path, row.old, row.new) for row in rows] == [("a", "1", "1")]
    assert same == 2


@given(JSON)
def test_what_is_read_is_written_again(value: Any) -> None:
    """Nothing is lost between the two."""
    assert json.loads(params.written(params.read(json.dumps(value).encode()))) == value


def test_hidden_characters_are_named() -> None:
    """A right-to-left mark in a name or in params does not go unseen; an emoji of many parts is no trick."""
    found = hidden.signs(event(username="odd\u202egpj.exe", params=msgspec.Raw(b'{"a":"\\u200b"}')))
    assert found == [("Username", ["U+202E right-to-left override"]), ("Params", ["U+200B zero width space"])]
    assert hidden.signs(event(comments="\U0001f469\u200d\U0001f467 \u05e9\u05dc\u05d5\u05dd")) == []
