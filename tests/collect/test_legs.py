"""The records of supervised calls are handed out as their legs."""

import csv
import gzip
from pathlib import Path

from recordings import ROOT

from earwitness.collect.asterisk.replay import replay, segments
from earwitness.collect.sink import Activity

FOLDER = ROOT / "v22" / "09-queue"


def legs(folder: Path) -> list[Activity]:
    return [
        one for one in replay([folder]) if isinstance(one, Activity) and (one.event, one.sub_event) == ("call", "cdr")
    ]


def test_each_record_of_a_supervised_call_is_told_once() -> None:
    """Its channels and times are those of the record; the same traffic gives the same events."""
    supervised = {segment.call_linkedid for segment in segments(replay([FOLDER]))}
    with (FOLDER / "cdr.csv").open(newline="") as stream:
        recorded = [row for row in csv.reader(stream) if row[19] in supervised]
    told = legs(FOLDER)
    assert sorted((one.call_id, one.params["channel"], one.params["sequence"]) for one in told) == sorted(
        (row[19], row[5], int(row[20])) for row in recorded
    )
    assert {one.call_id for one in told} == supervised
    assert len({one.id for one in told}) == len(told) > 0
    assert told == legs(FOLDER)
    assert all(one.params["start"] <= one.params["end"] and one.params["start"].endswith("Z") for one in told)


def test_without_records_there_are_no_legs(tmp_path: Path) -> None:
    """Nothing is made up."""
    (tmp_path / "ami.jsonl").write_bytes(gzip.decompress((FOLDER / "ami.jsonl.gz").read_bytes()))
    assert legs(tmp_path) == []
