"""An alert fires once when its threshold is reached, is quiet until it clears, and reaches whom it should."""

import datetime as dt
import json
from typing import Any

from standardwebhooks.webhooks import Webhook

from earwitness.accounts.models import User
from earwitness.deliver import secrets
from earwitness.deliver.alerts import actions, work
from earwitness.deliver.messages import sending
from earwitness.deliver.models import Alert, Firing, Message

from .conftest import World, now
from .test_wire import receiver


def watched(world: World, **wish: Any) -> Alert:
    """Set an alert up."""
    return actions.create(world.actor("ada"), actions.Wish(**({"name": "Alert", "window": 600} | wish)))


def look(world: World, later: float = 0) -> list[Firing]:
    """Look at all alerts some seconds from now; returns what has fired so far, oldest first."""
    Alert.objects.update(next_check=None)
    work.check_due(world.means, dt.datetime.now(dt.UTC) + dt.timedelta(seconds=later))
    return list(Firing.objects.filter(alert__tenant=world.tenant).order_by("started", "value"))


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
    Alert.objects.filter(pk=alert.pk).update(created=dt.datetime.now(dt.UTC) - dt.timedelta(hours=1))
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
        assert data["link"].startswith("https://log.example.com/activity?q=sub%3Alogin_failed&from=")
    mail = Message.objects.get(tenant=world.tenant, kind=Message.MAIL)
    assert mail.subject == "Alert: Alert"
    history = world.key("ada", "admin").get("/api/v1/alerts/history").json()["items"]
    assert history[0]["message"] == data["message"]
    assert "1 found" in world.client("ada").get("/alerts").content.decode()


def test_a_call_to_the_inside_is_refused(world: World) -> None:
    """A webhook to a private address reaches nothing, and says which setting would allow it."""
    watched(world, search="sub:login_failed", webhook="http://10.0.0.1/hook")
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
