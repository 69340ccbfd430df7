"""What agents do at the phone and in queues: as activity events, each with the call it is about."""

from recordings import lines
from traffic import Traffic

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.agents import ALL_CLASSES, DEFAULT_CLASSES, EVENT_CLASSES
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.sink import Activity, Found


def told(floor: Traffic, **options) -> list[Activity]:
    return [one for one in floor.found(**{"classes": ALL_CLASSES, **options}) if isinstance(one, Activity)]


def short(floor: Traffic) -> list[tuple[str, str, str]]:
    return [(one.event, one.sub_event, one.username) for one in told(floor)]


def member(floor: Traffic, name: str, *more: tuple[str, str], interface: str = "PJSIP/1001") -> None:
    fields = [
        ("Queue", "support"),
        ("MemberName", "Ana Pop"),
        ("Interface", interface),
        ("StateInterface", "PJSIP/1001"),
    ]
    floor.event(name, *fields, *more)


def test_a_call_is_answered_and_hung_up_by_the_agent():
    floor = Traffic()
    _, inside, _ = floor.inbound()
    floor.wait(9)
    floor.hangup(inside)
    answer, hangup = told(floor)
    assert (answer.event, answer.sub_event, answer.username, answer.extension) == ("call", "answer", "1001", "1001")
    assert answer.call_id == hangup.call_id == inside.linkedid
    assert answer.event_object == f"cdr:{inside.linkedid}"
    assert (answer.params["number"], answer.params["name"]) == ("0722000001", "Ana Pop")
    assert (hangup.sub_event, hangup.params["by"], hangup.params["seconds"]) == ("hangup", "agent", 9)


def test_a_call_that_the_customer_hangs_up_says_so():
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    floor.hangup(outside)
    floor.hangup(inside)
    assert [(a.username, a.params["by"]) for a in told(floor) if a.sub_event == "hangup"] == [("1001", "other")]


def test_a_call_placed_by_an_agent_and_one_between_agents():
    floor = Traffic()
    inside = floor.leg("PJSIP/1001", state="4")
    trunk = floor.leg("PJSIP/trunk", state="0", linkedid=inside.linkedid)
    floor.dial(inside, trunk, "0722000009@trunk")
    floor.answer(inside, trunk)
    caller = floor.leg("PJSIP/1002", state="4")
    floor.answer(caller, floor.ring(caller, "1001"))
    assert short(floor) == [("call", "place", "1001"), ("call", "place", "1002"), ("call", "answer", "1001")]
    assert told(floor)[0].params["number"] == "0722000009"


def test_a_call_that_is_not_answered_is_no_event():
    floor = Traffic()
    outside = floor.leg("PJSIP/trunk", state="4", number="0722000001")
    inside = floor.ring(outside, "1001")
    floor.event("DialEnd", *outside.fields(), *inside.fields("Dest"), ("DialStatus", "NOANSWER"))
    floor.hangup(inside)
    assert told(floor) == []


def test_hold_and_taking_back_but_not_the_unhold_of_a_transfer():
    floor = Traffic()
    _, inside, _ = floor.inbound()
    floor.event("Unhold", *inside.fields())
    floor.event("Hold", *inside.fields())
    floor.event("Unhold", *inside.fields())
    assert [a.sub_event for a in told(floor)] == ["answer", "hold", "unhold"]


def test_transfers_name_where_to_and_are_no_hangup():
    floor = Traffic()
    outside, inside, _ = floor.inbound()
    blind = [("Result", "Success"), ("Extension", "1002")]
    floor.event("BlindTransfer", *blind, *inside.fields("Transferer"), *outside.fields("Transferee"))
    floor.hangup(inside, asked=False)
    _, again, _ = floor.inbound("1002")
    target = floor.leg("PJSIP/1001", state="6")
    attended = [*again.fields("OrigTransferer"), *target.fields("TransferTarget"), *outside.fields("Transferee")]
    floor.event("AttendedTransfer", ("Result", "Success"), *attended)
    floor.event("BlindTransfer", ("Result", "Invalid"), *again.fields("Transferer"))
    found = [a for a in told(floor) if a.sub_event != "answer"]
    assert [(a.sub_event, a.params["to"], a.params["number"]) for a in found] == [
        ("transfer_blind", "1002", "0722000001"),
        ("transfer_attended", "1001", "0722000001"),
    ]


def test_queue_members_come_go_pause_with_a_reason_and_resume():
    floor = Traffic()
    member(floor, "QueueMemberAdded", interface="Local/1001@from-queue/n")
    member(floor, "QueueMemberPause", ("Paused", "1"), ("PausedReason", "coffee"))
    member(floor, "QueueMemberPause", ("Paused", "0"), ("PausedReason", ""))
    member(floor, "QueueMemberRemoved")
    added, pause, unpause, removed = told(floor)
    assert [a.sub_event for a in (added, pause, unpause, removed)] == ["add", "pause", "unpause", "remove"]
    assert (added.event, added.event_object, added.username) == ("queue_member", "queue:support", "1001")
    assert (pause.reason, pause.params["name"]) == ("coffee", "Ana Pop")


def test_agents_log_in_and_off():
    floor = Traffic()
    leg = floor.leg("PJSIP/1001", state="6")
    floor.event("AgentLogin", *leg.fields(), ("Agent", "ana"))
    floor.event("AgentLogoff", ("Agent", "ana"), ("Logintime", "3600"))
    login, logout = told(floor)
    assert (login.event, login.sub_event, login.username, login.extension) == ("session", "login", "ana", "1001")
    assert (logout.sub_event, logout.params["seconds"]) == ("logout", 3600)


def test_classes_that_measure_single_agents_are_off_until_turned_on():
    measuring = {c.name for c in EVENT_CLASSES if c.measures}
    assert measuring == {"pauses", "holds"}
    floor = Traffic()
    _, inside, _ = floor.inbound()
    floor.event("Hold", *inside.fields())
    member(floor, "QueueMemberPause", ("Paused", "1"))
    assert [a.sub_event for a in told(floor, classes=DEFAULT_CLASSES)] == ["answer"]
    assert all(c.sentence for c in EVENT_CLASSES)


def test_the_busy_minute_tells_every_answer_pause_and_hold():
    found: list[Found] = []
    collector = Collector(found.append, pbx="test", classes=ALL_CLASSES)
    for t, raw in lines("v22/18-busy-minute"):
        collector.feed(ami.message(raw), round(t * 1_000_000))
    counted: dict[str, int] = {}
    for one in found:
        if isinstance(one, Activity):
            counted[one.sub_event] = counted.get(one.sub_event, 0) + 1
    assert counted == {"answer": 25, "hangup": 25, "pause": 17, "unpause": 17, "hold": 14, "unhold": 5}


def test_an_event_is_what_the_ingest_door_takes():
    floor = Traffic()
    floor.inbound()
    row = told(floor)[0].to_json()
    assert row["created"] == "2026-11-18T11:06:40.300000Z"
    assert row["source"] == "asterisk"
    assert "seq" not in row
