"""Rows in the words of other systems: golden files, and the rules that no value may break."""

import datetime as dt
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from earwitness import __version__
from earwitness.deliver.mapping import cef, ecs, hec, ocsf, syslog, webhook

from .items import ALL, EVENT, REFUSED, SEGMENT

GOLDEN = Path(__file__).parent / "golden"


def _pretty(value: Any) -> str:
    return json.dumps(value, indent=1, ensure_ascii=False, sort_keys=True) + "\n"


MAKERS: dict[str, Callable[[dict[str, Any], str], str]] = {
    "ocsf.json": lambda item, stream: _pretty(ocsf.mapped(item, stream)),
    "ecs.json": lambda item, stream: _pretty(ecs.mapped(item, stream)),
    "hec.json": lambda item, stream: _pretty(hec.mapped(item, stream, "audit")),
    "cef.txt": lambda item, stream: cef.mapped(item, stream).replace(__version__, "VERSION") + "\n",
    "syslog.txt": lambda item, stream: syslog.mapped(item, stream, host="log1").decode() + "\n",
}


@pytest.mark.parametrize("maker", MAKERS)
@pytest.mark.parametrize(("name", "item", "stream"), ALL)
def test_an_item_is_told_as_the_golden_file_has_it(name: str, item: dict[str, Any], stream: str, maker: str) -> None:
    """A change of a mapping is seen in a golden file, by everybody who reviews it."""
    path = GOLDEN / f"{name}.{maker}"
    made = MAKERS[maker](item, stream)
    if not path.exists():
        path.write_text(made, encoding="utf-8")
        pytest.fail(f"{path.name} was missing and has been written: review it")
    assert made == path.read_text(encoding="utf-8")


@given(st.text(), st.text())
def test_no_value_ends_a_cef_line_or_starts_a_field(comments: str, name: str) -> None:
    """Whatever people write, there is one line, seven bars before the extension, and no new key."""
    line = cef.mapped(EVENT | {"comments": comments, "sub_event": name, "username": comments}, "activity")
    assert len(line.splitlines()) == 1
    plain = line.replace("\\\\", "").replace("\\|", "").replace("\\=", "")
    extension = plain.split("|", 7)[7]
    assert extension.startswith("rt=")
    expected = cef.mapped(EVENT | {"comments": "x", "sub_event": "x", "username": "x"}, "activity").split("|", 7)[7]
    assert extension.count("=") <= expected.replace("\\\\", "").replace("\\=", "").count("=")


@given(st.text())
def test_no_value_ends_the_structured_data_of_a_syslog_message(text: str) -> None:
    """Quotes, brackets and backslashes are escaped (RFC 5424, section 6.3.3); the frame counts bytes."""
    message = syslog.mapped(EVENT | {"username": text}, "activity", host="log1").decode()
    data = message.split("[", 1)[1]
    plain = data.replace("\\\\", "").replace('\\"', "").replace("\\]", "")
    assert plain.index("] {") > 0
    assert json.loads(message[message.rindex('] {"stream"') + 2 :])["username"] == text
    framed = syslog.framed(message.encode())
    size, rest = framed.split(b" ", 1)
    assert int(size) == len(rest)


def test_a_webhook_verifies_with_its_secret_alone() -> None:
    """The receiver's own library accepts the signature, and refuses it after one byte has changed."""
    secret = webhook.new_secret()
    moment = dt.datetime.now(dt.UTC)
    body = webhook.records([EVENT, REFUSED], "activity", moment)
    made = webhook.signed(secret, "msg_1", moment, body)
    assert Webhook(secret).verify(made.body, made.headers)["data"]["items"][0] == EVENT
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(made.body.replace(b"ana", b"eva"), made.headers)
    with pytest.raises(WebhookVerificationError):
        Webhook(webhook.new_secret()).verify(made.body, made.headers)


def test_an_unknown_mode_and_nameless_people_are_told_too() -> None:
    """What the switch did not say leaves no hole in a sentence and raises nothing."""
    bare = SEGMENT | {"action": "unknown", "manager": {}, "agent": {"extension": "1001"}}
    for name in ("ocsf.json", "ecs.json", "cef.txt"):
        assert "somebody supervised a call of 1001" in MAKERS[name](bare, "supervision")


def test_an_event_of_nobody_has_a_user_of_unknown_type() -> None:
    """The OCSF schema wants a name of each user."""
    made = ocsf.mapped(EVENT | {"username": ""}, "activity")
    assert made["actor"]["user"] == {"name": "unknown", "type_id": 0}
