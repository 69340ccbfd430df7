"""What was found waits on disk until it has been recorded, in order, whatever fails meanwhile."""

import asyncio
from pathlib import Path

import pytest
from recordings import ROOT

from earwitness.collect import spool as spool_module
from earwitness.collect.asterisk.replay import replay
from earwitness.collect.sink import Found
from earwitness.collect.spool import Spool

EVERYTHING = [
    *replay([ROOT / "v22/12-ami-drop"]),
    *replay([ROOT / "v22/23-cdr-and-cel-events-on-ami/ami.jsonl.gz"]),
]


def delivered(spool: Spool, *, failures: int = 0, count: int = len(EVERYTHING)) -> list[Found]:
    """Everything that a recorder gets which refuses so many times first."""

    async def run() -> list[Found]:
        got: list[Found] = []
        left = failures

        async def record(batch) -> None:
            nonlocal left
            if left:
                left -= 1
                raise OSError("no room")
            got.extend(batch)

        task = asyncio.create_task(spool.deliver(record))
        async with asyncio.timeout(10):
            while len(got) < count:
                await asyncio.sleep(0.005)
            while len(spool):
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        return got

    return asyncio.run(run())


def test_everything_arrives_once_in_order_and_unchanged(tmp_path):
    spool = Spool(tmp_path / "spool")
    for one in EVERYTHING:
        spool(one)
    assert len({type(one) for one in EVERYTHING}) == 4
    assert delivered(spool) == EVERYTHING


def test_a_recorder_that_fails_is_tried_again_and_nothing_is_lost(tmp_path, monkeypatch):
    monkeypatch.setattr(spool_module, "RETRY_FIRST_S", 0.001)
    monkeypatch.setattr(spool_module, "BATCH", 3)
    spool = Spool(tmp_path / "spool")
    for one in EVERYTHING:
        spool(one)
    assert delivered(spool, failures=7) == EVERYTHING


def test_what_was_not_recorded_is_there_after_a_restart(tmp_path):
    spool = Spool(tmp_path / "spool")
    for one in EVERYTHING:
        spool(one)
    spool.close()
    again = Spool(tmp_path / "spool")
    assert len(again) == len(EVERYTHING)
    assert delivered(again) == EVERYTHING


def test_a_line_that_a_crash_cut_off_does_not_spoil_the_others(tmp_path):
    path = tmp_path / "spool"
    spool = Spool(path)
    for one in EVERYTHING[:5]:
        spool(one)
    spool.close()
    path.write_bytes(path.read_bytes()[:-20])
    again = Spool(path)
    again(EVERYTHING[5])
    assert delivered(again, count=5) == [*EVERYTHING[:4], EVERYTHING[5]]


def test_the_file_begins_anew_when_all_is_recorded(tmp_path):
    path = tmp_path / "spool"
    spool = Spool(path)
    for one in EVERYTHING:
        spool(one)

    async def run() -> None:
        async def record(_batch) -> None:
            pass

        task = asyncio.create_task(spool.deliver(record))
        async with asyncio.timeout(10):
            while len(spool) or path.stat().st_size:
                await asyncio.sleep(0.005)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)

    asyncio.run(run())
    assert path.stat().st_size == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_a_full_disk_is_waited_out_in_memory(tmp_path, monkeypatch):
    monkeypatch.setattr(spool_module, "MOST_UNWRITTEN", 2)
    spool = Spool(tmp_path / "spool")
    begin_anew = spool_module._begin_anew
    monkeypatch.setattr(spool_module, "_begin_anew", lambda *_: begin_anew(Path("/dev/full"), 0))
    spool._file = begin_anew(Path("/dev/full"), 0)
    for one in EVERYTHING:
        spool(one)
    assert len(spool) == len(EVERYTHING)
    spool._file.close()
    spool._file = begin_anew(tmp_path / "spool", 0)
    assert delivered(spool) == EVERYTHING
