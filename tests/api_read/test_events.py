"""The calls that read events: what they answer, to whom, and what they record of it."""

import json

import pytest

from tests.api_read.conftest import PHONE, House

ID = "0190a3c8-5d3e-7c1a-9f00-000000000001"
CALLS = [
    "/events",
    "/events/count",
    "/events/facets?by=username",
    "/events/histogram",
    f"/events/{ID}",
    "/events/tail",
    "/calls/1769277733.331",
]


def usernames(house: House, path: str, who: str = "ada") -> list[str]:
    """The users of the events somebody gets."""
    return [item["username"] for item in house.get(path, who).json()["items"]]


def test_a_page_holds_whole_events(house: House) -> None:
    """Items have every stored field: times in UTC with six decimals, params as they were sent."""
    found = house.get("/events?q=user:ana.pop+sub:login_failed")
    assert found.status_code == 200
    assert found.headers["Content-Type"] == "application/json"
    assert found.headers["Cache-Control"] == "no-store"
    document = found.json()
    assert document["next"] is None
    assert document["gaps"] == []
    [item] = document["items"]
    assert item["id"] == ID
    assert item["created"] == "2026-11-01T08:00:00.000001Z"
    assert item["user_ip"] == "10.1.2.3"
    assert item["params"] == {"caller": PHONE, "n": 1.5, "after": {"status": "busy"}}
    assert b'"n":1.5,' in found.content
    assert item["changes"] == [{"path": "a", "old": None, "new": 1}]
    assert (item["object_type"], item["object_id"]) == ("queue", "support-1")
    assert item["desks"] == ["support"]
    assert (item["clock_skew_ms"], item["producer_seq"]) == (None, None)
    assert house.get(f"/events/{ID}").json() == item


def test_pages_follow_their_cursor(house: House) -> None:
    """``next`` and the Link header lead through all rows; the order may be turned."""
    first = house.get("/events?limit=2&q=-user:nobody")
    assert [item["seq"] for item in first.json()["items"]] == [3, 2]
    link = first.headers["Link"]
    assert link.endswith('>; rel="next"')
    path = link[1 : link.index(">")].partition("/api/v1")[2]
    assert [item["seq"] for item in house.get(path).json()["items"]] == [1]
    assert [item["seq"] for item in house.get("/events?order=oldest").json()["items"]] == [1, 2, 3]


def test_a_cursor_is_of_one_key_and_one_search(house: House) -> None:
    """Another person, another key of the same person, or another search gets bad-cursor."""
    cursor = house.get("/events?limit=1").json()["next"]
    assert house.get(f"/events?limit=1&cursor={cursor}").status_code == 200
    for who, path in (
        ("second", f"/events?cursor={cursor}"),
        ("audrey", f"/events?cursor={cursor}"),
        ("mallory", f"/events?cursor={cursor}"),
        ("ada", f"/events?q=x&cursor={cursor}"),
        ("ada", f"/events?order=oldest&cursor={cursor}"),
        ("ada", "/events?cursor=nonsense"),
    ):
        refused = house.get(path, who)
        assert (refused.status_code, refused.json()["type"]) == (400, "bad-cursor")


def test_count_facets_and_histogram(house: House) -> None:
    """Figures are exact over the whole range, and bounded by it."""
    assert house.get("/events/count").json() == {"count": 3, "gaps": []}
    assert house.get("/events/count?from=2026-11-02&to=2026-11-03").json()["count"] == 1
    found = house.get("/events/facets?by=username,event&top=1").json()
    assert found["facets"] == {"username": [{"value": "ana.pop", "count": 2}], "event": [{"value": "call", "count": 2}]}
    assert found["other"] == {"username": 1, "event": 1}
    found = house.get("/events/histogram?interval=P1D&tz=Europe/Berlin").json()
    assert found["interval"] == "P1D"
    assert [bucket["count"] for bucket in found["buckets"]] == [1, 1, 1]
    assert found["buckets"][0]["start"] == "2026-10-31T23:00:00.000000Z"


def test_dates_are_those_of_the_zone(house: House) -> None:
    """``from``, ``to`` and dates in the text without a zone are read in ``tz``."""
    assert usernames(house, "/events?from=2026-11-02T10:00&tz=Europe/Berlin&order=oldest") == ["ben", "ana.pop"]
    assert usernames(house, "/events?from=2026-11-02T10:00&tz=UTC") == ["ana.pop"]
    assert usernames(house, "/events?from=2026-11-02T09:00:00Z&to=2026-11-02T09:00:00.000001Z") == ["ben"]


def test_everybody_gets_their_part(house: House) -> None:
    """Ada and Audrey see the tenant, Sam his desk, Mallory her own tenant."""
    assert len(usernames(house, "/events", "ada")) == len(usernames(house, "/events", "audrey")) == 3
    assert usernames(house, "/events", "sam") == ["ana.pop"]
    assert usernames(house, "/events", "mallory") == ["zoe"]
    assert house.get("/events/count", "sam").json()["count"] == 1


def test_a_masked_reader_sees_no_number(house: House) -> None:
    """Numbers are masked in every answer, finding by them finds nothing, and the record of it holds X as well."""
    for path in ("/events", f"/events/{ID}", "/events/facets?by=event_object", "/calls/1769277733.331"):
        assert b"44207" not in house.get(path, "sam").content
    assert house.get("/events", "sam").json()["items"][0]["params"]["caller"] == "+XXXXXXXXXXXX"
    house.log.clear()
    assert house.get("/events?q=has:442079460123", "sam").json()["items"] == []
    assert house.log.last()["comments"] == "has:XXXXXXXXXXXX"
    assert "442079" not in json.dumps(house.log.last(), default=str)
    assert house.get("/events?q=has:442079460123", "ada").json()["items"]


@pytest.mark.parametrize("path", CALLS)
def test_who_may_not_learns_nothing(house: House, path: str) -> None:
    """No key is 401; an agent, and an ingest key, get 403 with the permission's name, whatever is there."""
    nobody = house.get(path, "nobody")
    assert (nobody.status_code, nobody.json()["type"]) == (401, "not-authenticated")
    answers = {house.get(path, who).content for who in ("alex", "ingest")}
    assert len(answers) == 1
    refused = house.get(path, "alex")
    assert (refused.status_code, refused.json()["permission"]) == (403, "show_activity_log")
    assert refused.headers["Content-Type"] == "application/problem+json"


def test_absent_out_of_scope_and_foreign_are_the_same(house: House) -> None:
    """One 404 for a row that is not there, of another desk, or of another tenant."""
    sales = "0190a3c8-5d3e-7c1a-9f00-000000000002"
    answers = {
        house.get(f"/events/{sales}", "sam").content,
        house.get(f"/events/{sales}", "mallory").content,
        house.get("/events/0190a3c8-5d3e-7c1a-9f00-00000000000f", "ada").content,
    }
    assert len(answers) == 1
    assert json.loads(answers.pop())["status"] == 404
    assert house.get(f"/events/{sales}", "ada").status_code == 200


def test_an_id_is_found_in_capital_letters(house: House) -> None:
    """Some programs write UUIDs so."""
    small = "0190a3c8-5d3e-7c1a-9f00-000000000001"
    assert house.get(f"/events/{small.upper()}").json()["id"] == small


@pytest.mark.parametrize(
    ("path", "status", "kind"),
    [
        ("/events?q=user:", 400, "bad-query"),
        ('/events?q="open', 400, "bad-query"),
        ("/events/count?q=usr:x", 400, "bad-query"),
        ("/events?q=%00", 400, "bad-query"),
        ("/events?order=random", 422, "invalid"),
        ("/events?limit=0", 422, "invalid"),
        ("/events?limit=1001", 422, "invalid"),
        ("/events?limit=many", 400, "malformed"),
        ("/events?tz=Mars/Base", 422, "invalid"),
        ("/events?from=yesterday", 422, "invalid"),
        ("/events?to=2026-13-01", 422, "invalid"),
        ("/events?form=2026", 400, "malformed"),
        ("/events/facets", 400, "malformed"),
        ("/events/facets?by=params", 422, "invalid"),
        ("/events/facets?by=username&top=0", 422, "invalid"),
        ("/events/histogram?interval=P2D", 422, "invalid"),
        ("/events/histogram?interval=PT1M&from=2020&to=2026", 422, "invalid"),
        ("/events/not-a-uuid", 404, "not-found"),
        ("/calls/%00", 404, "not-found"),
        ("/calls/unknown", 404, "not-found"),
        ("/nothing", 404, "not-found"),
    ],
)
def test_bad_input_gets_a_clear_answer(house: House, path: str, status: int, kind: str) -> None:
    """Every mistake is a problem document with one sentence; never a 500."""
    found = house.get(path)
    assert (found.status_code, found.json()["type"]) == (status, kind)
    assert found.headers["Content-Type"] == "application/problem+json"
    assert found.json()["detail"].endswith(".")


def test_a_mistake_in_the_text_points_at_the_character(house: House) -> None:
    """A bad-query says where."""
    found = house.get("/events?q=login+user:").json()
    assert (found["position"], found["end"]) == (6, 11)


def test_a_call_has_everything_about_it(house: House) -> None:
    """Events that name the call, and events whose object it is, in order of time."""
    found = house.get("/calls/1769277733.331").json()
    assert [(item["stream"], item["seq"]) for item in found["items"]] == [("activity", 1), ("activity", 2)]
    assert [item["seq"] for item in house.get("/calls/1769277733.331", "sam").json()["items"]] == [1]


def test_the_supervision_log_is_its_own_permission(house: House) -> None:
    """Somebody who may read activity alone is refused the other log by name."""
    assert house.get("/supervision", "ada").json()["items"] == []
    refused = house.get("/supervision", "alex")
    assert (refused.status_code, refused.json()["permission"]) == (403, "show_whisper_log")
