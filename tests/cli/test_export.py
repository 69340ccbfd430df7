"""``earwitness export``: the same file from a running server, from a killed one, and without any."""

import csv
import datetime as dt
import io
import json
import subprocess
import sys
import time
from pathlib import Path

import openpyxl
import pyarrow.parquet as pq

from earwitness.cli.connection import connect
from earwitness.model.gap import Gap
from earwitness.model.times import UTC
from tests.cli.conftest import House, start, stop

KEEP = """
import sys
from pathlib import Path
from earwitness.store import Store
with Store.open(f"chdb://{sys.argv[1]}/events", Path(sys.argv[1])) as store:
    store.insert_lines("gaps", sys.argv[2].encode())
"""  # one process has one engine, and that of the tests is another


def lines(count: int) -> bytes:
    return "".join(
        json.dumps({"username": "ana", "event": "export_me", "comments": f"n{n}"}) + "\n" for n in range(count)
    ).encode()


def test_every_format_comes_out_of_a_running_server(house: House, tmp_path: Path) -> None:
    """Exit status 0, the file whole, rows and bytes told; nothing else is left beside it."""
    house.json("import", "-", given=lines(7))
    for layout in ("csv", "xlsx", "pdf", "ndjson", "parquet"):
        out = tmp_path / f"out.{layout}"
        told = house.json("export", "event:export_me", "--format", layout, "-o", str(out))
        assert (told["rows"], told["bytes"]) == (7, out.stat().st_size)
    rows = list(csv.DictReader((tmp_path / "out.csv").open(encoding="utf-8", newline="")))
    assert sorted(row["Comments"] for row in rows) == [f"n{n}" for n in range(7)]
    assert len((tmp_path / "out.ndjson").read_text().splitlines()) == 7
    assert pq.read_table(tmp_path / "out.parquet").num_rows == 7
    assert openpyxl.load_workbook(tmp_path / "out.xlsx")["Rows"].max_row == 8
    assert (tmp_path / "out.pdf").read_bytes().startswith(b"%PDF")
    assert len(list(tmp_path.iterdir())) == 5


def test_a_file_goes_to_standard_output(house: House) -> None:
    """With -o - there is nothing but the file on stdout; what is told goes to stderr."""
    house.json("import", "-", given=lines(2))
    done = house.run("export", "event:nothing_like_it", "--format", "csv", "--columns", "username", "-o", "-")
    assert done.returncode == 0
    assert done.stdout.splitlines()[0].startswith("Username,")
    assert "0 rows" in done.stderr


def test_wrong_usage_is_told_in_one_sentence(house: House, tmp_path: Path) -> None:
    """Status 2 for a mistake in the search, a format or column that is none, and a file that cannot be."""
    out = str(tmp_path / "x")
    for wrong in (
        ('"open', "--format", "csv", "-o", out),
        ("--format", "doc", "-o", out),
        ("--format", "csv", "--columns", "nothing", "-o", out),
        ("--format", "csv", "--from", "whenever", "-o", out),
        ("--format", "csv", "-o", str(tmp_path / "no" / "such" / "x")),
    ):
        done = house.run("export", *wrong)
        assert done.returncode == 2, (wrong, done.stderr)
        assert done.stderr.strip()
    assert not (tmp_path / "x").exists()


def test_without_a_server_the_data_is_exported_all_the_same(tmp_path: Path) -> None:
    """The command opens the data itself and makes the file."""
    house = House(tmp_path / "data")
    house.json("import", "-", given=lines(3))
    out = tmp_path / "out.csv"
    assert house.json("export", "event:export_me", "--format", "csv", "-o", str(out))["rows"] == 3


def test_gaps_are_told_beside_the_file(tmp_path: Path) -> None:
    """Which switch was not heard, and when; the file is there all the same."""
    house = House(tmp_path / "data")
    gap = Gap(
        id="0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60",
        source="asterisk",
        pbx="hq",
        started_at=dt.datetime(2026, 11, 2, 8, tzinfo=UTC),
        ended_at=dt.datetime(2026, 11, 2, 9, tzinfo=UTC),
        reason="The switch hq could not be heard.",
    )
    house.json("import", "-", given=lines(1))
    subprocess.run([sys.executable, "-c", KEEP, str(house.data), json.dumps(gap.to_json())], check=True, timeout=60)
    out = tmp_path / "out.csv"
    done = house.run("export", "--format", "csv", "-o", str(out))
    assert done.returncode == 0, done.stderr
    told = "Gap from 2026-11-02T08:00:00.000000Z to 2026-11-02T09:00:00.000000Z: The switch hq could not be heard."
    assert told in done.stderr
    assert "The switch hq could not be heard, from 2026-11-02 08:00:00" in out.read_text(encoding="utf-8")


def test_an_export_under_way_survives_a_server_that_is_killed(tmp_path: Path) -> None:
    """In the middle of a workbook the server dies as in a power cut: the next one makes it, whole and once."""
    house = House(tmp_path / "data")
    process, _ = start(house.data, "serve")
    house.json("import", "-", given=lines(12_000))
    with connect(house.data, None) as connection:
        asked = connection.post("/exports", {"q": "event:export_me", "format": "xlsx"})
        while connection.get(f"/exports/{asked['id']}")["status"] == "queued":
            time.sleep(0.02)
    process.kill()
    kept = house.data / "exports"
    assert not (kept / f"{asked['id']}.xlsx").exists()
    process, _ = start(house.data, "serve")
    with connect(house.data, None) as connection:
        while (found := connection.get(f"/exports/{asked['id']}"))["status"] in ("queued", "running"):
            time.sleep(0.1)
        assert (found["status"], found["done"], found["total"]) == ("done", 12_000, 12_000)
        answer = connection.client.get(found["file"])
    book = openpyxl.load_workbook(io.BytesIO(answer.content), read_only=True)
    assert sum(1 for _ in book["Rows"].iter_rows()) == 12_001
    assert not list(kept.glob("*.part"))
    stop(process)
