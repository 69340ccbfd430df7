"""What is acknowledged is in the log, once, with its place; the same again adds nothing."""

import asyncio
import concurrent.futures
import contextlib
import datetime as dt
import json
import threading
import uuid
from collections.abc import Iterator
from typing import Any

import pytest

from earwitness.model.event import Change
from earwitness.model.gap import Gap
from earwitness.model.problem import Unavailable
from earwitness.model.segment import Person, Segment
from earwitness.record import Outcome, Recorder, take_in
from earwitness.store import Store
from tests.conftest import ask, new_tenant


@pytest.fixture(scope="module")
def recorder(store: Store) -> Iterator[Recorder]:
    with started(store) as made:
        yield made


@contextlib.contextmanager
def started(store: Store) -> Iterator[Recorder]:
    made = Recorder(store)
    made.start()
    try:
        yield made
    finally:
        made.stop()


@pytest.fixture
def tenant() -> str:
    return new_tenant()


def send(recorder: Recorder, tenant: str, *events: dict[str, Any]) -> Outcome:
    return queue(recorder, tenant, *events).result(30)


def queue(recorder: Recorder, tenant: str, *events: dict[str, Any]) -> concurrent.futures.Future[Outcome]:
    lines = [json.dumps({"username": "ana", "event": "login", **event}).encode() for event in events]
    return recorder.submit(tenant, take_in(lines, b"\n".join(lines), recorder.sender(tenant)))


def rows(store: Store, tenant: str, columns: str = "seq", table: str = "events") -> list[tuple[Any, ...]]:
    order = "" if table == "gaps" or "DISTINCT" in columns else " ORDER BY seq"
    return ask(store, f"SELECT {columns} FROM {table} WHERE tenant = {{tenant:String}}{order}", tenant=tenant)


def places(outcome: Outcome) -> list[tuple[int, int, str]]:
    return [(each.index, each.seq, each.status) for each in outcome.results]


def test_places_are_contiguous_from_one(recorder: Recorder, store: Store, tenant: str) -> None:
    """Each tenant's log has its own places."""
    assert places(send(recorder, tenant, {}, {})) == [(0, 1, "recorded"), (1, 2, "recorded")]
    assert places(send(recorder, tenant, {})) == [(0, 3, "recorded")]
    assert places(send(recorder, new_tenant(), {})) == [(0, 1, "recorded")]
    assert rows(store, tenant) == [(1,), (2,), (3,)]


def test_the_same_event_again_is_a_duplicate_with_its_place(recorder: Recorder, store: Store, tenant: str) -> None:
    """Also with another comment, another spelling of its time, or without its time."""
    event = {"id": str(uuid.uuid4()), "created": "2026-11-01T08:00:00.5Z", "sub_event": "sso"}
    send(recorder, tenant, {}, event)
    variants = [event, {**event, "comments": "more"}, {**event, "created": "2026-11-01T10:00:00.500+02:00"}]
    variants += [{key: value for key, value in event.items() if key != "created"}, {**event, "id": event["id"].upper()}]
    for variant in variants:
        outcome = send(recorder, tenant, variant)
        assert (outcome.recorded, outcome.duplicates) == (0, 1)
        assert places(outcome) == [(0, 2, "duplicate")]
    assert rows(store, tenant) == [(1,), (2,)]


@pytest.mark.parametrize("other", [{"event": "logout"}, {"sub_event": "x"}, {"created": "2026-11-01T08:00:01Z"}])
def test_the_same_id_for_another_event_is_a_conflict(recorder: Recorder, tenant: str, other: dict[str, Any]) -> None:
    """It is rejected by name, in the same batch and later."""
    event = {"id": str(uuid.uuid4()), "created": "2026-11-01T08:00:00Z"}
    first = send(recorder, tenant, event, {**event, **other})
    again = send(recorder, tenant, {**event, **other})
    for outcome, index in ((first, 1), (again, 0)):
        assert [each.index for each in outcome.rejected] == [index]
        assert outcome.rejected[0].problem.startswith("id-conflict")


def test_a_great_batch_sent_again_asks_no_more_at_once_than_a_server_takes(
    recorder: Recorder, store: Store, tenant: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A ClickHouse server refuses a parameter of 128 KiB; the embedded engine takes any."""
    sizes: list[int] = []
    ask_store = store.query

    def weighed(name: str, **given: Any) -> Any:
        sizes.append(len(str(given["parameters"].get("ids", ""))))
        return ask_store(name, **given)

    batch = [{"id": str(uuid.uuid4())} for _ in range(10_000)]
    send(recorder, tenant, *batch)
    monkeypatch.setattr(store, "query", weighed)
    assert send(recorder, tenant, *batch).duplicates == 10_000
    assert 0 < max(sizes) < 128 * 1024


def test_ids_of_other_tenants_are_not_looked_at(recorder: Recorder, tenant: str) -> None:
    """The same id in two tenants is two events."""
    event = {"id": str(uuid.uuid4())}
    assert send(recorder, tenant, event).recorded == 1
    assert send(recorder, new_tenant(), event).recorded == 1


def test_duplicates_in_one_batch_are_recorded_once(recorder: Recorder, store: Store, tenant: str) -> None:
    """Each answer names the same place."""
    event = {"id": str(uuid.uuid4())}
    outcome = send(recorder, tenant, event, {}, event)
    assert places(outcome) == [(0, 1, "recorded"), (1, 2, "recorded"), (2, 1, "duplicate")]
    assert len(rows(store, tenant)) == 2


def test_duplicates_in_flight_are_recorded_once(recorder: Recorder, store: Store, tenant: str) -> None:
    """Many senders at once, with ids in common, in several tenants."""
    ids = [str(uuid.uuid4()) for _ in range(20)]
    other = new_tenant()
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        futures = [
            pool.submit(send, recorder, owner, *({"id": each} for each in ids[n % 5 :]))
            for n in range(24)
            for owner in (tenant, other)
        ]
        outcomes = [future.result() for future in futures]
    assert sum(each.recorded for each in outcomes) == 40
    for owner in (tenant, other):
        assert rows(store, owner) == [(n,) for n in range(1, 21)]


def test_known_ids_survive_a_restart(recorder: Recorder, store: Store, tenant: str) -> None:
    """A new recorder on the same store knows them, before and after it has read them all, and goes on."""
    event = {"id": str(uuid.uuid4())}
    send(recorder, tenant, event, {})
    recorder.stop()
    recorder.__init__(store)  # the fixture's object goes on, as after a restart
    recorder.start()
    assert places(send(recorder, tenant, event, {})) == [(0, 1, "duplicate"), (1, 3, "recorded")]
    for _ in range(200):
        if recorder.knows_ids:
            break
        threading.Event().wait(0.05)
    assert recorder.knows_ids
    assert places(send(recorder, tenant, event)) == [(0, 1, "duplicate")]
    epochs = rows(store, tenant, "epoch")
    assert epochs[2] > epochs[0]


def test_what_is_stored_is_what_was_sent(recorder: Recorder, store: Store, tenant: str) -> None:
    """Each field in its column, numbers with their digits, text as it is."""
    line = (
        b'{"id":"6FA459EA-ee8a-3ca4-894e-db77e160355e","created":"2026-11-01T08:00:00.25+01:00","username":"zo\\u00eb",'
        b'"user_ip":"10.0.0.7","event":"x","sub_event":"y","event_object":"queue:a",'
        b'"comments":"a\\nb \xf0\x9f\x8e\xa7",'
        b'"params": {"n": 1.50, "big": 12345678901234567890, "t": "\\u00fc"},'
        b'"changes":[{"path":"a","old":1.0,"new":null}],'
        b'"outcome":"denied","producer_seq":-3,"extension":"101","comments":"last <script>"}'
    )
    outcome = recorder.submit(tenant, take_in([line], line, recorder.sender(tenant))).result(30)
    assert outcome.recorded == 1
    columns = "toString(id), created, username, user_ip, comments, params, changes, outcome, producer_seq, actor_type"
    found = rows(store, tenant, columns)[0]
    assert found[0] == "6fa459ea-ee8a-3ca4-894e-db77e160355e"
    assert found[1] == dt.datetime(2026, 11, 1, 7, 0, 0, 250_000, tzinfo=dt.UTC)
    assert found[2:5] == ("zoë", found[3], "last <script>")
    assert str(found[3].ipv4_mapped) == "10.0.0.7"
    assert found[5] == '{"n":1.50,"big":12345678901234567890,"t":"ü"}'
    assert found[6] == '[{"path":"a","old":1.0,"new":null}]'
    assert found[7:] == ("denied", -3, "user")


def test_absent_fields_have_their_meaning(recorder: Recorder, store: Store, tenant: str) -> None:
    """created is the time of receipt, params an empty object, outcome unknown."""
    send(recorder, tenant, {"user_ip": None, "comments": None})
    found = rows(
        store, tenant, "created = received_at, params, changes, outcome, actor_type, source, toString(user_ip)"
    )
    assert found[0] == (1, "{}", "[]", "unknown", "user", "api", "::")


def test_own_acts_are_recorded_whatever_they_hold(recorder: Recorder, store: Store, tenant: str) -> None:
    """Too long, half characters, secrets: our own events are cut and redacted, never lost."""
    seq = recorder.record_own(
        tenant,
        username="ada",
        event="search",
        comments="x" * 9000 + "\ud800\0",
        request_uri="/activity?token=abc",
        user_ip="not an address",
        params={"password": "x", "big": "y" * 100_000},
        desks=("north",),
        changes=(Change("role", ["a"], ["b"]),),
    )
    assert seq == 1
    columns = "source, outcome, length(comments), request_uri, desks, params, changes, redactions"
    source, outcome, size, uri, desks, params, changes, redactions = rows(store, tenant, columns)[0]
    assert (source, outcome, uri, desks) == ("earwitness", "success", "/activity?token=[redacted]", ["north"])
    assert size <= 8192
    assert json.loads(params) == {"left_out": "100042 bytes of JSON"} or "left_out" in params
    assert json.loads(changes) == [{"path": "role", "old": ["a"], "new": ["b"]}]
    assert redactions == ["request_uri"]


def test_a_switch_may_name_its_own_source(recorder: Recorder, store: Store, tenant: str) -> None:
    """The collector writes as asterisk, which nobody may over HTTP."""
    event = {"username": "101", "event": "registration", "created": dt.datetime(2026, 11, 1, tzinfo=dt.UTC)}
    assert recorder.record_system_events(tenant, events=[event]).recorded == 1
    assert rows(store, tenant, "source, created") == [("asterisk", dt.datetime(2026, 11, 1, tzinfo=dt.UTC))]


def segment(tenant: str, **fields: Any) -> Segment:
    start = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
    made: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid4()),
        "tenant": tenant,
        "pbx": "main",
        "action": "whisper",
        "talks_to": "agent",
        "manager": Person(username="maria", extension="200"),
        "agent": Person(username="alex", extension="101"),
        "started_at": start,
        "ended_at": start + dt.timedelta(seconds=12, milliseconds=345),
    }
    return Segment(**{**made, **fields})


def test_segments_have_places_of_their_own(recorder: Recorder, store: Store, tenant: str) -> None:
    """The supervision stream counts from 1 beside the activity stream; the same segment again adds nothing."""
    send(recorder, tenant, {})
    first, second = segment(tenant), segment(tenant, action="barge", talks_to="both")
    assert recorder.record_segments([first, second]).recorded == 2
    again = recorder.record_segments([second, first])
    assert (again.recorded, again.duplicates) == (0, 2)
    assert [each.seq for each in again.results] == [2, 1]
    assert recorder.record_segments([segment(tenant, id=first.id, action="listen")]).rejected[0].index == 0
    columns = "seq, action, duration_ms, manager_username, agent_extension, retention_class"
    assert rows(store, tenant, columns, "segments") == [
        (1, "whisper", 12_345, "maria", "101", "180d"),
        (2, "barge", 12_345, "maria", "101", "180d"),
    ]


def test_amendments_leave_the_row_alone(recorder: Recorder, store: Store, tenant: str) -> None:
    """Each field is a record with a place in the stream of what it amends; what is said twice is there once."""
    first, second = segment(tenant), segment(tenant)
    recorder.record_segments([first])
    said = {"cdr_id": "1761984000.7", "cdr_sequence": 4}
    assert recorder.amend(tenant, "supervision", first.id, said, cause="cdr").recorded == 2
    assert recorder.amend(tenant, "supervision", first.id, said, cause="cdr").duplicates == 2
    assert recorder.amend(tenant, "activity", str(uuid.uuid4()), {"reason": "x"}, cause="reason").recorded == 1
    assert recorder.record_segments([second]).results[0].seq == 4
    columns = "seq, stream, field, value, cause"
    assert sorted(rows(store, tenant, columns, "amendments")) == [
        (1, "activity", "reason", '"x"', "reason"),
        (2, "supervision", "cdr_id", '"1761984000.7"', "cdr"),
        (3, "supervision", "cdr_sequence", "4", "cdr"),
    ]


def test_places_are_shared_across_a_restart(store: Store, tenant: str) -> None:
    """Whichever table holds the end of a stream, the next record stands behind it."""
    first, second = segment(tenant), segment(tenant)
    with started(store) as before:
        before.record_segments([first])
        before.amend(tenant, "supervision", first.id, {"reason": "training"}, cause="reason")
    with started(store) as after:
        assert after.record_segments([second]).results[0].seq == 3


def test_gaps_are_recorded(recorder: Recorder, store: Store, tenant: str) -> None:
    """When a source could not be heard is a record among the segments, once however often it is told."""
    recorder.record_segments([segment(tenant)])
    start = dt.datetime(2026, 11, 1, 8, tzinfo=dt.UTC)
    lost = Gap(
        id=str(uuid.uuid4()),
        tenant=tenant,
        source="asterisk",
        pbx="main",
        started_at=start,
        ended_at=start + dt.timedelta(minutes=3),
        reason="The connection was lost.",
    )
    recorder.record_gap(lost)
    recorder.record_gap(lost)
    found = rows(store, tenant, "seq, pbx, started_at, reason", "gaps")
    assert found == [(2, "main", start, "The connection was lost.")]
    assert recorder.record_segments([segment(tenant)]).results[0].seq == 3


def test_many_coroutines_share_commits(recorder: Recorder, store: Store, tenant: str) -> None:
    """A hundred requests at once take few parts, and each gets its own place."""

    async def one() -> int:
        line = b'{"username":"a","event":"b"}'
        outcome = await recorder.record(tenant, take_in([line], line, recorder.sender(tenant)))
        return outcome.results[0].seq

    async def all_of_them() -> list[int]:
        return await asyncio.gather(*(one() for _ in range(100)))

    assert sorted(asyncio.run(all_of_them())) == list(range(1, 101))
    moments = rows(store, tenant, "DISTINCT received_at")
    assert len(moments) < 30


def test_a_listener_hears_of_each_commit(recorder: Recorder, tenant: str) -> None:
    """Who follows the log is told which places were filled; one that fails disturbs nobody."""
    heard: list[tuple[Any, ...]] = []

    def broken(*_: Any) -> None:
        raise RuntimeError("listener")

    recorder.on_commit(broken)
    recorder.on_commit(lambda *what: heard.append(what))
    send(recorder, tenant, {}, {}, {})
    for _ in range(100):
        if heard:
            break
        threading.Event().wait(0.02)
    assert (tenant, "events", "activity", 1, 3) in heard


def test_a_recorder_that_stops_refuses(store: Store, tenant: str) -> None:
    """What comes after the end is told to come again, and is not there."""
    ending = Recorder(store)
    ending.start()
    waiting = queue(ending, tenant, {})
    ending.stop()
    assert waiting.result(30).recorded == 1
    with pytest.raises(Unavailable) as refusal:
        queue(ending, tenant, {})
    assert refusal.value.retry_after
    assert rows(store, tenant) == [(1,)]
