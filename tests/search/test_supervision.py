"""The supervision log through the same door: segments, their fields, scope and masks."""

import json
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import scope

SEGMENTS: list[dict[str, Any]] = [
    {  # 1
        "started_at": "2026-11-01 08:00:00.000000",
        "duration_ms": 30_000,
        "action": "listen",
        "manager_username": "maria.rossi",
        "manager_name": "Maria Rossi",
        "manager_extension": "2001",
        "agent_name": "Zoë",
        "agent_extension": "1001",
        "customer_number": "+442079460123",
        "queue": "support",
        "call_linkedid": "1769277733.331",
        "end_reason": "mode-changed",
        "desks": ["support"],
    },
    {  # 2
        "started_at": "2026-11-01 08:00:30.000000",
        "duration_ms": 30_500,
        "action": "barge",
        "manager_username": "maria.rossi",
        "manager_name": "Maria Rossi",
        "agent_username": "zoe",
        "agent_name": "Zoë",
        "agent_extension": "1001",
        "customer_number": "12345",
        "call_uniqueid": "1769277733.331",
        "cdr_id": "77",
        "desks": ["support"],
        "reason": "asked for by 442079460123",
    },
    {  # 3
        "started_at": "2026-11-02 08:00:00.000000",
        "duration_ms": 61_000,
        "action": "whisper",
        "manager_extension": "2002",
        "agent_extension": "1002",
        "pbx": "berlin",
        "desks": ["sales"],
    },
]


def insert(store: Store, tenant: str) -> None:
    """Put the segments into the log of a tenant."""
    base = {
        "tenant": tenant,
        "session_id": "0190a3c8-5d3e-7c1a-9f00-000000000001",
        "received_at": "2026-11-20 10:00:00.000000",
        "retention_class": "180d",
        "ended_at": "2026-11-02 09:00:00.000000",
        "source": "asterisk",
        "pbx": "default",
    }
    lines = [json.dumps(base | {"seq": n, "id": str(uuid.uuid4())} | row) for n, row in enumerate(SEGMENTS, 1)]
    store.insert_lines("segments", "\n".join(lines).encode())


@pytest.fixture(scope="module")
def home(store: Store) -> str:
    """A tenant with a supervision log."""
    tenant = new_tenant()
    insert(store, tenant)
    return tenant


@pytest.fixture
def found(reader: Reader, home: str) -> Callable[..., list[int | None]]:
    """Ask for a text and get the seqs of what it finds."""

    def ask(text: str, **fields: Any) -> list[int | None]:
        who = scope(home, **fields)
        query = Query(stream=SUPERVISION, text=text)
        items = reader.page(who, query, order="oldest").items
        assert reader.count(who, query).count == len(items)
        return [item.seq for item in items]

    return ask


@pytest.mark.parametrize(
    ("text", "seqs"),
    [
        ("", [1, 2, 3]),
        ("action:barge agent:1001 duration:>30 manager:maria*", [2]),
        ("action:listen,whisper", [1, 3]),
        ("manager:2001", [1]),
        ("manager:maria.rossi", [1, 2]),
        ('manager:"maria rossi"', [1, 2]),
        ("user:maria.rossi", [1, 2]),
        ("agent:zoë", [1, 2]),
        ("extension:1001", [1, 2]),
        ("weekday:7", [1, 2]),
        ("weekday:1 hour:8", [3]),
        ("-hour:0..7,9..23", [1, 2, 3]),
        ("hour:9", []),
        ("duration:30", [1, 2]),
        ("duration:>30", [2, 3]),
        ("duration:>30.5", [3]),
        ("duration:<30.5", [1]),
        ("duration:>=31", [3]),
        ("duration:30.5", [2]),
        ("duration:60..61", [3]),
        ("duration:60..60.9", []),
        ("customer:+4420*", [1]),
        ("queue:support", [1]),
        ("pbx:berlin", [3]),
        ("end:mode-*", [1]),
        ("call:1769277733.331", [1, 2]),
        ("call:77", [2]),
        ("desk:sales", [3]),
        ("session:0190A3C8*", [1, 2, 3]),
        ("created:2026-11-02", [3]),
        ("rossi", [1, 2]),
        ("has:rossi", [1, 2]),
        ("has:ross", []),
        ("0123", [1, 2]),
        ("-action:barge", [1, 3]),
    ],
)
def test_it_finds(found: Callable[..., list[int | None]], text: str, seqs: list[int]) -> None:
    """The fields of the supervision log find what they say."""
    assert found(text) == seqs


def test_a_supervisor_sees_their_desk_and_an_agent_themself(found: Callable[..., list[int | None]]) -> None:
    """Desks are those of the agent; the page /me shows who listened to oneself."""
    assert found("", desks=frozenset({"sales"})) == [3]
    assert found("", own="zoe") == [2]


def test_a_customer_is_masked_however_short(reader: Reader, home: str, found: Callable[..., list[int | None]]) -> None:
    """Every digit of a customer's number is X, numbers in texts too, and no question finds them."""
    who = scope(home, masked=True, viewer="sam")
    items = reader.page(who, Query(stream=SUPERVISION), order="oldest").items
    segments = [item for item in items if isinstance(item, Segment)]
    assert [segment.customer_number for segment in segments] == ["+XXXXXXXXXXXX", "XXXXX", ""]
    assert segments[1].reason == "asked for by XXXXXXXXXXXX"
    assert (segments[0].agent.extension, segments[0].call_linkedid) == ("1001", "1769277733.331")
    for probe in ("customer:12345", "customer:+44*", "0123", "has:442079460123", "reason:*0123"):
        assert found(probe, masked=True) == []
    assert found("customer:xxxxx", masked=True) == [2]
    assert reader.suggest(who, SUPERVISION, "customer", "1") == []


def test_figures_of_segments(reader: Reader, home: str) -> None:
    """Facets, histogram and single rows work for segments as for events."""
    query = Query(stream=SUPERVISION)
    facets = reader.facets(scope(home), query, ["action", "manager_name", "desk"]).facets
    assert {(value.value, value.count) for value in facets["desk"]} == {("support", 2), ("sales", 1)}
    assert len(facets["action"]) == 3
    assert [bucket.count for bucket in reader.histogram(scope(home), query, "P1D").buckets] == [2, 1]
    first = reader.page(scope(home), query, order="oldest").items[0]
    assert reader.get(scope(home), SUPERVISION, first.id) == first
    assert isinstance(first, Segment)
    assert (first.manager.name, first.evidence.start, first.end_inferred) == ("Maria Rossi", "", False)
