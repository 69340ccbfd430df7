"""One server records: the right to do so, held in a real PostgreSQL."""

from collections.abc import Iterator

import psycopg
import pytest

from earwitness.model.problem import Conflict, Unavailable
from earwitness.server.lease import LOCK, PostgresLease
from tests.accounts import postgresql


@pytest.fixture(scope="module")
def dsn() -> Iterator[str]:
    if postgresql.binaries() is None:
        pytest.skip("there is no PostgreSQL server on this machine: make test installs it")
    with postgresql.server() as found:
        yield found


def cut_off(dsn: str) -> None:
    """End the connection of whoever holds the lock, as a restart of PostgreSQL would."""
    with psycopg.connect(dsn, autocommit=True) as control:
        held = "SELECT pg_terminate_backend(pid, 10000) FROM pg_locks WHERE locktype = 'advisory' AND objid = %s"
        assert control.execute(held, (LOCK & 0xFFFFFFFF,)).fetchall() == [(True,)]


def test_a_second_server_is_told_who_records(dsn: str) -> None:
    first, second = PostgresLease(dsn, lambda: 6), PostgresLease(dsn, lambda: 6)
    first.take()
    assert first.epoch == 7
    first.check()
    with pytest.raises(Conflict, match=r"Another server records into this log already \(earwitness .+ process \d+\)"):
        second.take()
    first.release()
    second.take()
    second.release()


def test_a_lost_connection_is_made_again_where_nobody_recorded_meanwhile(dsn: str) -> None:
    lease = PostgresLease(dsn, lambda: 3)
    lease.take()
    cut_off(dsn)
    lease.check()
    lease.check()
    with pytest.raises(Conflict):
        PostgresLease(dsn, lambda: 3).take()
    lease.release()


def test_who_lost_it_to_another_records_no_more(dsn: str) -> None:
    first, second = PostgresLease(dsn, lambda: 3), PostgresLease(dsn, lambda: 4)
    first.take()
    cut_off(dsn)
    second.take()
    with pytest.raises(Unavailable, match="Another server records"):
        first.check()
    second.release()
    first.release()


def test_who_comes_back_after_another_recorded_records_no_more(dsn: str) -> None:
    epochs = [3]
    lease = PostgresLease(dsn, lambda: epochs[-1])
    lease.take()
    cut_off(dsn)
    epochs.append(5)
    with pytest.raises(Unavailable, match="Another server records"):
        lease.check()
    lease.release()


def test_a_database_that_is_away_is_said_to_be() -> None:
    lease = PostgresLease("postgresql://nobody@127.0.0.1:1/nothing", lambda: 0)
    with pytest.raises(Unavailable, match="EARWITNESS_ACCOUNTS_DSN"):
        lease.take()
