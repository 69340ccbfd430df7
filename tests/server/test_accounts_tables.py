"""The tables of the accounts, made at once, are those that the migrations make one after the other."""

import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

SETTING_UP = "import django; django.setup()\n"
AT_ONCE = SETTING_UP + "from earwitness.server import accounts_tables; accounts_tables.bring_up_to_date()"
ONE_BY_ONE = SETTING_UP + "from django.core.management import call_command; call_command('migrate', verbosity=0)"
ABANDONED = (
    SETTING_UP
    + """
import os
from django.db.models.signals import post_migrate
post_migrate.connect(lambda **_: os._exit(9), weak=False)
from earwitness.server import accounts_tables
accounts_tables.bring_up_to_date()
"""
)
PENDING = (
    SETTING_UP
    + """
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
executor = MigrationExecutor(connection)
print(len(executor.migration_plan(executor.loader.graph.leaf_nodes())))
"""
)


def run(program: str, data: Path, *, status: int = 0) -> str:
    data.mkdir(exist_ok=True)
    environment = {
        **os.environ,
        "EARWITNESS_DATA": str(data),
        "EARWITNESS_SECRET_KEY": "x" * 50,
        "DJANGO_SETTINGS_MODULE": "earwitness.server.settings",
    }
    environment.pop("EARWITNESS_ACCOUNTS_DSN", None)
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == status, done.stderr
    return done.stdout


def shape(data: Path) -> dict[str, Any]:
    """Return what there is: columns, foreign keys and rows of each table, the SQL of each index, what was applied."""
    base = sqlite3.connect(data / "accounts.sqlite3")
    names = [name for (name,) in base.execute("SELECT name FROM sqlite_master WHERE type = 'table'")]
    names.remove("sqlite_sequence")
    found: dict[str, Any] = {}
    for name in names:
        columns = sorted(row[1:] for row in base.execute(f'PRAGMA table_info("{name}")'))
        keys = sorted(row[2:] for row in base.execute(f'PRAGMA foreign_key_list("{name}")'))
        found[name] = columns, keys, base.execute(f'SELECT count(*) FROM "{name}"').fetchone()
    indexes = base.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
    found["indexes"] = dict(indexes.fetchall())
    applied = base.execute("SELECT app, name FROM django_migrations")
    found["applied"] = sorted(applied.fetchall())
    found["roles"] = base.execute("SELECT name, permissions, built_in FROM accounts_role ORDER BY name").fetchall()
    base.close()
    return found


@pytest.fixture(scope="module")
def migrated(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """The shape that the migrations give."""
    data = tmp_path_factory.mktemp("migrated")
    run(ONE_BY_ONE, data)
    return shape(data)


def test_tables_made_at_once_are_those_of_the_migrations(tmp_path: Path, migrated: dict[str, Any]) -> None:
    """Column by column, index by index, with the built-in roles; and nothing is left to migrate."""
    run(AT_ONCE, tmp_path)
    assert shape(tmp_path) == migrated
    assert run(PENDING, tmp_path).strip() == "0"


def test_a_start_cut_off_leaves_no_half_of_the_tables(tmp_path: Path, migrated: dict[str, Any]) -> None:
    """Killed at the last moment before everything is there, the next start begins anew."""
    run(ABANDONED, tmp_path, status=9)
    run(AT_ONCE, tmp_path)
    assert shape(tmp_path) == migrated
