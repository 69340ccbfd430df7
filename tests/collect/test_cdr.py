"""Call detail records: read from files and events, and found for the segments they belong to."""

import datetime as dt
import io

import pytest
from recordings import ROOT

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.cdr import Cdr, CdrError, Cdrs, Heard, best, from_event, read_csv
from earwitness.collect.asterisk.cdrfile import CdrFile
from earwitness.model.segment import Person, Segment

NOON = dt.datetime(2026, 11, 23, 12, tzinfo=dt.UTC)
LINE = (
    '"","0722000001","8001001","from-trunk","""Ion"" <0722000001>","PJSIP/trunk-00000042","PJSIP/1001-00000043","Dial",'
    '"PJSIP/1001,30,tT","2026-11-23 12:25:57","2026-11-23 12:25:58","2026-11-23 12:26:06",9,8,"ANSWERED",'
    '"DOCUMENTATION","1795436757.130","","","1795436757.130",76\n'
)


def read(text: str, **options) -> list[Cdr]:
    return list(read_csv(io.StringIO(text, newline=""), **options))


def segment(start: float, end: float, channel: str = "PJSIP/1001-00000001") -> Segment:
    return Segment(
        id="1",
        session_id="1",
        pbx="p",
        action="listen",
        talks_to="nobody",
        manager=Person(),
        agent=Person(channel=channel),
        call_linkedid="1.0",
        call_uniqueid="1.1",
        started_at=NOON + dt.timedelta(seconds=start),
        ended_at=NOON + dt.timedelta(seconds=end),
    )


def row(sequence: int, start: float, end: float, **fields) -> Cdr:
    moments = {"start": NOON + dt.timedelta(seconds=start), "end": NOON + dt.timedelta(seconds=end)}
    return Cdr(**{"uniqueid": "1.0", "linkedid": "1.0", "sequence": sequence, **moments, **fields})


def test_a_line_of_master_csv_is_read_in_asterisks_order():
    (cdr,) = read(LINE)
    assert (cdr.cdr_id, cdr.linkedid, cdr.sequence) == ("1795436757.130", "1795436757.130", 76)
    assert (cdr.channel, cdr.dstchannel) == ("PJSIP/trunk-00000042", "PJSIP/1001-00000043")
    assert (cdr.start, cdr.answer) == (
        NOON + dt.timedelta(minutes=25, seconds=57),
        NOON + dt.timedelta(minutes=25, seconds=58),
    )
    assert not cdr.spied


def test_a_header_line_names_the_columns_in_any_order():
    header = "linkedid,id,uniqueid,channel,calldate,lastapp,lastdata\n"
    (cdr,) = read(header + "1.0,77,1.2,PJSIP/2001-1,2026-11-23T12:00:00+02:00,ChanSpy,\n")
    assert (cdr.cdr_id, cdr.linkedid, cdr.spied) == ("77", "1.0", True)
    assert cdr.start == NOON - dt.timedelta(hours=2)


def test_local_times_are_read_in_the_zone_of_the_switch():
    (cdr,) = read(LINE, zone=dt.timezone(dt.timedelta(hours=2)))
    assert cdr.start == NOON + dt.timedelta(hours=-2, minutes=25, seconds=57)


def test_an_unanswered_call_has_no_answer():
    assert read(LINE.replace("2026-11-23 12:25:58", ""))[0].answer is None


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a,b,c\n", "Line 1 of the CDRs has 3 columns"),
        (LINE + LINE.replace("2026-11-23 12:26:06", "yesterday"), "Line 2 of the CDRs has 'yesterday' where a time"),
    ],
)
def test_a_file_that_holds_no_cdrs_is_told_with_its_line(text, sentence):
    with pytest.raises(CdrError, match=sentence):
        read(text)


def test_a_cdr_event_is_the_same_record_as_its_line():
    from recordings import lines

    events = [ami.message(raw) for _, raw in lines("v22/23-cdr-and-cel-events-on-ami") if raw.startswith("Event: Cdr")]
    with (ROOT / "v22/23-cdr-and-cel-events-on-ami/cdr.csv").open(newline="") as stream:
        assert [from_event(event) for event in events] == list(read_csv(stream))


def test_other_messages_and_broken_times_are_no_record():
    assert from_event(ami.message("Event: Hangup\r\n")) is None
    assert from_event(ami.message("Event: Cdr\r\nUniqueID: 1.1\r\nStartTime: soon\r\n")) is None


def test_of_a_calls_records_the_one_with_the_spied_on_channel_is_meant():
    outer = row(1, 0, 60, dstchannel="Local/1001@q-1;1")
    inner = row(2, 3, 50, uniqueid="1.5", channel="Local/1001@q-1;2", dstchannel="PJSIP/1001-00000001")
    assert best([outer, inner], Heard.of(segment(10, 20))) is inner


def test_after_a_transfer_the_record_in_whose_time_the_segment_began_is_meant():
    first, second = row(1, 0, 12, dstchannel="PJSIP/1001-00000001"), row(2, 12, 90, channel="PJSIP/1001-00000001")
    assert best([first, second], Heard.of(segment(5, 60))) is first
    assert best([first, second], Heard.of(segment(20, 60))) is second


def test_times_in_a_wrong_zone_do_not_lose_the_only_record_that_names_the_channel():
    only = row(1, 7200, 7260, dstchannel="PJSIP/1001-00000001")
    assert best([only], Heard.of(segment(5, 60))) is only
    assert best([row(1, 7200, 7260)], Heard.of(segment(5, 60))) is None


def test_records_are_forgotten_from_the_oldest_on():
    cdrs = Cdrs(limit=10)
    for number in range(50):
        cdrs.add(Cdr(uniqueid=f"{number}.0", linkedid=f"{number}.0", lastapp="ChanSpy", lastdata="x,q"))
    assert len(list(cdrs)) == 10
    assert cdrs.options_of("0.0") is None
    assert cdrs.options_of("49.0") == ("ChanSpy", "x,q")


def numbered(number: int) -> str:
    return LINE.replace("1795436757.130", f"{number}.0")


def ids(records: list[Cdr]) -> list[str]:
    return [record.uniqueid for record in records]


def test_a_followed_file_gives_each_record_once_and_only_when_its_line_is_whole(tmp_path):
    path = tmp_path / "Master.csv"
    path.write_text(numbered(1))
    followed = CdrFile(path)
    assert followed.new() == []
    with path.open("a") as stream:
        stream.write(numbered(2) + numbered(3)[:40])
        stream.flush()
        assert ids(followed.new()) == ["2.0"]
        stream.write(numbered(3)[40:])
        stream.flush()
        assert ids(followed.new()) == ["3.0"]
    assert followed.new() == []


def test_a_followed_file_may_be_rotated_cut_absent_and_hold_broken_lines(tmp_path):
    path = tmp_path / "Master.csv"
    followed = CdrFile(path)
    assert followed.new() == []
    path.write_text(numbered(1) + "broken\n" + numbered(2))
    assert ids(followed.new()) == ["1.0", "2.0"]
    path.rename(tmp_path / "Master.csv.1")
    path.write_text(numbered(3) + numbered(4) + numbered(5))
    assert ids(followed.new()) == ["3.0", "4.0", "5.0"]
    path.write_text(numbered(6))
    assert ids(followed.new()) == ["6.0"]


def test_a_followed_file_with_a_header_keeps_to_it(tmp_path):
    path = tmp_path / "cdr.csv"
    followed = CdrFile(path)
    path.write_text("uniqueid,channel,linkedid,id\n1.0,PJSIP/a-1,1.0,7\n")
    assert [record.cdr_id for record in followed.new()] == ["7"]
    with path.open("a") as stream:
        stream.write("2.0,PJSIP/a-2,2.0,8\n")
    late = CdrFile(path)
    assert [record.cdr_id for record in followed.new()] == ["8"]
    with path.open("a") as stream:
        stream.write("3.0,PJSIP/a-3,3.0,9\n")
    assert [record.cdr_id for record in late.new()] == ["9"]
