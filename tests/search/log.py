"""A small log for tests of the read door: lines as the store takes them, and the cast as scopes."""

import json
import uuid
from typing import Any

from earwitness.model.scope import ACTIVITY, STREAMS, Scope
from earwitness.store import Store

BASE: dict[str, Any] = {
    "retention_class": "400d",
    "received_at": "2026-11-20 10:00:00.000000",
    "created": "2026-11-20 10:00:00.000000",
    "source": "pbx_stats",
    "username": "ana.pop",
    "event": "login",
    "outcome": "success",
    "params": {},
    "changes": [],
}


def line(tenant: str, seq: int, **fields: Any) -> bytes:
    """One row of ``events``: params and changes are given as values, user_ip as text."""
    row = BASE | {"tenant": tenant, "seq": seq, "id": str(uuid.uuid4())} | fields
    for name in ("params", "changes"):
        if not isinstance(row[name], str):
            row[name] = json.dumps(row[name], ensure_ascii=False, separators=(",", ":"))
    address = row.get("user_ip", "")
    row["user_ip"] = f"::ffff:{address}" if "." in address else address or "::"
    return json.dumps(row, ensure_ascii=False).encode() + b"\n"


def insert(store: Store, tenant: str, events: list[dict[str, Any]], first: int = 1) -> None:
    """Put events into the log of a tenant, numbered from ``first``."""
    store.insert_lines("events", b"".join(line(tenant, first + n, **event) for n, event in enumerate(events)))


def scope(tenant: str, **fields: Any) -> Scope:
    """What an administrator sees, but for the fields given."""
    given = {"streams": frozenset(STREAMS), "desks": None, "masked": False, "viewer": "ada"} | fields
    return Scope(tenant=tenant, **given)


def cast(tenant: str, elsewhere: str) -> dict[str, Scope]:
    """Ada administrator, Sam masked supervisor of the desk support, Alex agent, Audrey auditor, Mallory outsider."""
    return {
        "ada": scope(tenant),
        "sam": scope(tenant, viewer="sam", desks=frozenset({"support"}), masked=True),
        "alex": scope(tenant, viewer="alex", streams=frozenset()),
        "audrey": scope(tenant, viewer="audrey", streams=frozenset({ACTIVITY})),
        "mallory": scope(elsewhere, viewer="mallory"),
    }
