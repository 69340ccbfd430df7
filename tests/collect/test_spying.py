"""Who hears whom, from when to when: situations beyond the recordings, with the order of events of a real switch."""

import pytest
from traffic import Traffic

from earwitness.model.gap import Gap


@pytest.fixture
def floor() -> Traffic:
    return Traffic()


def test_ringing_is_not_listening(floor):
    outside = floor.leg("PJSIP/trunk", state="4", number="0722000001")
    inside = floor.ring(outside, "1001")
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(5)
    floor.key(spyer, "5")
    floor.wait(4.9)
    floor.answer(outside, inside)
    floor.bridge(inside, outside)
    floor.wait(3)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "whisper", "agent", "1001", 10.0, 13.0)]


def test_a_phone_that_is_never_answered_was_never_listened_to(floor):
    outside = floor.leg("PJSIP/trunk", state="4", number="0722000001")
    inside = floor.ring(outside, "1001")
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(15)
    floor.stop(spyer, inside)
    floor.hangup(inside)
    assert floor.rows() == []


def test_an_outbound_call_counts_from_its_answer(floor):
    inside = floor.leg("PJSIP/1001", state="4", exten="0722000009")
    trunk = floor.leg("PJSIP/trunk", state="0", linkedid=inside.linkedid)
    floor.dial(inside, trunk, "0722000009@trunk")
    spyer = floor.spy("PJSIP/1001,qw", inside)
    floor.wait(7.9)
    floor.up(trunk)
    floor.up(inside)
    floor.bridge(trunk, inside)
    floor.wait(4)
    floor.leave_spying(spyer, inside)
    assert floor.rows() == [("2001", "whisper", "agent", "1001", 8.0, 12.0)]
    (segment,) = floor.heard()
    assert segment.customer_number == "0722000009"
    assert segment.call_uniqueid == segment.call_linkedid == inside.uniqueid


def test_an_internal_call_is_about_the_agent_whose_line_is_spied_on(floor):
    caller = floor.leg("PJSIP/1002", state="4", exten="1001")
    called = floor.ring(caller, "1001")
    floor.answer(caller, called)
    floor.bridge(called, caller)
    first, second = floor.spy("PJSIP/1001,qw", called), floor.spy("PJSIP/1002,q", caller, number="2002")
    floor.wait(2)
    floor.leave_spying(first, called)
    floor.leave_spying(second, caller)
    assert [row[:4] for row in floor.rows()] == [
        ("2001", "whisper", "agent", "1001"),
        ("2002", "listen", "nobody", "1002"),
    ]
    assert [s.customer_number for s in floor.heard()] == ["1002", "1001"]


@pytest.mark.parametrize(
    ("options", "action", "talks_to"),
    [("q", "listen", "nobody"), ("qw", "whisper", "customer"), ("B", "barge", "both")],
)
def test_extenspy_lands_on_the_customers_leg_and_names_the_agent_all_the_same(floor, options, action, talks_to):
    outside, _, _ = floor.inbound()
    spyer = floor.spy(f"8001001@from-trunk,{options}", outside, application="ExtenSpy")
    floor.wait(2)
    floor.leave_spying(spyer, outside)
    ((manager, did, to, agent, *_),) = floor.rows()
    assert (manager, did, to, agent) == ("2001", action, talks_to, "1001")
    (segment,) = floor.heard()
    assert (segment.agent.name, segment.customer_number) == ("Ana Pop", "0722000001")


def test_a_customer_who_waits_gets_the_agent_who_answers(floor):
    outside = floor.leg("PJSIP/trunk", state="4", number="0722000001", exten="8005000")
    floor.up(outside)
    floor.event("QueueCallerJoin", *outside.fields(), ("Queue", "support"))
    spyer = floor.spy("8005000@from-trunk,q", outside, application="ExtenSpy")
    floor.wait(3)
    inside = floor.ring(outside, "1002")
    floor.answer(outside, inside)
    floor.bridge(inside, outside)
    floor.wait(2)
    floor.leave_spying(spyer, outside)
    (segment,) = floor.heard()
    assert (segment.agent.extension, segment.queue, segment.action) == ("1002", "support", "listen")


def test_an_agent_whose_phone_only_rang_was_not_in_the_call(floor):
    outside = floor.leg("PJSIP/trunk", state="4", number="0722000001", exten="8005000")
    floor.up(outside)
    floor.event("QueueCallerJoin", *outside.fields(), ("Queue", "support"))
    first = floor.ring(outside, "1001")
    spyer = floor.spy("8005000@from-trunk,q", outside, application="ExtenSpy")
    floor.wait(3)
    floor.hangup(first)
    second = floor.ring(outside, "1002")
    floor.wait(1)
    floor.answer(outside, second)
    floor.bridge(second, outside)
    floor.wait(2)
    floor.leave_spying(spyer, outside)
    assert floor.rows() == [("2001", "listen", "nobody", "1002", 0.1, 6.1)]


def test_an_agent_at_a_device_with_a_name_is_known_by_the_number(floor):
    outside, inside, _ = floor.inbound()
    spyer = floor.leg("PJSIP/2001", state="6")
    floor.lines.clear()
    outside.name, inside.name, inside.uniqueid = "PJSIP/voip-00000001", "PJSIP/desk-ana-00000002", "1795000009.9"
    floor.application(spyer, "ChanSpy", "PJSIP/desk-ana,qw")
    floor.start(spyer, inside)
    floor.wait(2)
    floor.leave_spying(spyer, inside)
    (segment,) = floor.heard()
    assert (segment.agent.extension, segment.talks_to, segment.customer_number) == ("1001", "agent", "0722000001")


def test_spying_on_a_customer_who_is_transferred_is_parted_at_the_agents(floor):
    outside, first, bridge = floor.inbound("1001")
    spyer = floor.spy("8001001@from-trunk,q", outside, application="ExtenSpy")
    floor.wait(2.6)
    floor.event("BlindTransfer", ("Result", "Success"), *first.fields("Transferer"), ("Extension", "1002"))
    floor.leave(outside, bridge)
    floor.leave(first, bridge)
    floor.hangup(first, asked=False)
    second = floor.ring(outside, "1002")
    floor.wait(4)
    floor.answer(outside, second)
    floor.bridge(second, outside)
    floor.wait(3)
    floor.leave_spying(spyer, outside)
    assert floor.rows() == [
        ("2001", "listen", "nobody", "1001", 0.4, 3.0),
        ("2001", "listen", "nobody", "1002", 7.0, 10.0),
    ]
    assert {s.session_id for s in floor.heard()} == {floor.heard()[0].session_id}


def test_a_local_queue_member_is_the_phone_behind_it(floor):
    outside = floor.leg("PJSIP/trunk", state="6", number="0722000001", exten="8005001")
    floor.event("QueueCallerJoin", *outside.fields(), ("Queue", "support-local"))
    one = floor.leg("Local/1001@from-queue-00000001;1", state="0", linkedid=outside.linkedid)
    two = floor.leg("Local/1001@from-queue-00000001;2", state="4", linkedid=outside.linkedid)
    floor.event("LocalBridge", *one.fields("LocalOne"), *two.fields("LocalTwo"))
    called = [("Queue", "support-local"), ("Interface", "Local/1001@from-queue/n"), ("MemberName", "Ana Pop")]
    floor.event("AgentCalled", *outside.fields(), *one.fields("Dest"), *called)
    floor.dial(outside, one, "1001@from-queue/n")
    inside = floor.ring(two, "1001")
    inside.connected = outside.number
    for leg in (inside, two, one):
        floor.up(leg)
    floor.bridge(inside, two)
    floor.bridge(one, outside)
    whispering = floor.spy("PJSIP/1001,qw", inside)
    for half, number in ((one, "2002"), (two, "2003")):
        floor.spy("Local/1001,qw", half, number=number)
    floor.wait(2)
    floor.leave_spying(whispering, inside)
    by_manager = {s.manager.extension: s for s in floor.heard()}
    assert {s.agent.extension for s in by_manager.values()} == {"1001"}
    assert {name: s.talks_to for name, s in by_manager.items()} == {
        "2001": "agent",
        "2002": "agent",  # what is written into the first half comes out at the phone behind the second
        "2003": "customer",
    }
    assert {s.queue for s in by_manager.values()} == {"support-local"}
    assert by_manager["2001"].customer_number == "0722000001"


@pytest.mark.parametrize(
    ("data", "action"),
    [
        ("PJSIP/1001", "listen"),
        ("PJSIP/1001,", "listen"),
        ("PJSIP/1001,qo", "listen"),
        ("PJSIP/1001,qs", "listen"),
        ("PJSIP/1001,bSv(4)r(Bw)n(W@d)e(wB)g(wW)x(5)c(6)", "listen"),
        (",qg(Bw)", "listen"),
        ("PJSIP/1001,qW", "whisper"),
        ("PJSIP/1001,qow", "whisper"),
        ("PJSIP/1001,wB", "barge"),
        ("1795000000.1,quB", "barge"),
        ("PJSIP/1001,q(B)w", "whisper"),
        ("PJSIP/1001,r(unclosedB", "listen"),
    ],
)
def test_option_letters_count_and_their_arguments_do_not(floor, data, action):
    _, inside, _ = floor.inbound()
    spyer = floor.spy(data, inside)
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert [row[1] for row in floor.rows()] == [action]


def test_keys_switch_only_with_option_d_and_never_with_x(floor):
    _, inside, _ = floor.inbound()
    for data in ("PJSIP/1001,q", "PJSIP/1001,qdX", "PJSIP/1001,qX"):
        spyer = floor.spy(data, inside)
        for digit in "456":
            floor.wait(1)
            floor.key(spyer, digit)
        floor.leave_spying(spyer, inside)
    assert [row[1] for row in floor.rows()] == ["listen"] * 3


def test_a_barge_that_may_be_switched_begins_as_a_barge(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qBd", inside)
    floor.wait(1)
    floor.key(spyer, "6")
    floor.wait(1)
    floor.key(spyer, "4")
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert [row[1] for row in floor.rows()] == ["barge", "listen"]


def test_keys_of_others_and_keys_that_the_switch_sends_change_nothing(floor):
    outside, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(1)
    for leg in (outside, inside):
        floor.key(leg, "6")
    floor.key(spyer, "6", direction="Sent")
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert [row[1] for row in floor.rows()] == ["listen"]


def test_a_key_pressed_while_chanspy_looks_for_a_channel_is_thrown_away(floor):
    outside, inside, bridge = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(1)
    floor.stop(spyer, inside)
    for leg in (outside, inside):
        floor.leave(leg, bridge)
        floor.hangup(leg)
    floor.wait(2)
    floor.key(spyer, "5")
    floor.wait(2)
    _, again, _ = floor.inbound()
    floor.start(spyer, again)
    floor.wait(2)
    floor.leave_spying(spyer, again)
    assert [row[1] for row in floor.rows()] == ["listen", "listen"]


def test_a_key_that_also_goes_on_leaves_no_splinter_and_lasts_into_the_next_call(floor):
    _, first, _ = floor.inbound("1001")
    _, second, _ = floor.inbound("1002", customer="0722000002")
    spyer = floor.spy("PJSIP/1,qdc(5)", first)
    floor.wait(2)
    floor.key(spyer, "5")
    floor.wait(0.02)
    floor.stop(spyer, first)
    floor.start(spyer, second)
    floor.wait(2)
    floor.leave_spying(spyer, second)
    assert [(row[1], row[3]) for row in floor.rows()] == [("listen", "1001"), ("whisper", "1002")]
    assert [s.end_reason for s in floor.heard()] == ["next-channel", "manager-hung-up"]


def test_leaving_by_a_key_is_told_apart_from_hanging_up(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qx(9)", inside)
    floor.wait(2)
    floor.key(spyer, "9")
    floor.stop(spyer, inside)
    floor.application(spyer, "Playback", "bye")
    floor.hangup(spyer)
    assert [s.end_reason for s in floor.heard()] == ["manager-left"]


def test_running_chanspy_anew_begins_with_its_own_options(floor):
    _, inside, _ = floor.inbound()
    spyer = floor.spy("PJSIP/1001,qd", inside)
    floor.wait(1)
    floor.key(spyer, "6")
    floor.wait(1)
    floor.stop(spyer, inside)
    floor.application(spyer, "ChanSpy", "PJSIP/1001,qw")
    floor.wait(0.1)
    floor.start(spyer, inside)
    floor.wait(1)
    floor.leave_spying(spyer, inside)
    assert [row[1] for row in floor.rows()] == ["listen", "barge", "whisper"]


def test_a_very_short_spy_is_no_segment_without_a_start_and_one_with_it(floor):
    _, inside, _ = floor.inbound()
    gone = floor.manager("PJSIP/1001,q")
    floor.wait(0.05)
    floor.hangup(gone)
    spyer = floor.spy("PJSIP/1001,q", inside)
    floor.wait(0.02)
    floor.leave_spying(spyer, inside)
    assert len(floor.rows()) == 1


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
        ("2001", "listen"), ("2001", "barge"), ("2002", "barge"), ("2002", "whisper"),
    ]  # fmt: skip


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
    floor.event("UserEvent", told, ("Uniqueid", snoop.uniqueid), ("Action", "barge"))
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
