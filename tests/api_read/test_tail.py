"""The live tail: what is recorded from now on, or behind a place, as long as it may be seen."""

import asyncio
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

import pytest
from asgiref.sync import async_to_sync, sync_to_async
from django.test import AsyncClient

from earwitness.accounts import caches
from earwitness.accounts.models import ApiKey
from earwitness.api.read import tail
from earwitness.store import Store
from tests.api_read.conftest import PHONE, House
from tests.search.log import insert

Stream = AsyncIterator[dict[str, str]]


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look often, and recheck permissions at every look."""
    monkeypatch.setattr(tail, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(tail, "RECHECK_SECONDS", 0.0)


async def messages(response: Any) -> Stream:
    """The server-sent events of an answer, as their fields."""
    rest = b""
    async for block in response.streaming_content:
        *whole, rest = (rest + block).split(b"\n\n")
        for text in whole:
            lines = [line.partition(": ") for line in text.decode().splitlines()]
            yield {name: value for name, _, value in lines}


def follow(house: House, who: str, use: Callable[[Stream], Awaitable[None]], path: str = "", **headers: str) -> None:
    """Open a tail as somebody and use its messages, within ten seconds."""

    async def go() -> None:
        client = AsyncClient()
        headers["authorization"] = f"Bearer {house.keys[who]}"
        response = await client.get(f"/api/v1/events/tail{path}", headers=headers)
        assert (response.status_code, response.headers["Content-Type"]) == (200, "text/event-stream")
        stream = messages(response)
        try:
            async with asyncio.timeout(10):
                assert await anext(stream) == {"retry": "3000"}
                await use(stream)
        finally:
            await stream.aclose()

    async_to_sync(go)()


def test_it_tells_what_is_recorded_from_now_on(store: Store, house: House) -> None:
    """Each event comes once, with its seq as id, as the item that a page would hold; what was there does not."""

    async def use(stream: Stream) -> None:
        coming = asyncio.ensure_future(anext(stream))
        await asyncio.sleep(0.3)
        await asyncio.to_thread(insert, store, house.tenant, [{"username": "new"}, {"username": "newer"}], 4)
        first, second = await coming, await anext(stream)
        assert [message["event"] for message in (first, second)] == ["record", "record"]
        assert [message["id"] for message in (first, second)] == ["4", "5"]
        assert json.loads(first["data"])["username"] == "new"
        assert json.loads(first["data"])["seq"] == 4

    follow(house, "ada", use)
    assert house.log.acts() == ["search.activity"]


def test_it_goes_on_behind_the_last_event_id(house: House) -> None:
    """A client that comes back misses nothing and gets nothing twice; its search still filters."""

    async def use(stream: Stream) -> None:
        assert [(await anext(stream))["id"], (await anext(stream))["id"]] == ["2", "3"]

    follow(house, "ada", use, **{"last-event-id": "1"})

    async def use_filtered(stream: Stream) -> None:
        assert (await anext(stream))["id"] == "3"

    follow(house, "ada", use_filtered, "?q=user:ana.pop+-sub:login_failed", **{"last-event-id": "0"})


def test_it_shows_what_its_reader_may_see(house: House) -> None:
    """Sam gets the rows of his desk, masked."""

    async def use(stream: Stream) -> None:
        message = await anext(stream)
        assert message["id"] == "1"
        assert PHONE[3:] not in message["data"]
        assert "+XXXXXXXXXXXX" in message["data"]

    follow(house, "sam", use, **{"last-event-id": "0"})


def test_it_ends_when_the_key_is_revoked(house: House) -> None:
    """The permission is looked at again while the stream lasts; the end says why."""

    async def use(stream: Stream) -> None:
        assert (await anext(stream))["id"] == "1"
        await sync_to_async(ApiKey.objects.filter(name="of ada", tenant__name=house.tenant).delete)()
        await sync_to_async(caches.forget)()
        ends = [message async for message in stream]
        assert ends[-1]["event"] == "end"
        assert json.loads(ends[-1]["data"])["type"] == "not-authenticated"

    follow(house, "ada", use, **{"last-event-id": "0"})


@pytest.mark.parametrize("place", ["x", "-1", "1.5", "٣", "9" * 20])
def test_a_place_that_cannot_be_is_refused(house: House, place: str) -> None:
    """Last-Event-ID is a seq."""
    refused = house.get("/events/tail", **{"last-event-id": place})
    assert (refused.status_code, refused.json()["type"]) == (400, "malformed")


def test_a_mistake_is_told_before_the_stream_begins(house: House) -> None:
    """A text that cannot be read is a 400, not an empty stream."""
    assert house.get("/events/tail?q=user:").json()["type"] == "bad-query"
