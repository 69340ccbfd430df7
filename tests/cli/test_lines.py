"""Files of events: what is read from them, and why a second import adds nothing."""

import gzip
import io
import json
from pathlib import Path

import pytest
import zstandard

from earwitness.cli.failures import Failure
from earwitness.cli.lines import LONGEST_LINE, Entry, Layout, Source, entries, layout_of


def read(tmp_path: Path, content: bytes, layout: Layout = "ndjson", source: str | None = None) -> list[Entry]:
    path = tmp_path / "events"
    path.write_bytes(content)
    return list(entries(Source(path, io.BytesIO()), layout, source))


def events(found: list[Entry]) -> list[dict[str, object]]:
    return [json.loads(entry.event) for entry in found if entry.event is not None]


def test_a_line_with_an_id_is_sent_as_it_was_written(tmp_path: Path) -> None:
    line = b'{"id": "x",  "params": {"rate": 1.10, "big": 123456789012345678901234567890}}'
    assert read(tmp_path, line + b"\n") == [Entry(1, line)]


def test_an_id_is_put_in_front_and_the_rest_stays_as_it_was_written(tmp_path: Path) -> None:
    [entry] = read(tmp_path, b'{"username": "ada", "params": {"rate": 1.10}}\n')
    assert entry.event is not None
    assert entry.event.endswith(b'"username": "ada", "params": {"rate": 1.10}}')
    assert len(str(json.loads(entry.event)["id"])) == 36


def test_another_source_changes_no_digit_of_the_rest(tmp_path: Path) -> None:
    line = b'{"id":"x","source":"crm","params":{"rate":1.10,"huge":1e400}}'
    [entry] = read(tmp_path, line + b"\n", source="import")
    assert entry.event == b'{"source": "import","id":"x","params":{"rate":1.10,"huge":1e400}}'


def test_a_cell_of_json_keeps_its_digits_and_must_be_json(tmp_path: Path) -> None:
    content = b'username,event,params\nada,login,"{""rate"":1.10,""huge"":1e400}"\nada,login,"{""rate"":NaN}"\n'
    good, bad = read(tmp_path, content, "csv")
    assert good.event is not None
    assert b'"params":{"rate":1.10,"huge":1e400}' in good.event
    assert bad.event is None
    assert "should hold JSON" in bad.problem


def test_the_same_file_gives_the_same_ids_and_equal_lines_differ(tmp_path: Path) -> None:
    content = b'{"event": "a"}\n{"event": "a"}\n'
    first, second = ([e["id"] for e in events(read(tmp_path, content))] for _ in range(2))
    assert first == second
    assert first[0] != first[1]


def test_a_file_that_grew_keeps_the_ids_of_its_beginning(tmp_path: Path) -> None:
    short = events(read(tmp_path, b'{"event": "a"}\n'))
    grown = events(read(tmp_path, b'{"event": "a"}\n{"event": "b"}\n'))
    assert grown[0] == short[0]


def test_an_empty_object_with_an_id_is_still_an_object(tmp_path: Path) -> None:
    assert list(events(read(tmp_path, b"{}\n"))[0]) == ["id"]


@pytest.mark.parametrize("line", [b"{", b"[1]", b"7", b'{"a": \xff}', b'"text"'])
def test_a_line_that_is_no_object_is_named_and_the_next_one_is_read(tmp_path: Path, line: bytes) -> None:
    found = read(tmp_path, line + b'\n{"id": "x"}\n')
    assert found[0].event is None
    assert found[0].line == 1
    assert found[0].problem.endswith(".")
    assert found[1] == Entry(2, b'{"id": "x"}')


def test_a_line_that_is_nested_without_end_stops_nothing(tmp_path: Path) -> None:
    """Some Pythons can read it (the server then rejects it), others cannot: either way the next line is read."""
    deep = b'{"source": "x", "a": ' + b"[" * 500_000 + b"]" * 500_000 + b"}"
    found = read(tmp_path, deep[:LONGEST_LINE] + b'\n{"id": "x"}\n', source="y")
    assert found[-1].event is not None


def test_a_line_without_an_end_costs_no_more_than_its_limit(tmp_path: Path) -> None:
    found = read(tmp_path, b'{"a": "' + b"x" * (3 * LONGEST_LINE) + b'"}\n{"id": "x"}\n')
    assert [(entry.line, entry.event) for entry in found] == [(1, None), (2, b'{"id": "x"}')]


def test_blank_lines_and_a_byte_order_mark_are_no_events(tmp_path: Path) -> None:
    assert read(tmp_path, b'\xef\xbb\xbf{"id": "x"}\r\n\r\n  \n{"id": "y"}') == [
        Entry(1, b'{"id": "x"}'),
        Entry(4, b'{"id": "y"}'),
    ]


def test_packed_files_read_like_plain_ones(tmp_path: Path) -> None:
    plain = b'{"id": "x"}\n{"id": "y"}\n'
    two_frames = zstandard.compress(plain[:12]) + zstandard.compress(plain[12:])
    for packed in (gzip.compress(plain), zstandard.compress(plain), two_frames):
        assert read(tmp_path, packed) == read(tmp_path, plain)


def test_a_given_source_replaces_that_of_the_file(tmp_path: Path) -> None:
    found = events(read(tmp_path, b'{"id": "x", "source": "asterisk"}\n{"id": "y"}\n', source="old_pbx"))
    assert found == [{"id": "x", "source": "old_pbx"}, {"source": "old_pbx", "id": "y"}]


def test_csv_understands_the_names_of_the_page_and_of_the_fields(tmp_path: Path) -> None:
    content = (
        "\ufeffCreated (UTC),Username,User Ip,Event,sub_event,Comments,Params\r\n"
        '2026-11-01 08:00:00,Zoë,10.0.0.1,login,,"two\nlines","{""a"": [1]}"\r\n'
        "2026-11-01T09:00:00+02:00,ana,,login,,,\r\n"
    )
    found = read(tmp_path, content.encode(), "csv")
    first, second = events(found)
    assert {k: v for k, v in first.items() if k != "id"} == {
        "created": "2026-11-01T08:00:00Z",
        "username": "Zoë",
        "user_ip": "10.0.0.1",
        "event": "login",
        "comments": "two\nlines",
        "params": {"a": [1]},
    }
    assert second["created"] == "2026-11-01T09:00:00+02:00"
    assert [entry.line for entry in found] == [2, 4]


def test_a_column_that_is_no_field_stops_the_import_before_anything_is_recorded(tmp_path: Path) -> None:
    with pytest.raises(Failure, match="'Colour' is not a field"):
        read(tmp_path, b"Username,Colour\nada,blue\n", "csv")


@pytest.mark.parametrize("field", ["tenant", "seq", "received_at", "desks", "redactions"])
def test_a_column_that_only_earwitness_fills_is_refused(tmp_path: Path, field: str) -> None:
    with pytest.raises(Failure):
        read(tmp_path, f"username,{field}\nada,1\n".encode(), "csv")


@pytest.mark.parametrize("row", [b"ada,{broken", b"ada,{},extra", b"\xff\xfe,{}"])
def test_a_row_that_cannot_be_read_is_named_and_the_next_one_is_read(tmp_path: Path, row: bytes) -> None:
    found = read(tmp_path, b"username,params\n" + row + b"\nsam,{}\n", "csv")
    assert [entry.event is None for entry in found] == [True, False]
    assert found[0].line == 2


@pytest.mark.parametrize(
    ("name", "layout"), [("a.csv", "csv"), ("a.CSV.gz", "csv"), ("a.ndjson", "ndjson"), ("a", "ndjson")]
)
def test_the_name_of_a_file_tells_its_layout(name: str, layout: str) -> None:
    assert layout_of(Path(name)) == layout
