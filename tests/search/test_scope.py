"""Who sees what: the cast before the same log."""

import pytest

from earwitness.model.problem import Forbidden, NotFound, Problem
from earwitness.model.scope import ACTIVITY, SUPERVISION, Scope
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.conftest import new_tenant
from tests.search.log import cast, insert, scope

HOME = [
    {"username": "ana", "desks": ["support"], "id": "0190a3c8-5d3e-7c1a-9f00-000000000001"},
    {"username": "ben", "desks": ["sales"], "id": "0190a3c8-5d3e-7c1a-9f00-000000000002"},
    {"username": "carla", "desks": ["sales", "support"]},
    {"username": "alex", "desks": []},
]
AWAY = [{"username": "zoe", "id": "0190a3c8-5d3e-7c1a-9f00-000000000003"}]


@pytest.fixture(scope="module")
def people(store: Store) -> dict[str, Scope]:
    """The cast, with a log in their tenant and one in Mallory's."""
    home, away = new_tenant(), new_tenant()
    insert(store, home, HOME)
    insert(store, away, AWAY)
    return cast(home, away)


def names(reader: Reader, who: Scope, text: str = "") -> set[str]:
    """The users whose events somebody sees, on pages, in counts, facets, histograms and suggestions alike."""
    query = Query(text=text)
    seen = [item.username for item in reader.page(who, query).items]
    assert reader.count(who, query).count == len(seen)
    facets = reader.facets(who, query, ["username", "desk"])
    assert {value.value for value in facets.facets["username"]} == set(seen)
    assert sum(value.count for value in facets.facets["username"]) + facets.other["username"] == len(seen)
    assert sum(bucket.count for bucket in reader.histogram(who, query).buckets) == len(seen)
    if not text:
        assert {value for value, _ in reader.suggest(who, ACTIVITY, "user", "", 100)} == set(seen)
    return set(seen)


@pytest.mark.parametrize(
    ("name", "seen"),
    [("ada", {"ana", "ben", "carla", "alex"}), ("sam", {"ana", "carla"}), ("mallory", {"zoe"})],
)
def test_everybody_sees_their_rows(reader: Reader, people: dict[str, Scope], name: str, seen: set[str]) -> None:
    """Ada sees her tenant, Sam the rows of his desk, Mallory her own tenant."""
    assert names(reader, people[name]) == seen


def test_excluding_reaches_nothing_outside(reader: Reader, people: dict[str, Scope]) -> None:
    """Neither a negation nor OR leads out of the scope."""
    assert names(reader, people["sam"], "-user:nobody") == {"ana", "carla"}
    assert names(reader, people["sam"], "user:ben OR user:ana OR -user:ana") == {"ana", "carla"}
    assert names(reader, people["mallory"], "desk:support OR -desk:support") == {"zoe"}


def test_no_desk_is_no_row(reader: Reader, people: dict[str, Scope]) -> None:
    """Somebody of no desk sees nothing, not even rows without a desk."""
    assert names(reader, scope(people["ada"].tenant, desks=frozenset())) == set()


def test_one_s_own_rows(reader: Reader, people: dict[str, Scope]) -> None:
    """The scope of the page /me shows what one did oneself, whatever the desk."""
    assert names(reader, scope(people["ada"].tenant, own="alex")) == {"alex"}


@pytest.mark.parametrize(
    ("name", "stream", "permission"),
    [("alex", ACTIVITY, "show_activity_log"), ("audrey", SUPERVISION, "show_whisper_log")],
)
def test_a_lacking_permission_is_named_and_nothing_else(
    reader: Reader, people: dict[str, Scope], name: str, stream: str, permission: str
) -> None:
    """Every question about a log one may not read is refused alike, whatever is in it."""
    who, asked, row = people[name], Query(stream, ""), str(HOME[0]["id"])
    questions = (
        lambda: reader.page(who, asked),
        lambda: reader.count(who, asked),
        lambda: reader.facets(who, asked, ["desk"]),
        lambda: reader.histogram(who, asked),
        lambda: reader.get(who, stream, row),
        lambda: reader.suggest(who, stream, "desk", ""),
    )
    for question in questions:
        with pytest.raises(Forbidden) as caught:
            question()
        assert caught.value.detail == f"This needs the permission {permission}."
        assert caught.value.extra == {"permission": permission}


def test_absent_out_of_scope_and_foreign_are_the_same_answer(reader: Reader, people: dict[str, Scope]) -> None:
    """Whether a row is not there, not one's own or another tenant's cannot be told apart."""
    assert reader.get(people["ada"], ACTIVITY, str(HOME[1]["id"])).seq == 2
    asked = [
        (people["sam"], str(HOME[1]["id"])),
        (people["mallory"], str(HOME[0]["id"])),
        (people["ada"], "0190a3c8-5d3e-7c1a-9f00-00000000000f"),
        (people["ada"], "no uuid"),
        (people["ada"], '" OR -id:"'),
    ]
    answers = set()
    for who, row in asked:
        with pytest.raises(Problem) as caught:
            reader.get(who, ACTIVITY, row)
        assert isinstance(caught.value, NotFound)
        answers.add((caught.value.detail, str(caught.value.extra)))
    assert len(answers) == 1
