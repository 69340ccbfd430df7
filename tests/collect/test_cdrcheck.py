"""What ``doctor`` says of the places where call detail records are: files, and tables of real databases."""

import contextlib
import datetime as dt
import shutil
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pymysql
import pytest
from mariadb import server as mariadb_server
from recordings import ROOT

from earwitness.collect.asterisk.cdrcheck import NOTE, OK, TROUBLE, Look, look
from earwitness.collect.asterisk.cdrplace import cdr_place
from tests.accounts.postgresql import server as postgresql_server

RECORDED = ROOT / "v22" / "09-queue" / "cdr.csv"
SOON = dt.datetime(2026, 11, 23, 13, tzinfo=dt.UTC)
SECRET = "tOpSeCrEt"


def seen(text: str, now: dt.datetime = SOON) -> Look:
    return look(cdr_place(text), now)


@pytest.fixture
def master(tmp_path: Path) -> Path:
    return Path(shutil.copy(RECORDED, tmp_path / "Master.csv"))


@pytest.fixture(scope="module")
def postgresql() -> Iterator[str]:
    with postgresql_server() as dsn:
        with psycopg.connect(dsn) as connection, connection.cursor() as cursor:
            columns = "calldate timestamptz, channel text, lastapp text, duration int, billsec int, uniqueid text"
            cursor.execute(f"CREATE TABLE cdr ({columns}, linkedid text)")
            cursor.execute("INSERT INTO cdr VALUES ('2026-11-23 12:20+00', 'PJSIP/1-1', 'Dial', 60, 50, '1.1', '1.1')")
            cursor.execute(f"CREATE TABLE old ({columns})")
            cursor.execute(f"CREATE TABLE empty ({columns}, linkedid text)")
            cursor.execute("CREATE TABLE other (word text)")
        yield dsn


def test_a_file_that_is_written_is_well_and_says_when_last(master: Path) -> None:
    state, text = seen(f"file://{master}")
    assert (state, text) == (OK, f"{master} can be read; its newest record is of 2026-11-23 12:00:08 UTC.")


def test_a_file_with_a_header_is_read_by_it(master: Path) -> None:
    names = "start,answer,end,uniqueid,linkedid,channel,dstchannel,lastapp,lastdata"
    row = "2026-11-23 11:00:00,,2026-11-23 11:00:09,1.1,1.1,PJSIP/1-1,,Dial,x"
    master.write_text(f"{names}\n{row}\n")
    assert seen(f"file://{master}").text.endswith("its newest record is of 2026-11-23 11:00:09 UTC.")


def test_an_empty_file_and_one_that_is_written_no_more_are_worth_knowing(master: Path) -> None:
    assert "5 days ago: does the switch still write here?" in seen(f"file://{master}", SOON + dt.timedelta(5)).text
    master.write_text("")
    assert seen(f"file://{master}") == (NOTE, f"{master} can be read and holds no record yet.")


def test_times_that_are_to_come_are_in_another_zone(master: Path) -> None:
    state, text = seen(f"file://{master}?zone=America/New_York")
    assert state == TROUBLE
    assert "zone=" in text


def test_a_file_that_is_absent_unreadable_or_something_else_is_trouble(master: Path, tmp_path: Path) -> None:
    assert seen(f"file://{tmp_path}/nothing.csv").state == TROUBLE
    assert seen(f"file://{tmp_path}") == (TROUBLE, f"{tmp_path} cannot be read: Is a directory.")
    master.write_text("a word\n")
    state, text = seen(f"file://{master}")
    assert state == TROUBLE
    assert "newcdrcolumns=yes" in text


def test_a_table_that_is_written_is_well(postgresql: str) -> None:
    state, text = seen(postgresql)
    assert state == OK
    assert text.endswith("its newest record is of 2026-11-23 12:21:00 UTC.")


def test_a_table_that_is_empty_or_of_an_old_schema_is_worth_knowing(postgresql: str) -> None:
    assert seen(f"{postgresql}?table=empty").text.endswith("holds no record yet.")
    state, text = seen(f"{postgresql}?table=old")
    assert state == NOTE
    assert "has no column linkedid" in text


def test_a_table_that_is_absent_or_of_something_else_is_trouble(postgresql: str) -> None:
    state, text = seen(f"{postgresql}?table=nothere")
    assert state == TROUBLE
    assert text.endswith('cannot be read: relation "nothere" does not exist.')
    assert "has no column linkedid or uniqueid" in seen(f"{postgresql}?table=other").text


def test_a_wrong_password_and_a_wrong_port_are_told_without_the_secret() -> None:
    with mariadb_server() as port:
        with contextlib.closing(
            pymysql.connect(host="127.0.0.1", port=port, user="reader", password="s3cr/t", database="asterisk")
        ):
            state, text = seen(f"mariadb://reader:{SECRET}@127.0.0.1:{port}/asterisk")
        assert state == TROUBLE
        assert "Access denied" in text
        assert SECRET not in text
    state, text = seen(f"postgresql://reader:{SECRET}@127.0.0.1:1/asterisk")
    assert state == TROUBLE
    assert SECRET not in text
