"""Who sits at which extension: named when something is recorded, corrected when it becomes known later."""

import datetime as dt
import html
import json
import uuid
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from earwitness.accounts import extensions, seats
from earwitness.accounts.actions import desks as desk_acts
from earwitness.accounts.actions import users
from earwitness.accounts.models import Correction, DirectoryEntry, User
from earwitness.collect.sink import Activity
from earwitness.model.segment import Person, Segment
from earwitness.record import segments
from earwitness.server import runtime
from tests.cast import HOME, PASSWORD, key_of
from tests.web.conftest import Pages

PAGE = "/settings/sources"
ADD = f"{PAGE}/directory"
MOMENT = dt.datetime(2026, 11, 3, 10, 0, tzinfo=dt.UTC)


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def extension() -> str:
    """Return an extension of a test's own: the log is shared."""
    return f"x{uuid.uuid4().hex[:10]}"


def api(pages: Pages, who: str = "ada") -> Client:
    user = pages.cast[who]
    return Client(headers={"Authorization": f"Bearer {key_of(user.tenant, 'admin', user)}"})


def heard(phone: str, days: int = 0, pbx: str = "main", **fields: Any) -> Segment:
    """Record a segment as the collector does."""
    known: dict[str, Any] = {
        "id": str(uuid.uuid4()),
        "session_id": str(uuid.uuid4()),
        "pbx": pbx,
        "action": "listen",
        "talks_to": "nobody",
        "manager": Person(extension="2001"),
        "agent": Person(extension=phone, name="As heard"),
        "started_at": MOMENT + dt.timedelta(days=days),
        "ended_at": MOMENT + dt.timedelta(days=days, seconds=30),
    }
    made = Segment(**(known | fields))
    assert runtime.current().switches.record([made])["recorded"] == 1
    return made


def agent_of(pages: Pages, segment: Segment) -> tuple[str, str]:
    agent = api(pages).get(f"/api/v1/supervision/{segment.id}").json()["agent"]
    return agent["username"], agent["name"]


def put(pages: Pages, *entries: dict[str, str]) -> None:
    answer = api(pages).post("/api/v1/directory", {"items": list(entries)}, content_type="application/json")
    assert answer.status_code == 200, answer.content


def correct() -> None:
    runtime.current().correcting.work()


def test_a_desk_telephone_serves_many_agents(pages: Pages) -> None:
    """By the time of the call and by the switch; desks are those of the person; nobody is invented."""
    phone = extension()
    User.objects.filter(username="alex").update(name="Alex Agent")
    put(
        pages,
        {"extension": phone, "username": "alex", "valid_from": "2026-11-01", "valid_to": "2026-11-10"},
        {"extension": phone, "username": "audrey", "valid_from": "2026-11-05"},
        {"extension": phone, "name": "Reception", "pbx": "berlin"},
    )
    found = [heard(phone), heard(phone, days=3), heard(phone, days=-9), heard(phone, pbx="berlin")]
    names = [("alex", "Alex Agent"), ("audrey", "As heard"), ("", "As heard"), ("", "Reception")]
    assert [agent_of(pages, each) for each in found] == names
    desks = [api(pages).get(f"/api/v1/supervision/{each.id}").json()["desks"] for each in found]
    assert desks == [["Support"], [], [], []]


def test_what_agents_do_at_the_phone_bears_their_names(pages: Pages) -> None:
    """Whom the switch calls by extension alone; whom it names stays."""
    phone = extension()
    put(pages, {"extension": phone, "username": "alex"})
    told = [
        Activity(
            id=str(uuid.uuid4()), created=MOMENT, event="call", username=name, extension=phone, params={"pbx": "main"}
        )
        for name in (phone, "agent-7")
    ]
    runtime.current().switches.record(told)
    found = [api(pages).get(f"/api/v1/events/{each.id}").json() for each in told]
    assert [event["username"] for event in found] == ["alex", "agent-7"]


def test_a_correction_made_later_is_an_amendment(pages: Pages) -> None:
    """X, then Y, then X again is X; out of the directory is nobody; it is counted before, and told after."""
    phone = extension()
    made = heard(phone)
    late = heard(phone, days=40)
    entry = {"extension": phone, "valid_from": "2026-11-01", "valid_to": "2026-12-01"}
    dry = api(pages).post(
        "/api/v1/directory?dry_run=true",
        {"items": [entry | {"username": "alex"}]},
        content_type="application/json",
    )
    assert dry.json() == {"entries": 1, "concerned": 1}
    assert not DirectoryEntry.objects.filter(extension=phone).exists()
    for username in ("alex", "audrey", "alex"):
        put(pages, entry | {"username": username, "name": username.title()})
        correct()
        assert agent_of(pages, made) == (username, username.title())
        assert agent_of(pages, late) == ("", "As heard")
        asked = {"q": f"extension:{phone} agent:{username}"}
        assert api(pages).get("/api/v1/supervision/count", asked).json()["count"] == 1
    row = DirectoryEntry.objects.get(extension=phone)
    assert api(pages).delete(f"/api/v1/directory/{row.pk}").status_code == 204
    correct()
    assert agent_of(pages, made) == ("", "")
    done = Correction.objects.filter(tenant__name=HOME)
    assert [(each.corrected, each.finished is not None) for each in done] == [(1, True)] * 4
    told = api(pages).get("/api/v1/events", {"q": "event:directory sub:correct", "limit": 4}).json()["items"]
    assert told[0]["params"]["corrected"] == 1


def desks_of(pages: Pages, segment: Segment) -> list[str]:
    found: list[str] = api(pages).get(f"/api/v1/supervision/{segment.id}").json()["desks"]
    return found


def test_the_desks_of_a_corrected_segment_are_those_of_its_agent_at_that_time(pages: Pages) -> None:
    """The right desk's supervisor sees it, the wrong one's does not, whatever moves came later."""
    phone = extension()
    made = heard(phone)
    ada = pages.cast.actor("ada")
    entry = {"extension": phone, "valid_from": "2026-11-01"}
    sam = api(pages, "sam")
    seen = []
    for username in ("alex", "audrey", "alex"):
        put(pages, entry | {"username": username})
        correct()
        found = sam.get(f"/api/v1/supervision/{made.id}").status_code
        counted = sam.get("/api/v1/supervision/count", {"q": f"extension:{phone}"}).json()["count"]
        seen.append((desks_of(pages, made), found, counted))
    assert seen == [(["Support"], 200, 1), ([], 404, 0), (["Support"], 200, 1)]
    desk_acts.create(ada, "Sales")
    users.update(ada, "alex", desks=("Sales",))
    later = heard(phone, started_at=timezone.now(), ended_at=timezone.now())
    assert (desks_of(pages, made), desks_of(pages, later)) == (["Support"], ["Sales"])
    put(pages, entry | {"username": "audrey"})
    correct()
    put(pages, entry | {"username": "alex"})
    correct()
    assert (desks_of(pages, made), desks_of(pages, later)) == (["Support"], ["Sales"])


def test_what_an_agent_did_at_the_phone_is_corrected_as_well(pages: Pages) -> None:
    """Whose page shows it, who sees it by desk, and how it is found; whom the switch named stays."""
    phone = extension()
    shared = {"event": "call", "sub_event": "answer", "extension": phone, "event_object": f"cdr:{phone}"}
    now = dt.datetime.now(dt.UTC)  # so that it is among the newest, which /me shows
    told = [
        Activity(id=str(uuid.uuid4()), created=now, username=name, params={"pbx": "main"} | params, **shared)
        for name, params in ((phone, {}), ("agent-7", {"agent": "agent-7"}))
    ]
    runtime.current().switches.record(told)
    found = []
    for username in ("alex", "audrey", ""):
        entry = {"extension": phone, "username": username, "name": "Somebody", "valid_from": "2026-11-01"}
        put(pages, entry)
        correct()
        events = [api(pages).get(f"/api/v1/events/{each.id}").json() for each in told]
        asked = {"q": f"user:{username or phone} extension:{phone}"}
        counted = api(pages).get("/api/v1/events/count", asked).json()["count"]
        shown = [pages.client(who).get("/me").content.decode().count(phone) for who in ("alex", "audrey")]
        found.append(([event["username"] for event in events], events[0]["desks"], counted, [n > 0 for n in shown]))
    assert found == [
        (["alex", "agent-7"], ["Support"], 1, [True, False]),
        (["audrey", "agent-7"], [], 1, [False, True]),
        ([phone, "agent-7"], [], 1, [False, False]),
    ]


def policed(pages: Pages, **rules: Any) -> None:
    answer = api(pages).patch("/api/v1/policies", rules, content_type="application/json")
    assert answer.status_code == 200, answer.content


def breaches_of(pages: Pages, *segments: Segment) -> list[list[str]]:
    return [api(pages).get(f"/api/v1/supervision/{each.id}").json()["breaches"] for each in segments]


def told_of(pages: Pages, segment: Segment) -> list[tuple[str, str, str]]:
    """Return (event, breach, manager) of what was told about a segment, in order."""
    asked = {"q": f"object:segment:{segment.id} event:policy_breach*"}
    items = api(pages).get("/api/v1/events", asked).json()["items"]
    return [(e["event"], e["sub_event"], e["username"]) for e in sorted(items, key=lambda item: item["seq"])]


def test_a_corrected_segment_is_held_against_the_policies_again(pages: Pages) -> None:
    """A breach that came to light is marked and told, one that was none is taken back; never twice."""
    phone, manager = extension(), extension()
    policed(pages, no_listen_desks=["support"])
    made = heard(phone, manager=Person(extension=manager))
    runtime.current().policing.look(HOME)
    assert (breaches_of(pages, made), told_of(pages, made)) == ([[]], [])
    entry = {"extension": phone, "valid_from": "2026-11-01"}
    put(pages, entry | {"username": "alex"})
    correct()
    raised = ("policy_breach", "no-listen", f"ext:{manager}")
    assert (breaches_of(pages, made), told_of(pages, made)) == ([["no-listen"]], [raised])
    Correction.objects.update(finished=None)  # as after a crash: nothing comes of it a second time
    correct()
    assert told_of(pages, made) == [raised]
    put(pages, entry | {"username": "audrey"})
    correct()
    withdrawn = ("policy_breach_withdrawn", "no-listen", f"ext:{manager}")
    assert (breaches_of(pages, made), told_of(pages, made)) == ([[]], [raised, withdrawn])
    put(pages, {"extension": manager, "username": "sam"})
    correct()
    assert [username for *_, username in told_of(pages, made)] == ["sam", "sam"]


def test_a_rule_made_later_is_not_held_against_what_was_corrected(pages: Pages) -> None:
    """Nobody can keep a rule that does not exist yet."""
    phone = extension()
    made = heard(phone)
    policed(pages, no_listen_desks=["support"])
    runtime.current().policing.look(HOME)
    put(pages, {"extension": phone, "username": "alex", "valid_from": "2026-11-01"})
    correct()
    assert (breaches_of(pages, made), desks_of(pages, made)) == ([[]], ["Support"])


def test_the_quota_is_counted_anew_for_both_agents(pages: Pages) -> None:
    """A session that goes to somebody else counts for them, and no more for whom it was taken for."""
    policed(pages, quota=1)
    first, second = extension(), extension()
    put(pages, {"extension": first, "username": "zoe-" + first}, {"extension": second, "username": "ben-" + second})
    made = [heard(first), heard(first, days=1), heard(second, days=2)]
    runtime.current().policing.look(HOME)
    assert breaches_of(pages, *made) == [[], ["quota"], []]
    day = {"valid_from": "2026-11-03T00:00Z", "valid_to": "2026-11-04T00:00Z"}
    put(pages, {"extension": first, "username": "ben-" + second, **day})
    correct()
    assert breaches_of(pages, *made) == [[], [], ["quota"]]
    assert [told[0] for told in told_of(pages, made[1])] == ["policy_breach", "policy_breach_withdrawn"]


def test_a_correction_goes_on_where_it_was_cut_off(pages: Pages, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each segment is corrected once, whatever the size of a step and wherever it ended."""
    from earwitness.server import judging

    monkeypatch.setattr(judging, "AT_ONCE", 2)
    phone = extension()
    found = [heard(phone) for _ in range(5)]
    put(pages, {"extension": phone, "username": "alex"})
    amend = runtime.current().recorder.amend_each
    steps: list[int] = []

    def cut_off(*arguments: Any, **named: Any) -> Any:
        steps.append(len(steps))
        if len(steps) == 2:
            raise RuntimeError("the power went")
        return amend(*arguments, **named)

    monkeypatch.setattr(runtime.current().recorder, "amend_each", cut_off)
    with pytest.raises(RuntimeError):
        correct()
    correct()
    assert [agent_of(pages, each)[0] for each in found] == ["alex"] * 5
    assert Correction.objects.get(extensions=[phone]).corrected == 5


def test_whom_an_application_named_stays(pages: Pages) -> None:
    """It knows better than a list of telephones."""
    from earwitness.model.segment import Evidence

    phone = extension()
    reported = Evidence(start="reported", mode="reported", end="reported")
    named = heard(phone, agent=Person(extension=phone, username="zoe"), evidence=reported)
    unnamed = heard(phone, evidence=reported)
    put(pages, {"extension": phone, "username": "alex"})
    correct()
    assert [agent_of(pages, each)[0] for each in (named, unnamed)] == ["zoe", "alex"]


def test_what_an_application_reports_goes_through_directory_and_policies(pages: Pages) -> None:
    """As what a switch tells does: names, desks of that time, breaches, corrections; whom it names itself stays."""
    phone, manager = extension(), extension()
    put(pages, {"extension": phone, "username": "alex"}, {"extension": manager, "username": "sam"})
    policed(pages, no_listen_desks=["support"])
    sent = [
        {"id": str(uuid.uuid4()), "action": "listen", "agent": agent, "manager": {"extension": manager}}
        | {"started_at": "2026-11-03T10:00:00Z", "ended_at": "2026-11-03T10:01:00Z"}
        for agent in ({"extension": phone}, {"extension": phone, "username": "audrey"})
    ]
    lines = [json.dumps(one).encode() for one in sent]
    recorder = runtime.current().recorder
    sender = recorder.sender(HOME, sources=["acd"])
    sender.person_at, sender.desks_at = extensions.at, seats.at  # as the house hands them to its recorder
    taken = segments.take_in(lines, sender)
    assert recorder.submit(HOME, taken, log=segments.SEGMENTS).result(60).recorded == 2
    runtime.current().policing.look(HOME)

    def seen() -> list[tuple[str, str, list[str], list[str]]]:
        found = [api(pages).get(f"/api/v1/supervision/{one['id']}").json() for one in sent]
        return [(one["manager"]["username"], one["agent"]["username"], one["desks"], one["breaches"]) for one in found]

    assert seen() == [("sam", "alex", ["Support"], ["no-listen"]), ("sam", "audrey", [], [])]
    assert api(pages, "sam").get(f"/api/v1/supervision/{sent[0]['id']}").status_code == 200
    assert api(pages, "sam").get(f"/api/v1/supervision/{sent[1]['id']}").status_code == 404
    put(pages, {"extension": phone, "username": "mira"}, {"extension": manager, "username": "ada"})
    correct()
    assert seen() == [("ada", "mira", [], []), ("ada", "audrey", [], [])]


def test_the_page_counts_asks_and_applies(pages: Pages) -> None:
    """First how many segments it is about, then the password, then it is done, and can be taken back."""
    cache.clear()
    phone = extension()
    made = heard(phone)
    ada = pages.client("ada")
    check = text(ada.post(ADD, {"entries": f"{phone},alex,<b>Alex</b>"}))
    assert "<b>1</b> segment in the log is" in check
    assert "<b>Alex</b>" not in ada.post(ADD, {"entries": f"{phone},alex,<b>Alex</b>"}).content.decode()
    assert not DirectoryEntry.objects.exists()
    fields = {"entries": f"{phone},alex,Alex", "apply": "1"}
    assert ada.post(ADD, fields | {"confirm": "wrong"}).status_code == 422
    assert ada.post(ADD, fields | {"confirm": PASSWORD}).status_code == 302
    correct()
    page = text(ada.get(PAGE))
    assert phone in page
    assert "1 corrected" in page
    assert agent_of(pages, made) == ("alex", "Alex")
    change = pages.named("directory")[0]["changes"][0]
    assert change.new == [{"extension": phone, "username": "alex", "name": "Alex"}]
    row = DirectoryEntry.objects.get()
    assert "1 segments" in text(ada.get(f"{ADD}/{row.pk}/remove"))
    assert ada.post(f"{ADD}/{row.pk}/remove").status_code == 302
    assert not DirectoryEntry.objects.exists()


def test_nobody_else_sees_or_changes_it(pages: Pages) -> None:
    """Another tenant's administrator has a directory of her own, and hears of none of our switches."""
    phone = extension()
    put(pages, {"extension": phone, "username": "alex"})
    row = DirectoryEntry.objects.get()
    for who in ("sam", "alex", "audrey"):
        client = pages.client(who)
        assert [client.get(path).status_code for path in (PAGE, f"{ADD}/{row.pk}/remove")] == [403, 403]
        assert client.post(ADD, {"entries": "1,x", "apply": "1"}).status_code == 403
        assert api(pages, who).get("/api/v1/directory").status_code == 403
    mallory = pages.client("mallory")
    assert phone not in text(mallory.get(PAGE))
    assert mallory.post(f"{ADD}/{row.pk}/remove", {"confirm": PASSWORD}).status_code == 404
    assert api(pages, "mallory").get("/api/v1/directory").json() == {"items": []}
    assert api(pages, "mallory").delete(f"/api/v1/directory/{row.pk}").status_code == 404
    assert pages.client("nobody").get(PAGE).status_code == 302
    assert DirectoryEntry.objects.get().pk == row.pk
