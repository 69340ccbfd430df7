"""Two administrators at the same moment; on PostgreSQL, where processes really write side by side."""

import threading

import pytest
from django.db import connection, connections

from earwitness.accounts import access, rules, tenants
from earwitness.accounts.actions import users
from earwitness.accounts.models import User
from earwitness.accounts.recorder import Actor
from earwitness.model.problem import Conflict
from tests.cast import HOME, IP, Log, person

pytestmark = pytest.mark.skipif(
    connection.vendor != "postgresql", reason="SQLite takes one writer at a time; the run on PostgreSQL does this"
)


@pytest.mark.django_db(transaction=True)
def test_two_administrators_who_dismiss_each_other_leave_one(log: Log) -> None:
    """Whoever comes second is refused: a tenant is never left unruled."""
    home = tenants.ensure(HOME)
    names = ("ada", "bob")
    for name in names:
        person(home, name, "!", "Administrator")
    start, refused = threading.Barrier(2), []

    def dismiss(who: str, whom: str) -> None:
        actor = Actor(access=access.of_user(User.objects.get(username=who), IP), ip=IP)
        start.wait()
        try:
            users.set_disabled(actor, whom, True)
        except Conflict:
            refused.append(who)
        finally:
            connections.close_all()

    both = [threading.Thread(target=dismiss, args=pair) for pair in (names, names[::-1])]
    for each in both:
        each.start()
    for each in both:
        each.join()
    assert len(refused) == 1
    assert len(rules.administrators(home)) == 1
    assert log.acts() == ["user.disable"]
