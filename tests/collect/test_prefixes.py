"""Whatever part of a recording arrives, in whatever order: nothing raises, and nothing stays open for ever."""

import functools

from hypothesis import given, settings
from hypothesis import strategies as st
from recordings import FOLDERS, lines

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.spying import PAUSE
from earwitness.collect.sink import Found
from earwitness.model import times
from earwitness.model.segment import UNKNOWN, Segment

HOUR = 3_600_000_000
SMALL = [folder for folder in FOLDERS if "busy" not in folder.name]


@functools.cache
def recording(folder) -> list[tuple[int, ami.Message]]:
    return [(round(t * 1_000_000), ami.message(raw)) for t, raw in lines(folder)]


def heard(messages: list[tuple[int, ami.Message]]) -> list[Found]:
    """What is found in messages after which the line breaks and never comes back."""
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    us = 0
    for us, message in messages:
        collector.feed(message, us)
    open_ = {segment.id for segment in collector.going_on(us)}
    collector.lost(us)
    collector.tick(us + HOUR)
    assert collector.going_on(us + HOUR) == []
    ended = {one.id for one in found if isinstance(one, Segment)}
    assert open_ <= ended
    return found


@settings(max_examples=40, deadline=None)
@given(st.sampled_from(SMALL), st.floats(0, 1))
def test_any_beginning_of_a_recording_leaves_nothing_open_once_the_line_stays_broken(folder, share):
    messages = recording(folder)
    part = messages[: round(share * len(messages))]
    whole = {one.id: one for one in heard(messages) if isinstance(one, Segment)}
    for segment in heard(part):
        if isinstance(segment, Segment):
            assert segment.started_at <= segment.ended_at <= times.from_us(part[-1][0])
            # Options may be told later, by a CDR; what has just ended may go on, or be told why it did.
            settled = part[-1][0] - times.to_us(segment.ended_at) > PAUSE
            if settled and segment.action != UNKNOWN and not segment.end_inferred:
                assert segment == whole[segment.id]


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(SMALL), st.randoms(use_true_random=False), st.sampled_from(["lost", "twice", "shuffled"]))
def test_messages_lost_doubled_or_out_of_order_never_raise_and_leave_nothing_open(folder, chance, how):
    messages = recording(folder)
    if how == "lost":
        messages = [entry for entry in messages if chance.random() < 0.7]
    elif how == "twice":
        messages = [entry for entry in messages for _ in range(chance.choice((1, 1, 2)))]
    else:
        moments = [us for us, _ in messages]
        near = sorted(messages, key=lambda entry: entry[0] + chance.randrange(2_000_000))
        messages = [(us, message) for us, (_, message) in zip(moments, near, strict=True)]
    for one in heard(messages):
        if isinstance(one, Segment):
            assert one.started_at <= one.ended_at


EVENTS = [
    "AttendedTransfer",
    "BridgeEnter",
    "BridgeLeave",
    "Cdr",
    "ChanSpyStart",
    "ChanSpyStop",
    "CoreShowChannel",
    "CoreShowChannelsComplete",
    "DTMFEnd",
    "DialBegin",
    "DialEnd",
    "FullyBooted",
    "Hangup",
    "Hold",
    "LocalBridge",
    "Newchannel",
    "Newexten",
    "Newstate",
    "OriginateResponse",
    "Shutdown",
    "Status",
    "Unhold",
    "UserEvent",
]
PREFIXES = ("", "Spyer", "Spyee", "Dest", "LocalOne", "LocalTwo", "OrigTransferer", "Transferee")
HEADERS = [
    *(prefix + name for prefix in PREFIXES for name in ("Channel", "Uniqueid")),
    "Action",
    "ActionID",
    "AppData",
    "Application",
    "BridgeUniqueid",
    "ChannelState",
    "Digit",
    "EndTime",
    "LastApplication",
    "LastData",
    "UniqueID",
    "Uptime",
]
CHANNELS = ["PJSIP/1001-00000001", "Snoop/1.1-00000001", "Local/1@x-1;1"]
VALUES = ["", "1.1", "1.2", "ChanSpy", "PJSIP/1001,qd", "5", "6", "-1", "0", "9" * 20, "2026-11-23 12:00:00", *CHANNELS]
SENT = st.tuples(st.sampled_from(EVENTS), st.dictionaries(st.sampled_from(HEADERS), st.sampled_from(VALUES)))


@settings(max_examples=200, deadline=None)
@given(st.lists(SENT, max_size=40))
def test_messages_that_no_switch_sends_never_raise(sent):
    messages = []
    for number, (name, headers) in enumerate(sent):
        text = "".join(f"{key}: {value}\r\n" for key, value in {"Event": name, **headers}.items())
        messages.append((1_795_000_000_000_000 + number * 100_000, ami.message(text)))
    heard(messages)
