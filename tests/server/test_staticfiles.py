"""Static files come whole, in parts and not again, without a warning."""

import asyncio
import warnings

from django.test import AsyncClient, Client

FILE = "/static/web/base.css"


def test_a_file_a_part_of_it_and_a_file_that_is_known() -> None:
    """200 with the bytes, 206 with those that were asked for, 304 without any; HEAD says how many there are."""
    client = Client()
    whole = client.get(FILE)
    assert (whole.status_code, whole.streaming) == (200, False)
    assert whole["Content-Type"].startswith("text/css")
    assert int(whole["Content-Length"]) == len(whole.content) > 1000
    part = client.get(FILE, headers={"Range": "bytes=10-19"})
    assert (part.status_code, part.content) == (206, whole.content[10:20])
    known = client.get(FILE, headers={"If-None-Match": whole["ETag"]})
    assert (known.status_code, known.content) == (304, b"")
    head = client.head(FILE)
    assert (head.content, head["Content-Length"]) == (b"", whole["Content-Length"])


def test_an_event_loop_serves_them_without_a_warning() -> None:
    """As the server does."""

    async def ask() -> int:
        return int((await AsyncClient().get(FILE)).status_code)

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert asyncio.run(ask()) == 200
