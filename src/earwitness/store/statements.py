"""The named SQL files: every statement is a file, and carries its name to the engine."""

import functools
import re
from collections.abc import Mapping
from importlib import resources

_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)+")
_SLOT = re.compile(r"/\*slot:([a-z_][a-z0-9_]*)\*/")


@functools.cache
def text(name: str) -> str:
    """Return the SQL of ``queries/<name>.sql`` without a trailing semicolon; names look like ``events.page``."""
    if not _NAME.fullmatch(name):
        raise LookupError(f"{name!r} is not the name of a query")
    file = resources.files("earwitness.store") / "queries" / f"{name}.sql"
    return file.read_text(encoding="utf-8").rstrip().removesuffix(";")


def filled(name: str, slots: Mapping[str, str]) -> str:
    """Return the SQL of a named query with each ``/*slot:NAME*/`` replaced by its fragment, or by nothing if absent.

    Fragments are SQL that our own code wrote; values never come this way, they are bound as ``{name:Type}``.
    """
    sql = text(name)
    known = set(_SLOT.findall(sql))
    unknown = set(slots) - known
    if unknown:
        raise LookupError(f"the query {name} has no slot {', '.join(sorted(unknown))}")
    return _SLOT.sub(lambda match: slots.get(match[1], ""), sql)
