"""Broken lines and restarts: what still lasts goes on, what is over is closed by inference, and the gap is told."""

import datetime as dt
import itertools

from traffic import SECOND, T0, Traffic, since

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.sink import Found
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment


def broken(data: str = "PJSIP/1001,qd") -> tuple:
    """A manager spies from 0.4 s on; the line breaks after 3 s and is back at 8 s."""
    floor = Traffic()
    floor.signed_in(uptime=500)
    outside, inside, _ = floor.inbound()
    spyer = floor.spy(data, inside)
    floor.wait(2.6)
    floor.event("RTCPSent")
    floor.line_breaks()
    floor.wait(5)
    return floor, outside, inside, spyer


def back(floor: Traffic, *present: tuple, uptime: int = 508) -> None:
    floor.signed_in(uptime=uptime)
    floor.listed(*present)


def gaps(floor: Traffic) -> list[tuple[float, float, bool]]:
    found = [one for one in floor.found() if isinstance(one, Gap)]
    return [(since(g.started_at), since(g.ended_at), bool(g.session_id)) for g in found]


def test_a_spy_whose_mode_no_key_can_change_goes_on_unbroken():
    floor, outside, inside, spyer = broken("PJSIP/1001,qw")
    back(floor, (outside, "Dial", "", 9), (inside, "AppDial", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qw", 8))
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "whisper", "agent", "1001", 0.4, 10.0)]
    assert not floor.heard()[0].end_inferred
    assert gaps(floor) == [(3.0, 8.0, False)]


def test_a_mode_in_doubt_for_long_is_a_segment_of_unknown_action():
    floor, outside, inside, spyer = broken()
    back(floor, (outside, "Dial", "", 9), (inside, "AppDial", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qd", 8))
    floor.wait(30)
    floor.key(spyer, "6")
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert [(row[1], *row[4:]) for row in floor.rows()] == [
        ("listen", 0.4, 3.0),
        ("unknown", 8.0, 38.0),
        ("barge", 38.0, 40.0),
    ]
    assert [s.end_inferred for s in floor.heard()] == [True, False, False]
    assert len({s.session_id for s in floor.heard()}) == 1


def test_a_mode_in_doubt_to_the_end_is_a_segment_of_unknown_action():
    floor, outside, inside, spyer = broken()
    back(floor, (outside, "Dial", "", 9), (inside, "AppDial", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qd", 8))
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert [(row[1], *row[4:]) for row in floor.rows()] == [("listen", 0.4, 3.0), ("unknown", 8.0, 10.0)]


def test_a_mode_in_doubt_for_a_moment_is_part_of_the_gap():
    floor, outside, inside, spyer = broken()
    back(floor, (outside, "Dial", "", 9), (inside, "AppDial", "", 9), (spyer, "ChanSpy", "PJSIP/1001,qd", 8))
    floor.wait(2)
    floor.key(spyer, "6")
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert [(row[1], *row[4:]) for row in floor.rows()] == [("listen", 0.4, 3.0), ("barge", 10.0, 12.0)]
    assert gaps(floor) == [(3.0, 8.0, False), (8.0, 10.0, True)]


def test_a_spy_that_ended_unheard_is_closed_with_the_break():
    floor, outside, inside, _ = broken()
    back(floor, (outside, "Dial", "", 9), (inside, "AppDial", "", 9))
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred, since(segment.ended_at)) == ("line-lost", True, 3.0)


def test_a_manager_who_went_on_to_another_call_unheard_is_found_there_when_it_ends():
    floor, _, inside, spyer = broken("PJSIP/1,q")
    other = floor.leg("PJSIP/1002", state="6")
    floor.lines.pop()  # its Newchannel fell into the gap
    back(floor, (inside, "AppDial", "", 9), (other, "AppDial", "", 3), (spyer, "ChanSpy", "PJSIP/1,q", 8))
    floor.wait(2)
    floor.leave_spying(spyer, other)
    first, second = floor.heard()
    assert (first.agent.extension, first.end_inferred) == ("1001", True)
    assert (second.agent.extension, second.evidence.start, second.action) == ("1002", "none: not heard", "listen")
    assert 3.0 <= since(second.started_at) <= 8.0


def test_a_restart_is_told_from_a_broken_line_by_the_uptime():
    floor, *_ = broken()
    floor.signed_in(uptime=1)
    (segment,) = floor.heard()
    assert (segment.end_reason, since(segment.ended_at), segment.end_inferred) == ("switch-restarted", 3.0, True)


def test_a_restart_is_told_from_a_broken_line_by_the_moment_of_start():
    floor, *_ = broken()
    text = "Response: Success\r\nCoreStartupDate: 2026-11-01\r\nCoreStartupTime: {}\r\n\r\n"
    floor.lines.insert(2, (round((T0 + 0.1) * 1_000_000), text.format("08:00:00")))
    floor.breaks = [number + 1 for number in floor.breaks]
    floor.event("Newstate")
    floor.lines.append((round(floor.now * 1_000_000), text.format("09:30:00")))
    assert [s.end_reason for s in floor.heard()] == ["switch-restarted"]


def test_after_a_restart_the_same_unique_id_is_another_channel():
    floor, _, inside, _ = broken()
    floor.signed_in(uptime=1)
    floor.wait(1)
    floor.legs = 0
    again = floor.leg("PJSIP/1002", state="0")
    again.uniqueid = again.linkedid = inside.uniqueid
    floor.event("Newchannel", *again.fields())
    floor.up(again)
    floor.wait(3)
    other = floor.spy("PJSIP/1002,qw", again, number="2002")
    floor.wait(2)
    floor.leave_spying(other, again)
    assert [(row[0], row[1], row[3]) for row in floor.rows()] == [
        ("2001", "listen", "1001"),
        ("2002", "whisper", "1002"),
    ]


def test_a_unique_id_given_anew_ends_what_was_open_even_if_no_restart_was_told():
    floor = Traffic()
    _, inside, _ = floor.inbound()
    floor.spy("PJSIP/1001,q", inside)
    floor.wait(2.6)
    floor.event("Newchannel", *inside.fields())
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred, since(segment.ended_at)) == ("switch-restarted", True, 3.0)


def test_an_orderly_shutdown_is_a_restart_that_was_told():
    floor = Traffic()
    _, inside, _ = floor.inbound()
    floor.spy("PJSIP/1001,q", inside)
    floor.wait(2.6)
    floor.event("Shutdown", ("Shutdown", "Cleanly"), ("Restart", "True"))
    floor.line_breaks()
    floor.wait(5)
    floor.signed_in(uptime=2)
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred, segment.evidence.end) == ("switch-restarted", False, "Shutdown")


def test_without_a_list_of_channels_nothing_stays_open_for_ever():
    floor, *_ = broken()
    floor.signed_in(uptime=508)
    for _ in range(8):
        floor.wait(10)
        floor.event("Newstate")
    (segment,) = floor.heard()
    assert (segment.end_reason, since(segment.ended_at)) == ("line-lost", 3.0)


def test_the_status_of_one_channel_is_no_list_of_all():
    floor, outside, inside, spyer = broken("PJSIP/1001,q")
    floor.signed_in(uptime=508)
    floor.event("StatusComplete", ("ActionID", "earwitness-ask-1"), ("ListItems", "1"))
    floor.wait(1)
    floor.listed((outside, "", "", 9), (inside, "", "", 9), (spyer, "ChanSpy", "PJSIP/1001,q", 9))
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "listen", "nobody", "1001", 0.4, 10.0)]


def test_a_stop_without_a_start_at_the_very_beginning_is_told_from_when_we_heard_on():
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.lines.clear()
    floor.signed_in(uptime=900)
    floor.listed((outside, "", "", 40), (inside, "", "", 40), (spyer, "ChanSpy", "PJSIP/1001,qw", 30))
    floor.wait(5)
    floor.leave_spying(spyer, inside)
    (segment,) = floor.heard()
    assert (segment.action, since(segment.started_at), since(segment.ended_at)) == ("whisper", 0.4, 5.4)
    assert segment.outside_application is None


def test_keys_pressed_before_anything_was_heard_leave_the_mode_in_doubt_until_one_is():
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.lines.clear()
    floor.signed_in(uptime=900)
    floor.listed((outside, "", "", 40), (inside, "", "", 40), (spyer, "ChanSpy", "PJSIP/1001,qd", 30))
    floor.wait(5)
    floor.key(spyer, "5")
    floor.wait(5)
    floor.leave_spying(spyer, inside)
    assert [(row[1], *row[4:]) for row in floor.rows()] == [("unknown", 0.4, 5.4), ("whisper", 5.4, 10.4)]


def test_a_spy_that_began_while_the_line_was_broken_begins_as_its_options_say():
    floor, outside, inside, _ = broken("PJSIP/1001,q")
    other = floor.leg("PJSIP/2002", state="6")
    floor.lines.pop()  # its Newchannel fell into the gap
    back(floor, (outside, "", "", 9), (inside, "", "", 9), (other, "ChanSpy", "PJSIP/1001,qd", 2))
    floor.wait(3)
    floor.key(other, "6")
    floor.wait(2)
    floor.leave_spying(other, inside)
    mine = [(row[1], *row[4:]) for row in floor.rows() if row[0] == "2002"]
    assert mine == [("listen", 5.0, 11.0), ("barge", 11.0, 13.0)]


def test_a_snoop_that_lasts_over_the_break_goes_on():
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    snoop = floor.leg(f"Snoop/{inside.uniqueid}", state="6")
    phone = floor.leg("PJSIP/2001", state="6")
    floor.start(snoop, inside)
    bridge = floor.bridge(phone, snoop)
    floor.wait(2.7)
    floor.event("RTCPSent")
    floor.line_breaks()
    floor.wait(5)
    back(floor, (inside, "", "", 9), (outside, "", "", 9), (snoop, "Stasis", "app", 8), (phone, "Stasis", "app", 8))
    floor.wait(2)
    floor.leave(phone, bridge)
    assert floor.rows() == [("2001", "unknown", "", "1001", 0.3, 10.0)]


def test_a_gap_says_from_when_to_when_and_in_plain_words():
    floor, *_ = broken()
    back(floor)
    (gap,) = [one for one in floor.found() if isinstance(one, Gap)]
    assert gap.to_json() == {
        "id": gap.id,
        "source": "asterisk",
        "pbx": "test",
        "tenant": "default",
        "session_id": "",
        "started_at": moment(3),
        "ended_at": moment(8),
        "reason": "The switch test could not be heard.",
    }


def moment(seconds: float) -> str:
    return dt.datetime.fromtimestamp(T0 + seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def test_a_gap_is_told_in_parts_while_it_lasts():
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    floor = Traffic()
    floor.signed_in(uptime=500)
    for us, text in floor.lines:
        collector.feed(ami.message(text), us)
    collector.lost(us)
    for second in range(1, 12):
        collector.tick(us + second * SECOND)
    floor.lines.clear()
    floor.wait(20)
    floor.signed_in(uptime=520)
    for later, text in floor.lines:
        collector.feed(ami.message(text), later)
    told = [one for one in found if isinstance(one, Gap)]
    bounds = [0.0, 1.0, 2.0, 4.0, 8.0, 20.0]
    assert [(since(one.started_at), since(one.ended_at)) for one in told] == list(itertools.pairwise(bounds))
    assert len({one.id for one in told}) == len(told)


def test_a_switch_that_closed_the_line_was_heard_up_to_then():
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    floor = Traffic()
    floor.signed_in(uptime=500)
    _, inside, _ = floor.inbound()
    floor.spy("PJSIP/1001,qw", inside)
    for us, text in floor.lines:
        collector.feed(ami.message(text), us)
    collector.lost(us + 60 * SECOND, heard_until=us + 60 * SECOND)
    collector.stopped(us + 90 * SECOND)
    (segment,) = [one for one in found if isinstance(one, Segment)]
    assert (since(segment.ended_at), segment.end_inferred) == (60.4, True)


def test_a_switch_that_was_never_heard_leaves_a_gap_from_the_first_attempt_on():
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    collector.lost(round(T0 * SECOND))
    collector.tick(round((T0 + 3) * SECOND))
    (gap,) = [one for one in found if isinstance(one, Gap)]
    assert (since(gap.started_at), since(gap.ended_at)) == (0.0, 3.0)
