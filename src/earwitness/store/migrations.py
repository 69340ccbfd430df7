"""Numbered schema changes: ``schema/NNNN_what.sql``, each applied once, in order, and written down."""

import re
from importlib import resources
from typing import NamedTuple

from earwitness.store.handles import Handle

_FILE = re.compile(r"(\d{4})_[a-z0-9_]+\.sql")

# Statements must bear being repeated (IF NOT EXISTS ...): the engine has no transactions, and a start may be cut short.
LEDGER = """
CREATE TABLE IF NOT EXISTS migrations (number UInt32, name String, applied_at DateTime64(6, 'UTC'))
ENGINE = MergeTree ORDER BY number SETTINGS fsync_after_insert = 1, fsync_part_directory = 1
"""


class Migration(NamedTuple):
    """number: its place, from 1; name: the file's name; statements: its SQL, one statement each."""

    number: int
    name: str
    statements: tuple[str, ...]


def known() -> tuple[Migration, ...]:
    """Return every migration of this program, in order."""
    found = []
    for file in (resources.files("earwitness.store") / "schema").iterdir():
        match = _FILE.fullmatch(file.name)
        if match:
            statements = tuple(part.strip() for part in _split(file.read_text(encoding="utf-8")))
            found.append(Migration(int(match[1]), file.name, statements))
    return tuple(sorted(found))


def _split(sql: str) -> list[str]:
    """Return the statements of a file: each ends with a semicolon at the end of a line."""
    return [part for part in re.split(r";[ \t]*(?:\n|$)", sql) if re.sub(r"--[^\n]*", "", part).strip()]


def apply(handle: Handle) -> int:
    """Apply what is missing and return the number of the last migration."""
    handle.command("migrations.create", LEDGER)
    done = {row[0] for row in handle.query("migrations.list", "SELECT number FROM migrations").rows}
    last = 0
    for migration in known():
        last = migration.number
        if migration.number in done:
            continue
        for statement in migration.statements:
            handle.command(migration.name, statement)
        handle.command(
            "migrations.note",
            "INSERT INTO migrations SELECT {number:UInt32}, {name:String}, now64(6, 'UTC')",
            {"number": migration.number, "name": migration.name},
        )
    return max([last, *done])
