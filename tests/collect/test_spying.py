"""Who hears whom, from when to when: situations beyond the recordings, with the order of events of a real switch."""

import pytest
from traffic import Traffic


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
