"""The demo's switch tells its call detail records as they come, so that segments are completed afterwards."""

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.sink import Completion, Found
from earwitness.demo.switch import recorded
from earwitness.model.segment import Segment

MINUTE = 60_000_000


def test_every_segment_of_the_busy_minute_gets_the_id_of_its_record() -> None:
    found: list[Found] = []
    collector = Collector(found.append, pbx="demo")
    us = 0
    for us, text in recorded():
        collector.feed(ami.message(text), us)
    collector.tick(us + MINUTE)
    segments = {one.id for one in found if isinstance(one, Segment)}
    at_once = {one.id for one in found if isinstance(one, Segment) and one.cdr_id}
    later = {one.segment_id for one in found if isinstance(one, Completion)}
    assert segments
    assert later
    assert segments == at_once | later
