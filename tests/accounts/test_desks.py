"""Who sits where: quick to ask, right after every change."""

import datetime as dt

import pytest
from django.utils import timezone

from earwitness.accounts import desks, directory, seats
from earwitness.accounts.actions import desks as acts
from earwitness.accounts.actions import users
from earwitness.accounts.models import Desk, Tenant, User
from earwitness.model.problem import Forbidden, Invalid, NotFound
from tests.cast import HOME, PASSWORD, Cast, Log


def test_desks_of_somebody_whatever_the_case(cast: Cast) -> None:
    """The PBX may spell a username otherwise than we do."""
    assert desks.desks_of(HOME, "sam") == ("Support",)
    assert desks.desks_of(HOME, "SAM") == ("Support",)
    assert desks.desks_of(HOME, "ada") == ()
    assert desks.desks_of(HOME, "nobody") == ()
    assert desks.desks_of("elsewhere", "sam") == ()
    assert desks.desks_of("no such tenant", "sam") == ()


def test_a_change_counts_for_the_next_event(cast: Cast) -> None:
    """An event recorded after a move names the new desk."""
    assert desks.desks_of(HOME, "alex") == ("Support",)
    acts.create(cast.actor("ada"), "Sales")
    users.update(cast.actor("ada"), "alex", desks=("Sales", "Support"))
    assert desks.desks_of(HOME, "alex") == ("Sales", "Support")
    acts.rename(cast.actor("ada"), "Sales", "Outbound")
    assert desks.desks_of(HOME, "alex") == ("Outbound", "Support")
    acts.delete(cast.actor("ada"), "Outbound")
    assert desks.desks_of(HOME, "alex") == ("Support",)


def test_a_change_elsewhere_is_noticed(cast: Cast, monkeypatch: pytest.MonkeyPatch) -> None:
    """Another process counts up the generation; after a second it is looked at."""
    now = [1000.0]
    monkeypatch.setattr("earwitness.accounts.desks.time.monotonic", lambda: now[0])
    desks._tenants.clear()
    assert desks.desks_of(HOME, "alex") == ("Support",)
    cast["alex"].desks.clear()
    Tenant.objects.filter(name=HOME).update(generation=99)
    assert desks.desks_of(HOME, "alex") == ("Support",)
    now[0] += 1.0
    assert desks.desks_of(HOME, "alex") == ()


def test_asking_again_costs_no_query(cast: Cast, django_assert_num_queries) -> None:
    """Ten thousand events of a request ask ten thousand times."""
    desks.desks_of(HOME, "sam")
    with django_assert_num_queries(0):
        for name in ("sam", "alex", "ada", "nobody") * 100:
            desks.desks_of(HOME, name)


def test_a_name_of_the_past_is_not_given_to_another_desk(cast: Cast) -> None:
    """Or one desk would see the rows of the other."""
    acts.rename(cast.actor("ada"), "Support", "Care")
    with pytest.raises(Invalid):
        acts.create(cast.actor("ada"), "support")
    acts.rename(cast.actor("ada"), "Care", "Support")
    assert Desk.objects.get(tenant__name=HOME).former_names == ["Care"]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "x" * 81, "-a", "a\nb", "a\0b", "Übung  2", "<b>"])
def test_a_desk_needs_a_name_that_reads_well(cast: Cast, name: str) -> None:
    """Also in an address and in a search."""
    if name == "Übung  2":
        assert acts.create(cast.actor("ada"), name).name == "Übung 2"
    elif name == "a\nb":
        assert acts.create(cast.actor("ada"), name).name == "a b"
    else:
        with pytest.raises(Invalid) as caught:
            acts.create(cast.actor("ada"), name)
        assert set(caught.value.fields) == {"name"}


@pytest.mark.parametrize("name", ["sam", "alex", "audrey"])
def test_desks_need_admin(cast: Cast, name: str) -> None:
    """A desk that takes a name of the past shows its rows."""
    for act in (
        lambda actor: acts.create(actor, "New"),
        lambda actor: acts.rename(actor, "Support", "New"),
        lambda actor: acts.delete(actor, "Support"),
    ):
        with pytest.raises(Forbidden):
            act(cast.actor(name))
    assert list(Desk.objects.values_list("name", flat=True)) == ["Support"]


def test_a_desk_of_another_tenant_does_not_exist(cast: Cast) -> None:
    """Mallory learns nothing."""
    with pytest.raises(NotFound):
        acts.rename(cast.actor("mallory"), "Support", "Mine")
    with pytest.raises(NotFound):
        acts.delete(cast.actor("mallory"), "Support")


def test_changes_are_recorded(cast: Cast, log: Log) -> None:
    """Who, what, before and after."""
    acts.create(cast.actor("ada"), "Sales")
    acts.rename(cast.actor("ada"), "Sales", "Outbound")
    renamed = log.last()["changes"][0]
    assert (renamed.path, renamed.old, renamed.new) == ("name", "Sales", "Outbound")
    acts.delete(cast.actor("ada"), "Outbound")
    assert log.acts() == ["desk.create", "desk.update", "desk.delete"]


def test_the_directory_knows_names_and_extensions(cast: Cast) -> None:
    """Reports name people, and the switch knows them by extension."""
    User.objects.filter(username="sam").update(name="Sam Okafor", extensions=["1001", "1002"])
    person = directory.at_extensions(HOME)["1002"]
    assert (person.username, person.desks) == ("sam", ("Support",))
    assert directory.person(HOME, "Sam") == person
    assert directory.person("elsewhere", "sam") is None
    users.update(cast.actor("ada"), "sam", extensions=("1003",))
    assert set(directory.at_extensions(HOME)) == {"1003"}


def test_where_somebody_sat_at_a_moment(cast: Cast) -> None:
    """The first desks count for the time before the account; moves and new names of a desk count from then on."""
    moments = [dt.datetime(1999, 1, 1, tzinfo=dt.UTC), timezone.now()]
    ada = cast.actor("ada")
    acts.create(ada, "Sales")
    users.update(ada, "alex", desks=("Sales",))
    moments.append(timezone.now())
    acts.rename(ada, "Sales", "Outbound")
    moments.append(timezone.now())
    acts.delete(ada, "Outbound")
    moments.append(timezone.now())
    sat = [("Support",), ("Support",), ("Sales",), ("Outbound",), ()]
    assert [seats.at(HOME, "ALEX", moment) for moment in moments] == sat
    assert seats.at(HOME, "nobody", moments[0]) == seats.at("elsewhere", "alex", moments[0]) == ()


def test_a_name_is_followed_to_whoever_had_it(cast: Cast) -> None:
    """Through a new username and the end of the account; who has the name now did not sit where the first one sat."""
    ada = cast.actor("ada")
    before = timezone.now()
    users.update(ada, "alex", username="alexa")
    between = timezone.now()
    users.create(ada, users.UserDraft("alex"), PASSWORD + "2")
    users.delete(ada, "alexa")
    after = timezone.now()
    asked = [(name, moment) for name in ("alex", "alexa") for moment in (before, between, after)]
    assert [seats.at(HOME, *each) for each in asked] == [
        ("Support",),
        (),
        (),
        ("Support",),
        ("Support",),
        (),
    ]
