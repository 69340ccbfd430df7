"""The supervision log in the browser: who was listened to, for those who may know, each look leaving its trace."""

import datetime as dt
import re
import uuid
from html import unescape
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from earwitness.model.gap import Gap
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Evidence, Person, Segment
from tests.cast import HOME, page_of
from tests.web.conftest import Pages

NOON = dt.datetime(2026, 11, 2, 12, 0, 0, tzinfo=dt.UTC)


@pytest.fixture
def queue() -> str:
    """A queue that no other test uses: the segments of one test."""
    return f"q{uuid.uuid4().hex[:10]}"


def segment(queue: str, action: str, start_s: float, end_s: float, **more: object) -> Segment:
    """Return a segment of one session, from and to so many seconds after noon."""
    given: dict[str, object] = {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid5(uuid.NAMESPACE_OID, queue)),
        "tenant": HOME,
        "pbx": "main",
        "action": action,
        "talks_to": {"listen": "nobody", "whisper": "agent", "barge": "both"}[action],
        "manager": Person(name="Maria Manager", extension="2001"),
        "agent": Person(name="Ana Pop", extension="1001"),
        "started_at": NOON + dt.timedelta(seconds=start_s),
        "ended_at": NOON + dt.timedelta(seconds=end_s),
        "queue": queue,
        "customer_number": "+40722000001",
        "call_linkedid": f"{uuid.uuid4().int % 10**9}.7",
        "end_reason": "manager-hung-up",
        "evidence": Evidence(start="ChanSpyStart", mode="Newexten", end="ChanSpyStop"),
    }
    return Segment(**(given | more))  # a test's own fields


def test_a_session_is_shown_with_its_modes_to_scale(pages: Pages, queue: str) -> None:
    """Three segments of one session are one group, whose bar says each mode and how long it lasted."""
    found = [segment(queue, "listen", 0, 40), segment(queue, "whisper", 40, 52), segment(queue, "barge", 52, 60)]
    pages.recorder.record_segments(found)
    html = pages.client("audrey").get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    assert "3 segments" in html
    assert html.count('class="session"') == 1
    assert 'aria-label="Listen 40 s, then Whisper 12 s, then Barge 8.0 s"' in html
    widths = [float(width) for width in re.findall(r'<rect class="mode-\w+"[^>]* width="([\d.]+)"', html)]
    assert widths == pytest.approx([666.7, 200.0, 133.3], abs=0.1)


def test_the_bar_is_whole_where_the_search_finds_a_part(pages: Pages, queue: str) -> None:
    """Asking for barges alone lists one segment and still shows what came before it."""
    pages.recorder.record_segments([segment(queue, "listen", 0, 40), segment(queue, "barge", 40, 60)])
    html = page_of(pages.client("audrey").get("/supervision", {"q": f"queue:{queue} action:barge"}))
    assert "1 segment<" in html
    assert "Listen 40 s, then Barge 20 s" in html
    assert "shown in part" in html


def test_every_link_of_the_page_leads_to_rows(pages: Pages, queue: str) -> None:
    """Bars of the histogram, totals and orders lead to pages of the same search, also where there is a single bar."""
    pages.recorder.record_segments([segment(queue, "listen", 0, 5)])
    audrey = pages.client("audrey")
    html = audrey.get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    links = {unescape(link) for link in re.findall(r'href="(/supervision\?[^"]+)"', html)}
    assert len(links) > 4
    for link in links:
        answer = audrey.get(link)
        assert answer.status_code == 200, link
        if "action%3A" not in link or "action%3Alisten" in link:
            assert "1 segment<" in answer.content.decode(), link


def test_when_it_happened_is_a_table_too_and_shows_gaps(pages: Pages, queue: str) -> None:
    """As above the activity log: how much is in a column, the same as a table, what could not be heard."""
    away = -300 * 86_400  # a day that no other test looks at
    one = segment(queue, "listen", away, away + 5)
    pages.recorder.record_segments([one])
    start = one.started_at.replace(minute=0, second=0, microsecond=0)
    gap = Gap(
        id=str(uuid.uuid4()),
        source="asterisk",
        pbx="berlin",
        started_at=start + dt.timedelta(minutes=30),
        ended_at=start + dt.timedelta(minutes=35),
        reason="The line was cut.",
    )
    pages.recorder.record_gap(gap)
    day = {"q": f"queue:{queue}", "from": f"{start:%Y-%m-%d}", "to": f"{start + dt.timedelta(days=1):%Y-%m-%d}"}
    html = pages.client("audrey").get("/supervision", day).content.decode()
    assert "1 segment</span>" in html.split('class="readout"')[1].split("</div>")[0]
    table = html.split("As a table")[1].split("</table>")[0]
    assert re.findall(r'number">([\d,]+)<', table) == ["1"]
    assert "asterisk berlin: The line was cut" in html.split('class="gap"')[1].split("</rect>")[0]


def test_what_becomes_known_later_is_shown(pages: Pages, queue: str) -> None:
    """The CDR id comes as an amendment, after the segment was recorded."""
    one = segment(queue, "listen", 0, 5)
    pages.recorder.record_segments([one])
    audrey = pages.client("audrey")
    assert "1795436779.140" not in audrey.get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    pages.recorder.amend(HOME, SUPERVISION, one.id, {"cdr_id": "1795436779.140"}, cause="cdr")
    assert "1795436779.140" in audrey.get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    assert "1 segment<" in audrey.get("/supervision", {"q": "call:1795436779.140"}).content.decode()


def test_markup_in_a_name_is_text(pages: Pages, queue: str) -> None:
    """A caller id is whatever somebody's telephone says."""
    evil = "<script>alert(1)</script>"
    pages.recorder.record_segments([segment(queue, "listen", 0, 5, agent=Person(name=evil, extension="1001"))])
    html = pages.client("audrey").get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    assert evil not in html
    assert "&lt;script&gt;" in html


def test_a_search_is_recorded_once_and_again_when_it_is_submitted_again(pages: Pages, queue: str) -> None:
    """Another order and coming back add nothing; pressing Search does."""
    audrey = pages.client("audrey")
    audrey.get("/supervision", {"q": f"queue:{queue}"})
    audrey.get("/supervision", {"q": f"queue:{queue}", "order": "oldest"})
    assert [act["sub_event"] for act in pages.named("search")] == ["supervision"]
    audrey.get("/supervision", {"was": "", "q": f"queue:{queue}", "range": "all"}, follow=True)
    assert len(pages.named("search")) == 2


def test_a_switch_that_is_not_heard_is_named_beside_what_is_going_on(
    pages: Pages, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is shown of it may be over; another tenant does not learn of it."""
    from earwitness.server import runtime

    states = [SimpleNamespace(switch="berlin", state="waiting"), SimpleNamespace(switch="paris", state="listening")]
    fake = SimpleNamespace(going_on=lambda _tenant: [], statuses=states, tenant=HOME)
    monkeypatch.setattr(runtime.current(), "switches", fake, raising=False)
    html = pages.client("audrey").get("/supervision").content.decode()
    assert "The switch berlin is not heard at this moment" in html
    assert "The switch paris is not heard" not in html
    assert "The switch berlin" not in pages.client("mallory").get("/supervision").content.decode()


def test_without_the_permission_the_page_says_nothing(pages: Pages, queue: str) -> None:
    """Alex learns the name of the permission and nothing else; Mallory sees her own tenant, which has no such row."""
    one = segment(queue, "listen", 0, 5)
    pages.recorder.record_segments([one])
    alex = pages.client("alex")
    for path in ("/supervision", "/supervision/live", f"/calls/{one.call_linkedid}"):
        answer = alex.get(path)
        assert answer.status_code == 403, path
        assert "Ana Pop" not in answer.content.decode()
    mallory = pages.client("mallory")
    assert "0 segments" in mallory.get("/supervision", {"q": f"queue:{queue}"}).content.decode()
    assert mallory.get(f"/calls/{one.call_linkedid}").status_code == 404


def test_a_call_shows_its_segments_and_the_look_is_recorded(pages: Pages, queue: str) -> None:
    """Found or not, who asked about a call is in the log."""
    one = segment(queue, "barge", 0, 5)
    pages.recorder.record_segments([one])
    audrey = pages.client("audrey")
    assert "Ana Pop" in audrey.get(f"/calls/{one.call_linkedid}").content.decode()
    assert audrey.get("/calls/no-such-call").status_code == 404
    assert [act["event_object"] for act in pages.named("search")] == [f"call:{one.call_linkedid}", "call:no-such-call"]


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"was": "", "f.duration": "soon"}, "Write seconds here"),
        ({"q": '"open'}, "quot"),
        ({"from": "2026-11-03", "to": "2026-11-02"}, "ends before it begins"),
        ({"tz": "Nowhere/At_All"}, "time zone"),
    ],
)
def test_a_mistake_is_told_and_nothing_is_searched(pages: Pages, query: dict[str, str], says: str) -> None:
    """The page says what to do, with what was typed still in its place."""
    answer = pages.client("audrey").get("/supervision", query)
    assert answer.status_code == 400
    assert says in answer.content.decode()
    assert pages.named("search") == []


def test_fields_and_text_say_the_same(pages: Pages, queue: str) -> None:
    """A submitted form leads to the address that says it in text; the page of that address shows it in the fields."""
    found = [segment(queue, "listen", 0, 40), segment(queue, "barge", 40, 45), segment(queue, "barge", 50, 90)]
    pages.recorder.record_segments(found)
    audrey = pages.client("audrey")
    given = {"was": "", "q": f"queue:{queue}", "f.action": "barge", "f.duration": "30", "f.manager": "maria*, 2009"}
    answer = audrey.get("/supervision", given | {"range": "all"})
    assert answer.status_code == 302
    address = parse_qs(urlsplit(answer["Location"]).query)
    assert address == {"q": [f"action:barge manager:maria*,2009 queue:{queue} duration:>=30"]}
    html = audrey.get(answer["Location"]).content.decode()
    assert "1 segment<" in html
    assert '<option value="barge" selected>' in html
    for field, value in (("duration", "30"), ("manager", "maria*,2009"), ("queue", queue)):
        assert re.search(rf'name="f.{field}" value="{re.escape(value)}"', html), field
    said = audrey.get("/supervision/text", {"q": "duration:>=5 end:agent-hung-up", "was": ""}).json()
    assert (said["fields"]["duration"], said["fields"]["end"]) == ("5", "agent-hung-up")
    assert len(pages.named("search")) == 1


def test_a_page_of_a_relative_range_goes_on_later(pages: Pages, queue: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The next page is that of the range as it was: the last seven days go on meaning the same seven days."""
    now = dt.datetime.now(dt.UTC)
    found = [
        segment(queue, "listen", 0, 5, started_at=now - dt.timedelta(hours=n + 1), ended_at=now - dt.timedelta(hours=n))
        for n in range(3)
    ]
    pages.recorder.record_segments(found)
    monkeypatch.setattr("earwitness.web.logs.frame.LIMIT", 2)
    audrey = pages.client("audrey")
    first = audrey.get("/supervision", {"q": f"queue:{queue}", "from": "-7d"}).content.decode()
    later = dt.datetime.now(dt.UTC) + dt.timedelta(minutes=5)
    monkeypatch.setattr(
        "earwitness.web.logs.asked.dt",
        SimpleNamespace(datetime=SimpleNamespace(now=lambda _: later), UTC=dt.UTC),
    )
    following = re.search(r'rel="next" id="next-page" href="([^"]+)"', first)
    assert following
    answer = audrey.get(unescape(following[1]))
    assert answer.status_code == 200
    assert answer.content.decode().count('class="event"') == 1


def test_details_tell_the_evidence_and_the_look_is_recorded(pages: Pages, queue: str) -> None:
    """How start, mode and end are known; who may not see the segment gets no details of it either."""
    one = segment(queue, "barge", 0, 5, outside_application=True, end_inferred=True)
    pages.recorder.record_segments([one])
    audrey = pages.client("audrey")
    for path in (f"/supervision/{one.id}/details", f"/supervision/{one.id}"):
        html = audrey.get(path).content.decode()
        assert "<code>ChanSpyStart</code>" in html, path
        assert "it was inferred" in html
        assert "Dialled on a phone" in html
        assert "Agent and customer" in html
    assert [act["event_object"] for act in pages.named("params_opened")] == [f"segment:{one.id}"] * 2
    assert pages.client("alex").get(f"/supervision/{one.id}").status_code == 403
    assert pages.client("mallory").get(f"/supervision/{one.id}/details").status_code == 404
    assert pages.client("sam").get(f"/supervision/{one.id}").status_code == 404


def test_people_are_offered_by_every_name_they_have(pages: Pages, queue: str) -> None:
    """Whoever has no username here is found by name and extension."""
    pages.recorder.record_segments(
        [segment(queue, "listen", 0, 5, agent=Person(name=f"Zed {queue}", extension="1099"))]
    )
    audrey = pages.client("audrey")
    offered = audrey.get("/supervision/suggest", {"field": "agent", "text": f"zed {queue}"}).content.decode()
    assert f"&quot;Zed {queue}&quot;" in offered
    assert "agent:" in audrey.get("/supervision/suggest", {"text": "age"}).content.decode()
    assert pages.client("alex").get("/supervision/suggest", {"field": "agent", "text": ""}).status_code == 403
