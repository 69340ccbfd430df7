"""What became known of a segment later is found, counted and shown as if it had been recorded so."""

import json
import uuid
from typing import Any, NamedTuple

import pytest

from earwitness.model.problem import NotFound
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import Segment
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import scope

RECORDED: list[dict[str, Any]] = [
    {"agent_extension": "1001", "agent_name": "phone 1001", "manager_username": "maria", "cdr_id": "", "reason": ""},
    {
        "agent_extension": "1001",
        "agent_name": "phone 1001",
        "manager_username": "maria",
        "cdr_id": "7",
        "reason": "old",
    },
    {
        "agent_extension": "1002",
        "agent_username": "zoe",
        "manager_username": "omar",
        "cdr_id": "",
        "reason": "training",
    },
    {"agent_extension": "1003", "agent_username": "ana", "manager_username": "omar", "cdr_id": "9", "reason": ""},
]
# (place among the segments, field, value): of two for one field the later counts.
LATER: list[tuple[int, str, Any]] = [
    (0, "cdr_id", "442079460123"),
    (0, "cdr_sequence", 41),
    (0, "agent_username", "zoe"),
    (0, "agent_name", 'Zoë "Z" Ng'),
    (1, "reason", "asked for by 442079460123"),
    (1, "agent_name", "Somebody"),
    (1, "agent_name", "Alex"),
    (2, "reason", ""),
    (3, "manager_username", "maria"),
    (2, "desks", ["billing"]),
    (2, "desks", ["sales", "night"]),
    (3, "desks", []),
]
TEXTS = [
    "",
    "call:442079460123",
    "call:4420*",
    "-call:442079460123",
    "call:7,442079460123",
    "call:7 OR agent:ana",
    "(agent:zoe OR reason:old) manager:maria",
    "agent:zoe",
    "-agent:zoe",
    'agent:"zoë \\"z\\" ng"',
    "agent:alex",
    "agent:somebody",
    "manager:maria",
    "manager:omar",
    "-manager:omar",
    "user:m*",
    "reason:training",
    "reason:old",
    "reason:*",
    "-reason:*0123",
    "asked",
    "442079460123",
    "has:442079460123",
    "call:XXXXXXXXXXXX",
    "reason:*XXXX",
    "zoë",
    "extension:1001",
    "created:2026-11-02",
    "created:2026-11-02 call:442079460123",
    "created:2026-11-01 call:442079460123",
    "desk:sales",
    "desk:support",
    "desk:billing",
    "-desk:support agent:zoe",
    "desk:n*",
]


class Logs(NamedTuple):
    """The same segments twice: amended in one tenant, recorded so from the first in the other. Ids, in order."""

    amended: str
    plain: str
    ids: dict[str, list[str]]


@pytest.fixture(scope="module")
def logs(store: Store) -> Logs:
    """Both tenants' logs, and a third tenant's amendments of the same ids, which count for nobody else."""
    known = [dict(row) for row in RECORDED]
    for place, field, value in LATER:
        known[place][field] = value
    amended, plain = new_tenant(), new_tenant()
    made = Logs(amended, plain, {amended: _recorded(store, amended, RECORDED), plain: _recorded(store, plain, known)})
    _amended(store, amended, made.ids[amended], LATER)
    _amended(store, new_tenant(), made.ids[amended], [(n, "reason", "elsewhere") for n in range(len(RECORDED))])
    return made


def _recorded(store: Store, tenant: str, rows: list[dict[str, Any]]) -> list[str]:
    base = {
        "tenant": tenant,
        "received_at": "2026-11-20 10:00:00.000000",
        "retention_class": "180d",
        "ended_at": "2026-11-09 09:00:00.000000",
        "source": "asterisk",
        "pbx": "default",
        "action": "listen",
        "desks": ["support"],
    }
    ids = [str(uuid.uuid4()) for _ in rows]
    lines = [
        json.dumps(
            base
            | {"session_id": ids[n - 1], "seq": n, "id": ids[n - 1], "started_at": f"2026-11-0{n + 1} 08:00:00.000000"}
            | row
        )
        for n, row in enumerate(rows, 1)
    ]
    store.insert_lines("segments", "\n".join(lines).encode())
    return ids


def _amended(store: Store, tenant: str, ids: list[str], later: list[tuple[int, str, Any]]) -> None:
    lines = [
        json.dumps(
            {
                "tenant": tenant,
                "stream": SUPERVISION,
                "seq": 100 + n,
                "id": str(uuid.uuid4()),
                "amends": ids[place],
                "received_at": "2026-11-21 10:00:00.000000",
                "retention_class": "180d",
                "field": field,
                "value": json.dumps(value),
                "cause": "cdr",
            }
        )
        for n, (place, field, value) in enumerate(later)
    ]
    store.insert_lines("amendments", "\n".join(lines).encode())


# Whoever sees everything, the supervisors of desks, and an agent on a page of their own.
SCOPES: dict[str, dict[str, Any]] = {
    "everything": {},
    "masked": {"masked": True},
    "support": {"desks": frozenset({"support"})},
    "sales": {"desks": frozenset({"sales"})},
    "billing": {"desks": frozenset({"billing"})},
    "night, masked": {"desks": frozenset({"night", "other"}), "masked": True},
    "zoe": {"own": "zoe"},
    "ana of support": {"own": "ana", "desks": frozenset({"support"})},
}


CASES = [(text, name) for text in TEXTS for name in ("everything", "masked")]
CASES += [
    (text, name) for text in ["", "desk:support", "-desk:sales", "agent:zoe", "-manager:omar asked"] for name in SCOPES
]


@pytest.mark.parametrize(("text", "name"), dict.fromkeys(CASES))
def test_it_is_found_as_if_recorded_so(reader: Reader, logs: Logs, text: str, name: str) -> None:
    """A page and a count of both logs are the same, whoever asks."""
    query = Query(SUPERVISION, text)
    answers = []
    for tenant in (logs.amended, logs.plain):
        who = scope(tenant, **SCOPES[name])
        items = [item for item in reader.page(who, query, order="oldest").items if isinstance(item, Segment)]
        assert reader.count(who, query).count == len(items)
        places = [logs.ids[tenant].index(item.id) for item in items]
        answers.append(list(zip(places, map(_changeable, items), strict=True)))
    assert answers[0] == answers[1]


def _changeable(item: Segment) -> tuple[Any, ...]:
    return item.agent, item.manager, item.cdr_id, item.cdr_sequence, item.reason, item.desks


@pytest.mark.parametrize("name", SCOPES)
@pytest.mark.parametrize("text", ["", "manager:maria -reason:old"])
def test_figures_are_as_if_recorded_so(reader: Reader, logs: Logs, text: str, name: str) -> None:
    """So are facets, histogram, sums, files, single rows and what is followed live."""
    query = Query(SUPERVISION, text)
    answers = [_figures(reader, scope(tenant, **SCOPES[name]), query) for tenant in (logs.amended, logs.plain)]
    assert answers[0] == answers[1]


def _figures(reader: Reader, who: Scope, query: Query) -> list[Any]:
    columns = ["agent_username", "agent_name", "manager_username", "reason", "cdr_id", "cdr_sequence", "desks", "seq"]
    followed = [item for item in reader.since(who, query, 0, 99) if isinstance(item, Segment)]
    assert [reader.get(who, SUPERVISION, item.id) for item in followed] == followed
    return [
        reader.facets(who, query, ["agent_username", "agent_name", "manager_username"]),
        reader.histogram(who, query, "P1D"),
        sorted(reader.supervised(who, query, "manager")),
        sorted(reader.sessions(who, query)),
        b"".join(reader.export(who, query, columns, form="csv", order="oldest")),
        [_changeable(item) for item in followed],
    ]


def test_what_is_suggested_is_what_is_known_now(reader: Reader, logs: Logs) -> None:
    """A name that was corrected away is not offered any more."""
    assert reader.suggest(scope(logs.amended), SUPERVISION, "user", "") == [("maria", 3), ("omar", 1)]


def test_the_desk_that_was_wrong_is_not_told_of_it(reader: Reader, logs: Logs) -> None:
    """A row that belongs to another desk now is absent for the supervisor of the first, also by its id."""
    row = logs.ids[logs.amended][2]
    support, sales = (scope(logs.amended, desks=frozenset({desk})) for desk in ("support", "sales"))
    with pytest.raises(NotFound):
        reader.get(support, SUPERVISION, row)
    assert reader.get(sales, SUPERVISION, row).desks == ("sales", "night")
    assert reader.suggest(support, SUPERVISION, "desk", "") == [("support", 2)]
    assert reader.suggest(sales, SUPERVISION, "desk", "") == [("night", 1), ("sales", 1)]


def test_nobody_elses_amendments_count(reader: Reader, logs: Logs) -> None:
    """The same id in another tenant's amendments says nothing here."""
    assert reader.count(scope(logs.amended), Query(SUPERVISION, "reason:elsewhere")).count == 0
