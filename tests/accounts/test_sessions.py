"""Live sessions: who sees them, who ends them."""

from datetime import timedelta

import pytest
from allauth.usersessions.models import UserSession
from django.contrib.sessions.models import Session
from django.test import Client
from django.utils import timezone

from earwitness.accounts import questions, sessions
from earwitness.accounts.actions import sessions as acts
from earwitness.accounts.models import Tenant
from earwitness.model.problem import Forbidden, NotFound
from tests.accounts.test_signin import fresh_limits, is_in, sign_in
from tests.cast import HOME, Cast, Log, role_of

pytestmark = pytest.mark.usefixtures("house", "fresh_limits")
__all__ = ["fresh_limits"]


def signed_in(*names: str) -> dict[str, Client]:
    """Sign people in, in browsers of their own."""
    clients = {}
    for name in names:
        clients[name] = Client(HTTP_USER_AGENT=f"browser of {name}")
        sign_in(clients[name], name)
    return clients


def id_of(name: str) -> int:
    return int(UserSession.objects.get(user__username=name).pk)


def test_one_sees_ones_own_sessions(cast: Cast) -> None:
    """With browser, address and time, and which one is this."""
    client = signed_in("alex", "ada")["alex"]
    who = cast.actor("alex").access
    (found,) = questions.live_sessions(who, "alex", current_key=client.session.session_key)
    assert (found.username, found.user_agent, found.ip, found.current) == (
        "alex",
        "browser of alex",
        "192.0.2.10",
        True,
    )
    with pytest.raises(Forbidden):
        questions.live_sessions(who)
    with pytest.raises(Forbidden):
        questions.live_sessions(who, "ada")


def test_a_supervisor_sees_who_is_signed_in_in_their_tenant_alone(cast: Cast) -> None:
    """Mallory is in another."""
    signed_in("alex", "ada", "mallory")
    assert {s.username for s in questions.live_sessions(cast.actor("sam").access)} == {"alex", "ada"}
    assert {s.username for s in questions.live_sessions(cast.actor("mallory").access)} == {"mallory"}


def test_ending_a_session_is_final_and_recorded(cast: Cast, log: Log) -> None:
    """By an administrator, or by oneself."""
    clients = signed_in("alex", "sam")
    acts.terminate(cast.actor("ada"), id_of("alex"))
    acts.terminate(cast.actor("sam"), id_of("sam"))
    assert not is_in(clients["alex"])
    assert not is_in(clients["sam"])
    assert [e["event_object"] for e in log.events if e["sub_event"] == "terminate"] == ["user:alex", "user:sam"]


@pytest.mark.parametrize("name", ["sam", "alex", "audrey"])
def test_without_the_permission_others_stay_signed_in(cast: Cast, name: str) -> None:
    """Neither one session nor all of them is ended, and the answer does not tell whether there is one."""
    clients = signed_in("ada")
    for session in (id_of("ada"), 999_999):
        with pytest.raises(Forbidden):
            acts.terminate(cast.actor(name), session)
    with pytest.raises(Forbidden):
        acts.terminate_all(cast.actor(name), "ada")
    assert is_in(clients["ada"])


def test_a_session_of_another_tenant_does_not_exist(cast: Cast) -> None:
    """For its administrator it is like one that ended."""
    clients = signed_in("alex")
    with pytest.raises(NotFound):
        acts.terminate(cast.actor("mallory"), id_of("alex"))
    with pytest.raises(NotFound):
        acts.terminate_all(cast.actor("mallory"), "alex")
    assert is_in(clients["alex"])


def test_the_two_permissions_are_two(cast: Cast) -> None:
    """One ends single sessions, the other all of somebody at once."""
    home = Tenant.objects.get(name=HOME)
    cast["sam"].roles.set([role_of(home, "One", "terminate_current_session")])
    cast["audrey"].roles.set([role_of(home, "All", "terminate_all_user_sessions")])
    clients = signed_in("alex")
    with pytest.raises(Forbidden):
        acts.terminate_all(cast.actor("sam"), "alex")
    with pytest.raises(Forbidden):
        acts.terminate(cast.actor("audrey"), id_of("alex"))
    acts.terminate(cast.actor("sam"), id_of("alex"))
    assert not is_in(clients["alex"])


def test_all_means_also_those_that_nobody_listed(cast: Cast) -> None:
    """A session whose note was lost ends with the rest."""
    clients = signed_in("alex")
    UserSession.objects.all().delete()
    acts.terminate_all(cast.actor("ada"), "alex")
    assert not is_in(clients["alex"])


def test_an_administrator_does_not_end_an_operators_sessions(cast: Cast) -> None:
    """Who rules all tenants is above who rules one."""
    cast["alex"].is_operator = True
    cast["alex"].save()
    clients = signed_in("alex")
    with pytest.raises(Forbidden):
        acts.terminate(cast.actor("ada"), id_of("alex"))
    with pytest.raises(Forbidden):
        acts.terminate_all(cast.actor("ada"), "alex")
    assert is_in(clients["alex"])


def test_a_page_that_is_read_writes_at_most_once_a_minute(cast: Cast) -> None:
    """A reader does not wait for a disk."""
    client = signed_in("alex")["alex"]
    is_in(client)
    seen = UserSession.objects.get().last_seen_at
    is_in(client)
    assert UserSession.objects.get().last_seen_at == seen


def test_what_has_expired_is_swept(cast: Cast) -> None:
    """And what was noted about it."""
    signed_in("alex", "sam")
    key = UserSession.objects.get(user__username="alex").session_key
    Session.objects.filter(session_key=key).update(expire_date=timezone.now() - timedelta(seconds=1))
    assert {s.username for s in sessions.live(HOME)} == {"sam"}
    assert sessions.sweep() == 1
    assert [row.user.get_username() for row in UserSession.objects.all()] == ["sam"]
