"""The manager interface as bytes: every promise of the parser and of the encoder."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from recordings import lines, raw

from earwitness.collect.asterisk import ami

CAPTURE = raw("v22/04-dtmf-switch")


def parse(data: bytes, sizes: list[int] | None = None, **limits: int) -> list[ami.Message]:
    """Feed data in chunks of the given sizes, the rest at once."""
    parser, found, at = ami.Parser(**limits), [], 0
    for size in sizes or []:
        found += parser.feed(data[at : at + size])
        at += size
    return found + parser.feed(data[at:])


def one(data: bytes) -> ami.Message:
    (found,) = parse(data)
    return found


@settings(max_examples=60, deadline=None)
@given(st.lists(st.integers(1, 3000), max_size=60))
def test_any_chunking_of_a_recording_gives_the_same_messages(sizes):
    assert parse(CAPTURE, sizes) == parse(CAPTURE)


def test_a_recording_cut_at_every_byte_of_its_beginning_gives_the_same_messages():
    data = CAPTURE[:3000]
    whole = parse(data)
    assert all(parse(data, [cut]) == whole for cut in range(len(data)))
    assert parse(data, [1] * len(data)) == whole


def test_raw_bytes_give_the_messages_that_were_recorded_one_by_one():
    recorded = [ami.message(text) for _, text in lines("v22/04-dtmf-switch")]
    assert [m.headers for m in parse(CAPTURE)] == [m.headers for m in recorded]
    assert [m.kind for m in recorded[:3]] == ["banner", "response", "event"]


PIECES = st.sampled_from(
    [
        b"\r\n",
        b"\n",
        b"\r",
        b":",
        b": ",
        b"Event: A",
        b"Response: Follows\r\n",
        b"--END COMMAND--\r\n",
        b"Output: x",
        b"Asterisk Call Manager/7.0.3\r\n",
        b"Key: v\xc3\xab",
        b"\xff\xfe",
        b"\x00",
        b"x" * 40,
    ]
)
NOISE = st.lists(PIECES | st.binary(max_size=8), max_size=60).map(b"".join)


@settings(max_examples=300, deadline=None)
@given(NOISE, st.lists(st.integers(1, 9), max_size=80))
@example(b"A: " + b"x" * 50 + b"\r\n\r\nB: 1\r\n\r\n", [1] * 60)
@example(b"Response: Follows\r\n" + b"x\n\n" * 30 + b"--END COMMAND--\r\n\r\nB: 1\r\n\r\n", [1] * 150)
def test_random_bytes_never_raise_and_chunking_never_matters_even_at_the_limits(data, sizes):
    for limit in (ami.MAX_MESSAGE, 32):
        whole = parse(data, max_message=limit)
        cut = parse(data, sizes, max_message=limit)
        assert [m.headers for m in whole] == [m.headers for m in cut]
        assert [m.truncated for m in whole] == [m.truncated for m in cut]


def test_a_character_cut_between_two_chunks_arrives_whole():
    data = "Event: X\r\nCallerIDName: Zoë\r\n\r\n".encode()
    cut = data.index(b"\xc3") + 1
    assert parse(data, [cut])[0].get("CallerIDName") == "Zoë"


def test_bytes_that_are_not_utf8_are_kept_as_latin1_and_do_not_spoil_their_neighbours():
    found = one(b"Event: X\r\nCallerIDName: Zo\xeb\r\nOther: Zo\xc3\xab\r\n\r\n")
    assert (found.get("CallerIDName"), found.get("Other")) == ("Zoë", "Zoë")


def test_headers_keep_order_case_repetition_and_emptiness():
    found = one(b"Event: X\r\nAccountCode: \r\nChanVariable: a=1\r\nChanVariable: b=2\r\nEmpty:\r\n\r\n")
    assert found.headers[1:] == [("AccountCode", ""), ("ChanVariable", "a=1"), ("ChanVariable", "b=2"), ("Empty", "")]
    assert found.all("chanvariable") == ["a=1", "b=2"]
    assert "EMPTY" in found
    assert found.get("accountcode", "absent") == ""
    assert found.get("nothing", "absent") == "absent"


def test_only_the_one_blank_after_the_colon_belongs_to_the_framing():
    assert one(b"Event: X\r\nA:  b: c \r\n\r\n").get("A") == " b: c "


def test_lines_may_end_in_a_bare_newline():
    assert [m.name for m in parse(b"Event: A\nK: 1\n\nEvent: B\r\nK: 2\r\n\r\n")] == ["A", "B"]


def test_command_output_is_one_header_for_each_line():
    found = one(b"Response: Success\r\nOutput: a\r\nOutput: \r\nOutput: b: c\r\n\r\n")
    assert found.all("Output") == ["a", "", "b: c"]


def test_old_command_output_runs_to_its_end_mark_over_empty_lines():
    found, after = parse(
        b"Response: Follows\r\nActionID: 7\r\none\n\ntwo lines\n--END COMMAND--\r\n\r\nEvent: B\r\n\r\n"
    )
    assert (found.get("ActionID"), found.all("Output"), after.name) == ("7", ["one", "two lines"], "B")


def test_garbage_between_messages_is_counted_and_left_out():
    parser = ami.Parser()
    found = parser.feed(b"Event: A\r\n\r\nnot a header at all\r\n\r\n\xff\xfe\r\nEvent: B\r\nK: 1\r\n\r\n")
    assert [(m.kind, m.name) for m in found] == [("event", "A"), ("event", "B")]
    assert parser.garbage == 1


def test_the_banner_comes_at_once_and_names_the_version():
    parser = ami.Parser()
    (banner,) = parser.feed(b"Asterisk Call Manager/1.1\r\n")
    assert (banner.kind, banner.name) == ("banner", "1.1")
    (after,) = parser.feed(b"Response: Success\r\n\r\n")
    assert after.name == "Success"


def test_an_overlong_message_is_cut_and_the_next_one_is_whole():
    data = b"Event: Long\r\nA: " + b"x" * 5000 + b"\r\nB: 1\r\n\r\nEvent: Next\r\n\r\n"
    parser = ami.Parser(max_message=1000)
    found = [m for at in range(0, len(data), 100) for m in parser.feed(data[at : at + 100])]
    assert [(m.name, m.truncated) for m in found] == [("Long", True), ("Next", False)]
    assert parser.truncated == 1


def test_a_message_without_end_never_takes_more_than_its_limit():
    parser = ami.Parser(max_message=10_000)
    for _ in range(200):
        assert parser.feed(b"Event: X\r\nA: " + b"y" * 3000) == []
        assert parser.pending <= 10_000 + 3100


def test_an_overlong_line_is_cut_alone():
    found = one(b"Event: X\r\nA: " + b"y" * 100_000 + b"\r\nB: 1\r\n\r\n")
    assert len(found.get("A")) < ami.MAX_LINE
    assert found.get("B") == "1"
    assert found.truncated


def test_an_action_is_encoded_with_its_headers_in_order():
    assert ami.encode_action("Login", [("Username", "zoë"), ("Secret", "")]) == (
        "Action: Login\r\nUsername: zoë\r\nSecret: \r\n\r\n".encode()
    )


@pytest.mark.parametrize("value", ["a\r\nAction: Command", "a\nb", "a\rb", "a\x00"])
def test_no_value_can_begin_another_header(value):
    with pytest.raises(ValueError, match="line break"):
        ami.encode_action("Ping", [("ActionID", value)])


@pytest.mark.parametrize("key", ["", "A: b", "A\r\nB", " A", "A B"])
def test_no_name_can_begin_another_header(key):
    with pytest.raises(ValueError, match="no name"):
        ami.encode_action("Ping", [(key, "1")])
