"""The page of one call: legs, segments and events on one time line, of each log what the person may see."""

import datetime as dt
import re

from earwitness.model.segment import Segment
from tests.cast import page_of
from tests.web.conftest import Pages
from tests.web.test_supervision import NOON, queue, segment

__all__ = ["queue"]

START = NOON - dt.timedelta(seconds=20)


def called(pages: Pages, queue: str) -> Segment:
    """Record a call of two legs, listened to and then barged into."""
    one = segment(queue, "listen", 0, 40)
    pages.recorder.record_segments([one, segment(queue, "barge", 40, 60, call_linkedid=one.call_linkedid)])
    for channel, answer, end in (("PJSIP/trunk-1", 5, 100), ("PJSIP/1001-2", None, 30)):
        leg = {
            "channel": channel,
            "dstchannel": "PJSIP/1001-1",
            "start": START.isoformat(),
            "answer": (START + dt.timedelta(seconds=answer)).isoformat() if answer else None,
            "end": (START + dt.timedelta(seconds=end)).isoformat(),
        }
        pages.record(
            username="asterisk", event="call", sub_event="cdr", event_object=f"cdr:{one.call_linkedid}", params=leg
        )
    pages.record(event="note", sub_event="add", event_object=f"cdr:{one.call_linkedid}", comments="called back")
    return one


def test_legs_segments_and_events_stand_on_one_time_line(pages: Pages, queue: str) -> None:
    """Each leg is a lane, ringing and answered; each session is one, in its modes; the events are marks on the last."""
    one = called(pages, queue)
    html = page_of(pages.client("audrey").get(f"/calls/{one.call_linkedid}"))
    assert "2 legs, 2 segments, 1 event," in html
    assert re.findall(r'<text class="name"[^>]*>([^<]+)<', html) == [
        "Leg PJSIP/trunk-1 to PJSIP/1001-1",
        "Leg PJSIP/1001-2 to PJSIP/1001-1",
        "Maria Manager (2001) on Ana Pop (1001)",
        "Events",
    ]
    kinds = re.findall(r'<rect class="part ([\w-]+)"', html)
    assert kinds == ["waiting", "leg", "waiting", "mode-listen", "mode-barge", "mark"]
    assert "<title>Answered, 1:35</title>" in html
    assert "called back" in html


def test_what_others_call_a_leg_breaks_nothing(pages: Pages, queue: str) -> None:
    """A program may record an event of the same name with anything in it: it is told in the table."""
    for params in ({}, {"start": "soon", "end": 3}, {"start": "2026-11-02", "end": "2026-11-01"}, {"start": None}):
        pages.record(event="call", sub_event="cdr", event_object=f"cdr:{queue}", params=params)
    html = page_of(pages.client("audrey").get(f"/calls/{queue}"))
    assert "0 legs, 0 segments, 4 events," in html
    assert html.count('class="event"') == 4


def test_a_masked_person_sees_no_number_in_the_address_of_the_page(pages: Pages, queue: str) -> None:
    """What was asked for stands on the page as the person may see it."""
    pages.cast["sam"].roles.update(mask_phone=True)
    one = called(pages, queue)
    assert pages.client("sam").get(f"/calls/{one.call_linkedid}").status_code == 404
