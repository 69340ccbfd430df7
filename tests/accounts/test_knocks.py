"""An API key that does not work is a refusal: recorded where it matters, merged, and never with the token."""

import threading

import pytest
from django.utils import timezone

from earwitness.accounts import caches, keys, knocks
from earwitness.accounts.models import ApiKey, Tenant
from earwitness.accounts.recorder import refusals
from tests.cast import HOME, IP, Cast, Log, key_of


@pytest.fixture
def home(cast: Cast) -> Tenant:
    """The tenant of nearly everybody."""
    return Tenant.objects.get(name=HOME)


def knock(*tokens: str, ip: str = IP, path: str = "/api/v1/events") -> None:
    """Show keys that do not work, and wait until that is recorded."""
    for token in tokens:
        assert keys.look_up(token, ip, path) is None
    knocks.settle()


def test_an_unknown_key_is_recorded_without_the_key(home: Tenant, log: Log) -> None:
    """Who tries keys leaves a trace; what was tried does not."""
    knock("ew_read_not-a-key-of-ours")
    told = log.last()
    assert (told["event"], told["sub_event"], told["outcome"]) == ("access", "key_refused", "denied")
    assert (told["tenant"], told["user_ip"], told["request_uri"]) == (HOME, IP, "/api/v1/events")
    assert "not-a-key" not in repr(told)


def test_a_flood_of_keys_from_one_address_is_two_events(home: Tenant, log: Log) -> None:
    """Whatever is tried, and wherever: the first, and one with the count."""
    knock(*(f"ew_read_{i}" for i in range(30)))
    knock("ghp_somebody-elses-secret", path="/api/v1/users")
    assert len(log.events) == 1
    knock("ew_read_0", ip="192.0.2.99")
    assert len(log.events) == 2
    refusals.flush(everything=True)
    assert [e["params"]["count"] for e in log.events[2:]] == [30]


def test_a_key_that_worked_once_is_named(cast: Cast, home: Tenant, log: Log) -> None:
    """In the log of its own tenant, with the reason."""
    token = key_of(home, "read", cast["sam"], name="wallboard")
    assert keys.look_up(token, IP)
    ApiKey.objects.filter(name="wallboard").update(revoked=timezone.now())
    caches.forget()
    knock(token)
    told = log.last()
    assert (told["username"], told["params"]["key"], told["comments"]) == ("sam", "wallboard", "The key is revoked.")


@pytest.mark.parametrize("closed", ["user", "tenant", "nobody"])
def test_each_reason_is_told(cast: Cast, log: Log, closed: str) -> None:
    """A disabled user, a disabled tenant, a user who is gone."""
    away = Tenant.objects.get(name="elsewhere")
    token = key_of(away, "admin", cast["mallory"], name="tool")
    if closed == "user":
        type(cast["mallory"]).objects.filter(username="mallory").update(disabled=True)
    elif closed == "tenant":
        Tenant.objects.filter(pk=away.pk).update(disabled=True)
    else:
        ApiKey.objects.filter(name="tool").update(user=None)
    knock(token)
    said = {"user": "The user of the key is disabled.", "tenant": "The tenant of the key is disabled."}
    assert log.last()["comments"] == said.get(closed, "The user of the key is deleted.")
    assert log.last()["tenant"] == "elsewhere"


def test_no_more_waits_than_fits_into_memory(home: Tenant, log: Log, monkeypatch: pytest.MonkeyPatch) -> None:
    """Under a flood the rest goes uncounted: nobody fills the memory by knocking."""
    monkeypatch.setattr(knocks, "_waiting", threading.Semaphore(1))
    knock("ew_read_1")
    assert log.acts() == ["access.key_refused"]
    monkeypatch.setattr(knocks, "_waiting", threading.Semaphore(0))
    knock("ew_read_2", ip="192.0.2.99")
    assert log.acts() == ["access.key_refused"]
