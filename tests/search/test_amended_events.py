"""An event whose actor was corrected later is found, counted and shown as if it had been recorded so."""

import json
import uuid
from typing import Any

import pytest

from earwitness.model.event import Event
from earwitness.model.problem import NotFound
from earwitness.model.scope import ACTIVITY, Scope
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import scope

RECORDED: list[dict[str, Any]] = [
    {"username": "1001", "event": "call", "comments": "asked for a refund", "desks": []},
    {"username": "ben", "event": "call", "comments": "asked for a refund", "desks": ["sales"]},
    {"username": "ben", "event": "queue_member", "params": '{"number": "+442079460123"}', "desks": ["sales"]},
    {"username": "ana", "event": "login", "comments": "refund", "desks": ["support"]},
]
# (place among the events, field, value): of two for one field the later counts.
LATER: list[tuple[int, str, Any]] = [
    (0, "username", "ana"),
    (0, "desks", ["support"]),
    (1, "username", "zoe"),
    (1, "username", "442079460999"),
    (1, "desks", ["night", "support"]),
]
TEXTS = [
    "",
    "user:ana",
    "user:ben",
    "user:zoe",
    "user:1001",
    "-user:ben",
    "user:a*,b*",
    "user:442079460999",
    "user:XXXXXXXXXXXX",
    "refund",
    "user:ana refund",
    "user:ana has:refund",
    "has:refund -user:ana",
    "refun user:b*",
    "has:442079460123 user:ben",
    "442079460123 -user:ana",
    "params.number:+44* user:ben",
    "desk:support",
    "-desk:sales",
    "desk:night refund",
    "event:call user:ana",
    "created:2026-11-01 user:ana",
]
SCOPES: dict[str, dict[str, Any]] = {
    "everything": {},
    "masked": {"masked": True},
    "support": {"desks": frozenset({"support"})},
    "sales": {"desks": frozenset({"sales"})},
    "night, masked": {"desks": frozenset({"night"}), "masked": True},
    "ana": {"own": "ana"},
    "ben": {"own": "ben"},
}
Logs = dict[str, list[str]]  # tenant -> ids in order: the amended log first, then the one that was recorded so


@pytest.fixture(scope="module")
def logs(store: Store) -> Logs:
    """The same events twice: amended in one tenant, recorded so from the first in the other."""
    known = [dict(row) for row in RECORDED]
    for place, field, value in LATER:
        known[place][field] = value
    tenants = {new_tenant(): RECORDED, new_tenant(): known}
    made = {tenant: [str(uuid.uuid4()) for _ in rows] for tenant, rows in tenants.items()}
    for tenant, rows in tenants.items():
        lines = [
            {"tenant": tenant, "received_at": "2026-11-20 10:00:00.000000", "retention_class": "400d"}
            | {"source": "asterisk", "id": made[tenant][n - 1], "seq": n, "created": f"2026-11-0{n} 08:00:00.000000"}
            | row
            for n, row in enumerate(rows, 1)
        ]
        store.insert_lines("events", "\n".join(map(json.dumps, lines)).encode())
    amended = next(iter(tenants))
    lines = [
        {"tenant": amended, "stream": ACTIVITY, "seq": 100 + n, "id": str(uuid.uuid4()), "amends": made[amended][place]}
        | {"received_at": "2026-11-21 10:00:00.000000", "retention_class": "400d", "field": field}
        | {"value": json.dumps(value), "cause": "directory"}
        for n, (place, field, value) in enumerate(LATER)
    ]
    store.insert_lines("amendments", "\n".join(map(json.dumps, lines)).encode())
    return made


CASES = [(text, name) for text in TEXTS for name in ("everything", "masked")]
CASES += [(text, name) for text in ["", "user:ana", "-user:ben refund", "desk:support"] for name in SCOPES]


@pytest.mark.parametrize(("text", "name"), dict.fromkeys(CASES))
def test_it_is_found_as_if_recorded_so(reader: Reader, logs: Logs, text: str, name: str) -> None:
    """A page and a count of both logs are the same, whoever asks, with the index of words and without."""
    query = Query(ACTIVITY, text)
    answers = []
    for tenant, ids in logs.items():
        who = scope(tenant, **SCOPES[name])
        items = [item for item in reader.page(who, query, order="oldest").items if isinstance(item, Event)]
        assert reader.count(who, query).count == len(items)
        answers.append([(ids.index(item.id), item.username, item.desks) for item in items])
    assert answers[0] == answers[1]


@pytest.mark.parametrize("name", SCOPES)
@pytest.mark.parametrize("text", ["", "user:ana refund"])
def test_figures_are_as_if_recorded_so(reader: Reader, logs: Logs, text: str, name: str) -> None:
    """So are facets, histogram, files, single rows, suggestions and what is followed live."""
    query = Query(ACTIVITY, text)
    answers = [_figures(reader, scope(tenant, **SCOPES[name]), query) for tenant in logs]
    assert answers[0] == answers[1]


def _figures(reader: Reader, who: Scope, query: Query) -> list[Any]:
    followed = [item for item in reader.since(who, query, 0, 99) if isinstance(item, Event)]
    assert [reader.get(who, ACTIVITY, item.id) for item in followed] == followed
    return [
        reader.facets(who, query, ["username", "event"]),
        reader.histogram(who, query, "P1D"),
        b"".join(reader.export(who, query, ["username", "desks", "comments", "seq"], form="csv", order="oldest")),
        reader.suggest(who, ACTIVITY, "user", ""),
        [(item.seq, item.username, item.desks) for item in followed],
    ]


def test_whose_event_it_was_not_is_not_told_of_it(reader: Reader, logs: Logs) -> None:
    """The person who was taken for the actor, and their desk, do not see the event any more."""
    tenant, ids = next(iter(logs.items()))
    for who in (scope(tenant, own="ben"), scope(tenant, desks=frozenset({"sales"}))):
        with pytest.raises(NotFound):
            reader.get(who, ACTIVITY, ids[1])
