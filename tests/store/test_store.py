"""The store answers named statements and keeps what it is given."""

import json
import uuid

import pytest

from earwitness.store import Store
from tests.conftest import new_tenant


def line(tenant: str, seq: int, **fields: object) -> bytes:
    row = {
        "tenant": tenant,
        "seq": seq,
        "id": str(uuid.uuid4()),
        "created": "2026-11-01 10:00:00.000001",
        "received_at": "2026-11-01 10:00:00.000002",
        "retention_class": "400d",
        "event": "login",
        **fields,
    }
    return json.dumps(row).encode() + b"\n"


def last_seq(store: Store, tenant: str) -> int:
    found = store.query("log.tail", slots={"table": "events"}, parameters={"tenant": tenant})
    return int(found.rows[0][0])


def test_it_finds_what_was_inserted(store: Store) -> None:
    """Rows are there for the next question after insert_lines returns."""
    tenant = new_tenant()
    store.insert_lines("events", line(tenant, 1) + line(tenant, 2))
    assert last_seq(store, tenant) == 2


def test_blocks_of_any_size_follow_each_other(store: Store) -> None:
    """Memory is used again for the next block, and nothing of the last one comes with it."""
    tenant = new_tenant()
    seq = 0
    for rows, filling in ((300, 10), (3, 10), (9, 1_000_000), (1, 10), (40, 100)):
        lines = [line(tenant, seq + n + 1, comments="x" * filling) for n in range(rows)]
        store.insert_lines("events", iter(lines))
        seq += rows
        assert last_seq(store, tenant) == seq
        counted = store.query(
            "log.count_between",
            slots={"table": "events", "only": ""},
            parameters={"tenant": tenant, "first": 1, "last": seq},
        )
        assert counted.rows[0] == (seq, seq)


def test_it_knows_nothing_of_another_tenant(store: Store) -> None:
    """A bound value is a value, whatever it looks like."""
    store.insert_lines("events", line(new_tenant(), 7))
    assert last_seq(store, "' OR 1=1 --") == 0


def test_every_statement_tells_the_engine_its_name(store: Store) -> None:
    """Questions, commands and inserts alike: whoever looks at what an engine is busy with finds the query's file."""
    name = f"named_{uuid.uuid4().hex}"
    with store._pool.handle() as handle:
        columns = "n UInt8, told String DEFAULT getSetting('log_comment')"
        handle.command("test.make", f"CREATE TABLE {name} ({columns}) ENGINE = MergeTree ORDER BY n")
        try:
            handle.command("test.fill", f"INSERT INTO {name} (n) SELECT 1")
            store.insert_lines(name, b'{"n":2}\n')
            told = handle.query("test.read", f"SELECT told FROM {name} ORDER BY n").rows
            asked = handle.query("test.ask", "SELECT getSetting('log_comment')").rows
        finally:
            handle.command("test.drop", f"DROP TABLE {name}")
    assert told == [("test.fill",), (f"{name}.insert",)]
    assert asked == [("test.ask",)]


def test_it_refuses_a_name_that_is_no_query(store: Store) -> None:
    """Names cannot leave the folder of queries."""
    with pytest.raises(LookupError):
        store.query("../../secret")
