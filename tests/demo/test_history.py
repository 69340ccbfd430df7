"""The generated history: the same every time, in the form that is recorded, and with what searches are tried on."""

import datetime as dt
import hashlib
import json
import uuid

from earwitness.demo.history import ABSENT, CHUNK, NEEDLE, NEEDLE_ROWS, Plan, chunk, generate
from earwitness.demo.vocabulary import EVENTS, SOURCES

END = dt.datetime(2026, 11, 20, 18, 0, tzinfo=dt.UTC)


def test_a_plan_gives_the_same_bytes_on_every_machine() -> None:
    digest = hashlib.sha256(chunk(Plan(5_000, END), 0)).hexdigest()
    assert digest == "f71737f3743d102136438559121a3e1bcd46e9b6eb3de4bb608afccd59439473"


def test_child_processes_give_the_same_bytes_in_the_same_order() -> None:
    plan = Plan(2 * CHUNK + 10, END)
    alone = hashlib.sha256(b"".join(generate(plan)))
    together = hashlib.sha256(b"".join(generate(plan, processes=2)))
    assert together.digest() == alone.digest()


def test_every_line_is_an_event_within_the_days_of_the_plan() -> None:
    plan = Plan(5_000, END, days=30)
    events = [json.loads(line) for line in chunk(plan, 0).splitlines()]
    assert len({uuid.UUID(event["id"]) for event in events}) == plan.rows
    created = [dt.datetime.fromisoformat(event["created"]) for event in events]
    assert created == sorted(created)
    assert plan.start <= created[0]
    assert created[-1] <= plan.end
    assert created[-1] > plan.end - dt.timedelta(days=1)
    for event in events:
        assert event["sub_event"] in EVENTS[event["event"]].sub_events
        assert event["source"] in SOURCES
        assert isinstance(event["params"], dict)


def test_the_planted_number_stands_in_exactly_its_rows() -> None:
    lines = b"".join(generate(Plan(CHUNK + 20_000, END))).splitlines()
    assert sum(NEEDLE.encode() in line for line in lines) == NEEDLE_ROWS
    assert not any(ABSENT.encode() in line for line in lines)


def test_a_member_of_the_cast_stands_in_for_a_generated_person() -> None:
    lines = chunk(Plan(5_000, END, stand_ins=((0, "alex"),)), 0).splitlines()
    names = [json.loads(line)["username"] for line in lines]
    assert "alex" in names
    assert "ana.martinez0" not in names
