"""Audit of the audit: who searched for what, once for each search."""

from tests.api_read.conftest import House

ID = "0190a3c8-5d3e-7c1a-9f00-000000000001"


def test_a_search_is_one_event_with_its_text(house: House) -> None:
    """Text, range, order, address and key are recorded with it."""
    found = house.get("/events?q=user:ana.pop&from=2026-11-01&order=oldest")
    [event] = house.log.events
    assert (event["tenant"], event["event"], event["sub_event"]) == (house.tenant, "search", "activity")
    assert event["username"] == house.people["ada"].username
    assert event["actor_type"] == "api_key"
    assert event["comments"] == "user:ana.pop"
    assert event["params"]["q"] == "user:ana.pop"
    assert event["params"]["from"] == "2026-11-01T00:00:00.000000Z"
    assert event["params"]["order"] == "oldest"
    assert event["request_id"] == found.headers["X-Request-ID"]
    assert event["user_ip"] == "127.0.0.1"


def test_what_belongs_to_a_search_adds_nothing(house: House) -> None:
    """Pages by cursor, and figures that name the search's request, share its event."""
    first = house.get("/events?limit=1")
    name = {"x-request-id": first.headers["X-Request-ID"]}
    assert house.get(f"/events?limit=1&cursor={first.json()['next']}").status_code == 200
    for path in ("/events/count", "/events/facets?by=event", "/events/histogram", "/events?limit=1"):
        assert house.get(path, **name).headers["X-Request-ID"] == name["x-request-id"]
    assert house.log.acts() == ["search.activity"]


def test_nobody_counts_unseen(house: House) -> None:
    """A figure by itself, of another text, under an invented name or by somebody else is a search of its own."""
    name = {"x-request-id": house.get("/events?q=a").headers["X-Request-ID"]}
    house.log.clear()
    house.get("/events/count?q=a")
    house.get("/events/count?q=b", **name)
    house.get("/events/count?q=a", "audrey", **name)
    house.get("/events/facets?by=event", **{"x-request-id": "invented"})
    assert house.log.acts() == ["search.activity"] * 4
    assert [event["comments"] for event in house.log.events] == ["a", "b", "a", ""]


def test_a_mistake_is_no_search(house: House) -> None:
    """A text that cannot be read is answered and not recorded."""
    assert house.get("/events?q=user:").status_code == 400
    assert house.log.events == []


def test_an_opened_event_is_recorded(house: House) -> None:
    """Who looked at one event's params is known."""
    house.get(f"/events/{ID}")
    [event] = house.log.events
    assert (event["event"], event["sub_event"], event["event_object"]) == ("params_opened", "activity", f"event:{ID}")
    house.log.clear()
    house.get("/events/0190a3c8-5d3e-7c1a-9f00-00000000000f")
    assert house.log.events == []


def test_refusals_are_recorded_once_a_minute(house: House) -> None:
    """Knocking again adds nothing at once."""
    for _ in range(3):
        house.get("/events", "alex")
    assert house.log.acts() == ["access.denied"]
    assert house.log.last()["params"]["permission"] == "show_activity_log"
