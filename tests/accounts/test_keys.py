"""A key works until it is revoked, for those who may, and shows its secret to nobody."""

import asyncio

import pytest
from django.db import connections
from django.utils import timezone

from earwitness.accounts import access, caches, keys
from earwitness.accounts.actions import keys as acts
from earwitness.accounts.actions import users
from earwitness.accounts.actions.keys import KeyDraft
from earwitness.accounts.models import ApiKey, Tenant, User
from earwitness.model.problem import Forbidden, Invalid, NotFound
from tests.cast import HOME, IP, Cast, Log, key_of, role_of


def home() -> Tenant:
    return Tenant.objects.get(name=HOME)


def test_the_database_does_not_hold_the_token(cast: Cast) -> None:
    """Whoever reads the database can use no key."""
    _, token = acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    row = ApiKey.objects.values().get(name="pbx")
    assert token not in str(row)
    assert token.removeprefix(row["prefix"]) not in str(row)
    assert len(token.removeprefix("ew_ingest_")) >= 43  # 256 bits


def test_an_ingest_key_grants_its_sources_and_no_reading(cast: Cast) -> None:
    """It writes for its tenant and sees nothing."""
    _, token = acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest", sources=("pbx_stats",)))
    grant = keys.look_up(token, IP)
    assert grant is not None
    assert (grant.tenant, grant.scope, grant.sources, grant.access) == (HOME, "ingest", ("pbx_stats",), None)
    assert access.of_key(grant).permissions == frozenset()
    assert access.of_key(grant).scope.streams == frozenset()


def test_a_read_key_reads_what_its_person_reads_and_changes_nothing(cast: Cast) -> None:
    """A read key of an administrator is not an administrator."""
    grant = keys.look_up(key_of(home(), "read", cast["ada"]), IP)
    assert grant is not None
    assert grant.access is not None
    assert grant.access.permissions == access.READING
    assert grant.access.scope.desks is None
    sam = keys.look_up(key_of(home(), "read", cast["sam"]), IP)
    assert sam is not None
    assert sam.access is not None
    assert sam.access.scope.desks == frozenset({"Support"})
    assert sam.access.actor_type == "api_key"


def test_an_admin_key_may_what_its_person_may_now(cast: Cast) -> None:
    """What the person loses, the key loses."""
    token = key_of(home(), "admin", cast["ada"])
    grant = keys.look_up(token, IP)
    assert grant is not None
    assert access.of_key(grant).has("edit_role")
    User.objects.get(username="ada").roles.clear()
    caches.forget()
    grant = keys.look_up(token, IP)
    assert grant is not None
    assert not access.of_key(grant).has("edit_role")


def test_two_keys_of_one_person_are_two_viewers(cast: Cast) -> None:
    """A cursor of one key must not work with another."""
    grants = [keys.look_up(key_of(home(), "read", cast["sam"]), IP) for _ in range(2)]
    assert len({grant.access.scope.viewer for grant in grants if grant and grant.access}) == 2


def test_a_key_counts_roles_from_the_address_it_is_used_from(cast: Cast) -> None:
    """Accepted IPs hold for programs as for people."""
    cast["alex"].roles.set([role_of(home(), "Inside", "show_activity_log", accepted_ips=["10.0.0.0/8"])])
    token = key_of(home(), "read", cast["alex"])
    inside, outside = keys.look_up(token, "10.1.1.1"), keys.look_up(token, "192.0.2.1")
    assert inside is not None
    assert inside.access is not None
    assert inside.access.has("show_activity_log")
    assert outside is not None
    assert outside.access is not None
    assert outside.access.refused_by_ip


@pytest.mark.parametrize("token", ["", "ew_", "ew_ingest_wrong", "x" * 10_000, "ew_read_\ud800", "ew_read_\0"])
def test_a_wrong_key_is_nobody(cast: Cast, token: str) -> None:
    """Whatever is sent, the answer is no and never a failure."""
    assert keys.look_up(token, IP) is None


def test_a_revoked_key_stops_at_once(cast: Cast) -> None:
    """In this process the next request is refused."""
    _, token = acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    assert keys.look_up(token, IP)
    acts.revoke(cast.actor("ada"), "pbx")
    assert keys.look_up(token, IP) is None


def test_a_revocation_elsewhere_is_noticed_within_a_second(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is remembered longer than that."""
    token = key_of(home(), "ingest")
    now = [1000.0]
    monkeypatch.setattr(keys._grants, "_clock", lambda: now[0])
    assert keys.look_up(token, IP)
    ApiKey.objects.update(revoked=timezone.now())  # as another process would
    assert keys.look_up(token, IP), "remembered for a moment: this is what makes it quick"
    now[0] += 1.0
    assert keys.look_up(token, IP) is None


def test_disabling_the_person_or_the_tenant_disables_the_key(cast: Cast) -> None:
    """Nobody acts through a key who may not act."""
    tokens = [key_of(home(), "read", cast["sam"]), key_of(home(), "ingest", cast["sam"]), key_of(home(), "ingest")]
    assert all(keys.look_up(token, IP) for token in tokens)
    users.set_disabled(cast.actor("ada"), "sam", True)
    assert [bool(keys.look_up(token, IP)) for token in tokens] == [False, False, True]
    Tenant.objects.filter(name=HOME).update(disabled=True)
    caches.forget()
    assert not keys.look_up(tokens[2], IP)


def test_a_read_key_whose_person_is_gone_reads_nothing(cast: Cast) -> None:
    """It would have nobody whose rights it could use."""
    token = key_of(home(), "read", cast["sam"])
    users.delete(cast.actor("ada"), "sam")
    assert keys.look_up(token, IP) is None
    assert ApiKey.objects.get(digest=keys.digest_of(token)).revoked


def test_use_is_noted_once_in_a_while(cast: Cast) -> None:
    """``last_used`` is written, and not with every request."""
    token = key_of(home(), "ingest")
    keys.look_up(token, IP)
    first = ApiKey.objects.get(digest=keys.digest_of(token)).last_used
    assert first
    caches.forget()
    keys.look_up(token, IP)
    assert ApiKey.objects.get(digest=keys.digest_of(token)).last_used == first


@pytest.mark.django_db(transaction=True)
def test_a_look_up_works_from_an_event_loop(log: Log) -> None:
    """The ingest door runs on one, where Django touches no database."""
    from earwitness.accounts import tenants
    from earwitness.accounts.desks import desks_of

    token = key_of(tenants.ensure(HOME), "ingest")

    async def ask() -> tuple[keys.KeyGrant | None, tuple[str, ...]]:
        return keys.look_up(token, IP), desks_of(HOME, "sam")

    try:
        grant, seats = asyncio.run(ask())
    finally:
        caches._reader.submit(connections.close_all).result()  # or the test database could not be dropped
    assert grant is not None
    assert seats == ()


def test_a_key_needs_valid_fields_all_named_at_once(cast: Cast) -> None:
    """Every wrong field is named in one answer."""
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), KeyDraft("", "read", sources=("asterisk",)))
    assert set(caught.value.fields) == {"name", "user", "sources"}
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), KeyDraft("x/y", "ingest", username="mallory", sources=("earwitness",)))
    assert set(caught.value.fields) == {"name", "user", "sources"}
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("ada"), KeyDraft("ok", "root"))
    assert set(caught.value.fields) == {"scope"}


def test_a_name_is_free_again_after_revocation(cast: Cast) -> None:
    """A key is replaced under the same name; the old one stays in the list."""
    acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    with pytest.raises(Invalid):
        acts.create(cast.actor("ada"), KeyDraft("PBX", "ingest"))
    acts.revoke(cast.actor("ada"), "pbx")
    acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    assert ApiKey.objects.filter(name="pbx").count() == 2


def test_nobody_makes_a_key_for_somebody_mightier(cast: Cast) -> None:
    """A key acts as its person: making one for an administrator would be becoming one."""
    cast["sam"].roles.add(role_of(home(), "Key maker", "access_api_key"))
    with pytest.raises(Invalid) as caught:
        acts.create(cast.actor("sam"), KeyDraft("mine", "admin", username="ada"))
    assert set(caught.value.fields) == {"user"}
    acts.create(cast.actor("sam"), KeyDraft("mine", "read", username="sam"))
    acts.create(cast.actor("ada"), KeyDraft("hers", "admin", username="ada"))
    with pytest.raises(Forbidden):
        acts.revoke(cast.actor("sam"), "hers")


@pytest.mark.parametrize("name", ["sam", "alex", "audrey"])
def test_without_the_permission_no_key_is_made_or_revoked(cast: Cast, log: Log, name: str) -> None:
    """And the attempt is in the log."""
    acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    log.clear()
    with pytest.raises(Forbidden):
        acts.create(cast.actor(name), KeyDraft("x", "ingest"))
    with pytest.raises(Forbidden):
        acts.revoke(cast.actor(name), "pbx")
    assert log.acts() == ["access.denied"]
    assert (log.last()["username"], log.last()["params"]) == (name, {"permission": "access_api_key"})


def test_a_key_of_another_tenant_does_not_exist(cast: Cast) -> None:
    """Mallory learns nothing, not even that there is a key."""
    acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest"))
    with pytest.raises(NotFound):
        acts.revoke(cast.actor("mallory"), "pbx")


def test_making_and_revoking_are_recorded_without_the_secret(cast: Cast, log: Log) -> None:
    """Before and after, and only what people recognise the key by."""
    row, token = acts.create(cast.actor("ada"), KeyDraft("pbx", "ingest", sources=("pbx_stats",)))
    made = log.last()
    assert (made["event"], made["sub_event"], made["event_object"]) == ("api_key", "create", "key:pbx")
    assert {change.path: change.new for change in made["changes"]}["prefix"] == row.prefix
    assert token not in str(log.events)
    acts.revoke(cast.actor("ada"), "pbx")
    acts.revoke(cast.actor("ada"), "pbx")
    assert log.acts()[-2:] == ["api_key.create", "api_key.revoke"]
