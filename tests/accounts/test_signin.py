"""Signing in: who gets in, who does not, what they are told, and what the log says of it."""

import os
import re
import subprocess
import sys
from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from earwitness.accounts import recorder
from earwitness.accounts.actions import tenants, users
from earwitness.accounts.adapter import LOCKED, REFUSED
from earwitness.accounts.hashers import PasswordHasher
from earwitness.accounts.models import Role, Tenant, User
from earwitness.model.problem import Unavailable
from tests.cast import HOME, IP, PASSWORD, Cast, Log

pytestmark = pytest.mark.usefixtures("house", "fresh_limits")


@pytest.fixture
def fresh_limits(db: None) -> None:
    """Nobody has guessed yet."""
    cache.clear()


def sign_in(client: Client, login: str, password: str = PASSWORD, ip: str = IP) -> Any:
    """Send the sign-in form; returns the answer."""
    return client.post("/accounts/login/", {"login": login, "password": password}, REMOTE_ADDR=ip)


def is_in(client: Client, ip: str = IP) -> bool:
    """Say whether a page for signed-in people is shown."""
    return bool(client.get("/me/security", REMOTE_ADDR=ip).status_code == 200)


def told(answer: Any) -> str:
    """Return what a page says, without what differs from one page to the next."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"|value="[^"]*"', "", answer.content.decode())


@pytest.mark.parametrize("login", ["sam", "SAM", "sam@example.com", "Sam@Example.com"])
def test_a_person_signs_in_by_username_or_address(cast: Cast, log: Log, login: str) -> None:
    """Whatever the case; the event names the person, the address and how they proved themselves."""
    User.objects.filter(username="sam").update(email="sam@example.com")
    client = Client()
    assert sign_in(client, login).status_code == 302
    assert is_in(client)
    event = log.last()
    assert (event["event"], event["sub_event"], event["username"]) == ("user_session", "login", "sam")
    assert (event["user_ip"], event["desks"], event["params"]) == (IP, ("Support",), {"methods": ["password"]})
    assert event["session_id"]
    assert str(client.session.session_key) not in str(log.events)


def test_the_wrong_the_unknown_and_the_disabled_are_told_the_same(cast: Cast, log: Log) -> None:
    """Nobody learns which names exist, or that a guessed password of a disabled person is right."""
    users.set_disabled(cast.actor("ada"), "alex", True)
    log.clear()
    answers = [sign_in(Client(), *given) for given in (("sam", "wrong"), ("nobody", "wrong"), ("alex", PASSWORD))]
    assert len({told(answer) for answer in answers}) == 1
    assert REFUSED in told(answers[0])
    assert log.acts() == ["user_session.login_failed"] * 3
    assert [event["username"] for event in log.events] == ["sam", "nobody", "alex"]
    assert {event["outcome"] for event in log.events} == {"failure"}


def test_every_refusal_costs_as_much_as_any_other(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """A password is hashed once, for whomever: how long the answer takes tells nobody which names exist."""
    User.objects.filter(username="sam").update(email="sam@example.com")
    hashed: list[str] = []
    for name in ("encode", "verify"):
        real = getattr(PasswordHasher, name)
        monkeypatch.setattr(PasswordHasher, name, lambda *given, real=real: hashed.append(given[1]) or real(*given))
    costs = {}
    for login in ("sam", "nobody", "sam@example.com", "nobody@example.com", "no@body", "x" * 150):
        hashed.clear()
        sign_in(Client(), login, "wrong")
        costs[login] = len(hashed)
    assert costs == dict.fromkeys(costs, 1)


def test_a_password_never_reaches_the_log(cast: Cast, log: Log) -> None:
    """Neither a right one nor a wrong one."""
    sign_in(Client(), "sam", "hunter2hunter2")
    sign_in(Client(), "sam")
    assert "hunter2" not in str(log.events)
    assert PASSWORD not in str(log.events)


def test_guessing_is_locked_out_and_the_right_password_too(cast: Cast, log: Log) -> None:
    """After five failures; one event says so, however often somebody goes on."""
    for _ in range(5):
        sign_in(Client(), "sam", "wrong")
    for _ in range(3):
        answer = sign_in(Client(), "sam")
    assert LOCKED in told(answer)
    assert log.acts() == ["user_session.login_failed"] * 5 + ["user_session.locked"]


def test_the_case_of_a_name_gives_no_further_tries(cast: Cast) -> None:
    """Nor does the name of the host that was asked."""
    for number in range(5):
        sign_in(Client(), "SAM" if number % 2 else "sam", "wrong")
    assert LOCKED in told(sign_in(Client(), "Sam"))
    answer = Client().post(
        "/accounts/login/", {"login": "sam", "password": PASSWORD}, REMOTE_ADDR=IP, HTTP_HOST="localhost"
    )
    assert LOCKED in told(answer)


def test_a_stranger_does_not_lock_out_somebody_elsewhere(cast: Cast, settings: Any) -> None:
    """Who sits at another address still gets in; many failures in an hour from anywhere are enough, though."""
    settings.ACCOUNT_RATE_LIMITS = settings.ACCOUNT_RATE_LIMITS | {"login_failed_anywhere": "8/1h/key"}
    for _ in range(6):
        sign_in(Client(), "sam", "wrong", "203.0.113.5")
    assert sign_in(Client(), "sam").status_code == 302
    for number in range(3):
        sign_in(Client(), "sam", "wrong", f"203.0.113.{100 + number}")
    assert LOCKED in told(sign_in(Client(), "sam"))


def test_others_are_not_locked_out_by_a_neighbour(cast: Cast) -> None:
    """An office shares one address."""
    for _ in range(6):
        sign_in(Client(), "sam", "wrong")
    assert sign_in(Client(), "ada").status_code == 302


def test_outside_the_accepted_ips_nobody_gets_in(cast: Cast, log: Log) -> None:
    """They are told what everybody is told, and it is recorded what it was."""
    Role.objects.filter(tenant__name=HOME, name="Supervisor").update(accepted_ips=["10.0.0.0/8"])
    client = Client()
    answer = sign_in(client, "sam")
    assert answer.status_code == 302
    assert REFUSED in told(client.get(answer["Location"]))
    assert not is_in(client)
    assert log.acts() == ["user_session.login_refused"]
    assert (log.last()["outcome"], log.last()["user_ip"]) == ("denied", IP)
    assert sign_in(client, "sam", ip="10.1.2.3").status_code == 302
    assert is_in(client, "10.1.2.3")


def test_a_session_that_moves_outside_is_refused(cast: Cast, log: Log) -> None:
    """On every page, and recorded once a minute; back inside it goes on."""
    Role.objects.filter(tenant__name=HOME, name="Supervisor").update(accepted_ips=["10.0.0.0/8"])
    client = Client()
    sign_in(client, "sam", ip="10.1.2.3")
    log.clear()
    for path in ("/me/security", "/settings/users", "/me/security"):
        answer = client.get(path, REMOTE_ADDR="203.0.113.9")
        assert answer.status_code == 403
        assert "203.0.113.9" in told(answer), "the page says what to do, and lets them sign out"
        assert 'action="/accounts/logout/"' in told(answer)
    assert log.acts() == ["access.address_refused"] * 2
    assert client.get("/api/v1/sessions?user=sam", REMOTE_ADDR="203.0.113.9").status_code == 403
    assert is_in(client, "10.1.2.3")


def test_a_disabled_person_is_out_at_once(cast: Cast) -> None:
    """Their next click is a stranger's, and enabling them does not bring the session back."""
    client = Client()
    sign_in(client, "sam")
    assert is_in(client)
    users.set_disabled(cast.actor("ada"), "sam", True)
    assert not is_in(client)
    users.set_disabled(cast.actor("ada"), "sam", False)
    assert not is_in(client)


def test_a_disabled_tenant_is_out_at_once(cast: Cast) -> None:
    """All of its people."""
    client = Client()
    sign_in(client, "mallory")
    assert is_in(client)
    from tests.accounts.test_tenants import OPERATOR

    tenants.set_disabled(OPERATOR, "elsewhere", True)
    assert not is_in(client)
    assert REFUSED in told(sign_in(Client(), "mallory"))


def test_a_new_password_ends_every_session(cast: Cast) -> None:
    """Set by somebody else, it ends all of them."""
    clients = [Client(), Client()]
    for client in clients:
        sign_in(client, "sam")
    users.set_password(cast.actor("ada"), "sam", "another long password")
    assert [is_in(client) for client in clients] == [False, False]


def test_ones_own_new_password_ends_the_other_sessions(cast: Cast, log: Log) -> None:
    """The session that changed it goes on."""
    here, there = Client(), Client()
    sign_in(here, "sam")
    sign_in(there, "sam")
    fields = {"oldpassword": PASSWORD, "password1": "another long password", "password2": "another long password"}
    assert here.post("/accounts/password/change/", fields, REMOTE_ADDR=IP).status_code == 302
    assert (is_in(here), is_in(there)) == (True, False)
    assert log.acts()[-1] == "user.set_password"
    assert sign_in(Client(), "sam").status_code == 200
    assert sign_in(Client(), "sam", "another long password").status_code == 302


def test_signing_out_is_recorded_and_final(cast: Cast, log: Log) -> None:
    """The cookie is worth nothing afterwards."""
    client = Client()
    sign_in(client, "sam")
    cookie = client.cookies["earwitness_session"].value
    client.post("/accounts/logout/", REMOTE_ADDR=IP)
    assert log.acts()[-1] == "user_session.logout"
    client.cookies["earwitness_session"] = cookie
    assert not is_in(client)


def test_a_sign_in_that_cannot_be_recorded_does_not_happen(cast: Cast, log: Log) -> None:
    """Nobody is inside unseen."""

    def full(*_: Any, **__: Any) -> int:
        raise Unavailable("The disk is full.", retry_after=5)

    recorder.set_recorder(full)
    client = Client(raise_request_exception=False)
    assert sign_in(client, "sam").status_code == 503
    recorder.set_recorder(log)
    assert not is_in(client)


def test_nobody_makes_an_account_for_themselves(cast: Cast) -> None:
    """There is no such page, and none to claim an e-mail address or to reset a password by mail."""
    for path in ("signup", "email", "password/reset", "confirm-email", "password/set", "login/code"):
        assert Client().get(f"/accounts/{path}/").status_code == 404
        assert Client().post(f"/accounts/{path}/", {}).status_code == 404


def test_where_to_go_on_is_never_another_site(cast: Cast) -> None:
    """A link to the sign-in page cannot lead away from the house."""
    for away in ("https://evil.example/", "//evil.example/", "/\\evil.example"):
        answer = Client().post("/accounts/login/", {"login": "sam", "password": PASSWORD, "next": away}, REMOTE_ADDR=IP)
        assert answer["Location"] == "/"


def test_cookies_are_out_of_reach(cast: Cast) -> None:
    """For scripts and for other sites."""
    client = Client()
    sign_in(client, "sam")
    cookie = client.cookies["earwitness_session"]
    assert cookie["httponly"]
    assert cookie["samesite"] == "Lax"


def test_the_key_of_a_session_changes_at_sign_in(cast: Cast) -> None:
    """Whoever planted a cookie before does not share the session after."""
    client = Client()
    client.get("/accounts/login/")
    client.cookies["earwitness_session"] = "planted00000000000000000000000000"
    sign_in(client, "sam")
    assert client.cookies["earwitness_session"].value != "planted00000000000000000000000000"


def test_an_operator_signs_in_like_everybody(cast: Cast) -> None:
    """Being one is no way around a password."""
    Tenant.objects.get(name=HOME)
    User.objects.filter(username="alex").update(is_operator=True)
    client = Client()
    assert REFUSED in told(sign_in(client, "alex", "wrong"))
    assert sign_in(client, "alex").status_code == 302
    assert client.get("/settings/users", REMOTE_ADDR=IP).status_code == 200


def test_cookies_travel_over_tls_alone_where_people_come_over_tls() -> None:
    """An address that begins with https makes every cookie secure."""
    program = "from earwitness.server import settings as s; print(s.SESSION_COOKIE_SECURE, s.CSRF_COOKIE_SECURE)"
    for base, secure in (("https://log.example.com", "True True"), ("http://log.example.com", "False False")):
        environment = os.environ | {"EARWITNESS_BASE_URL": base}
        run = subprocess.run(
            [sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=True
        )
        assert run.stdout.strip() == secure


def test_a_wrong_code_of_a_second_factor_is_recorded_as_one(cast: Cast, log: Log) -> None:
    """Whoever reads the log sees that the password was right."""
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    TOTP.activate(cast["sam"], generate_totp_secret())
    client = Client()
    assert sign_in(client, "sam")["Location"] == "/accounts/2fa/authenticate/"
    assert log.acts() == []
    client.post("/accounts/2fa/authenticate/", {"code": "000000"}, REMOTE_ADDR=IP)
    assert log.acts() == ["user_session.login_failed"]
    assert (log.last()["username"], log.last()["comments"]) == ("sam", "The code of a second factor was wrong.")
    assert not is_in(client)


def test_the_secrets_of_second_factors_are_not_kept_as_they_are(cast: Cast) -> None:
    """Whoever reads the database can make no codes."""
    from allauth.mfa.models import Authenticator
    from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret

    secret = generate_totp_secret()
    TOTP.activate(cast["sam"], secret)
    assert secret not in str(Authenticator.objects.values().get(user=cast["sam"]))
