"""What is done to people is found in the log: through the real recorder, in the real store."""

import json
from typing import Any

import pytest

from earwitness.accounts import recorder, tenants
from earwitness.accounts.access import of_user
from earwitness.accounts.actions import keys, roles, users
from earwitness.accounts.hashers import PasswordHasher
from earwitness.accounts.models import Tenant, User
from earwitness.accounts.recorder import Actor, refused
from earwitness.model.event import Event
from earwitness.model.scope import ACTIVITY
from earwitness.record import Recorder
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.cast import IP, PASSWORD, key_of, person
from tests.conftest import new_tenant

Log = tuple[Actor, Any]


@pytest.fixture
def opened(store: Store, db: None, monkeypatch: pytest.MonkeyPatch) -> Any:
    """An administrator of a tenant of their own, and a way to find what they did."""
    monkeypatch.setattr(PasswordHasher, "memory_cost", 1024)
    tenant = tenants.ensure(new_tenant())
    boss = person(tenant, f"boss.{tenant.name}", "!", "Administrator")
    real = Recorder(store)
    real.start()
    recorder.set_recorder(real.record_own)
    reader = Reader(store, secret=b"x" * 32)
    access = of_user(User.objects.get(pk=boss.pk), IP)

    def found(text: str) -> tuple[Event, ...]:
        return reader.page(access.scope, Query(ACTIVITY, text), order="oldest").items

    yield Actor(access=access, ip=IP, user_agent="test browser", request_uri="/settings"), found
    recorder.set_recorder(None)
    real.stop()


def test_a_change_is_found_with_before_and_after(opened: Log) -> None:
    """By who did it, what it was, and what it was done to."""
    actor, found = opened
    roles.create(actor, roles.RoleDraft("Night shift", permissions=("show_activity_log",)))
    roles.update(actor, "Night shift", mask_phone=True)
    made, changed = found("event:role source:earwitness")
    assert (made.sub_event, made.event_object, made.user_ip) == ("create", "role:Night shift", IP)
    assert [(c.path, c.old, c.new) for c in changed.changes] == [("mask_phone", False, True)]
    assert made.username == actor.access.username
    assert made.seq < changed.seq


def test_secrets_of_people_are_not_in_the_log(opened: Log) -> None:
    """Neither passwords nor keys, in any field of any event."""
    actor, found = opened
    user = users.create(actor, users.UserDraft(f"new.{actor.tenant}", roles=("Agent",)), PASSWORD)
    users.set_password(actor, user.username, "another long password")
    _, token = keys.create(actor, keys.KeyDraft("pbx", "ingest"))
    events = found("source:earwitness")
    assert len(events) == 3
    for secret in (PASSWORD, "another long password", token, token[-20:], user.password):
        assert secret not in str(events)


def test_a_key_is_named_by_its_name_and_beginning(opened: Log) -> None:
    """Who reads the log sees which key it was; that is not taken for a secret."""
    actor, found = opened
    row, _ = keys.create(actor, keys.KeyDraft("pbx", "ingest"))
    (made,) = found("event:api_key")
    values = {change.path: change.new for change in made.changes}
    assert (values["name"], values["prefix"]) == ("pbx", row.prefix)
    assert made.event_object == "key:pbx"
    assert made.redactions == ()


def test_an_act_through_a_key_names_the_key(opened: Log) -> None:
    """The person, and through which of their keys."""
    from earwitness.accounts import access
    from earwitness.accounts.keys import look_up

    actor, found = opened
    tenant = Tenant.objects.get(name=actor.tenant)
    grant = look_up(key_of(tenant, "admin", User.objects.get(username=actor.access.username), "robot"), IP)
    assert grant is not None
    roles.create(Actor(access=access.of_key(grant), ip=IP), roles.RoleDraft("By robot"))
    (made,) = found("event:role")
    assert (made.actor_type, made.username) == ("api_key", actor.access.username)
    assert json.loads(bytes(made.params))["key"] == "robot"


def test_a_refusal_is_found_as_denied(opened: Log) -> None:
    """With the permission that was lacking."""
    actor, found = opened
    refused(actor, "erase_personal_data")
    (event,) = found("outcome:denied")
    assert json.loads(bytes(event.params)) == {"permission": "erase_personal_data"}
