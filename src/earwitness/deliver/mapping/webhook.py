"""Webhooks as Standard Webhooks has them: a signed body with type, timestamp and data."""

import base64
import datetime as dt
import secrets
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import msgspec

from earwitness.deliver.mapping import Item
from earwitness.model import times

SECRET_BYTES = 32


class Signed(NamedTuple):
    """A body and the headers that go with it."""

    body: bytes
    headers: dict[str, str]


def new_secret() -> str:
    """Return a new signing secret (``whsec_`` and base64)."""
    return "whsec_" + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def is_secret(text: str) -> bool:
    """Whether a text can sign: ``whsec_`` and base64 of at least 24 bytes (Standard Webhooks)."""
    try:
        return len(base64.b64decode(text.removeprefix("whsec_"), validate=True)) >= 24
    except ValueError:
        return False


def payload(kind: str, moment: dt.datetime, data: Mapping[str, Any]) -> bytes:
    """Return the body: ``kind`` names what happened (``alert.fired``, ``records``), ``data`` says it."""
    body = {"type": kind, "timestamp": times.text(moment), "data": data}
    return msgspec.json.encode(body)


def records(items: Sequence[Item], stream: str, moment: dt.datetime) -> bytes:
    """Return the body that forwards some rows in their order."""
    return payload("records", moment, {"stream": stream, "items": [dict(item) for item in items]})


def signed(secret: str, message_id: str, moment: dt.datetime, body: bytes) -> Signed:
    """Return the body with its signature headers. message_id: the same for every try, so that receivers can tell."""
    from standardwebhooks.webhooks import Webhook

    signature = Webhook(secret).sign(message_id, moment.astimezone(dt.UTC), body.decode())
    headers = {
        "Content-Type": "application/json",
        "webhook-id": message_id,
        "webhook-timestamp": str(int(moment.timestamp())),
        "webhook-signature": signature,
    }
    return Signed(body, headers)
