"""Settings > Redaction, and what it changes in what is recorded."""

import html
import json
from typing import Any

import pytest
from django.core.cache import cache

from earwitness.accounts import redaction
from earwitness.model.redaction import Additions
from earwitness.record import Sender, redactor_for, take_in
from earwitness.record.row import encode_lines
from tests.api_manage.test_cast import call
from tests.cast import AWAY, HOME, PASSWORD, Cast, Log, key_of

pytestmark = pytest.mark.usefixtures("house")

PAGE = "/settings/redaction"


def text(answer: Any) -> str:
    return html.unescape(answer.content.decode())


def kept(tenant: str, params: dict[str, Any]) -> bytes:
    """Return what a tenant would write of an event with these params."""
    line = json.dumps({"username": "a", "event": "b", "params": params}).encode()
    sender = Sender(tenant, redactor_for(redaction.additions_of(tenant)))
    return encode_lines(take_in([line], line, sender).rows)


def test_what_is_added_holds_at_once_and_for_this_tenant_alone(cast: Cast, log: Log) -> None:
    """With the password given again; the change is recorded with before and after."""
    cache.clear()
    ada = cast.client("ada")
    params = {"customerIban": "DE89", "note": "file AB-123456"}
    assert b"DE89" in kept(HOME, params)
    fields = {"names": "customer iban\n\n", "patterns": r"\bAB-\d{6}\b"}
    assert ada.post(PAGE, fields).status_code == 422
    assert redaction.additions_of(HOME) == Additions()
    assert ada.post(PAGE, fields | {"confirm": PASSWORD}).status_code == 302
    assert redaction.additions_of(HOME) == Additions(("customer iban",), (r"\bAB-\d{6}\b",))
    assert "customer iban" in text(ada.get(PAGE))
    written = kept(HOME, params)
    assert b"DE89" not in written
    assert b"123456" not in written
    assert b'"redactions":["params.customerIban","params.note"]' in written
    assert b"DE89" in kept(AWAY, params)
    change = log.last()
    assert (change["event"], change["sub_event"], change["username"]) == ("redaction", "update", "ada")
    assert [(each.path, each.old, each.new) for each in change["changes"]] == [
        ("names", [], ["customer iban"]),
        ("patterns", [], [r"\bAB-\d{6}\b"]),
    ]


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"patterns": "("}, "( is no RE2 expression: missing )"),
        ({"patterns": "x*"}, "would replace everything"),
        ({"patterns": "a" * 501}, "longer than 500 characters"),
        ({"patterns": r"(?:\pL{900}[a-z]{900}){900}"}, "no RE2 expression"),
        ({"patterns": "\n".join(f"pattern{n}" for n in range(51))}, "At most 50 patterns"),
        ({"names": "***"}, "is no name"),
        ({"names": "x" * 81}, "longer than 80 characters"),
    ],
)
def test_what_cannot_be_used_is_said_at_its_field(cast: Cast, log: Log, fields: dict[str, str], said: str) -> None:
    """And nothing is changed; over the API the same."""
    cache.clear()
    answer = cast.client("ada").post(PAGE, fields | {"confirm": PASSWORD})
    assert answer.status_code == 422
    assert said in text(answer)
    key = key_of(cast["ada"].tenant, "admin", cast["ada"], "of ada")
    body = {name: value.split("\n") for name, value in fields.items()}
    refused = call("PATCH", "/redaction", body, key)
    assert refused.status_code == 422
    assert said in refused.json()["fields"][next(iter(fields))]
    assert redaction.additions_of(HOME) == Additions()
    assert "redaction.update" not in log.acts()


def test_a_text_can_be_tried_and_is_recorded_nowhere(cast: Cast, log: Log) -> None:
    """As params, as an address, as plain words."""
    cache.clear()
    ada = cast.client("ada")
    ada.post(PAGE, {"names": "iban", "confirm": PASSWORD})
    log.clear()
    for sample, shown in (
        ('{"iban": "DE89", "n": 1}', '{"iban":"[redacted]","n":1}'),
        ("/pay?iban=DE89&page=2", "/pay?iban=[redacted]&page=2"),
        ("paid with 4111 1111 1111 1111", "paid with [redacted]"),
        ("<b>nothing</b>", "<b>nothing</b>"),
    ):
        answer = ada.post(f"{PAGE}/sample", {"text": sample})
        assert answer.status_code == 200
        assert f">{shown}</pre>" in text(answer)
        assert "<b>nothing</b></pre>" not in answer.content.decode()
    assert log.acts() == []
    assert ada.post(f"{PAGE}/sample", {"text": ""}).status_code == 422


def test_the_api_changes_what_is_sent_and_leaves_the_rest(cast: Cast) -> None:
    """As everywhere in management."""
    key = key_of(cast["ada"].tenant, "admin", cast["ada"], "of ada")
    assert call("PATCH", "/redaction", {"names": ["iban"]}, key).json() == {"names": ["iban"], "patterns": []}
    assert call("PATCH", "/redaction", {"patterns": ["K-[0-9]+"]}, key).json()["names"] == ["iban"]
    assert call("GET", "/redaction", None, key).json() == {"names": ["iban"], "patterns": ["K-[0-9]+"]}
    assert call("PATCH", "/redaction", {"tenant": "elsewhere"}, key).status_code == 422
