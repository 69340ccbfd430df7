"""A masked viewer sees no number, and no question tells one either."""

import json
from typing import Any

import pytest

from earwitness.model.scope import ACTIVITY
from earwitness.search import Query, Reader, mask, mask_json
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import insert, scope

PHONE = "+442079460123"
HIDDEN = "+XXXXXXXXXXXX"
EVENTS: list[dict[str, Any]] = [
    {
        "event_object": f"customer:{PHONE}",
        "comments": f"call back {PHONE}, extension 1001",
        "request_uri": f"/call?to={PHONE}&ts=1769277733123",
        "params": {"caller": PHONE, "number": 442079460123, "ts": 1769277733, "legs": [{"to": PHONE}], "x": "next"},
        "changes": [{"path": "did", "old": PHONE, "new": 442079460124}],
        "reason": f"asked by {PHONE}",
        "error": f"no route to {PHONE}",
        "call_id": "1769277733.331",
        "extension": "1001",
        "username": "442079460123",
    },
    {
        "event_object": "customer:+442079460999",
        "comments": "call back +442079460999",
        "params": {"caller": "+442079460999"},
        "username": "ana.pop",
    },
    {"comments": "nothing of the kind", "params": {"a": 1}, "username": "ana.pop"},
]


@pytest.fixture(scope="module")
def home(store: Store) -> str:
    """A tenant whose log holds numbers in every text."""
    tenant = new_tenant()
    insert(store, tenant, EVENTS)
    return tenant


def seqs(reader: Reader, home: str, text: str, *, masked: bool = True) -> list[int | None]:
    """What a masked viewer finds."""
    who = scope(home, masked=masked, viewer="sam")
    page = reader.page(who, Query(text=text), order="oldest")
    assert reader.count(who, Query(text=text)).count == len(page.items)
    return [item.seq for item in page.items]


PROBES = [
    PHONE,
    "442079460123",
    "0123",
    "44207",
    "has:442079460123",
    "user:442079460123",
    "user:4420*",
    "user:*0123",
    f"object:customer:{PHONE}",
    "object:*44*0123",
    f"comments:{PHONE}",
    "comments:7946",
    "uri:442079460123",
    "uri:to=+4",
    f"params.caller:{PHONE}",
    "params.caller:+4420*",
    "params.caller:*0123",
    "params.number:442079460123",
    "params.number:>442079460000",
    "params.number:1..999999999999",
    f"params.legs.to:{PHONE}",
    "reason:*0123",
]


@pytest.mark.parametrize("text", PROBES)
def test_no_question_finds_a_number(reader: Reader, home: str, text: str) -> None:
    """What somebody unmasked finds by a number, a masked viewer does not; nor does excluding it change anything."""
    assert seqs(reader, home, text, masked=False)
    assert seqs(reader, home, text) == []
    assert seqs(reader, home, f"-({text})") == [1, 2, 3]
    assert seqs(reader, home, f"({text}) OR user:ana.pop") == [2, 3]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        (HIDDEN, [1, 2]),
        ("xxxxxxxxxxxx", [1, 2]),
        ("has:XXXXXXXXXXXX", [1, 2]),
        (f"object:customer:{HIDDEN}", [1, 2]),
        ("object:customer:+x*", [1, 2]),
        (f"params.caller:{HIDDEN}", [1, 2]),
        ("params.number:XXXXXXXXXXXX", [1]),
        ("user:xxxxxxxxxxxx", [1]),
        ('"call back +x"', [1, 2]),
        ("1001", [1]),
        ("has:1001", [1]),
        ("extension:1001", [1]),
        ("1769277733123", [1]),
        ("params.ts:1769277733", [1]),
        ("params.ts:>1769277732", [1]),
        ("call:1769277733.331", [1]),
        ("next", [1]),
        ("has:next", [1]),
        ("extension", [1]),
        ("kind", [3]),
        ("user:ana.pop", [2, 3]),
        ("-has:XXXXXXXXXXXX", [3]),
    ],
)
def test_the_masked_text_is_what_is_searched(reader: Reader, home: str, text: str, found: list[int]) -> None:
    """A masked viewer finds what they see: X for digits, short numbers, uniqueids and epochs as they are."""
    assert seqs(reader, home, text) == found


def test_nothing_shown_holds_a_number(reader: Reader, home: str) -> None:
    """Rows, single rows, facets and suggestions are masked in every column, and params stay JSON."""
    who = scope(home, masked=True, viewer="sam")
    items = reader.page(who, Query()).items
    shown = [repr(item) for item in items]
    shown += [bytes(item.params).decode() for item in items]
    shown += [repr(reader.get(who, ACTIVITY, item.id)) for item in items]
    shown.append(repr(reader.facets(who, Query(), ["username", "event_object", "extension"])))
    shown += [repr(reader.suggest(who, ACTIVITY, field, "", 50)) for field in ("user", "object", "reason", "call")]
    assert "44207" not in " ".join(shown)
    assert json.loads(bytes(items[-1].params))["number"] == "XXXXXXXXXXXX"
    assert items[-1].changes[0].new == "XXXXXXXXXXXX"


def test_values_that_look_alike_are_one_value(reader: Reader, home: str) -> None:
    """A facet of masked values counts them together, and suggesting by a number tells nothing."""
    who = scope(home, masked=True, viewer="sam")
    objects = reader.facets(who, Query(), ["event_object"]).facets["event_object"]
    assert {(value.value, value.count) for value in objects} == {(f"customer:{HIDDEN}", 2), ("", 1)}
    assert reader.suggest(who, ACTIVITY, "object", "customer:+4") == []
    assert reader.suggest(who, ACTIVITY, "object", "customer:+x") == [(f"customer:{HIDDEN}", 2)]


def test_rows_are_masked_as_python_masks(reader: Reader, home: str) -> None:
    """What the engine shows is what ``mask`` makes of the stored text."""
    for item, event in zip(reader.page(scope(home, masked=True), Query(), order="oldest").items, EVENTS, strict=True):
        assert item.comments == mask(event["comments"])
        assert item.event_object == mask(event.get("event_object", ""))
        stored = json.dumps(event["params"], ensure_ascii=False, separators=(",", ":"))
        assert bytes(item.params).decode() == mask_json(stored)
