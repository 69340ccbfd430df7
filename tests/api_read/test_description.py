"""The description of the API: whole, true, and for whom."""

import re
from collections.abc import Iterator
from typing import Any

from django.test import Client

from earwitness.api.app import api
from earwitness.api.read.shapes import EventShown, SegmentShown
from earwitness.api.recording import EVENT, RECORDING, SEGMENT
from earwitness.model.event import Event
from earwitness.model.segment import Segment
from earwitness.record.row import SENT
from earwitness.record.segments import Reported
from tests.api_read.conftest import House


def test_it_describes_reading_and_recording() -> None:
    """Every call of both doors stands in it."""
    paths = api.get_openapi_schema(path_prefix="/api/v1/")["paths"]
    for path, method in {
        "/api/v1/events": "post",
        "/api/v1/events/count": "get",
        "/api/v1/events/facets": "get",
        "/api/v1/events/histogram": "get",
        "/api/v1/events/tail": "get",
        "/api/v1/events/{row_id}": "get",
        "/api/v1/supervision": "get",
        "/api/v1/calls/{call_id}": "get",
    }.items():
        assert method in paths[path], path
    for path in RECORDING:
        assert {"get", "post"} <= paths[path].keys(), path


def test_shapes_are_those_of_the_shared_types() -> None:
    """What is described is what is answered, field by field; what may be sent is what the write door takes."""
    assert set(EventShown.model_fields) == set(Event.__struct_fields__)
    assert set(SegmentShown.model_fields) == set(Segment.__struct_fields__)
    assert set(EVENT) == set(SENT)
    assert set(SEGMENT) == set(Reported.__struct_fields__)


def test_answers_fit_their_shape(house: House) -> None:
    """An event as answered passes its own description."""
    for item in house.get("/events").json()["items"]:
        EventShown.model_validate(item)


def patterns(schema: Any) -> Iterator[str]:
    """Every regular expression in a description."""
    if isinstance(schema, dict):
        if isinstance(schema.get("pattern"), str):
            yield schema["pattern"]
        schema = list(schema.values())
    if isinstance(schema, list):
        for each in schema:
            yield from patterns(each)


def test_every_pattern_is_one_that_readers_of_the_description_know() -> None:
    """The regular expressions of JSON Schema have no ends but ^ and $: with others no tool takes the document."""
    found = list(patterns(api.get_openapi_schema(path_prefix="/api/v1/")))
    assert found
    assert [pattern for pattern in found if re.search(r"\\[AzZ]", pattern)] == []


def test_operations_have_names_of_their_own() -> None:
    """No two calls share an operation id: clients are generated from them."""
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    names = [call["operationId"] for calls in schema["paths"].values() for call in calls.values()]
    assert len(names) == len(set(names))


def test_who_may_read_the_description(house: House) -> None:
    """The document needs any key; its pages need api_docs, and load nothing from elsewhere."""
    assert house.get("/openapi.json", "nobody").status_code == 401
    for who in ("ada", "alex", "ingest"):
        assert house.get("/openapi.json", who).status_code == 200
    assert house.get("/docs", "nobody").status_code == 401
    asked = house.get("/docs", "nobody", accept="text/html,*/*;q=0.8")
    assert (asked.status_code, asked.headers["Location"]) == (302, "/accounts/login/?next=/api/v1/docs")
    assert house.get("/docs", "alex").status_code == 403
    page = house.get("/docs", "ada")
    assert page.status_code == 200
    assert b"//cdn" not in page.content
    assert b"https://" not in page.content


def test_wrong_methods_and_addresses_are_problems(house: House) -> None:
    """405 and 404 under /api/ are problem documents too."""
    headers = {"authorization": f"Bearer {house.keys['ada']}"}
    refused = Client().delete("/api/v1/events", headers=headers)
    assert (refused.status_code, refused.json()["type"]) == (405, "method-not-allowed")
    assert house.get("/no/such/thing").json()["type"] == "not-found"


def test_an_address_takes_the_methods_that_http_gives_it(house: House) -> None:
    """HEAD is GET without its body; OPTIONS and a refusal name all methods, those of the write door too."""
    headers = {"authorization": f"Bearer {house.keys['ada']}"}
    assert Client().head("/api/v1/events", headers=headers).status_code == 200
    assert Client().head("/api/v1/events/nothing", headers=headers).status_code == 404
    assert Client().head("/api/v1/events/tail", headers=headers).status_code == 405
    asked = Client().options("/api/v1/events", headers=headers)
    assert (asked.status_code, asked["Allow"]) == (204, "GET, HEAD, OPTIONS, POST")
    refused = Client().put("/api/v1/supervision/count", headers=headers)
    assert (refused.status_code, refused["Allow"]) == (405, "GET, HEAD, OPTIONS")


def test_a_body_that_is_not_json_is_not_spoken_here(house: House) -> None:
    """415 for another type, 413 for far too much of it."""
    headers = {"authorization": f"Bearer {house.keys['ada']}"}
    told = Client().post("/api/v1/exports", "{}", "text/plain", headers=headers)
    assert (told.status_code, told.json()["type"]) == (415, "unsupported-media-type")
    told = Client().post("/api/v1/exports", b" " * 3_000_000, "application/json", headers=headers)
    assert (told.status_code, told.json()["type"]) == (413, "too-large")


def test_an_address_that_says_two_things_or_no_text_is_refused(house: House) -> None:
    """Another question would be answered than was asked."""
    for query in ("limit=1&limit=2", "q=%ff", "from=2026-11-01&from=2026-11-02", "by=event&by=username"):
        path = "/events/facets" if query.startswith("by") else "/events"
        assert house.get(f"{path}?{query}").status_code == 400, query
