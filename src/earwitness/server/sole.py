"""One process records into a log at a time. Embedded, the lock of the data directory sees to it; otherwise this."""

import contextlib
from collections.abc import Iterator
from typing import Final

from earwitness.model.problem import Conflict, Unavailable
from earwitness.server.config import Config

KEY: Final = 0x4541525749544E53  # "EARWITNS": the advisory lock of PostgreSQL, in the accounts database


@contextlib.contextmanager
def sole_recorder(config: Config) -> Iterator[None]:
    """Hold the right to record, as far as the settings name a place that several processes share.

    Raises Conflict where another process holds it, Unavailable where PostgreSQL cannot be asked.
    """
    if config.embedded or not config.accounts_dsn.startswith("postgres"):
        yield
        return
    import psycopg

    try:
        line = psycopg.connect(config.accounts_dsn, autocommit=True, connect_timeout=10)
    except psycopg.OperationalError:
        raise Unavailable("EARWITNESS_ACCOUNTS_DSN: PostgreSQL cannot be reached: check that it runs.") from None
    with line:
        held = line.execute("SELECT pg_try_advisory_lock(%s)", [KEY]).fetchone()
        if held != (True,):
            raise Conflict(
                "Another server records into this log: stop it first, or ask it (EARWITNESS_URL, EARWITNESS_KEY)."
            )
        yield
