"""An export holds what its owner sees, all of it and no more, in every format."""

import csv
import datetime as dt
import io
import json
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwitness.accounts.models import Role
from earwitness.deliver.exports import actions, work
from earwitness.deliver.exports.order import FORMATS, Order
from earwitness.deliver.formats import safe
from earwitness.deliver.models import Export
from earwitness.model import times
from earwitness.model.problem import BadQuery, Forbidden, Invalid, NotFound, TooMany
from earwitness.search import Query
from earwitness.store import Store

from .conftest import World
from .test_formats import pdf_text


def made(world: World, name: str, layout: str, **wish: Any) -> Path:
    """Ask for an export as somebody, let it be made, and return its file."""
    order = Order(stream=wish.pop("stream", "activity"), format=layout, who=name, **wish)
    export = actions.ask(world.actor(name), world.reader, order)
    assert work.work(world.means)
    export.refresh_from_db()
    assert (export.status, export.problem) == (Export.DONE, "")
    return world.means.folder / export.file


def table(path: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(path.read_bytes().decode(), newline="")))


def test_csv_holds_every_row_once_newest_first(world: World) -> None:
    """Names as on the page, times as RFC 3339, one line a row; the note is in the last heading."""
    rows = world.events(*({} for _ in range(3000)), {"comments": 'a "quoted"\nline, ș', "username": ""})
    read = table(made(world, "ada", "csv", search="-source:earwitness"))
    assert [row["Event Object"] for row in read] == [row["event_object"] for row in reversed(rows)]
    assert read[0]["Comments"] == 'a "quoted"\nline, ș'
    assert read[1]["Created (UTC)"] == "2026-11-02T08:50:00.000000Z"
    assert read[1]["User Ip"] == "10.0.0.0"
    assert read[1]["Params"] == '{"n":3000}'
    about = list(read[0])[-1]
    assert "Search: -source:earwitness" in about
    assert "Rows: 3,001" in about
    assert "Made by: ada" in about


def test_times_are_those_of_the_zone_that_was_asked_for(world: World) -> None:
    """The heading names the zone, the cell its offset; summer and winter time have their own."""
    world.events({"created": "2026-07-01 10:00:00.123456"}, {"created": "2026-12-01 10:00:00.000000"})
    read = table(made(world, "ada", "csv", tz="Europe/Bucharest", columns=("created", "seq")))
    assert [row["Created (Europe/Bucharest)"] for row in read] == [
        "2026-12-01T12:00:00.000000+02:00",
        "2026-07-01T13:00:00.123456+03:00",
    ]
    assert list(read[0])[:2] == ["Created (Europe/Bucharest)", "Seq"]


def test_no_cell_of_a_csv_is_a_formula(world: World) -> None:
    """Whoever writes into the log cannot run anything in the spreadsheet of whoever reads it."""
    world.events({"comments": "=cmd|' /C calc'!A0", "event_object": "@SUM(1)", "username": "+1", "request_uri": "-1"})
    (row,) = table(made(world, "ada", "csv"))
    assert (row["Comments"], row["Event Object"]) == ("'=cmd|' /C calc'!A0", "'@SUM(1)")
    assert (row["Username"], row["Request Uri"]) == ("'+1", "'-1")


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30, deadline=None)
@given(
    texts=st.lists(
        st.text(st.characters(blacklist_categories=["Cs"], blacklist_characters="\0")) | st.text("=+-@＝;\t\r\n' a"),
        max_size=30,
    )
)
def test_the_engine_guards_cells_as_python_does(store: Store, texts: list[str]) -> None:
    """The rule in SQL and the rule in Python are the same rule."""
    rows = store.query("store.ping").rows  # the store answers
    assert rows
    with store._pool.handle() as handle:
        sql = f"SELECT arrayMap(x -> {safe.guard_sql('x')}, {{texts:Array(String)}})"
        ((answer,),) = handle.query("test", sql, {"texts": texts}).rows if texts else [((),)]
    assert list(answer) == [safe.guard(text) for text in texts]


def test_ndjson_holds_what_the_api_gives(world: World) -> None:
    """Line by line the same JSON as the items of a page, params in their own form."""
    world.events(
        {
            "params": '{"a":[1,2.50,{"b":"x\\"\\\\y/ș\\n"}],"c":null}',
            "comments": 'it\'s \\ "x"\tș\n日本',
            "desks": ["A", "B"],
        },
        {"clock_skew_ms": -301_000, "producer": "p", "producer_seq": 7, "redactions": ["params.password"]},
        {"changes": '[{"path":"a","old":1,"new":{"b":[true]}}]', "user_ip": "2001:db8::1"},
    )
    lines = made(world, "ada", "ndjson").read_text(encoding="utf-8").splitlines()
    page = world.reader.page(world.access("ada").scope, Query())
    items = [times_as_text(json.loads(encode(item))) for item in page.items]
    assert [json.loads(line) for line in lines] == items
    assert '"params":{"a":[1,2.50,' in lines[2]


def encode(item: Any) -> bytes:
    import msgspec

    return msgspec.json.encode(item)


def times_as_text(item: dict[str, Any]) -> dict[str, Any]:
    for name in ("created", "received_at", "started_at", "ended_at"):
        if item.get(name):
            item[name] = times.text(dt.datetime.fromisoformat(item[name]))
    return item


def test_segments_are_exported_as_they_are_read(world: World) -> None:
    """The supervision log as CSV with seconds, and as NDJSON equal to what the API gives."""
    world.segments({}, {"action": "barge", "duration_ms": 61_250, "outside_application": None})
    read = table(made(world, "ada", "csv", stream="supervision", order="oldest"))
    assert [(row["Manager"], row["Action"], row["Duration (s)"]) for row in read] == [
        ("Maria Rossi", "listen", "12.5"),
        ("Maria Rossi", "barge", "61.25"),
    ]
    lines = made(world, "ada", "ndjson", stream="supervision", order="oldest").read_text().splitlines()
    page = world.reader.page(world.access("ada").scope, Query("supervision"), order="oldest")
    assert [json.loads(line) for line in lines] == [times_as_text(json.loads(encode(item))) for item in page.items]


def test_parquet_has_types_and_says_what_it_is(world: World) -> None:
    """Times are moments, numbers are numbers, the note is in the metadata, and no apostrophe is added."""
    world.events({"comments": "=1", "created": "2026-07-01 10:00:00.123456"}, {})
    path = made(world, "ada", "parquet", columns=("created", "seq", "comments", "clock_skew_ms"), order="oldest")
    read = pq.read_table(path)
    assert read.column("created")[0].as_py() == dt.datetime(2026, 7, 1, 10, 0, 0, 123456, tzinfo=dt.UTC)
    assert read.column("seq").to_pylist() == [1, 2]
    assert read.column("comments").to_pylist() == ["=1", ""]
    assert read.column("clock_skew_ms").to_pylist() == [None, None]
    assert read.schema.metadata[b"earwitness:rows"] == b"2"


def test_xlsx_and_pdf_hold_the_rows(world: World) -> None:
    """Both are made in a child process, from the same rows, in the zone of the export."""
    world.events({"comments": "=1+1 ș"}, {"comments": "second"})
    wish: dict[str, Any] = {"tz": "Europe/Bucharest", "order": "oldest", "search": "user:user*"}
    sheet = openpyxl.load_workbook(made(world, "ada", "xlsx", **wish))["Rows"]
    values = [list(row) for row in sheet.iter_rows(values_only=True)]
    assert values[0][0] == "Created (Europe/Bucharest)"
    assert values[1][0] == "2026-11-02 10:00:01.000000"
    assert [row[6] for row in values[1:]] == ["=1+1 ș", "second"]
    text = pdf_text(made(world, "ada", "pdf", **wish))
    assert "user:user*" in text
    assert "=1+1 ș" in text
    assert "Events over time" in text


@pytest.mark.parametrize("layout", FORMATS)
def test_an_export_of_nothing_is_a_whole_file(world: World, layout: str) -> None:
    """No row found is an answer, in every format."""
    assert made(world, "ada", layout, search="user:nobody").is_file()


def test_what_is_recorded_later_does_not_belong_to_an_export(world: World) -> None:
    """A file has the state of the moment it was asked for."""
    world.events({}, {})
    export = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    world.events({})
    work.work(world.means)
    export.refresh_from_db()
    assert export.total == 2
    assert len(table(world.means.folder / export.file)) == 2


def test_a_supervisor_gets_the_rows_of_the_own_desk(world: World) -> None:
    """Scope holds in files as on pages."""
    role = Role.objects.create(tenant=world.tenant, name="x", permissions=["export_logs", "show_activity_log"])
    world.people["sam"].roles.set([role])
    world.events({"comments": "mine"}, {"comments": "other", "desks": ["Sales"]}, {"comments": "none", "desks": []})
    assert [row["Comments"] for row in table(made(world, "sam", "csv"))] == ["mine"]


def test_a_masked_viewer_gets_masked_files(world: World) -> None:
    """In every format and column, no digit of a number is left; the recorded search text is masked as well."""
    role = Role.objects.create(
        tenant=world.tenant,
        name="x",
        permissions=["export_logs", "show_activity_log", "show_all_desks", "show_whisper_log"],
        mask_phone=True,
    )
    world.people["sam"].roles.set([role])
    number = "+442079460123"
    world.events({"comments": number, "params": f'{{"caller":"{number}","n":442079460123}}', "event_object": number})
    world.segments({})
    for layout in ("csv", "ndjson", "parquet", "xlsx"):
        data = made(world, "sam", layout, search="-user:442079460123").read_bytes()
        if layout == "xlsx":
            path = world.means.folder / Export.objects.filter(owner=world.people["sam"].username).first().file
            data = str([list(r) for r in openpyxl.load_workbook(path)["Rows"].iter_rows(values_only=True)]).encode()
        assert b"2079460123" not in data.replace(b"-user:442079460123", b"")
    assert b"2079460123" not in made(world, "sam", "ndjson", stream="supervision").read_bytes()
    assert "442079460123" not in json.dumps(world.log.events)


def test_who_may_not_export_cannot(world: World) -> None:
    """Without export_logs, or without the log itself, there is no export."""
    order = Order(stream="activity", format="csv")
    with pytest.raises(Forbidden, match="export_logs"):
        actions.ask(world.actor("alex"), world.reader, order)
    role = Role.objects.create(tenant=world.tenant, name="x", permissions=["export_logs", "show_activity_log"])
    world.people["alex"].roles.set([role])
    actions.ask(world.actor("alex"), world.reader, order)
    with pytest.raises(Forbidden, match="show_whisper_log"):
        actions.ask(world.actor("alex"), world.reader, Order(stream="supervision", format="csv"))


def test_what_is_wrong_is_said_by_field_and_place(world: World) -> None:
    """All wrong fields at once; a mistake in the search text by its place."""
    bad = Order(stream="activity", format="doc", columns=("nothing",), tz="Mars/Olympus", order="random")
    with pytest.raises(Invalid) as caught:
        actions.ask(world.actor("ada"), world.reader, bad)
    assert set(caught.value.fields) == {"format", "columns", "tz", "order"}
    with pytest.raises(BadQuery):
        actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv", search='"open'))
    for _ in range(actions.OPEN_AT_MOST):
        actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    with pytest.raises(TooMany):
        actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))


def test_nobody_finds_or_fetches_the_export_of_another(world: World) -> None:
    """Another's export is as absent as one that never was."""
    made(world, "ada", "csv")
    export = Export.objects.get(tenant=world.tenant)
    with pytest.raises(NotFound):
        actions.find(world.access("audrey"), str(export.pk))
    assert actions.find(world.access("ada"), str(export.pk)) == export


def test_an_export_is_refused_to_an_owner_who_sees_less_by_now(world: World) -> None:
    """What was made for other eyes is not handed out; what waits is not made."""
    made(world, "ada", "csv")
    waiting = actions.ask(world.actor("ada"), world.reader, Order(stream="activity", format="csv"))
    done = Export.objects.get(tenant=world.tenant, status=Export.DONE)
    masked = Role.objects.create(
        tenant=world.tenant, name="x", permissions=["export_logs", "show_activity_log"], mask_phone=True
    )
    world.people["ada"].roles.set([masked])
    with pytest.raises(Forbidden, match="ask for it again"):
        actions.fetch(world.actor("ada"), done, world.means.folder)
    work.work(world.means)
    waiting.refresh_from_db()
    assert (waiting.status, waiting.problem) == (Export.FAILED, actions.CHANGED)


def test_every_export_and_download_is_recorded(world: World) -> None:
    """Who, what, how many rows: in the log itself."""
    world.events({}, {})
    made(world, "ada", "csv", search="user:user*")
    event = world.log.last()
    assert (event["event"], event["sub_event"], event["params"]["rows"]) == ("export", "create", 2)
    assert event["params"]["search"] == "user:user*"
    export = Export.objects.get(tenant=world.tenant)
    path = actions.fetch(world.actor("ada"), export, world.means.folder)
    assert world.log.acts()[-1] == "export.download"
    recorded = len(world.log.acts())
    path.unlink()
    with pytest.raises(NotFound, match="is gone"):
        actions.fetch(world.actor("ada"), export, world.means.folder)
    assert actions.cancel(world.actor("ada"), export).status == Export.DONE
    assert len(world.log.acts()) == recorded  # neither a download nor an end came of it
