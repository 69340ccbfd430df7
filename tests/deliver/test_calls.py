"""The calls and pages of delivery, by everybody: who may gets an answer, who may not learns nothing."""

import asyncio
import csv
import html
import io
import json
import re
from typing import Any

import pytest
from django.http import StreamingHttpResponse

from earwitness.accounts.models import Role
from earwitness.deliver import checks
from earwitness.deliver.alerts import examples
from earwitness.deliver.exports import actions, work
from earwitness.deliver.models import Alert, Export, SavedSearch, Schedule
from earwitness.search import Query
from earwitness.web import models
from earwitness.web.logs.ranges import PRESETS
from tests.cast import page_of

from .conftest import World

PAGES = (
    "/exports",
    "/saved-searches",
    "/schedules",
    "/alerts",
    "/settings/forwarding",
    "/schedules/new",
    "/alerts/new",
)
PAGES += ("/saved-searches/new", "/settings/forwarding/new/syslog", "/settings/forwarding/new/s3")
CALLS = ("/api/v1/exports", "/api/v1/saved-searches", "/api/v1/schedules", "/api/v1/schedules/runs", "/api/v1/alerts")
CALLS += ("/api/v1/alerts/history",)
MAY = {
    "/exports": "export_logs",
    "/api/v1/exports": "export_logs",
    "/settings/forwarding": "admin",
}


def body(answer: Any) -> bytes:
    """The whole of an answer that comes in pieces."""
    if not isinstance(answer, StreamingHttpResponse):
        return bytes(answer.content)

    async def read() -> bytes:
        return b"".join([piece async for piece in answer])

    return asyncio.run(read())


def ask(client: Any, path: str, wish: dict[str, Any]) -> Any:
    return client.post(path, json.dumps(wish), content_type="application/json")


def test_an_export_by_key_goes_from_ask_to_file(world: World) -> None:
    """202 with id and status, the same again while it is made, then the file; each a plain JSON object."""
    world.events({}, {"comments": "needle"}, {})
    client = world.key("ada")
    answer = ask(client, "/api/v1/exports", {"stream": "activity", "q": "needle", "format": "csv", "columns": []})
    assert answer.status_code == 202, answer.content
    found = answer.json()
    assert {k: found[k] for k in ("status", "done", "total", "file")} == {
        "status": "queued",
        "done": 0,
        "total": 1,
        "file": None,
    }
    where = f"/api/v1/exports/{found['id']}"
    assert client.get(f"{where}/file").status_code == 409
    work.work(world.means)
    found = client.get(where).json()
    assert (found["status"], found["done"], found["total"]) == ("done", 1, 1)
    answer = client.get(found["file"])
    rows = list(csv.DictReader(io.StringIO(body(answer).decode())))
    assert [row["Comments"] for row in rows] == ["needle"]
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert "attachment" in answer["Content-Disposition"]
    assert [each["id"] for each in client.get("/api/v1/exports").json()["items"]] == [found["id"]]
    assert world.key("audrey").get(where).status_code == 404
    assert world.key("alex").get(where).status_code == 403


@pytest.mark.parametrize(
    ("wish", "status"),
    [
        ({"format": "doc"}, 422),
        ({"format": "csv", "columns": ["nothing"]}, 422),
        ({"format": "csv", "tz": "Mars"}, 422),
        ({"format": "csv", "from": "yesterday-ish"}, 422),
        ({"format": "csv", "from": "2026-11-02", "to": "2026-11-01"}, 422),
        ({"format": "csv", "stream": "nothing"}, 422),
        ({"format": "csv", "colums": []}, 422),
        ({"format": "csv", "q": '"open'}, 400),
        ({"format": "csv", "q": "nofield:1"}, 400),
        ({"format": "csv", "proof": True}, 422),
        ({"format": 7}, 422),
        ([], 422),
    ],
)
def test_a_wrong_wish_gets_a_clear_answer(world: World, wish: Any, status: int) -> None:
    """Never a 500, and nothing is queued."""
    answer = ask(world.key("ada"), "/api/v1/exports", wish)
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == "application/problem+json"
    assert not Export.objects.filter(tenant=world.tenant).exists()


@pytest.mark.parametrize("path", [*PAGES, *CALLS])
def test_every_page_and_call_is_tried_by_everybody(world: World, path: str) -> None:
    """Ada sees all; Alex and strangers nothing; nobody gets an error of ours."""
    by_key = path.startswith("/api")
    for name in ("ada", "sam", "alex", "audrey"):
        client = world.key(name, "admin") if by_key else world.client(name)
        status = client.get(path).status_code
        assert status in (200, 403), (name, path, status)
        if name == "ada":
            assert status == 200
        if name == "alex":
            assert status == 403
    assert world.client("nobody").get(path).status_code == (401 if by_key else 302)


def test_a_page_exports_the_columns_and_the_zone_that_it_shows(world: World) -> None:
    """Also those that are remembered of the last visit and stand in no address."""
    world.events({"created": "2026-07-01 10:00:00.000000"})
    user_id = world.people["ada"].pk
    models.remember(user_id, "activity.columns", "created,outcome")
    models.remember(user_id, "activity.zone", "Europe/Bucharest")
    client = world.client("ada")
    page = client.get("/activity").content.decode()
    form = page[page.index('action="/exports/ask"') :]
    sent = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', form[: form.index("</form>")]))
    found = body(client.post("/exports/ask", {**sent, "format": "csv"})).decode("utf-8-sig").splitlines()
    assert found[0].startswith("Created (Europe/Bucharest),Outcome,About this file")
    assert found[-1].startswith('"2026-07-01T13:00:00.000000+03:00","success"')


def test_a_small_export_from_a_page_comes_at_once(world: World) -> None:
    """The form of the page, its relative range included, gives a file for people: with the mark, named for its day."""
    world.events({"comments": "needle", "created": "2026-11-02 08:00:00.000000"})
    form = {"stream": "activity", "format": "csv", "q": "needle", "from": "2026-11-01", "to": "", "columns": "comments"}
    answer = world.client("ada").post("/exports/ask", form)
    assert answer.status_code == 200, answer.content
    data = body(answer)
    assert data.startswith(b"\xef\xbb\xbfComments,")
    assert b"needle" in data
    assert world.log.acts()[-1] == "export.create"
    for layout in ("xlsx", "pdf", "parquet", "ndjson"):
        assert len(body(world.client("ada").post("/exports/ask", form | {"format": layout}))) > 10
    assert [p.name for p in world.means.folder.iterdir()] == []
    assert world.client("ada").post("/exports/ask", form | {"q": '"open'}).status_code == 400
    assert world.client("ada").post("/exports/ask", form | {"stream": "nothing"}).status_code == 400
    assert world.client("alex").post("/exports/ask", form).status_code == 403


def test_a_large_export_from_a_page_waits_in_the_list(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """The page shows it, its progress, its file; it can be cancelled there."""
    monkeypatch.setitem(actions.AT_ONCE, "csv", 1)
    world.events({}, {})
    client = world.client("ada")
    assert client.post("/exports/ask", {"stream": "activity", "format": "csv"})["Location"] == "/exports"
    export = Export.objects.get(tenant=world.tenant)
    assert export.for_people
    page = client.get("/exports").content.decode()
    assert "Waiting" in page
    assert "/exports/rows" in page
    Export.objects.filter(pk=export.pk).update(status="running", done=1, total=4)
    assert 'value="25"' in client.get("/exports").content.decode()
    Export.objects.filter(pk=export.pk).update(done=4)
    assert "Putting the file together" in page_of(client.get("/exports"))
    work.work(world.means)
    page = client.get("/exports").content.decode()
    assert f"/exports/{export.pk}/file" in page
    assert "/exports/rows" not in page
    assert body(client.get(f"/exports/{export.pk}/file")).count(b"\n") == 3
    assert client.get(f"/exports/{export.pk}").status_code == 200
    assert world.client("audrey").get(f"/exports/{export.pk}").status_code == 404
    client.post("/exports/ask", {"stream": "activity", "format": "csv"})
    waiting = Export.objects.get(tenant=world.tenant, status="queued")
    client.post(f"/exports/{waiting.pk}/cancel")
    waiting.refresh_from_db()
    assert waiting.status == "cancelled"


def test_a_saved_search_is_shared_with_a_role_and_grants_nothing(world: World) -> None:
    """Sam sees what is shared with supervisors, opens it with his own eyes, and cannot change or delete it."""
    ada, sam = world.key("ada"), world.key("sam")
    wish = {"name": "Barges", "stream": "supervision", "search": "action:barge", "shared_with": ["Supervisor"]}
    ada = world.key("ada", "admin")
    made = ask(ada, "/api/v1/saved-searches", wish)
    assert made.status_code == 201, made.content
    number = made.json()["id"]
    role = Role.objects.get(tenant=world.tenant, name="Supervisor")
    sees = "show_whisper_log" in role.permissions
    assert [s["name"] for s in sam.get("/api/v1/saved-searches").json()["items"]] == (["Barges"] if sees else [])
    sam = world.key("sam", "admin")
    assert ask(sam, "/api/v1/saved-searches", wish | {"name": "Mine"}).status_code == 201
    changed = sam.put(f"/api/v1/saved-searches/{number}", json.dumps(wish), content_type="application/json")
    assert changed.status_code == 403
    assert sam.delete(f"/api/v1/saved-searches/{number}").status_code == 403
    assert world.key("audrey").get(f"/api/v1/saved-searches/{number}").status_code == 404
    assert ask(ada, "/api/v1/saved-searches", wish).status_code == 409
    assert ask(ada, "/api/v1/saved-searches", wish | {"name": "x", "search": "action:"}).status_code == 422
    assert ask(ada, "/api/v1/saved-searches", wish | {"name": "x", "range": "next week"}).status_code == 422
    assert ask(ada, "/api/v1/saved-searches", wish | {"name": "x", "shared_with": ["Nobody"]}).status_code == 422
    assert ada.delete(f"/api/v1/saved-searches/{number}").status_code == 204
    assert {"saved_search.create", "saved_search.delete"} <= set(world.log.acts())


@pytest.mark.parametrize("span", ["..", "2026-11-01..", "..2026-11-01T08:00:00Z", "2026-11-01 08:00..now"])
def test_a_range_of_a_page_can_be_saved(span: str) -> None:
    """As it stands in the address; so can every preset."""
    assert checks.span(span) == {}
    for preset in PRESETS:
        assert checks.span(f"{preset.start}..{preset.end}") == {}, preset.name


@pytest.mark.parametrize("span", ["today", "tomorrow..", "..-7x", "2026-13-01..", "a..b"])
def test_what_is_no_range_is_not_saved(span: str) -> None:
    """Whoever opens it later would meet the mistake."""
    assert set(checks.span(span)) == {"range"}


def test_a_page_saves_pins_opens_and_deletes_a_search(world: World) -> None:
    """What stands in the address of the log comes along and leads back there."""
    client = world.client("ada")
    page = client.get("/saved-searches/new?stream=activity&q=event:login&from=-7d").content.decode()
    assert "event:login" in page
    form = {"name": "Logins", "stream": "activity", "search": "event:login", "range": "-7d..", "order": "newest"}
    assert client.post("/saved-searches/new", form)["Location"] == "/saved-searches"
    saved = SavedSearch.objects.get(tenant=world.tenant)
    assert client.get(f"/saved-searches/{saved.pk}/open")["Location"] == "/activity?q=event%3Alogin&from=-7d"
    client.post(f"/saved-searches/{saved.pk}/pin", {"pinned": "1"})
    assert "Pinned" in client.get("/saved-searches").content.decode()
    assert client.post("/saved-searches/new", form).status_code == 422
    assert client.post(f"/saved-searches/{saved.pk}", form | {"name": "Sign-ins"}).status_code == 302
    assert client.post(f"/saved-searches/{saved.pk}/delete").status_code == 302
    assert not SavedSearch.objects.filter(tenant=world.tenant).exists()


def test_schedules_by_call_and_by_page(world: World) -> None:
    """Set up, shown, changed by the owner alone, deleted; every wrong field is named."""
    ada = world.key("ada", "admin")
    wish = {"name": "Daily", "recipients": ["boss@example.com"], "zone": "Europe/Bucharest", "at": "07:30"}
    made = ask(ada, "/api/v1/schedules", wish)
    assert made.status_code == 201, made.content
    assert made.json()["next_run"].endswith("30:00.000000Z")
    bad = wish | {"name": "", "recipients": ["nobody"], "zone": "Mars", "period": "x", "format": "x", "search": '"'}
    assert set(ask(ada, "/api/v1/schedules", bad).json()["fields"]) == {
        "name",
        "recipients",
        "zone",
        "period",
        "format",
        "search",
    }
    assert ask(world.key("alex", "admin"), "/api/v1/schedules", wish).status_code == 403
    client = world.client("ada")
    number = made.json()["id"]
    form = {"name": "Weekly", "stream": "activity", "search": "", "period": "last-week", "format": "pdf", "zone": "UTC"}
    form |= {"recipients": "a@example.com, b@example.com", "every": "weekly", "at": "08:00", "weekday": "0", "day": "1"}
    assert client.get(f"/schedules/{number}").status_code == 200
    assert client.post(f"/schedules/{number}", form | {"enabled": "on"}).status_code == 302
    found = Schedule.objects.get(pk=number)
    assert (found.every, found.recipients) == ("weekly", ["a@example.com", "b@example.com"])
    assert client.post("/schedules/new", form | {"name": "Other", "enabled": "on", "attach": "on"}).status_code == 302
    assert client.post("/schedules/new", form | {"recipients": "nobody"}).status_code == 422
    assert "Weekly" in client.get("/schedules").content.decode()
    assert client.post(f"/schedules/{number}/delete").status_code == 302


def test_alerts_by_call_and_by_page(world: World) -> None:
    """Set up, shown without the secret, which its owner alone gets, and that is recorded."""
    ada = world.key("ada", "admin")
    wish = {"name": "Guessing", "search": "sub:login_failed", "threshold": 5, "window": 600, "per": "username"}
    made = ask(ada, "/api/v1/alerts", wish | {"webhook": "https://example.com/hook"})
    assert made.status_code == 201, made.content
    assert "whsec" not in made.content.decode()
    number = made.json()["id"]
    assert (
        ada.post(f"/api/v1/alerts/{number}/secret", content_type="application/json")
        .json()["secret"]
        .startswith("whsec_")
    )
    assert world.log.acts()[-1] == "alert.secret_shown"
    assert "whsec" not in Alert.objects.get(pk=number).secret
    bad = wish | {"name": "b", "window": 1, "per": "params", "webhook": "ftp://x", "threshold": 0}
    assert set(ask(ada, "/api/v1/alerts", bad).json()["fields"]) == {"window", "per", "webhook", "threshold"}
    loose = {"absence": 0, "enabled": "true", "threshold": "5", "window": 600.0}
    refused = ask(ada, "/api/v1/alerts", wish | {"name": "c"} | loose)
    assert (refused.status_code, set(refused.json()["fields"])) == (422, set(loose))
    pin = ask(ada, "/api/v1/saved-searches", {"name": "s", "pinned": 0})
    assert (pin.status_code, set(pin.json()["fields"])) == (422, {"pinned"})
    client = world.client("ada")
    form = {"name": "Silence", "stream": "activity", "search": "source:pbx", "absence": "True", "threshold": "1"}
    assert client.post("/alerts/new", form | {"window": "900", "enabled": "on"}).status_code == 302
    assert client.get(f"/alerts/{number}").status_code == 200
    assert client.post(f"/alerts/{number}/secret").status_code == 200
    page = client.get("/alerts").content.decode()
    assert "fewer than" in page
    assert client.post(f"/alerts/{number}/delete").status_code == 302


def test_the_buttons_of_a_log_carry_all_that_its_page_asks(world: World) -> None:
    """Also what stands in the fields of the supervision log, and the range by its name; quotes stay quotes."""
    client = world.client("ada")
    page = client.get("/supervision?was=&q=&f.action=barge&f.manager=maria&range=7d", follow=True).content.decode()
    assert "action:" in page
    form = page.split("/exports/ask", 1)[1].split("</form>", 1)[0]
    fields = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', form))
    text = html.unescape(fields["q"])
    assert "barge" in text
    assert "maria" in text
    assert fields["from"] == "-7d"
    assert world.reader.count(world.access("ada").scope, Query("supervision", text)).count == 0
    page = client.get("/activity?q=%22a+b%22&from=-7d&columns=created", follow=True).content.decode()
    assert '<input type="hidden" name="q" value="&quot;a b&quot;">' in page
    assert "q=%22a%20b%22&amp;from=-7d" in page


def test_ndjson_is_what_the_call_for_rows_gives(world: World) -> None:
    """A program may read either: item by item they are equal, in both logs."""
    world.events({"params": '{"a":1}', "clock_skew_ms": 400_000}, {})
    world.segments({})
    for stream, path in (("activity", "/api/v1/events"), ("supervision", "/api/v1/supervision")):
        items = world.key("ada").get(path).json()["items"]
        form = {"stream": stream, "format": "ndjson"}
        lines = body(world.client("ada").post("/exports/ask", form)).decode().splitlines()
        assert [json.loads(line) for line in lines] == items


@pytest.mark.parametrize("name", [example.name for example in examples.EXAMPLES])
def test_an_example_of_an_alert_is_set_up_as_it_stands(world: World, name: str) -> None:
    """What its form holds can be sent without changing anything."""
    client = world.client("ada")
    page = client.get(f"/alerts/new?example={name}")
    form = page.context["form"]
    boxes = {field.html_name for field in form if field.widget_type == "checkbox" and not field.value()}
    given = {field.html_name: field.value() for field in form if field.value() is not None}
    given = {name: value for name, value in given.items() if name not in boxes}
    answer = client.post(f"/alerts/new?example={name}", given)
    assert answer.status_code == 302, answer.context["form"].errors
