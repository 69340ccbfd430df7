"""A manager is reminded of the reason that a policy requires: once a session, and only while it is missing."""

import datetime as dt
from typing import Any

import pytest

from earwitness.accounts import caches
from earwitness.accounts.models import User
from earwitness.deliver import reminders
from earwitness.deliver.messages import sending
from earwitness.deliver.models import Message
from earwitness.model.times import UTC
from tests.deliver.conftest import World, now
from tests.deliver.inbox import Inbox, inbox

__all__ = ["inbox"]

LACKS: dict[str, Any] = {"breaches": ["no-reason"]}


@pytest.fixture
def asks(world: World, settings: Any) -> World:
    """Sam has an address; a reason is required, and reminded of after two hours."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    User.objects.filter(pk=world.people["sam"].pk).update(email="sam@example.com")
    world.tenant.policy = {"reason_required": True, "remind_after_hours": 2}
    world.tenant.policed = True
    world.tenant.save()
    caches.forget()
    return world


def supervised(world: World, hours_ago: float, **fields: Any) -> dict[str, Any]:
    """Record a segment of Sam's that began some hours ago."""
    moment = now(-hours_ago * 3600)
    known = {"started_at": moment, "ended_at": moment, "received_at": moment}
    return world.segments({**known, "manager_username": world.people["sam"].username, **LACKS, **fields})[0]


def test_one_mail_a_session_when_its_time_has_come(asks: World) -> None:
    """Not before, not twice, not to somebody without an address, not for what has its reason or is long past."""
    late = supervised(asks, 3)
    supervised(asks, 3, session_id=late["session_id"])
    supervised(asks, 1)
    supervised(asks, 3, breaches=[])
    supervised(asks, 3, manager_username=asks.people["ada"].username)
    supervised(asks, 3, manager_username="")
    supervised(asks, 24 * 30)
    assert reminders.remind(asks.means) == 1
    assert reminders.remind(asks.means) == 0
    message = Message.objects.get(tenant=asks.tenant)
    assert (message.target, message.subject) == ("sam@example.com", "A reason is missing")
    assert late["id"] in message.body
    assert "+442079460123" not in message.body
    assert reminders.remind(asks.means, dt.datetime.now(UTC) + dt.timedelta(hours=2)) == 1


def test_the_reminder_arrives(asks: World, inbox: Inbox) -> None:
    """A real mail server takes one mail: to the manager, with when, whom and how, and a link to where the reason goes;
    a second round sends nothing more."""
    late = supervised(asks, 3, action="whisper")
    for _ in range(2):
        reminders.remind(asks.means)
        sending.send_waiting(asks.means)
    ((to, mail),) = inbox.mails
    assert (to, str(mail["Subject"]), mail["From"]) == ("sam@example.com", "A reason is missing", "log@example.com")
    for kind in ("plain", "html"):
        text = mail.get_body((kind,)).get_content()
        assert "Please say why you supervised this call." in text
        assert "whisper" in text
        assert f"/supervision/reason/{late['id']}" in text
    sam = asks.client("sam")
    assert sam.get(f"/supervision/reason/{late['id']}", {"next": "/supervision"}).status_code == 200


@pytest.mark.parametrize("policy", [{"reason_required": True, "remind_after_hours": 0}, {"reason_required": False}])
def test_nothing_is_sent_where_nothing_is_asked(asks: World, policy: dict[str, Any]) -> None:
    """Zero hours mean no reminder."""
    asks.tenant.policy = policy
    asks.tenant.save()
    caches.forget()
    supervised(asks, 30)
    assert reminders.remind(asks.means) == 0


def test_without_a_mail_server_nothing_piles_up(asks: World, settings: Any) -> None:
    """It would be sent all at once the day there is one."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.dummy.EmailBackend"
    supervised(asks, 3)
    assert reminders.remind(asks.means) == 0
    assert not Message.objects.filter(tenant=asks.tenant).exists()
