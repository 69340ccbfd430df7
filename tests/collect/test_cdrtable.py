"""Call detail records in a table of a real PostgreSQL and a real MariaDB, in the schemas that switches write."""

import contextlib
import csv
import datetime as dt
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pymysql
import pytest
from mariadb import server as mariadb_server
from recordings import ROOT

from earwitness.collect.asterisk.cdr import COLUMNS
from earwitness.collect.asterisk.cdrplace import cdr_place
from earwitness.collect.asterisk.cdrtable import CdrTable, TableError
from tests.accounts.postgresql import server as postgresql_server

FOLDER = ROOT / "v22" / "09-queue"
LINKEDIDS = ["1795435194.39", "1795435201.43"]
SINCE = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
NUMBERS = ("duration", "billsec", "sequence")
FREEPBX = [name for name in COLUMNS if name not in ("start", "answer", "end")]


def recorded() -> list[dict[str, str]]:
    with (FOLDER / "cdr.csv").open(newline="") as stream:
        return [dict(zip(COLUMNS, row, strict=True)) for row in csv.reader(stream)]


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with postgresql_server() as dsn:
        with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
            columns = ", ".join(f'"{name}" {"timestamp" if name in TIMES else "text"}' for name in COLUMNS)
            cursor.execute(f"CREATE TABLE cdr (id serial, {columns})")
            marks = ", ".join(["%s"] * len(COLUMNS))
            for row in recorded():
                values = [row[name] or None if name in TIMES else row[name] for name in COLUMNS]
                cursor.execute(f"INSERT INTO cdr VALUES (DEFAULT, {marks})", values)
        yield dsn


TIMES = ("start", "answer", "end")


@pytest.fixture(scope="module")
def mariadb() -> Iterator[str]:
    """A table as FreePBX makes it: no key of its own, calldate, neither answer nor end; times of Bucharest."""
    with mariadb_server() as port:
        made = pymysql.connect(
            host="127.0.0.1", port=port, user="reader", password="s3cr/t", database="asterisk", autocommit=True
        )
        with contextlib.closing(made), made.cursor() as cursor:
            columns = ", ".join(
                f"`{name}` {'int' if name in NUMBERS else 'varchar(80)'} NOT NULL DEFAULT ''" for name in FREEPBX
            ).replace("int NOT NULL DEFAULT ''", "int NOT NULL DEFAULT 0")
            cursor.execute(f"CREATE TABLE cdr (calldate datetime NOT NULL, {columns}, KEY (calldate))")
            marks = ", ".join(["%s"] * (len(FREEPBX) + 1))
            for row in recorded():
                local = dt.datetime.fromisoformat(row["start"]) + dt.timedelta(hours=2)
                cursor.execute(f"INSERT INTO cdr VALUES ({marks})", [local, *(row[name] for name in FREEPBX)])
        yield f"mysql://reader:s3cr%2Ft@127.0.0.1:{port}/asterisk?zone=Europe/Bucharest"


def test_the_records_of_the_calls_asked_for_are_found_in_postgresql(postgresql: str) -> None:
    table = CdrTable(cdr_place(postgresql))
    found = table.of_calls(LINKEDIDS, SINCE)
    assert {row.linkedid for row in found} == set(LINKEDIDS)
    assert all(row.cdr_id == row.id and row.id.isdigit() for row in found)
    assert table.of_calls(["1795435194.39"], SINCE + dt.timedelta(days=3)) == []
    table.close()


def test_the_records_of_a_table_without_end_and_key_are_the_same_as_those_of_the_file(mariadb: str) -> None:
    from earwitness.collect.asterisk.cdr import read_csv

    table = CdrTable(cdr_place(mariadb))
    found = table.of_calls(LINKEDIDS, SINCE)
    with (FOLDER / "cdr.csv").open(newline="") as stream:
        wanted = [row for row in read_csv(stream) if row.linkedid in LINKEDIDS]
    assert [(row.cdr_id, row.sequence, row.start, row.end) for row in found] == [
        (row.cdr_id, row.sequence, row.start, row.end) for row in wanted
    ]
    table.close()


def test_a_table_that_cannot_be_read_is_told_in_one_sentence_without_the_secret(mariadb: str, postgresql: str) -> None:
    wrong = (
        mariadb.replace("s3cr%2Ft", "tOpSeCrEt"),
        mariadb + "&table=other.cdr",
        postgresql + "?table=nothere",
        "mariadb://reader:tOpSeCrEt@127.0.0.1:1/asterisk",
        "postgresql://reader:tOpSeCrEt@127.0.0.1:1/asterisk",
    )
    for url in wrong:
        with pytest.raises(TableError) as told:
            CdrTable(cdr_place(url)).newest()
        assert "tOpSeCrEt" not in str(told.value)
        assert "\n" not in str(told.value)


def test_a_connection_that_breaks_is_made_anew(mariadb: str) -> None:
    table = CdrTable(cdr_place(mariadb))
    assert table.of_calls(LINKEDIDS, SINCE)
    assert table._connection is not None
    table._connection.close()
    with pytest.raises(TableError):
        table.of_calls(LINKEDIDS, SINCE)
    assert table.of_calls(LINKEDIDS, SINCE)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("ftp://host/x", "no place of call detail records"),
        ("Master.csv", "begins with /"),
        ("/var/log/Master.csv?zone=Mars", "no time zone"),
        ("mariadb://u:tOpSeCrEt@host", "name of the database"),
        ("postgresql://u:tOpSeCrEt@host/db?table=a;b", "no name of a table"),
    ],
)
def test_a_place_that_is_none_is_told(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=says) as told:
        cdr_place(text)
    assert "tOpSeCrEt" not in str(told.value)


def test_a_path_alone_is_a_file() -> None:
    assert cdr_place("/var/log/asterisk/cdr-csv/Master.csv?zone=Europe/Bucharest").where == str(
        Path("/var/log/asterisk/cdr-csv/Master.csv")
    )
