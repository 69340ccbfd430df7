"""The engine finds what the language means: any search, held against a plain reading of it in Python."""

import ipaddress
import json
import random
import re
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwitness.search import Query, Reader, mask, mask_json, paging, values
from earwitness.search import tree as t
from earwitness.search.printer import to_text
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import insert, scope

WORDS = [
    *(
        "login",
        "Login",
        "call",
        "caller",
        "0123",
        "1001",
        "44",
        "442079460123",
        "+442079460123",
        "x",
        "XXXXXXX",
        "next",
    ),
    *(
        "100%",
        "a_b",
        "*22",
        "é",
        "ЖУК",
        'say "hi"',
        "back\\slash",
        "two words",
        "tab\there",
        "a-b",
        "-",
        "",
        "o'b",
        "zoë",
    ),
    *("1769277733.331", "2026-11-01", "queue:support-1", "5551234", "ts=1769277733", "(", "020 7946 0123", "日本"),
]
KEYS = ["a", "number", "odd key", "b"]
Row = dict[str, Any]


def texts(chance: random.Random) -> str:
    """A text made of a few of the words."""
    return " ".join(chance.choices(WORDS, k=chance.choice([0, 1, 1, 2, 3])))


def value(chance: random.Random, depth: int = 0) -> Any:
    """A JSON value that holds words and numbers."""
    kinds = ["text", "text", "number", "literal"] + (["list", "object"] if depth < 2 else [])
    match chance.choice(kinds):
        case "text":
            return chance.choice(WORDS)
        case "number":
            return chance.choice([0, 1, 1001, 2.5, -7, 442079460123, 1000.0])
        case "literal":
            return chance.choice([True, False, None])
        case "list":
            return [value(chance, depth + 1) for _ in range(chance.randrange(3))]
    return {key: value(chance, depth + 1) for key in chance.sample(KEYS, 2)}


def events(count: int) -> list[Row]:
    """A log made by chance, always the same."""
    chance = random.Random(20261120)
    return [
        {
            "username": texts(chance),
            "event": chance.choice(WORDS),
            "event_object": texts(chance),
            "comments": texts(chance),
            "request_uri": texts(chance),
            "reason": texts(chance),
            "user_ip": chance.choice(["", "10.1.2.3", "10.9.9.9", "2001:db8::7"]),
            "desks": chance.sample(["support", "Sales", "x"], chance.randrange(3)),
            "params": {key: value(chance) for key in chance.sample(KEYS, chance.randrange(4))},
        }
        for _ in range(count)
    ]


class Meaning:
    """Says whether a row passes a tree, as the reference describes it; nothing is shared with the code under test."""

    def __init__(self, row: Row, seq: int, *, masked: bool) -> None:
        raw = json.dumps(row["params"], ensure_ascii=False, separators=(",", ":"))
        self.seq = seq
        self.row = {name: mask(text) if masked and isinstance(text, str) else text for name, text in row.items()}
        self.row["user_ip"], self.row["event"] = row["user_ip"], row["event"]
        self.raw = mask_json(raw) if masked else raw
        self.params = json.loads(self.raw)

    def passes(self, tree: t.Tree) -> bool:
        match tree:
            case t.Everything():
                return True
            case t.Words(text):
                return self.words(text)
            case t.Not(item):
                return not self.passes(item)
            case t.And(items):
                return all(self.passes(item) for item in items)
            case t.Or(items):
                return any(self.passes(item) for item in items)
            case t.Term(field, tests, path):
                return any(self.term(field, test, path) for test in tests)

    def words(self, text: str) -> bool:
        plain = [self.row[name] for name in ("comments", "event_object", "request_uri")]
        written = json.dumps(text, ensure_ascii=False)[1:-1]
        return any(has(column, text) for column in plain) or has(self.raw, text) or has(self.raw, written)

    def term(self, field: str, test: t.Test, path: tuple[str, ...]) -> bool:
        match field, test:
            case "has", t.Match((word,)):
                return any(word.lower() in pieces(text) for text in self.all_texts())
            case "comments" | "uri", t.Match((text,)):
                return has(self.row["comments" if field == "comments" else "request_uri"], text)
            case "ip", t.Compare(_, network):
                address = self.row["user_ip"]
                return bool(address) and ipaddress.ip_address(address) in ipaddress.ip_network(network, strict=False)
            case "seq", t.Between(low, high):
                return int(low) <= self.seq <= int(high)
            case "desk", t.Match(parts):
                return any(whole(desk, parts) for desk in self.row["desks"])
            case "params", _:
                return any(self.at_path(found, test) for found in at(self.params, path))
            case _, t.Match(parts):
                column = {"user": "username", "object": "event_object"}.get(field, field)
                return whole(self.row[column], parts)
        raise AssertionError(field)

    def all_texts(self) -> list[str]:
        unescaped = re.sub(r"\\(u[0-9a-fA-F]{4}|.)", " ", self.raw)
        return [*(self.row[name] for name in ("comments", "event_object", "request_uri")), unescaped]

    @staticmethod
    def at_path(found: Any, test: t.Test) -> bool:
        text = found if isinstance(found, str) else json.dumps(found, ensure_ascii=False, separators=(",", ":"))
        number = float(text) if values.is_number(text) else None
        match test:
            case t.Match(parts):
                same = isinstance(found, (int, float)) and not isinstance(found, bool) and len(parts) == 1
                equal = same and values.is_number(parts[0]) and float(parts[0]) == found
                return equal or whole(text, parts)
            case t.Compare(op, bound):
                limit = float(bound)
                return number is not None and {">": number > limit, "<=": number <= limit}[op]
            case t.Between(low, high):
                return number is not None and float(low) <= number <= float(high)


def has(text: str, part: str) -> bool:
    return part.lower() in text.lower()


def pieces(text: str) -> list[str]:
    return re.findall(r"[^\W_]+", text.lower())


def whole(text: str, parts: tuple[str, ...]) -> bool:
    return bool(re.fullmatch(".*".join(re.escape(part.lower()) for part in parts), text.lower(), re.DOTALL))


def at(params: Any, path: tuple[str, ...]) -> list[Any]:
    """The values at a path, arrays taken apart on the way and at its end."""
    found = [params]
    for key in path:
        found = [item[key] for item in apart(found) if isinstance(item, dict) and key in item]
    return apart(found)


def apart(found: list[Any]) -> list[Any]:
    for _ in range(2):
        found = [inner for item in found for inner in (item if isinstance(item, list) else [item])]
    return found


SOME = st.sampled_from([word for word in WORDS if word])
ENDS = SOME.flatmap(lambda word: st.integers(0, len(word) - 1).map(lambda n: word[n:]))
PART = SOME | ENDS | SOME.map(lambda word: word[:4])
OPEN = PART | st.just("")
MATCH = PART.map(lambda part: t.Match((part,))) | st.tuples(OPEN, OPEN).map(t.Match)
TEXT_FIELD = st.sampled_from(["user", "event", "object", "reason"])
TOKEN = st.sampled_from(sorted({piece for word in WORDS for piece in pieces(word)}))
NUMBER = st.sampled_from(["0", "1", "2.5", "1000", "1001", "442079460123", "-7", "1e3"])
LEAVES: st.SearchStrategy[t.Tree] = st.one_of(
    st.builds(t.Words, PART),
    st.builds(lambda field, match: t.Term(field, (match,)), TEXT_FIELD, MATCH),
    st.builds(lambda field, part: t.Term(field, (t.Match((part,)),)), st.sampled_from(["comments", "uri"]), PART),
    st.builds(
        lambda words: t.Term("has", tuple(t.Match((w,)) for w in words)), st.lists(TOKEN, min_size=1, max_size=2)
    ),
    st.sampled_from([t.Term("ip", (t.Compare("=", net),)) for net in ("10.0.0.0/8", "10.1.2.3", "2001:db8::/32")]),
    st.sampled_from([t.Term("desk", (t.Match((desk,)),)) for desk in ("SUPPORT", "sales")]),
    st.integers(1, 60).map(lambda n: t.Term("seq", (t.Between(str(n), str(n + 20)),))),
    st.builds(
        lambda path, test: t.Term("params", (test,), tuple(path)),
        st.lists(st.sampled_from(KEYS), min_size=1, max_size=3),
        MATCH
        | NUMBER.map(lambda n: t.Match((n,)))
        | st.builds(t.Compare, st.sampled_from([">", "<="]), NUMBER)
        | st.builds(t.Between, NUMBER, NUMBER),
    ),
)
TREES = st.recursive(
    LEAVES,
    lambda inner: (
        st.lists(inner, min_size=2, max_size=3).map(t.all_of)
        | st.lists(inner, min_size=2, max_size=3).map(t.any_of)
        | inner.map(t.negated)
    ),
    max_leaves=4,
)
ROWS = events(80)


@pytest.fixture(scope="module")
def tenant(store: Store) -> str:
    """A tenant with the log; its rows are merged, so that the word index is built."""
    name = new_tenant()
    insert(store, name, ROWS)
    handle = store._open_handle()
    handle.command("test.optimize", "OPTIMIZE TABLE events FINAL")
    handle.close()
    return name


@pytest.mark.parametrize("worth_reading", [0.1, -1.0], ids=["row by row", "by index"])
@pytest.mark.parametrize("masked", [False, True], ids=["plain", "masked"])
@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(tree=TREES)
def test_any_search_finds_what_it_means(
    tenant: str, reader: Reader, monkeypatch: pytest.MonkeyPatch, masked: bool, worth_reading: float, tree: t.Tree
) -> None:
    """Whatever is asked, by a masked viewer of the masked text: page and count give exactly the rows that it means."""
    monkeypatch.setattr(paging, "WORTH_READING", worth_reading)
    who, query = scope(tenant, masked=masked), Query(text=to_text(tree))
    right = [seq for seq, row in enumerate(ROWS, 1) if Meaning(row, seq, masked=masked).passes(tree)]
    assert [item.seq for item in reader.page(who, query, order="oldest", limit=1000).items] == right
    assert reader.count(who, query).count == len(right)
