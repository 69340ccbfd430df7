"""Who hears whom when calls and agents move: redirected, put through, parked, ended."""

import pytest
from traffic import Traffic

from earwitness.model.gap import Gap


@pytest.fixture
def floor() -> Traffic:
    return Traffic()


def test_a_redirected_agents_call_ends_although_chanspy_stays(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2.6)
    floor.leave(inside, bridge)
    floor.application(inside, "Echo")
    floor.leave(outside, bridge)
    floor.hangup(outside)
    floor.wait(4)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "listen", "nobody", "1001", 0.4, 3.0)]
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred) == ("call-ended", False)


def test_a_redirected_agent_who_is_connected_again_is_listened_to_again(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(2.6)
    floor.leave(inside, bridge)
    floor.leave(outside, bridge)
    floor.hangup(outside)
    floor.wait(4)
    floor.key(spyer, "5")
    other = floor.leg("PJSIP/trunk", state="6", linkedid=inside.linkedid, number="0722000002")
    floor.bridge(inside, other)
    floor.wait(3)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [
        ("2001", "listen", "nobody", "1001", 0.4, 3.0),
        ("2001", "whisper", "agent", "1001", 7.0, 10.0),
    ]


def test_an_agent_who_is_put_through_to_another_caller_at_once_is_in_the_same_call(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2.6)
    floor.leave(inside, bridge)
    floor.leave(outside, bridge)
    floor.hangup(outside)
    floor.wait(0.01)
    floor.bridge(inside, floor.leg("PJSIP/trunk", state="6", number="0722000002"))
    floor.wait(4)
    floor.leave_spying(spyer, inside)
    assert [row[4:] for row in floor.rows()] == [(0.4, 7.01)]


def test_a_call_that_ended_while_the_recording_ends_is_over_with_the_other_side(floor):
    outside, inside, bridge = floor.inbound()
    floor.spy("PJSIP/1001,q", inside)
    floor.wait(2.6)
    floor.leave(inside, bridge)
    floor.hangup(outside)
    floor.wait(1)
    floor.event("RTCPSent")
    assert [row[4:] for row in floor.rows()] == [(0.4, 3.0)]


def test_a_silent_managers_late_stop_does_not_lengthen_the_call(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qB", inside)
    floor.wait(1.6)
    for leg in (inside, outside):
        floor.leave(leg, bridge)
        floor.hangup(leg)
    floor.wait(9)
    floor.event("Newchannel", *floor.leg("PJSIP/1002", state="4").fields())
    floor.stop(spyer, inside)
    floor.hangup(spyer)
    assert floor.rows() == [("2001", "barge", "both", "1001", 0.4, 2.0)]
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred) == ("agent-hung-up", True)


def test_a_stop_shortly_after_the_hangup_is_an_end_that_was_heard(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.hangup(inside)
    floor.wait(0.02)
    floor.stop(spyer, inside)
    (segment,) = floor.heard()
    assert (segment.end_inferred, segment.evidence.end) == (False, "ChanSpyStop")


def test_a_stop_without_the_spied_on_channel_ends_what_is_open(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.stop(spyer, None)
    assert [row[4:] for row in floor.rows()] == [(0.4, 2.4)]


def test_a_spyer_that_hangs_up_without_a_stop_ends_by_inference(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.hangup(spyer)
    floor.wait(60)
    floor.event("Newchannel", *floor.leg("PJSIP/1002", state="4").fields())
    (segment,) = floor.heard()
    assert (segment.end_inferred, segment.end_reason, segment.duration_ms) == (True, "manager-hung-up", 2000)


@pytest.mark.parametrize("order", ["announced first", "hung up first"])
def test_a_handed_over_spy_is_recognised_without_the_transfer_event(floor, order):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qw", inside)
    heir = floor.leg("PJSIP/2002", state="0")
    floor.up(heir)
    floor.wait(2)
    steps = [lambda: floor.application(heir, "ChanSpy", "PJSIP/1001,qw"), lambda: floor.hangup(spyer, asked=False)]
    for step in steps if order == "announced first" else reversed(steps):
        step()
    floor.wait(3)
    floor.leave_spying(heir, inside)
    assert floor.rows() == [
        ("2001", "whisper", "agent", "1001", 0.4, 2.4),
        ("2002", "whisper", "agent", "1001", 2.4, 5.4),
    ]
    assert [s.end_reason for s in floor.heard()] == ["handed-over", "manager-hung-up"]


def test_the_mode_chosen_by_keys_goes_over_to_whom_the_spy_is_handed(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    heir = floor.leg("PJSIP/2002", state="6")
    floor.wait(1)
    floor.key(spyer, "6")
    floor.wait(1)
    told = [("Result", "Success"), ("DestType", "App"), ("DestApp", "ChanSpy")]
    floor.event("AttendedTransfer", *told, *spyer.fields("OrigTransferer"), *heir.fields("TransferTarget"))
    floor.application(heir, "ChanSpy", "PJSIP/1001,qd")
    floor.hangup(spyer, asked=False)
    floor.wait(1)
    floor.key(heir, "5")
    floor.wait(1)
    floor.leave_spying(heir, inside)
    assert [(row[0], row[1]) for row in floor.rows()] == [
        ("2001", "listen"),
        ("2001", "barge"),
        ("2002", "barge"),
        ("2002", "whisper"),
    ]


def test_an_agent_who_asks_before_transferring_is_listened_to_meanwhile(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(1)
    floor.leave(inside, bridge)
    local = floor.leg("Local/1002@from-internal-00000007;1", state="6", linkedid=inside.linkedid)
    consult = floor.bridge(inside, local)
    floor.wait(3)
    told = [*inside.fields("OrigTransferer"), *inside.fields("SecondTransferer"), *outside.fields("Transferee")]
    floor.event("AttendedTransfer", ("Result", "Success"), *told)
    floor.leave(inside, consult)
    floor.stop(spyer, inside)
    floor.hangup(inside, asked=False)
    (segment,) = floor.heard()
    assert (segment.duration_ms, segment.end_reason, segment.customer_number) == (4000, "transferred", "0722000001")


def test_several_managers_bridged_with_one_snoop_are_several_listeners(floor):
    _, inside, _ = floor.inbound()
    snoop = floor.leg(f"Snoop/{inside.uniqueid}", state="6")
    floor.start(snoop, inside)
    first, second = (floor.leg(f"PJSIP/{number}", state="6") for number in ("2001", "2002"))
    bridge = floor.bridge(first, snoop)
    floor.wait(2)
    floor.enter(second, bridge)
    floor.wait(2)
    floor.leave(first, bridge)
    floor.wait(2)
    floor.stop(snoop, inside)
    assert floor.rows() == [
        ("2001", "unknown", "", "1001", 0.3, 4.3),
        ("2002", "unknown", "", "1001", 2.3, 6.3),
    ]


def test_a_snoop_that_nobody_is_bridged_with_was_heard_by_nobody(floor):
    _, inside, _ = floor.inbound()
    snoop = floor.leg(f"Snoop/{inside.uniqueid}", state="6")
    floor.start(snoop, inside)
    floor.wait(9)
    floor.stop(snoop, inside)
    assert floor.rows() == []


def test_an_application_may_tell_what_its_snoop_does(floor):
    _, inside, _ = floor.inbound()
    snoop = floor.leg(f"Snoop/{inside.uniqueid}", state="6")
    floor.start(snoop, inside)
    told = ("UserEvent", "EarwitnessAction")
    floor.event("UserEvent", told, ("Uniqueid", snoop.uniqueid), ("Action", "whisper"))
    floor.bridge(floor.leg("PJSIP/2001", state="6"), snoop)
    floor.wait(2)
    floor.event("UserEvent", told, ("Uniqueid", snoop.uniqueid), ("Mode", "barge"))
    floor.wait(2)
    floor.stop(snoop, inside)
    assert [row[1:4] for row in floor.rows()] == [("whisper", "agent", "1001"), ("barge", "both", "1001")]


def test_a_caller_id_that_lies_does_not_name_the_manager(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.leg("PJSIP/2001", state="0")
    floor.event("DialBegin", *spyer.fields("Dest"), ("DialString", "2001"))
    spyer.number, spyer.person = "1001", "Spy 1001"
    floor.event("NewCallerid", *spyer.fields())
    said = [("Application", "ChanSpy"), ("Data", "PJSIP/1001,qw"), ("Uniqueid", spyer.uniqueid)]
    floor.event("OriginateResponse", ("Response", "Success"), ("Channel", spyer.name), *said)
    floor.up(spyer)
    floor.start(spyer, inside)
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    (segment,) = floor.heard()
    assert (segment.manager.extension, segment.manager.name) == ("2001", "Maria Manager")
    assert segment.outside_application is False


def test_a_manager_behind_a_local_channel_is_the_phone_that_it_dialled(floor):
    _, inside, _ = floor.inbound()
    one = floor.leg("Local/*241001@from-internal-00000002;1", state="0")
    two = floor.leg("Local/*241001@from-internal-00000002;2", state="4", linkedid=one.linkedid)
    floor.event("LocalBridge", *one.fields("LocalOne"), *two.fields("LocalTwo"))
    phone = floor.leg("PJSIP/2003", state="0", linkedid=one.linkedid)
    floor.dial(one, phone, "2003")
    floor.application(two, "ChanSpy", "PJSIP/1001,qB")
    floor.start(two, inside)
    floor.wait(1)
    floor.leave_spying(two, inside)
    assert [row[:2] for row in floor.rows()] == [("2003", "barge")]


def test_going_on_with_nobody_else_to_hear_is_one_stretch(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.key(spyer, "*")
    floor.stop(spyer, inside)
    floor.wait(0.1)
    floor.start(spyer, inside)
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "listen", "nobody", "1001", 0.4, 4.5)]


def test_a_stop_at_the_very_end_is_an_end_that_was_heard(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.key(spyer, "*")
    floor.stop(spyer, inside)
    (segment,) = floor.heard()
    assert (segment.end_inferred, segment.evidence.end) == (False, "ChanSpyStop")


def test_going_on_after_a_pause_is_another_segment_of_the_session(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.key(spyer, "*")
    floor.stop(spyer, inside)
    floor.wait(3)
    floor.start(spyer, inside)
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    first, second = floor.heard()
    assert first.session_id == second.session_id
    assert (first.end_reason, first.id != second.id) == ("next-channel", True)


@pytest.mark.parametrize(("options", "segments"), [("q", 1), ("qB", 1), ("qw", 2)])
def test_the_other_leg_of_the_same_call_is_the_same_stretch_unless_somebody_else_hears(floor, options, segments):
    outside, inside, _ = floor.inbound()
    spyer = floor.spy(f",{options}b", inside)
    floor.wait(2)
    floor.key(spyer, "*")
    floor.stop(spyer, inside)
    floor.start(spyer, outside)
    floor.wait(2)
    floor.leave_spying(spyer, outside)
    assert [row[3] for row in floor.rows()] == ["1001"] * segments
    assert (floor.rows()[0][4], floor.rows()[-1][5]) == (0.4, 4.4)
    assert {s.call_linkedid for s in floor.heard()} == {outside.uniqueid}


def test_a_start_without_a_stop_before_it_ends_the_one_before(floor):
    _, first, _ = floor.inbound("1001")
    _, second, _ = floor.inbound("1002")
    spyer = floor.spy("PJSIP/1,q", first)
    floor.wait(2)
    floor.start(spyer, second)
    floor.wait(2)
    floor.leave_spying(spyer, second)
    assert [(s.agent.extension, s.end_inferred) for s in floor.heard()] == [("1001", True), ("1002", False)]


def test_the_same_start_told_twice_is_one(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.start(spyer, inside)
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    assert len(floor.rows()) == 1


def test_what_lasts_at_the_end_is_ended_by_inference(floor):
    _, inside, _ = floor.inbound()
    floor.spy("PJSIP/1001,q", inside)
    floor.wait(2)
    floor.event("Newchannel", *floor.leg("PJSIP/1002", state="4").fields())
    (segment,) = floor.heard()
    assert (segment.end_reason, segment.end_inferred, segment.duration_ms) == ("collector-stopped", True, 2000)


def test_a_nul_in_a_name_is_replaced(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.leg("PJSIP/2001", state="4", person="Ma\x00ria")
    floor.application(spyer, "ChanSpy", "PJSIP/1001,q")
    floor.start(spyer, inside)
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert floor.heard()[0].manager.name == "Ma\ufffdria"


def test_no_gap_is_told_where_all_was_heard(floor):
    _, inside, _ = floor.inbound()
    floor.leave_spying(floor.spy("PJSIP/1001,q", inside), inside)
    assert not [one for one in floor.found() if isinstance(one, Gap)]
