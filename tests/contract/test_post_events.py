"""POST /api/v1/events and /supervision as the interface promises them, over a real socket."""

import gzip
import http.client
import json
import re
import signal
import socket
import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import zstandard

from tests.serving import Served

EVENT = {"username": "ana.pop", "event": "login"}
UUID7 = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}")
LINES = "application/x-ndjson"


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    made = Served(tmp_path_factory.mktemp("contract"))
    made.start()
    yield made
    made.end(signal.SIGTERM)


def encoded(value: Any) -> bytes:
    return json.dumps(value).encode()


def test_one_object_is_recorded(server: Served) -> None:
    """The answer counts, and names place, id and status of the event."""
    status, headers, answer = server.post(encoded(EVENT))
    assert (status, headers["content-type"]) == (200, "application/json")
    assert (answer["recorded"], answer["duplicates"], answer["rejected"]) == (1, 0, [])
    result = answer["results"][0]
    assert (result["index"], result["status"]) == (0, "recorded")
    assert result["seq"] >= 1
    assert UUID7.fullmatch(result["id"])


@pytest.mark.parametrize(
    "media", ["application/json", "application/json; charset=utf-8", LINES, LINES + "; charset=UTF-8"]
)
@pytest.mark.parametrize("packing", ["", "gzip", "zstd"])
def test_batches_come_as_arrays_or_lines_packed_or_not(server: Served, media: str, packing: str) -> None:
    """What is valid is recorded, what is not is named by its index; sent again, it is a duplicate."""
    events = [{**EVENT, "id": str(uuid.uuid4())}, {**EVENT, "id": "no uuid"}, {**EVENT, "id": str(uuid.uuid4())}]
    lines = media.startswith(LINES)
    body = b"\r\n\r\n".join(map(encoded, events)) if lines else b" " + json.dumps(events, indent=1).encode()
    headers = {"Content_Type": media}
    if packing:
        body = gzip.compress(body) if packing == "gzip" else zstandard.ZstdCompressor().compress(body)
        headers["Content_Encoding"] = packing
    status, _, answer = server.post(body, **headers)
    assert (status, answer["recorded"], answer["duplicates"]) == (200, 2, 0)
    assert answer["rejected"] == [{"index": 1, "id": "no uuid", "problem": "bad-id: id must be a UUID"}]
    assert [(each["index"], each["status"]) for each in answer["results"]] == [(0, "recorded"), (2, "recorded")]
    again = server.post(body, **headers)[2]
    assert (again["recorded"], again["duplicates"]) == (0, 2)
    assert [each["seq"] for each in again["results"]] == [each["seq"] for each in answer["results"]]


def test_results_can_be_left_out(server: Served) -> None:
    """?results=none answers with counts and what was rejected."""
    answer = server.post(encoded([EVENT, {}]), query="?results=none")[2]
    assert answer == {
        "recorded": 1,
        "duplicates": 0,
        "rejected": [{"index": 1, "id": None, "problem": "missing-field: username is missing"}],
    }


def test_a_broken_line_rejects_that_line_alone(server: Served) -> None:
    """The line is named as an editor counts it."""
    body = encoded(EVENT) + b"\n\n{broken\n" + encoded(EVENT)
    answer = server.post(body, Content_Type=LINES)[2]
    assert answer["recorded"] == 2
    assert answer["rejected"][0]["index"] == 1
    assert answer["rejected"][0]["problem"].startswith("malformed: line 3 is not JSON")


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b'{"username":"a",\n "event":}', "line 2, column"),
        (b'[{"username":"a","event":"b"},\n {"username":]', "line 2, column"),
        (b'[{"username":"a","event":"b"}', "too early"),
        (b"42", "neither an object nor an array"),
        (b'{"username":"a","event":"b"} {}', "line 1, column"),
        (b"\xff\xfe{\x00}\x00", "neither an object"),
        (b"[" * 100_000, "too deep"),
    ],
)
def test_what_is_no_json_is_pointed_at(server: Served, body: bytes, says: str) -> None:
    """400 with line and column; nothing is recorded."""
    status, headers, answer = server.post(body)
    assert (status, headers["content-type"]) == (400, "application/problem+json")
    assert answer["type"] == "malformed"
    assert says in answer["detail"]


def test_half_characters_in_an_array_reject_one_event(server: Served) -> None:
    """Others of the same request are recorded, their numbers with every digit."""
    body = b'[{"username":"a","event":"b","comments":"\\ud800"}, {"username":"a","event":"b","params":{"n":1.50}}]'
    answer = server.post(body)[2]
    assert answer["recorded"] == 1
    assert answer["rejected"][0]["problem"].startswith("bad-text: comments holds half a character")


@pytest.mark.parametrize(
    ("change", "status", "word"),
    [
        ({"key": ""}, 401, "not-authenticated"),
        ({"key": "revoked"}, 401, "not-authenticated"),
        ({"key": "reads"}, 403, "forbidden"),
        ({"key": "hurries"}, 429, "too-many-requests"),
        ({"Content_Type": "text/plain"}, 415, "unsupported-media-type"),
        ({"Content_Type": "application/json; charset=latin-1"}, 415, "unsupported-media-type"),
        ({"Content_Encoding": "br"}, 415, "unsupported-media-type"),
        ({"query": "?results=some"}, 400, "malformed"),
        ({"query": "?result=none"}, 400, "malformed"),
        ({"query": "?result=none", "key": ""}, 401, "not-authenticated"),
    ],
)
def test_refusals_are_problems(server: Served, change: dict[str, str], status: int, word: str) -> None:
    """Each has its status and its stable word; where waiting helps, it says how long."""
    got, headers, answer = server.post(encoded(EVENT), **change)
    assert (got, headers["content-type"]) == (status, "application/problem+json")
    assert (answer["type"], answer["status"]) == (word, status)
    assert headers.get("retry-after") == ("7" if status == 429 else None)
    assert ("www-authenticate" in headers) == (status == 401)


def test_only_post_is_spoken(server: Served) -> None:
    """405 says what is."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=30)
    connection.request("PUT", "/api/v1/events")
    answer = connection.getresponse()
    assert (answer.status, answer.getheader("allow")) == (405, "POST")
    connection.close()


@pytest.mark.parametrize(
    ("key", "source", "taken"), [("writes", "any", True), ("other", "dialer", True), ("other", "any", False)]
)
def test_a_key_writes_its_sources(server: Served, key: str, source: str, taken: bool) -> None:
    """A key with sources writes those alone, a key without them any that is not reserved."""
    answer = server.post(encoded({**EVENT, "source": source}), key=key)[2]
    assert (answer["recorded"] == 1) == taken


def test_too_many_or_too_large_is_413(server: Served) -> None:
    """More than 10,000 events, more than 64 MiB sent, more than 64 MiB once unpacked."""
    lines = b"\n".join([encoded(EVENT)] * 10_001)
    assert server.post(lines, Content_Type=LINES)[0] == 413
    bomb = gzip.compress(b" " * (66 << 20))
    status, _, answer = server.post(bomb, Content_Encoding="gzip")
    assert (status, answer["type"]) == (413, "too-large")


def test_a_body_over_the_limit_is_refused_before_it_is_sent(server: Served) -> None:
    """65 MiB announced are answered at once."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        head = (
            "POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writes\r\nContent-Type: application/json"
        )
        wire.sendall(f"{head}\r\nContent-Length: {65 << 20}\r\n\r\n".encode())
        assert wire.recv(1000).startswith(b"HTTP/1.1 413")


def test_a_body_cut_off_is_not_recorded(server: Served) -> None:
    """The connection ends in the middle of a batch: nothing of it is there, and the server lives on."""
    ids = [str(uuid.uuid4()) for _ in range(50)]
    body = b"\n".join(encoded({**EVENT, "id": each}) for each in ids)
    with socket.create_connection(("127.0.0.1", server.port), timeout=30) as wire:
        head = f"POST /api/v1/events HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer writes\r\nContent-Type: {LINES}"
        wire.sendall(f"{head}\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body[: len(body) // 2])
    assert server.post(body, Content_Type=LINES)[2]["recorded"] == 50


def test_packed_bodies_cut_off_are_400(server: Served) -> None:
    """Whole by its length, but not by its packing."""
    for name, packed in (("gzip", gzip.compress(encoded(EVENT))), ("zstd", zstandard.compress(encoded(EVENT)))):
        status, _, answer = server.post(packed[:-3], Content_Encoding=name)
        assert (status, answer["type"]) == (400, "malformed"), name


SEGMENT = {
    "action": "whisper",
    "started_at": "2026-11-01T08:00:00Z",
    "ended_at": "2026-11-01T08:00:12.345Z",
    "manager": {"username": "maria", "extension": "200"},
    "agent": {"username": "alex", "extension": "101"},
    "customer_number": "+15550100",
    "call_uniqueid": "1761984000.7",
}


def test_a_finished_segment_is_recorded_once(server: Served) -> None:
    """As an application reports it; who hears the manager follows from the mode where it is not said."""
    sent = {**SEGMENT, "id": str(uuid.uuid4())}
    first = server.post(encoded(sent), path="/api/v1/supervision")[2]
    again = server.post(encoded([sent]), path="/api/v1/supervision")[2]
    assert (first["recorded"], again["duplicates"]) == (1, 1)
    assert first["results"][0]["seq"] == again["results"][0]["seq"]
    other = server.post(encoded({**sent, "action": "barge"}), path="/api/v1/supervision")[2]
    assert other["rejected"][0]["problem"].startswith("id-conflict")


@pytest.mark.parametrize(
    ("change", "says"),
    [
        ({"action": "sing"}, "wrong-value: action must be one of listen, whisper, barge, unknown"),
        ({"ended_at": "2026-11-01T07:59:59Z"}, "bad-time: ended_at lies before started_at"),
        ({"started_at": "2026-11-01T08:00:00"}, "bad-time: started_at needs a time zone"),
        ({"seq": 4}, "unknown-field: seq is set by Earwitness itself"),
        ({"colour": "red"}, "unknown-field: colour is not a field of a segment"),
        ({"source": "asterisk"}, "bad-source: source asterisk is reserved"),
        ({"manager": {}}, "missing-field: manager needs a username, a name or an extension"),
        ({"source": " Asterisk"}, "bad-source: source  Asterisk is reserved"),
        ({"manager": "maria"}, "wrong-type: manager must be an object, not text"),
        ({"manager": {"username": "maria", "phone": "1"}}, "unknown-field: manager.phone is not a field"),
        ({"agent": {"name": 7}}, "wrong-type: agent.name must be text, not a number"),
        ({"cdr_sequence": 1.5}, "wrong-type: cdr_sequence must be a whole number"),
        ({"cdr_sequence": 2**63}, "wrong-value: cdr_sequence must be a whole number of 64 bits"),
        ({"notified": "yes"}, "wrong-type: notified must be true or false, not text"),
        ({"end_reason": "tired"}, "wrong-value: end_reason must be one of"),
        ({"id": "7"}, "bad-id: id must be a UUID"),
        ({"reason": "a\0b"}, "bad-text"),
    ],
)
def test_segments_that_cannot_be_are_named(server: Served, change: dict[str, Any], says: str) -> None:
    """The same kind of answer as for events."""
    answer = server.post(encoded({**SEGMENT, **change}), path="/api/v1/supervision")[2]
    assert answer["rejected"][0]["problem"].startswith(says)


def test_nothing_a_client_sends_is_a_500(server: Served) -> None:
    """Odd bytes with every type and packing end in an answer of our own."""
    odd = [
        b"\0",
        b"{}",
        b"[[]]",
        b"[null]",
        b'{"a":{}}',
        b"\x1f\x8b",
        b"(\xb5/\xfd",
        b'"',
        b"[1,2,{}]",
        b"\xef\xbb\xbf{}",
        b"NaN",
    ]
    for body in odd:
        for media in ("application/json", LINES):
            for packing in ("identity", "gzip", "zstd"):
                for path in ("/api/v1/events", "/api/v1/supervision"):
                    status, _, _ = server.post(body, path=path, Content_Type=media, Content_Encoding=packing)
                    assert status in {200, 400}, (body, media, packing, path)
