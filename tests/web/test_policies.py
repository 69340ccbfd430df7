"""Rules for listening to calls: made on a page, broken by what is recorded, told everywhere."""

import datetime as dt
import html
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from earwitness.accounts.models import Tenant
from earwitness.collect.sink import Activity
from earwitness.model.segment import Person, Segment
from earwitness.server import runtime
from tests.cast import HOME, PASSWORD, key_of
from tests.web.conftest import Pages

PAGE = "/settings/policies"
DAYS: dict[str, str] = dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "")
FORM = {"remind_after_hours": "24", "time_zone": "UTC", **DAYS, "confirm": PASSWORD}
MOMENT = dt.datetime(2026, 11, 3, 10, 0, tzinfo=dt.UTC)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def supervise(pages: Pages, extension: str, **fields: Any) -> Segment:
    """Record a segment as the collector does, and let the rules be looked at."""
    known: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid4()),
        "pbx": "main",
        "action": "listen",
        "talks_to": "nobody",
        "manager": Person(username="sam", name="Sam", extension="2001"),
        "agent": Person(extension=extension),
        "started_at": MOMENT,
        "ended_at": MOMENT + dt.timedelta(seconds=30),
        "desks": ("Support",),
    }
    made = Segment(**(known | fields))
    pages.recorder.record_segments([made])
    runtime.current().policing.look(HOME)
    return made


def extension() -> str:
    """Return an extension of a test's own: the log is shared."""
    return f"x{uuid.uuid4().hex[:10]}"


def api(who: str, pages: Pages, scope: str = "admin") -> Client:
    user = pages.cast[who]
    token = key_of(user.tenant, scope, user)
    return Client(headers={"Authorization": f"Bearer {token}"})


def breaches(client: Client, segment: Segment) -> list[str]:
    found: list[str] = client.get(f"/api/v1/supervision/{segment.id}").json()["breaches"]
    return found


def save(pages: Pages, **fields: str) -> None:
    cache.clear()
    assert pages.client("ada").post(PAGE, FORM | fields).status_code == 302


def test_a_breach_is_marked_listed_counted_and_raised_as_an_event(pages: Pages) -> None:
    """For what is recorded from then on, and only where the rule is broken."""
    listed, other = extension(), extension()
    early = supervise(pages, listed)
    save(pages, no_listen_extensions=listed)
    late, fine = supervise(pages, listed), supervise(pages, other)
    ada = api("ada", pages)
    assert [breaches(ada, each) for each in (early, late, fine)] == [[], ["no-listen"], []]
    asked = {"q": f"breach:no-listen extension:{listed},{other}"}
    assert [one["id"] for one in ada.get("/api/v1/supervision", asked).json()["items"]] == [late.id]
    assert ada.get("/api/v1/supervision/count", {"q": f"breach:* extension:{listed}"}).json()["count"] == 1
    assert ada.get("/api/v1/supervision/count", {"q": f"-breach:* extension:{listed}"}).json()["count"] == 1
    facets = ada.get("/api/v1/supervision/facets", {"by": "breach", "q": f"extension:{listed}"}).json()["facets"]
    assert facets == {"breach": [{"value": "no-listen", "count": 1}]}
    told = ada.get("/api/v1/events", {"q": f"event:policy_breach object:segment:{late.id}"}).json()["items"]
    assert [(e["sub_event"], e["username"], e["source"], e["actor_type"]) for e in told] == [
        ("no-listen", "sam", "earwitness", "system")
    ]
    assert f"segment:{early.id}" not in str(ada.get("/api/v1/events", {"q": "event:policy_breach"}).json())


def test_looking_again_after_a_crash_adds_nothing_and_loses_nothing(pages: Pages) -> None:
    """The mark moves last: what was recorded behind it is looked at again."""
    listed = extension()
    save(pages, no_listen_extensions=listed)
    mark = Tenant.objects.get(name=HOME).policed_to
    late = supervise(pages, listed)
    ada = api("ada", pages)
    for _ in range(2):
        assert Tenant.objects.get(name=HOME).policed_to > mark
        Tenant.objects.filter(name=HOME).update(policed_to=mark)
        runtime.current().policing.look(HOME)
        assert breaches(ada, late) == ["no-listen"]
        asked = {"q": f"event:policy_breach object:segment:{late.id}"}
        assert ada.get("/api/v1/events/count", asked).json()["count"] == 1


def test_the_quota_counts_the_sessions_of_an_agent_in_a_month(pages: Pages) -> None:
    """Several modes of one session are one; another agent and another month begin anew."""
    save(pages, quota="1")
    ada, agent = api("ada", pages), extension()
    first = supervise(pages, agent)
    again = supervise(pages, agent, session_id=first.session_id, action="barge", talks_to="both")
    second = supervise(pages, agent)
    other = supervise(pages, extension())
    december = supervise(
        pages, agent, started_at=MOMENT + dt.timedelta(days=30), ended_at=MOMENT + dt.timedelta(days=30, seconds=9)
    )
    found = [breaches(ada, each) for each in (first, again, second, other, december)]
    assert found == [[], [], ["quota"], [], []]


def test_outside_the_hours_and_on_a_desk_that_nobody_may_listen_to(pages: Pages) -> None:
    """Both at once are both told."""
    save(pages, no_listen_desks="support", tue="08:00-09:00, 11:00 - 12:00", quota="")
    ada = api("ada", pages)
    assert breaches(ada, supervise(pages, extension())) == ["no-listen", "outside-hours"]
    inside = {"started_at": MOMENT.replace(hour=8), "ended_at": MOMENT.replace(hour=8, minute=30)}
    assert breaches(ada, supervise(pages, extension(), desks=("Sales",), **inside)) == []


def test_the_manager_gives_the_reason_and_the_breach_is_over(pages: Pages) -> None:
    """X, then Y, then X again is X; secrets are kept out; the act is recorded with what it changed."""
    save(pages, reason_required="on")
    sam, made = api("sam", pages), supervise(pages, extension())
    assert breaches(sam, made) == ["no-reason"]
    where = f"/api/v1/supervision/{made.id}"
    for reason in ("coaching", "complaint", " coaching "):
        answer = sam.patch(where, {"reason": reason}, content_type="application/json")
        assert (answer.status_code, answer.json()["reason"], answer.json()["breaches"]) == (200, reason.strip(), [])
    assert sam.get("/api/v1/supervision/count", {"q": f"id:{made.id} reason:coaching -breach:*"}).json()["count"] == 1
    act = [act for act in pages.acts if act["event"] == "supervision"][-1]
    assert (act["sub_event"], act["username"], act["event_object"]) == ("reason", "sam", f"segment:{made.id}")
    assert [(c.path, c.old, c.new) for c in act["changes"]] == [("reason", "complaint", "coaching")]
    answer = sam.patch(where, {"reason": "password=hunter22 was asked"}, content_type="application/json")
    assert "hunter22" not in answer.content.decode()
    for body in ({"reason": " "}, {"reason": "x" * 501}, {"reason": "a\0"}, {"action": "barge"}, {}):
        assert sam.patch(where, body, content_type="application/json").status_code == 422
    reported = supervise(pages, extension(), reason="known before")
    assert breaches(sam, reported) == []


@pytest.mark.parametrize(
    ("who", "scope", "status"),
    [
        ("ada", "admin", 200),
        ("sam", "admin", 200),
        ("ada", "read", 403),
        ("sam", "read", 403),
        ("alex", "admin", 403),
        ("audrey", "admin", 403),
        ("mallory", "admin", 404),
    ],
)
def test_who_may_say_why(pages: Pages, who: str, scope: str, status: int) -> None:
    """Its manager and administrators; whoever may not changes nothing."""
    made = supervise(pages, extension())
    answer = api(who, pages, scope).patch(
        f"/api/v1/supervision/{made.id}", {"reason": "because"}, content_type="application/json"
    )
    assert answer.status_code == status
    kept = api("ada", pages).get(f"/api/v1/supervision/{made.id}").json()["reason"]
    assert kept == ("because" if status == 200 else "")


def test_another_managers_supervision_is_not_explained_by_sam(pages: Pages) -> None:
    """Whom the log does not know by username is explained by an administrator."""
    for manager in (Person(username="audrey"), Person(extension="2001")):
        made = supervise(pages, extension(), manager=manager)
        where = f"/api/v1/supervision/{made.id}"
        refused = api("sam", pages).patch(where, {"reason": "x"}, content_type="application/json")
        assert (refused.status_code, refused.json()["permission"]) == (403, "admin")


def test_the_rules_are_kept_and_recorded_with_before_and_after(pages: Pages) -> None:
    """The password is asked for; hours are written alike; what is wrong is said where it stands."""
    cache.clear()
    ada = pages.client("ada")
    fields = FORM | {"no_listen_extensions": "1001 1002", "quota": "5", "mon": "8:00-12:00,13:00 - 17:30"}
    assert ada.post(PAGE, {**fields, "confirm": ""}).status_code == 422
    assert ada.post(PAGE, fields).status_code == 302
    shown = text(ada.get(PAGE))
    assert "08:00-12:00, 13:00-17:30" in shown
    assert "it cannot prevent one" in shown
    changes = {change.path: (change.old, change.new) for change in pages.named("policy")[-1]["changes"]}
    assert changes["no_listen_extensions"] == ([], ["1001", "1002"])
    assert changes["quota"] == (None, 5)
    assert changes["shift_hours"] == ({}, {"mon": ("08:00-12:00", "13:00-17:30")})
    for wrong, said in (
        ({"mon": "9-17"}, "write one such as 08:00-17:30"),
        ({"quota": "many"}, "whole number"),
        ({"time_zone": "Mars"}, "no time zone"),
    ):
        answer = ada.post(PAGE, fields | wrong)
        assert answer.status_code == 422
        assert said in text(answer)
    assert Tenant.objects.get(name=HOME).policy["quota"] == 5
    assert Tenant.objects.get(name="elsewhere").policy == {}


def test_the_api_changes_what_is_sent_and_leaves_the_rest(pages: Pages) -> None:
    """As everywhere in management."""
    ada = api("ada", pages)

    def patch(body: dict[str, Any]) -> Any:
        return ada.patch("/api/v1/policies", body, content_type="application/json")

    assert patch({"quota": 3, "shift_hours": {"fri": ["09:00-10:00"]}}).json()["quota"] == 3
    kept = patch({"reason_required": True}).json()
    assert (kept["quota"], kept["shift_hours"], kept["reason_required"]) == (3, {"fri": ["09:00-10:00"]}, True)
    assert patch({"quota": None, "shift_hours": {}}).json()["quota"] is None
    assert ada.get("/api/v1/policies").json()["shift_hours"] == {}
    for body in ({"quota": -1}, {"quota": "3"}, {"shift_hours": {"mon": ["x"]}}, {"policed": True}, {"time_zone": "x"}):
        assert patch(body).status_code == 422, body


def test_the_form_gives_a_reason_to_the_whole_session(pages: Pages) -> None:
    """Sam's own; Audrey sees that it is not hers to give, Alex and Mallory see nothing of it."""
    save(pages, reason_required="on")
    first = supervise(pages, extension())
    second = supervise(pages, first.agent.extension, session_id=first.session_id, action="whisper", talks_to="agent")
    where = f"/supervision/reason/{first.id}"
    sam = pages.client("sam")
    assert "Reason missing" in text(sam.get(where))
    assert sam.post(where, {"reason": ""}).status_code == 422
    answer = sam.post(where, {"reason": "<b>coaching</b>", "next": "//evil.example/supervision"})
    assert answer["Location"] == f"/supervision?q=session%3A{first.session_id}"
    for segment in (first, second):
        seen = api("ada", pages).get(f"/api/v1/supervision/{segment.id}").json()
        assert (seen["reason"], seen["breaches"]) == ("<b>coaching</b>", [])
    for who, status in (("sam", 200), ("ada", 200), ("audrey", 200), ("alex", 403), ("mallory", 404)):
        answer = pages.client(who).get(where)
        assert answer.status_code == status, who
        assert ("&lt;b&gt;coaching" in answer.content.decode()) == (status == 200)
        assert ("<textarea" in answer.content.decode()) == (who in ("sam", "ada"))
    for who, status in (("audrey", 403), ("alex", 403), ("mallory", 404), ("nobody", 302)):
        assert pages.client(who).post(where, {"reason": "changed"}).status_code == status, who
    assert api("ada", pages).get(f"/api/v1/supervision/{first.id}").json()["reason"] == "<b>coaching</b>"


def test_what_measures_single_agents_is_kept_once_its_purpose_is(pages: Pages) -> None:
    """Each class by itself; everything else that a switch tells of agents is kept always."""
    taken: list[Any] = []
    take = runtime.current().switches._wanted_by(taken.append)
    told = {
        name: Activity(id=str(uuid.uuid4()), created=MOMENT, event=event, sub_event=sub, extension="1001")
        for name, event, sub in (
            ("pause", "queue_member", "pause"),
            ("resume", "queue_member", "unpause"),
            ("hold", "call", "hold"),
            ("back", "call", "unhold"),
            ("answer", "call", "answer"),
        )
    }

    def kept() -> list[str]:
        taken.clear()
        for activity in told.values():
            take(activity)
        return [name for name, activity in told.items() if activity in taken]

    assert kept() == ["answer"]
    save(pages, purpose_pauses=" staffing ")
    acts = [(act["sub_event"], act["event_object"], act["comments"]) for act in pages.named("event_class")]
    assert acts == [("enable", "event_class:pauses", "staffing")]
    assert kept() == ["pause", "resume", "answer"]
    save(pages, purpose_pauses="", purpose_holds="quality")
    assert kept() == ["hold", "back", "answer"]
    assert [act["sub_event"] for act in pages.named("event_class")] == ["disable", "enable"]
    assert patched(pages, {"purposes": {"breaks": "x"}}).status_code == 422


def patched(pages: Pages, body: dict[str, Any]) -> Any:
    return api("ada", pages).patch("/api/v1/policies", body, content_type="application/json")
