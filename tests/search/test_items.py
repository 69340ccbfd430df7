"""Rows as JSON: the API, and files for programs, give the same."""

import json
from typing import Any

import pytest

from earwitness.search import Query, Reader, items
from earwitness.store import Store
from tests.search.log import insert, scope

ODD: list[dict[str, Any]] = [
    {},
    {
        "username": "o'b\"\\\t😀",
        "comments": "line\nbreak \u2028 </script>",
        "user_ip": "2001:db8::7",
        "event_object": "queue:a:b",
        "params": {"a": [1, 2.50, None, True], "é": "\u0001\\", "n": 442079460123},
        "changes": [{"path": "x", "old": "+442079460123", "new": None}],
        "desks": ["a", "b'"],
        "clock_skew_ms": -5,
        "producer_seq": 7,
        "redactions": ["params.password"],
    },
    {"user_ip": "10.0.0.1", "object_type": "queue", "event_object": "x:y"},
]


@pytest.mark.parametrize("masked", [False, True])
def test_an_item_is_the_same_in_a_page_and_in_a_file(store: Store, reader: Reader, tenant: str, masked: bool) -> None:
    """The engine writes for files what Python writes for pages, masked and not."""
    insert(store, tenant, ODD)
    who = scope(tenant, masked=masked)
    page = [items.to_json(items.item(row)) for row in reader.page(who, Query()).items]
    file = b"".join(reader.export(who, Query(), (), form="items")).splitlines()
    assert [json.loads(line) for line in file] == [json.loads(line) for line in page]
    first = json.loads(page[-1])
    assert first["created"] == "2026-11-20T10:00:00.000000Z"
    assert (first["clock_skew_ms"], first["params"], first["changes"]) == (None, {}, [])
