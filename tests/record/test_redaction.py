"""Secrets never reach the disk; everything else comes back as it was sent."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.demo.history import Plan, generate
from earwitness.model.problem import Invalid
from earwitness.record import Sender, take_in
from earwitness.record.redaction import REPLACEMENT, Additions, Redactor, redactor_for
from earwitness.record.redaction.cards import is_card
from earwitness.record.redaction.names import is_secret
from earwitness.record.row import Row, encode_lines

PLAIN = redactor_for(Additions())
VISA, AMEX, DINERS = "4111111111111111", "378282246310005", "30569309025904"


def redact(redactor: Redactor = PLAIN, **fields: Any) -> Row:
    """Return an event after the whole intake: the quick look over the batch first, then the close one."""
    line = json.dumps({"username": "ana", "event": "login", **fields}, ensure_ascii=False).encode()
    taken = take_in([line], line, Sender("default", redactor))
    assert not taken.rejected
    row: Row = taken.rows[0]
    return row


@pytest.mark.parametrize(
    "name",
    [
        "password",
        "Password",
        "new_password",
        "userPassword",
        "password_confirmation",
        "passwd",
        "pwd",
        "pass",
        "PIN",
        "token",
        "access_token",
        "refreshToken",
        "accesstoken",
        "csrf-token",
        "X-Auth-Token",
        "jwt",
        "api_key",
        "apiKey",
        "X-API-KEY",
        "apikey",
        "client_secret",
        "secret",
        "Authorization",
        "Proxy-Authorization",
        "Cookie",
        "Set-Cookie",
        "cookies",
        "credentials",
        "private_key",
        "cvv",
        "passwordHash",
        "password2",
        "user.password",
        "user[password]",
    ],
)
def test_these_names_hold_secrets(name: str) -> None:
    """However it is spelled, joined or wrapped."""
    assert is_secret(name.rstrip("]"))
    row = redact(params={"a": [{name: "hunter2"}]})
    assert b"hunter2" not in bytes(row.params)
    assert row.redactions == (f"params.a.0.{name}",)


@pytest.mark.parametrize(
    "name",
    [
        "token_refresh",
        "token_type",
        "tokenizer",
        "password_policy",
        "reset_password_sent",
        "password_changed_at",
        "secretary",
        "spin",
        "pinned",
        "keyboard",
        "key",
        "method",
        "session",
        "cookie_consent",
        "bypass",
        "passed",
    ],
)
def test_these_names_do_not(name: str) -> None:
    """Words that only contain or begin with a secret's name are left alone."""
    assert not is_secret(name)
    assert redact(params={name: "value"}).redactions is msgspec.UNSET


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("password=hunter2 then", f"password={REPLACEMENT} then"),
        ("Password: hunter2", f"Password: {REPLACEMENT}"),
        ("login(password='a b', user=x)", f"login(password='{REPLACEMENT}', user=x)"),
        ('{"password":"x","n":1}', f'{{"password":"{REPLACEMENT}","n":1}}'),
        ("Authorization: Bearer abc.def", f"Authorization: {REPLACEMENT}"),
        ("curl -H 'Authorization: Basic Zm9vOmJhcg==' x", f"curl -H 'Authorization: {REPLACEMENT}' x"),
        ("Cookie: a=b; c=d\nnext", f"Cookie: {REPLACEMENT}\nnext"),
        ("Set-Cookie: sid=1; HttpOnly", f"Set-Cookie: {REPLACEMENT}"),
        ("sent bearer abcdefghijklmnop1234 to it", f"sent bearer {REPLACEMENT} to it"),
        ("jwt eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln here", f"jwt {REPLACEMENT} here"),
        ("https://ana:secret1@pbx/x", f"https://ana:{REPLACEMENT}@pbx/x"),
        ("key ew_ingest_0123456789abcdefghijklmnop", f"key {REPLACEMENT}"),
        (f"card {VISA}.", f"card {REPLACEMENT}."),
        ("card 4111 1111 1111 1111 12/27", f"card {REPLACEMENT} 12/27"),
        ("5500-0000-0000-0004", REPLACEMENT),
        (f"{AMEX}, 3782 822463 10005, {DINERS}", f"{REPLACEMENT}, {REPLACEMENT}, {REPLACEMENT}"),
    ],
)
def test_secrets_in_text_are_replaced(text: str, kept: str) -> None:
    """The rest of the text stays as it was, and the field is named."""
    row = redact(comments=text)
    assert row.comments == kept
    assert row.redactions == ("comments",)


@pytest.mark.parametrize(
    "text",
    [
        "the password was changed on request",
        "method=password next=x",
        "token_refresh failed",
        f"+{VISA}",
        f"00{VISA}",
        "+41 1111 1111 1111",
        "1769278266657",
        "1769278266657000",
        "4111111111111112",
        f"call {VISA}.22",
        f"id-{VISA}",
        f"x{VISA}",
        f"sip:{VISA}@pbx",
        f"*72{VISA}",
        "41111111-1111-4111-8111-111111111111",
        "2026-11-01 10:00:00 2026-11-01 10:00:01",
        "password=",
        "password: null",
    ],
)
def test_what_is_no_secret_stays(text: str) -> None:
    """Telephone numbers, times, identifiers and talk about passwords are not redacted."""
    row = redact(comments=text)
    assert row.comments == text
    assert row.redactions is msgspec.UNSET


@pytest.mark.parametrize(
    ("uri", "kept"),
    [
        ("/a?token=x&b=c", f"/a?token={REPLACEMENT}&b=c"),
        ("/a?b=c#access_token=z&d=1", f"/a?b=c#access_token={REPLACEMENT}&d=1"),
        ("/a?pass%77ord=1", f"/a?pass%77ord={REPLACEMENT}"),
        ("/a?user[password]=1&x=2", f"/a?user[password]={REPLACEMENT}&x=2"),
        ("/a?c=4111%201111%201111%201111", f"/a?c={REPLACEMENT}"),
        ("/cb?next=https%3A%2F%2Fu%3Apw%40h%2F", f"/cb?next={REPLACEMENT}"),
        ("/x?q=%7B%22password%22%3A%22y%22%7D", f"/x?q={REPLACEMENT}"),
    ],
)
def test_secrets_in_addresses_are_replaced(uri: str, kept: str) -> None:
    """Query parameters and fragments, whatever their encoding."""
    row = redact(request_uri=uri)
    assert row.request_uri == kept
    assert row.redactions == ("request_uri",)


@pytest.mark.parametrize(
    ("params", "kept", "places"),
    [
        ('{"password":{"deep":["x"]},"n":1.50}', '{"password":"[redacted]","n":1.50}', ("params.password",)),
        (
            '{"headers":[["Authorization","x"],["Accept","y"]]}',
            '{"headers":[["Authorization","[redacted]"],["Accept","y"]]}',
            ("params.headers.0.1",),
        ),
        (
            '{"form":[{"value":"x","name":"pwd"}]}',
            '{"form":[{"value":"[redacted]","name":"pwd"}]}',
            ("params.form.0.value",),
        ),
        (
            r'{"body":"{\"apiKey\":{\"a\":1},\"n\":1.50}"}',
            r'{"body":"{\"apiKey\":\"[redacted]\",\"n\":1.50}"}',
            ("params.body",),
        ),
        (f'{{"card":{VISA},"big":123456789012345678901}}', '{"card":"[redacted]","big":123456789012345678901}', None),
        (f'{{"{VISA}":1}}', '{"[redacted]":1}', None),
        ('{"tokens":512,"pin":1234}', '{"tokens":512,"pin":"[redacted]"}', ("params.pin",)),
    ],
)
def test_secrets_in_params_are_replaced_in_place(params: str, kept: str, places: tuple[str, ...] | None) -> None:
    """Keys, pairs, JSON within text; what is left keeps its bytes, numbers their digits."""
    line = f'{{"username":"a","event":"b","params":{params}}}'.encode()
    row = take_in([line], line, Sender("default", PLAIN)).rows[0]
    assert bytes(row.params).decode() == kept
    if places:
        assert row.redactions == places


def test_flags_and_absent_secrets_are_left() -> None:
    """``password: true`` says that there is one, not what it is."""
    assert redact(params={"password": True, "token": None, "pin": "", "credentials": {}}).redactions is msgspec.UNSET


def test_changes_of_secrets_are_replaced_by_their_path() -> None:
    """Before and after of a changed password are secrets; those of a name are not."""
    row = redact(changes=[{"path": "user.password", "old": "a", "new": "b"}, {"path": "name", "old": "x", "new": "y"}])
    assert json.loads(bytes(row.changes))[0] == {"path": "user.password", "old": REPLACEMENT, "new": REPLACEMENT}
    assert json.loads(bytes(row.changes))[1] == {"path": "name", "old": "x", "new": "y"}
    assert row.redactions == ("changes.0.old", "changes.0.new")


def test_every_text_field_is_looked_at() -> None:
    """A card number is found wherever somebody put it."""
    fields = ("username", "event_object", "comments", "request_uri", "error", "reason", "user_agent", "call_id")
    row = redact(**dict.fromkeys(fields, f"to {VISA}"))
    assert set(row.redactions) == set(fields)


def test_escapes_hide_nothing() -> None:
    """A key written with escapes is the same key."""
    line = rb'{"username":"a","event":"b","params":{"pass\u0077ord":"hunter2"}}'
    row = take_in([line], line, Sender("default", PLAIN)).rows[0]
    assert b"hunter2" not in bytes(row.params)


def test_the_administrator_adds_names_and_patterns() -> None:
    """Further names of fields, in any spelling, and further patterns of text."""
    own = redactor_for(Additions(names=("customer iban",), patterns=(r"\bK-[0-9]{6}\b",)))
    row = redact(own, comments="contract K-123456", params={"customerIban": "DE89", "iban": "kept"})
    assert row.comments == f"contract {REPLACEMENT}"
    assert json.loads(bytes(row.params)) == {"customerIban": REPLACEMENT, "iban": "kept"}
    assert redact(comments="contract K-123456").redactions is msgspec.UNSET


@pytest.mark.parametrize(
    ("pattern", "text"),
    [
        (r"^whole text$", "whole text"),
        (r"\bORDER\b", "line\nORDER 7"),
        (r"a\sb", "a\nb"),
        (r"[^a-z ]{3}", 'say """ now'),
        (r"C:\\\\temp", "in C:\\\\temp"),
        (r"straße", "Hauptstraße 5"),
        (r"ÜBER", "über alles"),
        (r"\d{4}/\d{4}", "file 1234/5678"),
        (r"(?:x|y){2,3}=\w+", "xyx=secret"),
    ],
)
def test_a_pattern_finds_what_it_would_find_in_the_text_itself(pattern: str, text: str) -> None:
    """Whatever JSON makes of the text on its way: anchors, line breaks, quotation marks, letters of any script."""
    own = redactor_for(Additions(patterns=(pattern,)))
    for fields in ({"comments": text}, {"event_object": text}, {"params": {"deep": [{"note": text}]}}):
        lines = [msgspec.json.encode({"username": "a", "event": "b"} | each) for each in ({}, fields, {})]
        rows = take_in(lines, b"\n".join(lines), Sender("default", own)).rows
        assert [row.redactions is msgspec.UNSET for row in rows] == [True, False, True]
        assert REPLACEMENT.encode() in encode_lines(rows)
        assert json.dumps(text)[1:-1].encode() not in encode_lines(rows)


def test_a_pattern_that_finds_an_address_leaves_none_and_known_words_alone() -> None:
    """What the engine keeps as an address cannot hold a word: with one in its place, nothing could be recorded."""
    own = redactor_for(Additions(patterns=(r"[0-9]+\.[0-9.]+|denied|user|crm",)))
    row = redact(own, user_ip="10.1.2.3", outcome="denied", actor_type="user", source="crm", comments="from 10.1.2.3")
    assert (row.user_ip, row.comments) == (None, f"from {REPLACEMENT}")
    assert (row.outcome, row.actor_type, row.source) == ("denied", "user", "crm")
    assert row.redactions == ("user_ip", "comments")


def test_a_pattern_looks_into_the_values_of_an_address() -> None:
    """Percent-encoded ones too."""
    own = redactor_for(Additions(patterns=(r"K-[0-9]{6}",)))
    assert own.text("/c?number=K%2D123456&x=1", uri=True) == f"/c?number={REPLACEMENT}&x=1"


def test_a_pattern_that_is_none_is_refused() -> None:
    """The administrator is told, and nothing breaks later."""
    with pytest.raises(Invalid, match="RE2"):
        redactor_for(Additions(patterns=("(",)))


@pytest.mark.parametrize(
    ("number", "card"),
    [
        (VISA, True),
        ("4111111111111112", False),
        (AMEX, True),
        (DINERS, True),
        ("6011111111111117", True),
        ("3530111333300000", True),
        ("2223003122003222", True),
        ("6200000000000005", True),
        ("9111111111111111", False),
        ("4222222222222", False),
        ("41111111111111", False),
        ("353510120000000", False),
    ],
)
def test_a_card_has_a_brand_a_length_and_a_check_digit(number: str, card: bool) -> None:
    """Thirteen digits, unknown prefixes and wrong check digits are no cards; an IMEI is none either."""
    assert is_card(number) == card


SECRETS = st.sampled_from(
    [
        "password",
        "apiKey",
        "Authorization",
        "token",
        "pin",
        "name",
        "value",
        "x",
        "note",
        "hunter2",
        VISA,
        "password=abc",
        "Cookie: a=b",
        '{"token":"x"}',
        "https://u:p@h/",
        "user[password]",
        "pwd%3Dx",
        "a b",
        "é",
        "\n",
    ]
)
VALUES = st.recursive(
    SECRETS | st.integers() | st.none() | st.booleans(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(SECRETS, inner, max_size=3),
    max_leaves=10,
)


@given(st.dictionaries(SECRETS, VALUES, max_size=3), SECRETS, SECRETS)
def test_the_quick_look_passes_over_nothing(params: dict[str, Any], comments: str, uri: str) -> None:
    """Whatever the close look would redact, the quick look over the batch has pointed at."""
    row = Row(username="a", event="b", comments=comments, request_uri=uri)
    row.params = msgspec.Raw(msgspec.json.encode(params))
    line = encode_lines([row])
    PLAIN.redact(row)
    if row.redactions is not msgspec.UNSET:
        assert PLAIN.suspects([line], line) == [0]


@given(st.dictionaries(SECRETS, VALUES, max_size=4))
def test_what_was_redacted_is_json_and_stays_redacted(params: dict[str, Any]) -> None:
    """The result is valid, holds no secret that was in it, and a second pass finds nothing more."""
    row = Row(username="a", event="b")
    row.params = msgspec.Raw(msgspec.json.encode(params))
    PLAIN.redact(row)
    json.loads(bytes(row.params))
    again = Row(username="a", event="b")
    again.params = row.params
    PLAIN.redact(again)
    assert again.redactions is msgspec.UNSET


def _unharmed(rows: int) -> None:
    plan = Plan(rows=rows, end=dt.datetime(2026, 11, 20, 18, tzinfo=dt.UTC))
    sender = Sender("default", PLAIN, source="asterisk")
    for chunk in generate(plan):
        lines = chunk.split(b"\n")[:-1]
        taken = take_in(lines, b"\n".join(lines), sender)
        assert not taken.rejected
        harmed = [(row.redactions, line) for row, line in zip(taken.rows, lines, strict=True) if row.redactions]
        # A session that happens to be sixteen digits with a card's prefix and check digit cannot be told from a card.
        assert all(places == ("params.session",) for places, _ in harmed)
        assert len(harmed) <= len(lines) // 20_000


def test_generated_events_survive() -> None:
    """Numbers, times, session ids and words like reset_password in ordinary events are no secrets."""
    _unharmed(20_000)


@pytest.mark.long
def test_a_million_generated_events_survive() -> None:
    """The same at the size of a busy month."""
    _unharmed(1_000_000)
