"""What may be recorded is taken as it is; what may not is refused with a sentence that names the field."""

import datetime as dt
import json
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.record import Sender, take_in
from earwitness.record.intake import Intake
from earwitness.record.redaction import Additions, redactor_for

NOW = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)
LOGIN = {"username": "ana", "event": "login"}


def take(*events: Any, **sender: Any) -> Intake:
    lines = [each if isinstance(each, bytes) else json.dumps(each).encode() for each in events]
    who = Sender("default", redactor_for(Additions()), now=NOW, **sender)
    return take_in(lines, b"\n".join(lines), who)


def problem(event: Any, **sender: Any) -> str:
    taken = take(event, **sender)
    assert not taken.rows
    return taken.rejected[0].problem


def with_params(value: Any) -> dict[str, Any]:
    return {**LOGIN, "params": value}


def nested(levels: int) -> bytes:
    return b'{"username":"a","event":"b","params":' + b'{"a":' * (levels - 1) + b"{}" + b"}" * levels


@pytest.mark.parametrize(
    ("event", "says"),
    [
        ({"username": "ana"}, "missing-field: event is missing"),
        ({"event": "login"}, "missing-field: username is missing"),
        ({"username": "ana", "event": None}, "missing-field: event is missing"),
        ({"username": "ana", "event": ""}, "missing-field: event must not be empty"),
        ({"username": "", "event": "login"}, "missing-field: username must not be empty"),
        ({**LOGIN, "colour": "red"}, "unknown-field: colour is not a field of an event"),
        ({**LOGIN, "tenant": "other"}, "unknown-field: tenant is set by Earwitness itself"),
        ({**LOGIN, "seq": 7}, "unknown-field: seq is set by Earwitness itself"),
        ({**LOGIN, "seq": "7"}, "unknown-field: seq is set by Earwitness itself"),
        ({**LOGIN, "received_at": "2026-11-01T00:00:00Z"}, "unknown-field: received_at is set by"),
        ({**LOGIN, "desks": ["a"]}, "unknown-field: desks is set by Earwitness itself"),
        ({**LOGIN, "redactions": []}, "unknown-field: redactions is set by Earwitness itself"),
        ({**LOGIN, "clock_skew_ms": 1}, "unknown-field: clock_skew_ms is not a field"),
        ({**LOGIN, "epoch": 1}, "unknown-field: epoch is not a field"),
        ({**LOGIN, "source": "earwitness"}, "bad-source: source earwitness is reserved"),
        ({**LOGIN, "source": "asterisk"}, "bad-source: source asterisk is reserved"),
        ({**LOGIN, "source": "Earwitness"}, "bad-source: source Earwitness is reserved"),
        ({**LOGIN, "source": " asterisk"}, "bad-source: source  asterisk is reserved"),
        ({**LOGIN, "producer_seq": 1.5}, "wrong-type: producer_seq must be a whole number"),
        ({**LOGIN, "comments": 5}, "wrong-type: comments must be text, not a number"),
        (b'{"username":"a","event":"b","params":{"n":NaN}}', "malformed: the event is not JSON"),
        (b'{"username":"a","event":"b","params":{"n":-Infinity}}', "malformed: the event is not JSON"),
        (
            b'{"username":"a","event":"b","changes":[{"path":"a","old":1e400,"new":1}]}',
            "wrong-value: changes holds a number that is too large: send it as text",
        ),
        ({**LOGIN, "params": "text"}, "wrong-type: params must be an object"),
        ({**LOGIN, "params": [1]}, "wrong-type: params must be an object"),
        ({**LOGIN, "changes": {"a": 1}}, "wrong-type: changes must be an array"),
        ({**LOGIN, "changes": [{"old": 1}]}, "wrong-type: changes must be an array of objects with path"),
        ({**LOGIN, "producer_seq": "1"}, "wrong-type: producer_seq must be a number, not text"),
        ({**LOGIN, "producer_seq": 2**70}, "wrong-value: producer_seq"),
        ({**LOGIN, "outcome": "maybe"}, "wrong-value: outcome must be one of success, failure"),
        ({**LOGIN, "actor_type": "robot"}, "wrong-value: actor_type must be one of user"),
        ({**LOGIN, "id": "17"}, "bad-id: id must be a UUID"),
        ({**LOGIN, "id": "{6fa459ea-ee8a-3ca4-894e-db77e160355e}"}, "bad-id: id must be a UUID"),
        ({**LOGIN, "user_ip": "fe80::1%eth0"}, "bad-address: user_ip must not carry a zone"),
        ({**LOGIN, "user_ip": "10.0.0.256"}, "bad-address: user_ip must be an IPv4 or IPv6 address"),
        ({**LOGIN, "user_ip": "10.0.0.1:5060"}, "bad-address: user_ip must be an IPv4 or IPv6 address"),
        ({**LOGIN, "created": "2026-11-01T00:00:00"}, "bad-time: created needs a time zone"),
        ({**LOGIN, "created": "yesterday"}, "bad-time: created must be a moment in RFC 3339"),
        ({**LOGIN, "created": "20261101T000000Z"}, "bad-time: created must be a moment in RFC 3339"),
        ({**LOGIN, "created": "2026-11-01T00:00:00,5Z"}, "bad-time: created must be a moment in RFC 3339"),
        ({**LOGIN, "created": "2026-02-30T00:00:00Z"}, "bad-time: created names a day"),
        ({**LOGIN, "created": "2026-11-01T24:00:00Z"}, "bad-time: created names a day or an hour"),
        ({**LOGIN, "created": "0001-01-01T00:00:00Z"}, "bad-time: created must lie between 1970-01-01"),
        ({**LOGIN, "created": "0000-01-01T00:00:00Z"}, "bad-time: created must lie between 1970-01-01"),
        ({**LOGIN, "created": "9999-12-31T23:59:59-23:59"}, "bad-time: created must lie between 1970-01-01"),
        ({**LOGIN, "created": "1969-12-31T23:59:59Z"}, "bad-time: created must lie between 1970-01-01"),
        ({**LOGIN, "created": "2026-11-21T12:00:01Z"}, "bad-time: created must lie between 1970-01-01"),
        ({**LOGIN, "comments": "x" * 8193}, "too-long: comments is longer than 8 KiB"),
        ({**LOGIN, "comments": "é" * 4097}, "too-long: comments is longer than 8 KiB"),
        (with_params({"a": "x" * 65536}), "too-long: params takes more than 64 KiB"),
        (nested(33), "too-deep: params has more than 32 levels"),
        (nested(100_000), "too-deep: the event nests objects and arrays too deep"),
        (with_params({"a": {"b": "\0"}}), "bad-text: params holds the character NUL"),
        ({**LOGIN, "comments": "a\0b"}, "bad-text: comments holds the character NUL"),
        ({**LOGIN, "comments": "\ud800"}, "bad-text: comments holds half a character (a lone surrogate)"),
        (with_params({"a": "x\udfff"}), "bad-text: params holds half a character (a lone surrogate)"),
        (b'{"username":"a","event":"b","comments":"\x00"}', "malformed: the event holds the character NUL"),
        (b'{"username":"a","event":"b","comments":"\xed\xa0\x80"}', "malformed: the event holds half a character"),
        (b'{"username":"a","event":"b","params":{"x":"\xff"}}', "malformed: the event holds bytes that are not UTF-8"),
        (b'{"username":"a"', "malformed: the event is not JSON: it ends too early"),
        (b'{"username":"a",,}', "malformed: the event is not JSON"),
        (b"[]", "malformed: the event is an array, not an object"),
        (b"null", "malformed: the event is null, not an object"),
        (b"7", "malformed: the event is a number, not an object"),
    ],
)
def test_what_may_not_be_recorded_is_named(event: Any, says: str) -> None:
    """Each mistake has a stable word and names the field."""
    assert problem(event).startswith(says)


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("2026-11-01T08:00:00Z", "2026-11-01T08:00:00"),
        ("2026-11-01T08:00:00.5Z", "2026-11-01 08:00:00.500000"),
        ("2026-11-01T08:00:00.123456789Z", "2026-11-01 08:00:00.123456"),
        ("2026-11-01T10:00:00+02:00", "2026-11-01 08:00:00.000000"),
        ("2026-11-01t08:00:00z", "2026-11-01 08:00:00.000000"),
        ("2026-11-01 08:00:00-00:00", "2026-11-01 08:00:00.000000"),
        ("2016-12-31T23:59:60Z", "2016-12-31 23:59:59.999999"),
        ("2016-12-31T23:59:60.5+00:00", "2016-12-31 23:59:59.999999"),
        ("1970-01-01T00:00:00Z", "1970-01-01T00:00:00"),
        ("2026-11-21T12:00:00Z", "2026-11-21T12:00:00"),
    ],
)
def test_moments_are_kept_in_utc_cut_to_microseconds(sent: str, kept: str) -> None:
    """Digits beyond the sixth are cut, never rounded; a leap second becomes the last microsecond of its minute."""
    assert take({**LOGIN, "created": sent}).rows[0].created == kept


@pytest.mark.parametrize(("event", "rows"), [(nested(32), 1), (with_params({"a": "x" * 65526}), 1)])
def test_limits_themselves_are_allowed(event: Any, rows: int) -> None:
    """32 levels and 64 KiB are taken."""
    assert len(take(event).rows) == rows


def test_deep_events_are_found_among_many() -> None:
    """The look at a whole batch does not miss the one event that is too deep."""
    flat = json.dumps({**LOGIN, "params": {"a": [1, {"b": 2}]}}).encode()
    taken = take(*[flat] * 400, nested(33), *[flat] * 400)
    assert [each.index for each in taken.rejected] == [400]
    assert len(taken.rows) == 800


@pytest.mark.parametrize("padding", [0, 400])
def test_a_batch_is_treated_as_its_events_are_alone(padding: int) -> None:
    """Space, escapes and wide characters in one event of a batch are dealt with however large the batch is."""
    plain = b'{"username":"a","event":"b","params":{"x":1}}'
    odd = b'{"username":"a","event":"b","params": { "caf\\u00e9" : "\\ud83d\\ude00 \\/", "n" : 1.50 } }'
    wide = '{"username":"Zoë","event":"b","params":{"日本":"🎧\u202ex"}}'.encode()
    taken = take(*[plain] * padding, odd, wide, b'{"username":"\xff","event":"b"}', *[plain] * padding)
    assert bytes(taken.rows[padding].params).decode() == '{"café":"😀 /","n":1.50}'
    assert bytes(taken.rows[padding + 1].params).decode() == '{"日本":"🎧\u202ex"}'
    assert [each.index for each in taken.rejected] == [padding + 2]


@pytest.mark.parametrize(
    ("behind", "skew"),
    [
        (dt.timedelta(minutes=-4), None),
        (dt.timedelta(minutes=4), None),
        (dt.timedelta(minutes=-10), 600_000),
        (dt.timedelta(minutes=10), -600_000),
        (dt.timedelta(days=2), None),
        (dt.timedelta(days=300), None),
    ],
)
def test_a_wrong_clock_is_noted_but_history_is_not(behind: dt.timedelta, skew: int | None) -> None:
    """More than five minutes off is a wrong clock, more than a day behind is an import."""
    row = take({**LOGIN, "created": (NOW - behind).isoformat()}).rows[0]
    assert (row.clock_skew_ms if skew is not None else None) == skew
    assert (row.clock_skew_ms is msgspec.UNSET) == (skew is None)


def test_a_sender_that_tells_its_time_is_believed() -> None:
    """With a Date header, late events of a right clock carry no skew, and those of a wrong one do."""
    late = {**LOGIN, "created": (NOW - dt.timedelta(hours=1)).isoformat()}
    assert take(late, clock_skew=dt.timedelta(seconds=2)).rows[0].clock_skew_ms is msgspec.UNSET
    assert take(late, clock_skew=dt.timedelta(hours=-1)).rows[0].clock_skew_ms == -3_600_000


def test_sources_are_those_of_the_key() -> None:
    """A key's first source is that of events that name none; others are refused."""
    sender = {"sources": frozenset({"crm", "dialer"}), "source": "crm"}
    assert take(LOGIN, **sender).rows[0].source == "crm"
    assert take({**LOGIN, "source": "dialer"}, **sender).rows[0].source == "dialer"
    assert problem({**LOGIN, "source": "other"}, **sender).startswith("bad-source: source 'other'")


def test_desks_are_those_of_the_actor_now() -> None:
    """Each event keeps the desks of its user at that moment."""
    desks = {"ana": ("north", "south")}
    rows = take(LOGIN, {**LOGIN, "username": "ben"}, desks_of=lambda _tenant, name: desks.get(name, ())).rows
    assert rows[0].desks == ("north", "south")
    assert rows[1].desks is msgspec.UNSET


def test_events_without_id_get_one_in_the_order_of_time() -> None:
    """Ids made here are UUIDs of version 7, all different."""
    ids = [row.id for row in take(*[LOGIN] * 50).rows]
    assert len(set(ids)) == 50
    assert all(each[14] == "7" and each[19] in "89ab" for each in ids)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(st.dictionaries(st.text(), JSON, max_size=5), st.booleans(), st.booleans())
def test_whatever_params_are_sent_come_back(params: dict[str, Any], ascii_only: bool, spaced: bool) -> None:
    """Any JSON object without secrets and NUL is kept value by value, in whatever way it was written."""
    text = json.dumps(params, ensure_ascii=ascii_only, separators=None if spaced else (",", ":"))
    if "\\u0000" in json.dumps(params):
        assert "NUL" in problem(b'{"username":"a","event":"b","params":' + text.encode() + b"}")
        return
    row = take(b'{"username":"a","event":"b","params":' + text.encode() + b"}").rows[0]
    if row.redactions is msgspec.UNSET:
        assert json.loads(bytes(row.params)) == params


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode) | JSON.map(lambda v: json.dumps(v).encode()))
def test_no_bytes_break_the_intake(line: bytes) -> None:
    """Anything sent is taken or refused, never an exception."""
    taken = take(line)
    assert len(taken.rows) + len(taken.rejected) == 1


def large_batch(*, blank: bool, broken: bool) -> tuple[list[bytes], list[int]]:
    """Return lines worth more than 128 KiB, and which of them hold a secret."""
    secret = [3, 700, 701, 1499]
    lines = [
        json.dumps(
            LOGIN | {"comments": "x" * 100, "params": {"password" if n in secret else "note": "hunter2"}}
        ).encode()
        for n in range(1500)
    ]
    if broken:
        lines[702] = b'{"username":"ana","event":"login","params":{"password":'
    return [*lines[:500], b"", *lines[500:]] if blank else lines, secret


@pytest.mark.parametrize("form", ["lines", "blank", "broken", "array", "end"])
def test_in_a_large_batch_every_secret_is_found(form: str) -> None:
    """A large batch is looked over beside its examination; what it holds besides events shifts no place."""
    sent, secret = large_batch(blank=form == "blank", broken=form == "broken")
    lines = [line for line in sent if line]
    body = b"[" + b",".join(lines) + b"]" if form == "array" else b"\n".join(sent) + (b"\n" if form == "end" else b"")
    assert len(body) > 128 * 1024
    taken = take_in(lines, body, Sender("default", redactor_for(Additions()), now=NOW))
    redacted = [
        place for place, row in zip(taken.places, taken.rows, strict=True) if row.redactions is not msgspec.UNSET
    ]
    assert redacted == secret
    assert [each.index for each in taken.rejected] == ([702] if form == "broken" else [])
    assert len(taken.rows) == (1499 if form == "broken" else 1500)


def test_a_large_batch_of_nothing_is_nothing() -> None:
    """Blank lines alone, however many."""
    assert not take_in([], b"\n" * 200_000, Sender("default", redactor_for(Additions()))).rows
