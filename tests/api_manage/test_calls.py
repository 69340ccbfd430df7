"""What the calls take and give."""

import json
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts.models import User
from tests.api_manage.test_cast import call
from tests.cast import IP, PASSWORD, Cast, Log, person


def test_a_user_comes_back_as_made(keys: dict[str, str], log: Log) -> None:
    """POST, GET and the list tell the same, and never a password."""
    body = {
        "username": "ana.pop",
        "password": PASSWORD,
        "roles": ["Agent"],
        "desks": ["Support"],
        "extensions": ["1001"],
    }
    made = call("POST", "/users", body, keys["ada"])
    assert made.status_code == 201
    shown = call("GET", "/users/ANA.POP", None, keys["ada"]).json()
    assert shown == made.json()
    assert shown["roles"] == ["Agent"]
    assert shown["created"].endswith("Z")
    listed = call("GET", "/users?q=ana", None, keys["ada"]).json()
    assert listed == {"items": [shown], "next": None}
    assert "password" not in json.dumps(listed)
    assert (log.last()["actor_type"], log.last()["username"], log.last()["params"]) == (
        "api_key",
        "ada",
        {"key": "of ada"},
    )


def test_users_come_page_by_page(keys: dict[str, str], cast: Cast) -> None:
    """``next`` goes on where the page ended, whatever was added meanwhile."""
    home = cast["ada"].tenant
    for number in range(7):
        person(home, f"agent{number}", "!")
    seen: list[str] = []
    after = ""
    while True:
        page = call("GET", f"/users?limit=3&after={after}", None, keys["ada"]).json()
        seen += [user["username"] for user in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert seen == sorted(seen)
    assert set(seen) == set(User.objects.filter(tenant=home).values_list("username", flat=True))


@pytest.mark.parametrize(
    ("query", "names"),
    [
        ("q=SA", ["sam"]),
        ("role=agent", ["alex"]),
        ("desk=support", ["alex", "sam"]),
        ("disabled=true", []),
        ("q=al&disabled=false", ["alex"]),
        ("q=%25", []),
        ("q=_", []),
    ],
)
def test_users_are_found(keys: dict[str, str], query: str, names: list[str]) -> None:
    """By text, role, desk and state; signs of SQL are text."""
    assert [u["username"] for u in call("GET", f"/users?{query}", None, keys["ada"]).json()["items"]] == names


@pytest.mark.parametrize(
    ("method", "path", "body", "status", "fields"),
    [
        ("POST", "/users", {"username": "new"}, 422, None),
        ("POST", "/users", {"username": "new", "password": PASSWORD, "tenant": "elsewhere"}, 422, None),
        ("POST", "/users", {"username": "sam", "password": "short"}, 422, {"username", "password"}),
        ("POST", "/users", {"username": "a\0b", "password": PASSWORD}, 422, None),
        ("POST", "/users", {"username": ["a"], "password": PASSWORD}, 422, None),
        ("POST", "/users", [1, 2], 422, None),
        ("POST", "/users", {"username": "new", "password": PASSWORD, "operator": True}, 403, None),
        ("GET", "/users?limit=0", None, 400, None),
        ("GET", "/users?limit=x", None, 400, None),
        ("GET", "/users?q=%00", None, 400, None),
        ("GET", "/users/%00", None, 404, None),
        ("GET", "/users/" + "x" * 3000, None, 404, None),
        ("PATCH", "/users/sam", {"roles": ["King"], "desks": ["Nowhere"]}, 422, {"roles", "desks"}),
        ("PATCH", "/users/ada", {"disabled": True}, 409, None),
        ("DELETE", "/users/ada", None, 409, None),
        (
            "POST",
            "/roles",
            {"name": "New", "permissions": ["fly"], "accepted_ips": ["x"]},
            422,
            {"permissions", "accepted_ips"},
        ),
        ("PATCH", "/roles/Auditor", {"name": "Reader"}, 422, {"name"}),
        ("DELETE", "/roles/Auditor", None, 409, None),
        ("POST", "/users", {"username": "SAM", "password": PASSWORD}, 409, {"username"}),
        ("POST", "/roles", {"name": "auditor"}, 409, {"name"}),
        ("POST", "/desks", {"name": "support"}, 409, {"name"}),
        ("GET", "/users?role=agent&rol=agent", None, 400, {"rol"}),
        ("GET", "/roles?q=x", None, 400, {"q"}),
        ("GET", "/users?q=a&q=b", None, 400, {"q"}),
        ("POST", "/keys", {"name": "x", "scope": "read"}, 422, {"user"}),
        ("POST", "/keys", {"name": "x", "scope": "ingest", "sources": ["asterisk"]}, 422, {"sources"}),
        ("DELETE", "/keys/never", None, 404, None),
        ("DELETE", "/sessions/x", None, 400, None),
        ("DELETE", "/sessions", None, 400, None),
    ],
    ids=lambda value: str(value)[:40],
)
def test_what_is_wrong_is_named(
    keys: dict[str, str], method: str, path: str, body: Any, status: int, fields: set[str] | None
) -> None:
    """Each mistake gets its status and, where fields are wrong, all of them."""
    answer = call(method, path, body, keys["ada"])
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"].startswith("application/problem+json")
    if fields is not None:
        assert set(answer.json()["fields"]) == fields


def test_a_body_that_is_no_json_is_malformed(keys: dict[str, str]) -> None:
    """And not a failure of ours."""
    headers = {"Authorization": f"Bearer {keys['ada']}"}
    for body in (b"{", b"\xff\xfe", b'{"username": "\\ud800", "password": "correct horse battery"}'):
        answer = Client(REMOTE_ADDR=IP).post("/api/v1/users", body, "application/json", headers=headers)
        assert answer.status_code in (400, 422), answer.content


def test_a_key_is_shown_once(keys: dict[str, str]) -> None:
    """The answer that makes it holds it; no later one does."""
    made = call("POST", "/keys", {"name": "pbx", "scope": "ingest", "sources": ["pbx_stats"]}, keys["ada"]).json()
    assert made["key"].startswith(made["prefix"])
    listed = call("GET", "/keys", None, keys["ada"])
    assert made["key"] not in listed.content.decode()
    assert next(k for k in listed.json()["items"] if k["name"] == "pbx")["sources"] == ["pbx_stats"]


def test_a_revoked_key_gets_401(keys: dict[str, str]) -> None:
    """As if it had never been."""
    assert call("GET", "/users", None, keys["ada"]).status_code == 200
    assert call("DELETE", "/keys/of%20ada", None, keys["ada"]).status_code == 204
    assert call("GET", "/users", None, keys["ada"]).status_code == 401


def test_disabling_somebody_ends_their_key(keys: dict[str, str]) -> None:
    """At once."""
    assert call("GET", "/sessions?user=sam", None, keys["sam"]).status_code == 200
    call("PATCH", "/users/sam", {"disabled": True}, keys["ada"])
    assert call("GET", "/sessions?user=sam", None, keys["sam"]).status_code == 401


@pytest.mark.parametrize("path", ["/users", "/roles", "/keys"])
def test_a_browser_session_has_to_give_its_password_again(cast: Cast, house: None, path: str) -> None:
    """A page left open is not enough to grant rights."""
    body = {"name": "New", "scope": "ingest"} if path == "/keys" else {"name": "New"}
    body = {"username": "new", "password": PASSWORD} if path == "/users" else body
    client = cast.client("ada")
    answer = client.post(f"/api/v1{path}", json.dumps(body), "application/json")
    assert answer.status_code == 403
    assert answer.json()["type"].endswith("password-needed")


def test_a_browser_session_is_safe_from_other_sites(cast: Cast, house: None) -> None:
    """A request that carries the cookie but not the token of the page is refused."""
    client = Client(enforce_csrf_checks=True, REMOTE_ADDR=IP)
    client.force_login(cast["ada"])
    assert client.get("/api/v1/users").status_code == 200
    answer = client.post("/api/v1/desks", json.dumps({"name": "Sales"}), "application/json")
    assert answer.status_code == 403
