"""Everything about people holds on a real PostgreSQL, too."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.accounts import postgresql

INNER = "EARWITNESS_ACCOUNTS_DSN"
ROOMS = ["tests/accounts", "tests/api_manage", "tests/web_people"]


@pytest.mark.skipif(INNER in os.environ, reason="this is the run on PostgreSQL")
@pytest.mark.skipif(postgresql.binaries() is None, reason="PostgreSQL is not installed: apt-get install postgresql")
def test_the_rooms_about_people_pass_on_postgresql(pytestconfig: pytest.Config) -> None:
    """The same tests, against a server that this test starts and stops."""
    root = Path(__file__).parents[2]
    with postgresql.server() as dsn:
        run = subprocess.run(
            [sys.executable, "-m", "pytest", "-q", "--no-header", *_plugins(pytestconfig), "-m", "not journey", *ROOMS],
            cwd=root,
            env=os.environ | {INNER: dsn},
            capture_output=True,
            text=True,
            check=False,
        )
    assert run.returncode == 0, run.stdout[-6000:] + run.stderr[-2000:]


def _plugins(config: pytest.Config) -> list[str]:
    """Return the ``-p`` options of this run, for the inner one."""
    return [part for name in config.getoption("plugins", []) for part in ("-p", name)]
