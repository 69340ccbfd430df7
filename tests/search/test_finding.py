"""What a search text finds, in the real engine."""

from collections.abc import Callable
from typing import Any

import pytest

from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import insert, scope

EVENTS: list[dict[str, Any]] = [
    {  # 1
        "created": "2026-11-01 08:00:00.000000",
        "username": "Ana.Pop",
        "user_ip": "10.1.2.3",
        "sub_event": "login_failed",
        "outcome": "failure",
        "comments": "Changed by the SUPERVISOR: 100%_done",
        "event_object": "queue:support-1",
        "request_uri": "/auth/login?next=%2Fworkspace",
        "params": {"after": {"status": "busy"}, "before": {"status": None}, "tags": ["vip", "Zoë"], "rows": 100},
    },
    {  # 2
        "created": "2026-11-02 23:30:00.000000",
        "username": "ben.okafor",
        "user_ip": "2001:db8::7",
        "event": "call",
        "sub_event": "answer",
        "event_object": "cdr:1769277733.331",
        "call_id": "1769277733.331",
        "comments": "",
        "params": {"caller": "+442079460123", "legs": [{"codec": "opus"}, {"codec": ["alaw", "g722"]}], "rows": 99.5},
    },
    {  # 3
        "created": "2026-11-03 00:00:00.000000",
        "username": "dev o'brien",
        "event": "note",
        "sub_event": "add",
        "comments": 'He said "changed" \\ then; DROP TABLE events --',
        "params": {"text": 'a "quoted" \\ back\nline', "ok": True, "n": 1e3, "odd key": {"a.b": "x"}, "ext": "1001"},
        "reason": "coaching",
        "desks": ["support", "Sales EU"],
    },
    {  # 4
        "created": "2026-11-03 00:00:00.000001",
        "username": "ŽOFIE.ŞTEFAN",
        "source": "agent_workspace",
        "event": "call",
        "sub_event": "hangup",
        "outcome": "denied",
        "event_object": "ext:*22",
        "comments": "GRÜSSE an Ελλάδα 日本語 😀 <script>alert(1)</script>",
        "session_id": "4f1c-2",
        "extension": "1001",
        "params": {"deep": {"list": [[1, 2], [3, {"k": "v"}]]}, "empty": "", "big": 9007199254740993},
    },
]

FINDS = [
    ("", {1, 2, 3, 4}),
    ("changed", {1, 3}),
    ("CHANGED", {1, 3}),
    ('"changed by"', {1}),
    ('"by  the"', set()),
    ("hanged", {1, 3}),
    ("100%_done", {1}),
    ("100%", {1}),
    ("1__%", set()),
    ("%", {1}),
    ("_", {1}),
    ("*22", {4}),
    ("2*", set()),
    ("grüsse", {4}),
    ("ελλάδα", {4}),
    ("日本", {4}),
    ("😀", {4}),
    ("<script>", {4}),
    ("zoë", {1}),
    ("workspace", {1}),
    ("support-1", {1}),
    ("442079", {2}),
    ("+442079460123", {2}),
    ("'", set()),
    ("o'brien", set()),
    ('"; DROP TABLE"', {3}),
    (r'"\""', {1, 2, 3, 4}),
    (r'"a \"quoted\" \\ back"', {3}),
    (r'"said \"changed\" \\ then"', {3}),
    ('"status\\":\\"busy"', {1}),
    ("-changed", {2, 4}),
    ("changed OR answer OR alaw", {1, 2, 3}),
    ("changed -quoted", {1}),
    ("has:442079460123", {2}),
    ("has:44207946012", set()),
    ("has:CHANGED", {1, 3}),
    ("has:change", set()),
    ("has:by", {1}),
    ("has:b", {3}),
    ("has:a", {3}),
    ("has:日本語", {4}),
    ("has:zoë,vip", {1}),
    ("has:done", {1}),
    ("user:ana.pop", {1}),
    ("user:ana", set()),
    ("user:ana*", {1}),
    ("user:*o*", {1, 2, 3, 4}),
    ("user:*o'*", {3}),
    ("user:žofie.ştefan", {4}),
    ("user:ana.pop,ben*", {1, 2}),
    ('user:"dev o\'brien"', {3}),
    ("user:a_a.pop", set()),
    ("user:ana%", set()),
    ("ip:10.1.2.3", {1}),
    ("ip:10.0.0.0/8", {1}),
    ("ip:::ffff:10.1.2.3", {1}),
    ("ip:2001:db8::/32", {2}),
    ("ip:::/0", {1, 2}),
    ("ip:0.0.0.0/0", {1}),
    ("-ip:10.0.0.0/8", {2, 3, 4}),
    ("ip:11.0.0.0/8,2001:db8::7", {2}),
    ("event:call", {2, 4}),
    ("event:call -sub:hangup", {2}),
    ("sub:login_failed", {1}),
    ("object:queue:support-*", {1}),
    (r"object:ext:\*22", {4}),
    ("object:*22", {4}),
    ('object:""', {3}),
    ('comments:"changed by"', {1}),
    ("comments:workspace", set()),
    ("uri:/auth/", {1}),
    ("uri:%2F", {1}),
    ("source:agent_workspace", {4}),
    ("outcome:failure,denied", {1, 4}),
    ("desk:support", {3}),
    ('desk:"sales eu"', {3}),
    ("desk:sales*", {3}),
    ("-desk:support", {1, 2, 4}),
    ("extension:1001", {4}),
    ("call:1769277733.331", {2}),
    ("reason:coach*", {3}),
    ("session:4f1c*", {4}),
    ("seq:2", {2}),
    ("seq:2..3", {2, 3}),
    ("seq:>3", {4}),
    ("seq:<=1,>=4", {1, 4}),
    ("created:2026-11-03", {3, 4}),
    ("created:2026-11-02..2026-11-03", {2, 3, 4}),
    ("created:>2026-11-02", {3, 4}),
    ("created:>=2026-11-02", {2, 3, 4}),
    ("created:<2026-11-02", {1}),
    ("created:<=2026-11-02", {1, 2}),
    ("created:2026-11-03T00:00:00", {3, 4}),
    ("created:2026-11-03T00:00:00.000001", {4}),
    ("created:2026-11", {1, 2, 3, 4}),
    ("-created:2026-11-03", {1, 2}),
    ("created:9999", set()),
    ("created:0001..9999-12-31", {1, 2, 3, 4}),
    ("params.after.status:busy", {1}),
    ("params.after.status:BUSY", {1}),
    ("params.after.status:bus", set()),
    ("params.after.status:b*y", {1}),
    ("params.after.status:*", {1}),
    ("params.before.status:null", {1}),
    ("params.after:*", {1}),
    ("params.tags:vip", {1}),
    ("params.tags:zoë", {1}),
    ("params.tags:vip,none", {1}),
    ("params.rows:100", {1}),
    ("params.rows:100.0", {1}),
    ("params.rows:>99", {1, 2}),
    ("params.rows:>99.5", {1}),
    ("params.rows:99..99.9", {2}),
    ("params.rows:1..5", set()),
    ("params.n:1000", {3}),
    ("params.ext:1001", {3}),
    ("params.ext:>1000", {3}),
    ("params.ok:true", {3}),
    ("params.legs.codec:opus", {2}),
    ("params.legs.codec:g722", {2}),
    ("params.legs.codec:pcm", set()),
    ("params.deep.list:3", {4}),
    ('params."odd key"."a.b":x', {3}),
    ('params.text:"a \\"quoted\\" \\\\ back"*', {3}),
    ('params.empty:""', {4}),
    ("params.big:9007199254740993", {4}),
    ("params.big:9007199254740992", set()),
    ("-params.after.status:busy", {2, 3, 4}),
    ("(event:call OR event:note) -(user:ben* OR seq:4)", {3}),
]


@pytest.fixture(scope="module")
def found(store: Store, reader: Reader) -> Callable[..., set[int]]:
    """Ask for a text and get the seqs of what it finds."""
    tenant = new_tenant()
    insert(store, tenant, EVENTS)

    def ask(text: str, **fields: Any) -> set[int]:
        query = Query(text=text, **fields)
        page = reader.page(scope(tenant), query)
        seqs = {item.seq for item in page.items if item.seq is not None}
        assert reader.count(scope(tenant), query).count == len(seqs) == len(page.items)
        return seqs

    return ask


@pytest.mark.parametrize(("text", "seqs"), FINDS)
def test_it_finds(found: Callable[..., set[int]], text: str, seqs: set[int]) -> None:
    """Page and count agree on exactly the events that a text means."""
    assert found(text) == seqs


def test_dates_are_those_of_the_zone(found: Callable[..., set[int]]) -> None:
    """A date without a zone is a day of the page's zone."""
    assert found("created:2026-11-03", tz="Europe/Berlin") == {2, 3, 4}
    assert found("created:2026-11-03", tz="America/New_York") == set()
    assert found("created:2026-11-03T00:00Z", tz="America/New_York") == {3, 4}


def test_an_id_finds_its_row(store: Store, reader: Reader, tenant: str) -> None:
    """``id:`` takes a UUID in either case."""
    insert(store, tenant, [{"id": "0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60"}, {}])
    query = Query(text="id:0190A3C8-5D3E-7C1A-9F00-1B2C3D4E5F60")
    assert [item.seq for item in reader.page(scope(tenant), query).items] == [1]
