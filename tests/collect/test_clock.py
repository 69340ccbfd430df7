"""A clock that is set while somebody is listened to changes neither how long it lasted nor what comes after."""

from traffic import SECOND, Traffic, since

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.sink import Found
from earwitness.model.segment import Segment

HOUR = 3600


def heard_with_step(by_s: float) -> list[Segment]:
    floor = Traffic()
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(2)
    floor.key(spyer, "5")
    set_at = len(floor.lines)
    floor.wait(by_s + 3)
    floor.key(spyer, "6")
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    for number, (us, text) in enumerate(floor.lines):
        if number == set_at:
            collector.clock_stepped(round(by_s * SECOND))
        collector.feed(ami.message(text), us)
    return [one for one in found if isinstance(one, Segment)]


def test_a_clock_set_forward_or_back_leaves_durations_right():
    for step in (HOUR, -HOUR, 24 * HOUR):
        assert [(s.action, s.duration_ms) for s in heard_with_step(step)] == [
            ("listen", 2000),
            ("whisper", 3000),
            ("barge", 1000),
        ]


def test_what_was_open_moves_along_with_the_clock():
    listen, whisper, _ = heard_with_step(HOUR)
    assert since(listen.started_at) == 0.4
    assert since(whisper.started_at) == HOUR + 2.4
