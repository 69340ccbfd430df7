"""Every call of the management API, tried by everybody."""

import json
from typing import Any

import pytest
from django.db import transaction
from django.test import Client

from earwitness.accounts import caches, knocks, recorder
from earwitness.accounts.models import ApiKey, Desk, Role, Tenant, User
from tests.cast import HOME, IP, PASSWORD, Log

EVERYBODY = ("ada", "sam", "alex", "audrey", "mallory", "ingest", "reader", "nobody", "wrong")

# (method, path, body, what ada gets, what mallory, administrator of another tenant, gets)
CALLS: list[tuple[str, str, Any, int, int]] = [
    ("GET", "/users", None, 200, 200),
    ("POST", "/users", {"username": "new", "password": PASSWORD}, 201, 201),
    ("GET", "/users/sam", None, 200, 404),
    ("PATCH", "/users/sam", {"name": "Sam"}, 200, 404),
    ("PATCH", "/users/sam", {"disabled": True}, 200, 404),
    ("PATCH", "/users/sam", {"password": "another long password"}, 200, 404),
    ("DELETE", "/users/sam/second-factors", None, 204, 404),
    ("DELETE", "/users/sam", None, 204, 404),
    ("GET", "/roles", None, 200, 200),
    ("POST", "/roles", {"name": "New", "permissions": ["export_logs"]}, 201, 201),
    ("GET", "/roles/Spare", None, 200, 404),
    ("PATCH", "/roles/Spare", {"mask_phone": True}, 200, 404),
    ("DELETE", "/roles/Spare", None, 204, 404),
    ("GET", "/desks", None, 200, 200),
    ("POST", "/desks", {"name": "Sales"}, 201, 201),
    ("GET", "/desks/Support", None, 200, 404),
    ("PATCH", "/desks/Support", {"name": "Care"}, 200, 404),
    ("DELETE", "/desks/Support", None, 204, 404),
    ("GET", "/keys", None, 200, 200),
    ("POST", "/keys", {"name": "new", "scope": "ingest"}, 201, 201),
    ("DELETE", "/keys/of%20the%20PBX", None, 204, 404),
    ("GET", "/redaction", None, 200, 200),
    ("PATCH", "/redaction", {"names": ["iban"]}, 200, 200),
    ("GET", "/policies", None, 200, 200),
    ("GET", "/directory", None, 200, 200),
    ("GET", "/tenants", None, 403, 403),
    ("POST", "/tenants", {"name": "acme"}, 403, 403),
    ("PATCH", "/tenants/elsewhere", {"disabled": True}, 403, 403),
    ("GET", "/sessions", None, 200, 200),
    ("DELETE", "/sessions/1", None, 404, 404),
    ("DELETE", "/sessions?user=alex", None, 200, 404),
]


def call(method: str, path: str, body: Any = None, token: str = "") -> Any:
    """Send one request; returns the answer."""
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    return Client(REMOTE_ADDR=IP).generic(
        method, f"/api/v1{path}", json.dumps(body) if body is not None else "", "application/json", headers=headers
    )


def expected(name: str, path: str, ada: int, mallory: int) -> int:
    """Return the status that somebody gets: administrators of their tenant aside, everybody is refused alike."""
    if name in ("nobody", "wrong"):
        return 401
    if name in ("sam", "reader") and path == "/sessions":
        return 200  # a supervisor, and whoever reads for ada, see who is signed in
    return {"ada": ada, "mallory": mallory}.get(name, 403)


@pytest.mark.parametrize(("method", "path", "body", "ada", "mallory"), CALLS, ids=lambda value: str(value)[:40])
def test_every_call_by_everybody(
    keys: dict[str, str], log: Log, method: str, path: str, body: Any, ada: int, mallory: int
) -> None:
    """Who may gets it; who may not learns which permission is lacking and nothing else, and leaves a trace."""
    Role.objects.create(tenant=Tenant.objects.get(name=HOME), name="Spare")
    tokens = keys | {"nobody": "", "wrong": "ew_admin_wrong"}
    for name in EVERYBODY:
        knocks.settle()
        log.clear()
        recorder.refusals._open.clear()
        with transaction.atomic():
            before = state()
            answer = call(method, path, body, tokens[name])
            assert answer.status_code == expected(name, path, ada, mallory), (name, answer.content)
            if answer.status_code >= 400:
                check_refusal(name, answer, log)
                assert state() == before, "a refused call changes nothing"
            transaction.set_rollback(True)
        caches.forget()


def check_refusal(name: str, answer: Any, log: Log) -> None:
    """Check that a refusal is a problem, names the permission, tells nothing of another tenant and is recorded."""
    assert answer["Content-Type"].startswith("application/problem+json")
    problem = answer.json()
    assert problem["status"] == answer.status_code
    assert {"type", "title", "detail"} <= set(problem)
    if answer.status_code == 403:
        assert problem["permission"] in problem["detail"] or problem["permission"] == "operator"
        assert log.acts() == ["access.denied"]
        assert (log.last()["actor_type"], log.last()["outcome"]) == ("api_key", "denied")
    if name == "mallory":
        for secret in ("audrey", "Support", "of the PBX"):
            assert secret not in answer.content.decode()


def state() -> list[Any]:
    """Return all that a call could change."""
    return [
        list(model.objects.order_by("pk").values(*columns))
        for model, columns in (
            (User, ("username", "name", "password", "disabled", "session_epoch")),
            (Role, ("name", "mask_phone")),
            (Desk, ("name",)),
            (ApiKey, ("name", "revoked")),
            (Tenant, ("name", "disabled", "generation", "secret_names", "secret_patterns", "policy")),
        )
    ]
