"""A session survives a restart of Earwitness: what was open goes on, ends by inference, or is told when it ends."""

import pytest
from recordings import FOLDERS, NAMES, lines
from traffic import SECOND, Traffic, since

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.snapshot import SnapshotError
from earwitness.collect.sink import Found
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment


def restarted(floor: Traffic) -> list[Found]:
    """What is found if Earwitness stops and starts again wherever the traffic breaks."""
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    for number, (us, text) in enumerate(floor.lines):
        if number in floor.breaks:
            data = collector.snapshot()
            collector = Collector(found.append, pbx="test")
            collector.resume(data)
        collector.feed(ami.message(text), us)
    collector.stopped(round(floor.now * SECOND))
    return found


def spied_on(data: str) -> tuple:
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    spyer = floor.spy(data, inside)
    floor.wait(1)
    floor.key(spyer, "5")
    floor.wait(1.6)
    floor.event("RTCPSent")
    floor.line_breaks()
    floor.wait(5)
    floor.signed_in(uptime=508)
    return floor, outside, inside, spyer


def test_a_spy_that_lasts_over_the_restart_is_one_segment():
    floor, outside, inside, spyer = spied_on("PJSIP/1001,qw")
    floor.listed((outside, "", "", 9), (inside, "", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qw", 8))
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    (segment,) = [one for one in restarted(floor) if isinstance(one, Segment)]
    assert (since(segment.started_at), since(segment.ended_at), segment.action) == (0.4, 10.0, "whisper")
    assert (segment.manager.name, segment.agent.name, segment.outside_application) == ("Maria Manager", "Ana Pop", True)


def test_what_was_told_before_is_not_told_again_and_the_session_is_the_same():
    floor, outside, inside, spyer = spied_on("PJSIP/1001,qd")
    floor.listed((outside, "", "", 9), (inside, "", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qd", 8))
    floor.wait(1)
    floor.key(spyer, "6")
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    found = restarted(floor)
    assert [one for one in found if isinstance(one, Segment)] == [
        one for one in floor.found() if isinstance(one, Segment)
    ]
    assert [s.action for s in found if isinstance(s, Segment)] == ["listen", "whisper", "barge"]
    assert len({s.session_id for s in found if isinstance(s, Segment)}) == 1


def test_the_time_of_the_restart_is_a_gap():
    floor, *_ = spied_on("PJSIP/1001,q")
    (gap,) = [one for one in restarted(floor) if isinstance(one, Gap) and not one.session_id]
    assert (since(gap.started_at), since(gap.ended_at)) == (3.0, 8.0)


@pytest.mark.parametrize(
    "folder", [f for f in FOLDERS if "busy" not in f.name], ids=[n for n in NAMES if "busy" not in n]
)
def test_a_snapshot_at_any_moment_can_be_given_back(folder):
    collector = Collector([].append, pbx="test")
    for number, (t, raw) in enumerate(lines(folder)):
        collector.feed(ami.message(raw), round(t * SECOND))
        if number % 10 == 0:
            other = Collector([].append, pbx="test")
            other.resume(collector.snapshot())
            us = round(t * SECOND)
            assert {s.id for s in other.going_on(us)} == {s.id for s in collector.going_on(us)}


@pytest.mark.parametrize("data", [b"", b"{}", b'{"version": 1}', b"\xff"])
def test_bytes_that_are_no_snapshot_are_refused(data):
    with pytest.raises(SnapshotError, match="no snapshot"):
        Collector([].append, pbx="test").resume(data)


def test_a_snapshot_of_another_version_is_refused():
    data = Collector([].append, pbx="test").snapshot().replace(b'"version":1', b'"version":2')
    with pytest.raises(SnapshotError, match="version 2; version 1"):
        Collector([].append, pbx="test").resume(data)
