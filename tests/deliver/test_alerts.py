"""An alert fires once when its threshold is reached, is quiet until it clears, and reaches whom it should."""

import datetime as dt
import json
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from standardwebhooks.webhooks import Webhook

from earwitness.accounts.models import Role, User
from earwitness.deliver import secrets
from earwitness.deliver.alerts import actions, counting, letters, work
from earwitness.deliver.messages import sending
from earwitness.deliver.models import Alert, Firing, Message
from earwitness.model.problem import Invalid
from earwitness.search import Query
from tests.cast import page_of

from .conftest import World, now
from .inbox import Inbox, inbox
from .test_wire import receiver

__all__ = ["inbox"]


def watched(world: World, **wish: Any) -> Alert:
    """Set an alert up."""
    return actions.create(world.actor("ada"), actions.Wish(**({"name": "Alert", "window": 600} | wish)))


def look(world: World, later: float = 0) -> list[Firing]:
    """Look at all alerts some seconds from now; returns what has fired so far, oldest first."""
    Alert.objects.update(next_check=None)
    work.check_due(world.means, dt.datetime.now(dt.UTC) + dt.timedelta(seconds=later))
    return list(Firing.objects.filter(alert__tenant=world.tenant).order_by("started", "value"))


def moment(text: str | None) -> dt.datetime | None:
    return dt.datetime.fromisoformat(text) if text else None


def failed(username: str, seconds: float = 0) -> dict[str, Any]:
    return {"username": username, "event": "user_session", "sub_event": "login_failed", "created": now(seconds)}


def test_five_failed_sign_ins_of_one_user_fire_once_for_that_user(world: World) -> None:
    """Four of one and five of another: one firing, of the other; more of them change the count and nothing else."""
    watched(world, search="sub:login_failed", threshold=5, per="username")
    world.events(*(failed("ana", -n) for n in range(4)), *(failed("ben", -n) for n in range(5)))
    assert [(f.value, f.count) for f in look(world)] == [("ben", 5)]
    world.events(failed("ben"))
    assert [(f.value, f.count) for f in look(world)] == [("ben", 6)]
    world.events(failed("ana"))
    assert {f.value for f in look(world)} == {"ana", "ben"}


def test_an_alert_is_quiet_until_it_clears_and_fires_again_after(world: World) -> None:
    """When the window has passed it clears; what comes then is a new firing."""
    watched(world, search="sub:login_failed", threshold=1)
    world.events(failed("ana"))
    (first,) = look(world)
    assert first.ended is None
    (first,) = look(world, later=700)
    assert first.ended is not None
    world.events(failed("ana", 700))
    assert [f.ended is None for f in look(world, later=705)] == [False, True]


def test_silence_of_a_source_fires_and_clears(world: World) -> None:
    """No event from a source for the window; not before the alert itself is that old."""
    alert = watched(world, search="source:pbx_stats", absence=True, window=900)
    assert look(world) == []
    Alert.objects.filter(pk=alert.pk).update(since=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    (firing,) = look(world)
    assert firing.count == 0
    world.events({"created": now()})
    (firing,) = look(world)
    assert firing.ended is not None


def test_a_long_barge_fires_although_it_began_before_the_window(world: World) -> None:
    """A segment is recorded when it ends: what counts is when it was recorded."""
    watched(world, stream="supervision", search="action:barge duration:>60", window=60)
    assert look(world) == []
    world.segments({"action": "barge", "duration_ms": 3_600_000, "started_at": now(-3600), "received_at": now()})
    assert len(look(world)) == 1


def test_what_is_recorded_before_the_first_look_counts(world: World) -> None:
    """An alert listens from the moment it is set up, and what changes it begins anew."""
    alert = watched(world, stream="supervision", search="action:barge duration:>60", window=60)
    world.segments({"action": "barge", "duration_ms": 61_000, "started_at": now(-61), "received_at": now()})
    (firing,) = look(world)
    assert (firing.place_after, firing.place_last) == (0, 1)
    actions.change(world.actor("ada"), alert, actions.Wish(name="Alert", stream="supervision", search="action:listen"))
    alert.refresh_from_db()
    assert [seq for _, seq in alert.marks] == [1]


def test_an_alert_is_looked_at_when_its_log_grows(world: World) -> None:
    """It does not wait for its next regular look to fire; where nothing is new, nothing is written."""
    alert = watched(world, search="sub:login_failed", threshold=2)
    look(world)
    alert.refresh_from_db()
    checked = alert.checked
    assert work.check_due(world.means) == 0
    world.events(failed("ana"))
    assert work.check_due(world.means) == 0
    work._looks.resting.clear()
    world.events(failed("ben"))
    assert work.check_due(world.means) == 1
    assert Firing.objects.get(alert=alert).count == 2
    alert.refresh_from_db()
    assert alert.checked > checked


def test_an_event_that_comes_late_fires_where_one_is_enough(world: World) -> None:
    """An application that was cut off for an hour delivers afterwards; ten years of history fire nothing."""
    watched(world, search="sub:login_failed")
    look(world)
    world.events(failed("ana", -3600), failed("ben", -40 * 86_400))
    assert [firing.count for firing in look(world)] == [1]


def test_the_link_of_a_firing_leads_to_the_rows_it_counts(world: World) -> None:
    """Of that value alone; for segments by their places in the log, whenever they began."""
    watched(world, search="sub:login_failed OR sub:denied", threshold=2, per="username")
    watched(world, name="Barge", stream="supervision", search="action:barge", window=60)
    world.events(*(failed('an"a', -n) for n in range(2)), failed("ben"))
    world.segments({"action": "barge", "started_at": now(-3600), "received_at": now()}, {"action": "listen"})
    access = world.access("ada")
    for firing in look(world):
        path = letters.link(firing, "https://log.example.com").removeprefix("https://log.example.com")
        asked = dict(parse_qsl(urlsplit(path).query))
        query = Query(firing.alert.stream, asked["q"], start=moment(asked.get("from")), end=None)
        assert world.reader.count(access.scope, query).count == firing.count
        assert world.client("ada").get(path, follow=True).status_code == 200


def test_one_alert_that_breaks_its_look_keeps_no_other(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """A failure of ours is logged; the others are looked at."""
    broken, _ = watched(world, name="A"), watched(world, name="B", search="sub:login_failed")
    ordinary = counting.look

    def look_or_break(means: Any, alert: Alert, *rest: Any) -> Any:
        if alert.pk == broken.pk:
            raise RuntimeError("on purpose")
        return ordinary(means, alert, *rest)

    monkeypatch.setattr(counting, "look", look_or_break)
    world.events(failed("ana"))
    assert [firing.alert.name for firing in look(world)] == ["B"]


def test_what_somebody_is_called_does_no_harm_in_a_mail(world: World, inbox: Inbox) -> None:
    """Neither a line end, nor markup, nor eight thousand letters."""
    watched(world, search="sub:login_failed", per="username", recipients=("boss@example.com",))
    world.events(failed("x\r\nBcc: all@example.com\r\n<b>" + "y" * 8000))
    look(world)
    sending.send_waiting(world.means)
    ((_, mail),) = inbox.mails
    assert mail["Bcc"] is None
    assert len(str(mail["Subject"])) <= 250
    html = mail.get_body(("html",)).get_content()
    assert "<b>" not in html
    assert "&lt;b&gt;" in html


def test_where_an_alert_calls_is_recorded_without_its_path(world: World) -> None:
    """The path of many a webhook is its password."""
    watched(world, webhook="https://hooks.example.com/services/T0/secret")
    assert world.log.last()["params"]["webhook"] == "https://hooks.example.com/…"
    assert "secret" not in json.dumps(world.log.events, default=str)


def test_a_message_of_somebody_disabled_is_not_sent(world: World) -> None:
    """Also where it has waited for a receiver for hours."""
    with receiver() as (base, kept):
        watched(world, search="sub:login_failed", webhook=f"{base}/200")
        world.events(failed("ana"))
        look(world)
        User.objects.filter(pk=world.people["ada"].pk).update(disabled=True)
        sending.send_waiting(world.means)
        assert kept.got == []
    call = Message.objects.get(tenant=world.tenant)
    assert call.gave_up
    assert "was disabled" in call.problem


def test_an_alert_is_tried_out_by_its_owner(world: World, inbox: Inbox) -> None:
    """Mails and call go out at once, marked as a test; what does not arrive is told; nothing fires."""
    ada = world.key("ada", "admin")
    with receiver() as (base, kept):
        alert = watched(world, recipients=("boss@example.com", "bounce@example.com"), webhook=f"{base}/200")
        tried = ada.post(f"/api/v1/alerts/{alert.pk}/test", content_type="application/json").json()["items"]
        assert [(each["kind"], each["to"], each["arrived"]) for each in tried] == [
            ("mail", "boss@example.com", True),
            ("mail", "bounce@example.com", False),
            ("webhook", f"{base}/…", True),
        ]
        assert "550 5.1.1 no such mailbox" in tried[1]["problem"]
        ((_, headers, body),) = kept.got
        assert Webhook(secrets.reveal(alert.secret)).verify(body, headers)["type"] == "alert.test"
    ((to, mail),) = inbox.mails
    assert (to, str(mail["Subject"])) == ("boss@example.com", "Test of the alert Alert")
    assert not Firing.objects.filter(alert=alert).exists()
    assert world.log.acts()[-1] == "alert.test"
    assert world.key("sam", "admin").post(
        f"/api/v1/alerts/{alert.pk}/test", content_type="application/json"
    ).status_code in (403, 404)
    nobody = watched(world, name="Nobody")
    assert ada.post(f"/api/v1/alerts/{nobody.pk}/test", content_type="application/json").status_code == 409


def test_what_the_alerts_of_others_found_is_told_to_those_who_see_it_all(world: World) -> None:
    """Somebody who may delete alerts, and sees one desk, learns not whom another's is about, nor what it calls."""
    watched(world, search="sub:login_failed", per="username", webhook="https://hooks.example.com/T0/secret")
    world.events(failed("quentin.zed"))
    look(world)
    one_desk = ["delete_scheduled_report", "show_activity_log", "access_api_key"]
    world.people["sam"].roles.set([Role.objects.create(tenant=world.tenant, name="s", permissions=one_desk)])
    sam = world.key("sam", "admin")
    assert sam.get("/api/v1/alerts").json()["items"][0]["webhook"] == "https://hooks.example.com/…"
    assert sam.get("/api/v1/alerts/history").json()["items"] == []
    page = world.client("sam").get("/alerts").content.decode()
    assert "Alert" in page
    assert "quentin" not in page
    (told,) = world.key("ada", "admin").get("/api/v1/alerts/history").json()["items"]
    assert told["delivered"][0]["to"] == "https://hooks.example.com/…"


def test_a_firing_is_told_by_mail_and_by_a_signed_call(world: World) -> None:
    """A receiver that fails is called again with the same id and body, and verifies the signature."""
    with receiver() as (base, kept):
        alert = watched(world, search="sub:login_failed", recipients=("a@example.com",), webhook=f"{base}/503")
        world.events(failed("ana"))
        look(world)
        sending.send_waiting(world.means)
        call = Message.objects.get(tenant=world.tenant, kind=Message.WEBHOOK)
        assert (call.tries, call.sent) == (1, None)
        assert call.problem == "The receiver answered 503."
        Message.objects.filter(pk=call.pk).update(target=f"{base}/200", next_try=dt.datetime.now(dt.UTC))
        sending.send_waiting(world.means)
        call.refresh_from_db()
        assert call.sent is not None
        (_, first_headers, first), (_, headers, second) = kept.got
        assert first == second
        assert first_headers["webhook-id"] == headers["webhook-id"]
        data = Webhook(secrets.reveal(alert.secret)).verify(second, headers)["data"]
        assert (data["alert"], data["count"]) == ("Alert", 1)
        assert data["message"] == "1 found in 10 minutes; the threshold is 1."
        assert data["link"].startswith("https://log.example.com/activity?q=%28sub%3Alogin_failed%29+seq%3A1..1")
    mail = Message.objects.get(tenant=world.tenant, kind=Message.MAIL)
    assert mail.subject == "Alert: Alert"
    assert f"Open it in Earwitness: {data['link']}" in mail.body
    history = world.key("ada", "admin").get("/api/v1/alerts/history").json()["items"]
    assert history[0]["message"] == data["message"]
    assert "1 found" in world.client("ada").get("/alerts").content.decode()


def test_that_an_alert_cleared_is_told_too(world: World, inbox: Inbox) -> None:
    """Once, to whoever heard that it fired: a mail and a signed call with both moments; both stand in its history."""
    with receiver() as (base, kept):
        wish = {"search": "sub:login_failed", "threshold": 2, "per": "username"}
        alert = watched(world, **wish, recipients=("a@example.com",), webhook=f"{base}/200")
        world.events(failed("ana"), failed("ana"))
        look(world)
        sending.send_waiting(world.means)
        for later in (700, 710, 720):
            (firing,) = look(world, later=later)
        assert firing.ended is not None
        Message.objects.filter(sent=None).update(next_try=dt.datetime.now(dt.UTC))
        sending.send_waiting(world.means)
        calls = [Webhook(secrets.reveal(alert.secret)).verify(body, headers) for _, headers, body in kept.got]
        assert [call["type"] for call in calls] == ["alert.fired", "alert.cleared"]
        told = calls[1]["data"]
        assert told["message"] == f"Fewer than 2 of ana found in 10 minutes: it has cleared after {told_as(firing)}."
        assert (moment(told["fired"]), moment(told["cleared"])) == (firing.started, firing.ended)
        assert len({headers["webhook-id"] for _, headers, _ in kept.got}) == 2
    assert [str(mail["Subject"]) for _, mail in inbox.mails] == ["Alert: Alert (ana)", "Cleared: Alert (ana)"]
    text = inbox.mails[1][1].get_body(("plain",)).get_content()
    assert told["message"] in text
    assert "At its most: 2" in text
    (shown,) = world.key("ada", "admin").get("/api/v1/alerts/history").json()["items"]
    assert sorted((each["kind"], each["about"], each["sent"]) for each in shown["delivered"]) == [
        ("mail", "cleared", True),
        ("mail", "fired", True),
        ("webhook", "cleared", True),
        ("webhook", "fired", True),
    ]
    assert page_of(world.client("ada").get(f"/alerts/{alert.pk}")).count("that it cleared") == 2


def told_as(firing: Firing) -> str:
    assert firing.ended is not None
    return letters.duration(round((firing.ended - firing.started).total_seconds()))


def test_that_a_source_is_heard_again_is_told(world: World, inbox: Inbox) -> None:
    """Silence that ends says so in its own words."""
    alert = watched(world, search="source:pbx_stats", absence=True, window=900, recipients=("a@example.com",))
    Alert.objects.filter(pk=alert.pk).update(since=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
    look(world)
    world.events({"created": now()})
    look(world)
    sending.send_waiting(world.means)
    first, second = (str(mail.get_body(("plain",)).get_content()) for _, mail in inbox.mails)
    assert first.startswith("Nothing found in 15 minutes, where at least 1 is expected.")
    assert second.startswith("At least 1 found in 15 minutes again: it has cleared after ")


def test_an_alert_that_is_set_up_anew_clears_without_a_word(world: World) -> None:
    """What it fired for is nobody's question any more: turned off, or another search."""
    alert = watched(world, search="sub:login_failed", recipients=("a@example.com",))
    world.events(failed("ana"))
    look(world)
    actions.change(world.actor("ada"), alert, actions.Wish(name="Alert", search="sub:x", recipients=("a@example.com",)))
    (firing,) = look(world)
    assert firing.ended is not None
    assert [message.about for message in Message.objects.filter(tenant=world.tenant)] == ["fired"]


def test_a_call_to_the_inside_is_refused(world: World) -> None:
    """A webhook to a private address reaches nothing, and says which setting would allow it: when it is entered, and,
    where a name leads there by then, when it is called."""
    for address in ("http://10.0.0.1/hook", "http://[::ffff:10.0.0.1]/hook", "http://169.254.169.254/latest"):
        with pytest.raises(Invalid, match="EARWITNESS_DELIVER_TO") as caught:
            watched(world, webhook=address)
        assert set(caught.value.fields) == {"webhook"}
    alert = watched(world, search="sub:login_failed", webhook="http://example.com/hook")
    Alert.objects.filter(pk=alert.pk).update(webhook="http://10.0.0.1/hook")
    world.events(failed("ana"))
    look(world)
    sending.send_waiting(world.means)
    assert "EARWITNESS_DELIVER_TO" in Message.objects.get(tenant=world.tenant).problem


def test_the_alert_of_somebody_disabled_stops_and_says_so(world: World) -> None:
    """So does one whose search became invalid."""
    alert, other = watched(world), watched(world, name="Other")
    Alert.objects.filter(pk=other.pk).update(search="gone:1")
    look(world)
    other.refresh_from_db()
    assert not other.enabled
    assert "gone" in other.problem
    User.objects.filter(pk=world.people["ada"].pk).update(disabled=True)
    look(world)
    alert.refresh_from_db()
    assert not alert.enabled
    assert "was disabled" in alert.problem


def test_a_secret_is_never_stored_or_recorded_in_the_clear(world: World) -> None:
    """The database holds it encrypted, the log not at all."""
    alert = watched(world)
    clear = secrets.reveal(alert.secret)
    assert clear.startswith("whsec_")
    assert clear not in alert.secret
    assert clear not in json.dumps(world.log.events, default=str)
