"""Two processes never number the same log."""

from pathlib import Path

import pytest

from earwitness.model.problem import Conflict, Unavailable
from earwitness.server.config import Config
from earwitness.server.sole import sole_recorder
from tests.accounts import postgresql


def test_a_second_recorder_of_a_shared_log_is_refused_until_the_first_has_gone(tmp_path: Path) -> None:
    """PostgreSQL keeps the right; who dies loses it."""
    with postgresql.server() as dsn:
        shared = Config(data=tmp_path, events_dsn="clickhouse://events.example:8123/log", accounts_dsn=dsn)
        with sole_recorder(shared):
            with pytest.raises(Conflict, match="Another server records"), sole_recorder(shared):
                pass
            with sole_recorder(Config(data=tmp_path, accounts_dsn=dsn)):
                """An embedded log is its own."""
        with sole_recorder(shared):
            """Now it is free."""
    with pytest.raises(Unavailable, match="EARWITNESS_ACCOUNTS_DSN"), sole_recorder(shared):
        pass
