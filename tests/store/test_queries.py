"""Every statement about rows speaks of one tenant, says what it is for, and is named by somebody who asks it."""

import re
from pathlib import Path

import pytest

import earwitness
from earwitness.store import statements

SOURCE = Path(earwitness.__file__).parent
QUERIES = sorted((SOURCE / "store" / "queries").glob("*.sql"))
# They answer with numbers about the whole store, which no caller of ours ever sees.
OF_ALL_TENANTS = {"log.epoch", "log.tenants", "rows.total", "store.ping"}


def without_comments(sql: str) -> str:
    return re.sub(r"--[^\n]*|/\*.*?\*/", " ", sql, flags=re.DOTALL)


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_the_tenant_is_demanded_of_every_row_that_is_read(file: Path) -> None:
    """As often as a table is read: in each SELECT that names one, in each side of a join."""
    sql = file.read_text(encoding="utf-8")
    tables = re.findall(r"\b(?:FROM|JOIN)\s+(?:/\*slot:(?:table|rows)\*/|events|segments|amendments|gaps)", sql)
    demanded = re.findall(r"\btenant = \{tenant:String\}", without_comments(sql))
    if file.stem in OF_ALL_TENANTS:
        assert demanded == []
    else:
        assert len(demanded) >= len(tables) > 0


@pytest.mark.parametrize("file", QUERIES, ids=lambda file: file.stem)
def test_no_value_is_written_into_a_statement(file: Path) -> None:
    """Texts in quotes are our own words; slots and bound values are all that comes from outside."""
    sql = without_comments(file.read_text(encoding="utf-8"))
    assert set(re.findall(r"\{[^}]*\}", sql)) == set(re.findall(r"\{[a-z_]+:[A-Za-z0-9()]+\}", sql))


def test_every_query_is_asked_by_somebody() -> None:
    """A file that nobody names is dead; a name without a file would fail when it is asked."""
    code = "\n".join(path.read_text(encoding="utf-8") for path in SOURCE.rglob("*.py"))
    named = set(re.findall(r"""["']([a-z_]+\.[a-z_]+)["']""", code))
    assert [file.stem for file in QUERIES if file.stem not in named] == []


def test_every_query_says_what_it_is_for() -> None:
    """In its first line."""
    lines = {file.stem: file.read_text(encoding="utf-8").splitlines()[0] for file in QUERIES}
    assert [name for name, line in lines.items() if not line.startswith("-- ") and name != "store.ping"] == []
    assert statements.filled("store.ping", {}).strip() == "SELECT 1"
