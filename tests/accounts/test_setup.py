"""The first administrator: a code that works once, and a page that is gone afterwards."""

from typing import Any

import pytest
from django.core.cache import cache
from django.test import Client

from earwitness.accounts import setup, tenants
from earwitness.accounts.models import SetupCode, User
from tests.cast import HOME, IP, PASSWORD, Cast, Log

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("house", "empty_house")]


@pytest.fixture
def empty_house(log: Log, db: None) -> None:
    """A house in which nobody lives yet."""
    tenants.ensure(HOME)
    cache.clear()


def complete(code: str, **fields: str) -> Any:
    """Send the form."""
    given = {"code": code, "username": "ada", "password": PASSWORD, "again": PASSWORD, **fields}
    return Client().post("/setup/", given, REMOTE_ADDR=IP)


def test_the_code_makes_an_administrator_once(log: Log) -> None:
    """Afterwards the page is not there, for anybody."""
    code = setup.offer()
    assert code
    assert Client().get("/setup/").status_code == 200
    assert Client().get("/activity")["Location"] == "/setup/"
    assert complete(code.lower().replace("-", " ")).status_code == 302
    ada = User.objects.get()
    assert [role.name for role in ada.roles.all()] == ["Administrator"]
    assert ada.check_password(PASSWORD)
    assert Client().get("/setup/").status_code == 404
    assert complete(code, username="eve").status_code == 404
    assert User.objects.count() == 1
    assert setup.offer() is None
    assert Client().get("/activity")["Location"].startswith("/accounts/login/")
    assert log.acts() == ["user.create", "setup.complete"]
    assert (log.last()["actor_type"], log.last()["user_ip"]) == ("operator", IP)


def test_the_database_does_not_hold_the_code() -> None:
    """Whoever reads it cannot become the administrator."""
    code = setup.offer()
    assert code
    kept = str(SetupCode.objects.values().get())
    assert code not in kept
    assert code.replace("-", "") not in kept


def test_a_wrong_code_makes_nobody_and_guessing_is_slowed_down(log: Log) -> None:
    """Ten tries a minute are more than a person needs."""
    code = setup.offer()
    assert code
    for _ in range(10):
        assert complete("AAAA-BBBB-CCCC").status_code == 422
    answer = complete(code)
    assert answer.status_code == 422
    assert b"Wait a minute" in answer.content
    assert not User.objects.exists()
    assert log.acts() == []


def test_each_start_makes_a_new_code() -> None:
    """The one that was printed last is the one that counts."""
    old, new = setup.offer(), setup.offer()
    assert old
    assert new
    assert complete(old).status_code == 422
    assert complete(new).status_code == 302


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"password": "short", "again": "short"}, b"too short"),
        ({"again": "something else"}, b"differ"),
        ({"username": "a b"}, b"no spaces"),
    ],
)
def test_mistakes_keep_the_code_good(fields: dict[str, str], says: bytes) -> None:
    """A weak password does not lock anybody out of their own house."""
    code = setup.offer()
    assert code
    answer = complete(code, **fields)
    assert answer.status_code == 422
    assert says in answer.content
    assert complete(code).status_code == 302


def test_without_a_code_there_is_no_page() -> None:
    """A house whose server offered none cannot be taken."""
    assert Client().get("/setup/").status_code == 404
    assert complete("").status_code == 404


def test_where_somebody_rules_there_is_no_page(cast: Cast) -> None:
    """Nor a code."""
    assert setup.offer() is None
    assert Client().get("/setup/").status_code == 404
