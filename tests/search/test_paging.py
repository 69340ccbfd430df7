"""Pages in order, whole and once, while rows arrive; cursors that fit one person and one query."""

import datetime as dt
import random
from functools import partial
from typing import Any

import pytest

from earwitness.model.problem import BadCursor, Invalid
from earwitness.model.scope import Scope
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.search.log import insert, scope

NOON = dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC)


def moment(seconds: float) -> str:
    """A time of day as the store takes it."""
    return (NOON + dt.timedelta(seconds=seconds)).strftime("%Y-%m-%d %H:%M:%S.%f")


def every(reader: Reader, who: Scope, query: Query, order: str, limit: int) -> list[int]:
    """The seqs of all pages, one after the other."""
    seqs: list[int] = []
    cursor = None
    while True:
        page = reader.page(who, query, order=order, limit=limit, cursor=cursor)
        assert len(page.items) == limit or page.next is None
        seqs += [item.seq for item in page.items if item.seq is not None]
        cursor = page.next
        if cursor is None:
            return seqs


@pytest.mark.parametrize("order", ["newest", "oldest"])
@pytest.mark.parametrize("limit", [1, 7, 1000])
def test_pages_hold_every_row_once_in_order(store: Store, reader: Reader, tenant: str, order: str, limit: int) -> None:
    """Whatever the page size, rows come by (created, seq), also where moments are equal or months apart."""
    chance = random.Random(7)
    times = [chance.choice([0, 0, 1, 60, 5000, 90_000, 8_000_000]) * -1.0 for _ in range(25)]
    insert(store, tenant, [{"created": moment(time)} for time in times])
    right = [seq for _, seq in sorted((time, seq + 1) for seq, time in enumerate(times))]
    found = every(reader, scope(tenant), Query(), order, limit)
    assert found == (right[::-1] if order == "newest" else right)


def test_the_page_ends_exactly_with_the_rows(store: Store, reader: Reader, tenant: str) -> None:
    """Where as many rows are left as fit, there is no next page."""
    insert(store, tenant, [{"created": moment(n)} for n in range(4)])
    first = reader.page(scope(tenant), Query(), limit=2)
    assert first.next
    assert reader.page(scope(tenant), Query(), limit=2, cursor=first.next).next is None


def test_rows_that_arrive_do_not_move_pages(store: Store, reader: Reader, tenant: str) -> None:
    """The second page goes on behind the first, however many newer rows came in between."""
    insert(store, tenant, [{"created": moment(n)} for n in range(6)])
    first = reader.page(scope(tenant), Query(), limit=3)
    insert(store, tenant, [{"created": moment(100 + n)} for n in range(5)], first=7)
    second = reader.page(scope(tenant), Query(), limit=3, cursor=first.next)
    assert [item.seq for item in (*first.items, *second.items)] == [6, 5, 4, 3, 2, 1]
    assert [item.seq for item in reader.page(scope(tenant), Query(), limit=2).items] == [11, 10]


def test_what_was_acknowledged_is_found_at_once(store: Store, reader: Reader, tenant: str) -> None:
    """Rows far newer, or far older, than all others so far are on the next page asked for."""
    insert(store, tenant, [{"created": moment(0)}])
    reader.page(scope(tenant), Query(), order="newest")
    reader.page(scope(tenant), Query(), order="oldest")
    insert(store, tenant, [{"created": moment(10_000_000)}, {"created": moment(-10_000_000)}], first=2)
    assert every(reader, scope(tenant), Query(), "newest", 10) == [2, 1, 3]
    assert every(reader, scope(tenant), Query(), "oldest", 10) == [3, 1, 2]


def test_a_range_has_its_start_and_not_its_end(store: Store, reader: Reader, tenant: str) -> None:
    """``from`` is inclusive, ``to`` exclusive, to the microsecond."""
    insert(store, tenant, [{"created": moment(0.000001 * n)} for n in range(5)])
    query = Query(start=NOON + dt.timedelta(microseconds=1), end=NOON + dt.timedelta(microseconds=3))
    assert every(reader, scope(tenant), query, "oldest", 10) == [2, 3]
    assert reader.count(scope(tenant), query).count == 2
    nothing = query._replace(end=query.start)
    assert reader.page(scope(tenant), nothing).items == ()


@pytest.mark.parametrize("text", ["wanted", '"is wanted"', "has:wanted", "comments:wanted"])
def test_rare_rows_are_found_across_the_whole_log(store: Store, reader: Reader, tenant: str, text: str) -> None:
    """Pages look into hours, days and everything: rows scattered over years come whole and in order."""
    hour = 3600.0
    rows: list[dict[str, Any]] = [{"created": moment(-n * hour), "comments": "not this"} for n in range(300)]
    for n in (0, 3, 30, 200, 290):
        rows[n]["comments"] = "this one is wanted"
    rows += [{"created": moment(-n * 9000 * hour), "comments": "this one is wanted"} for n in (1, 2, 3)]
    insert(store, tenant, rows)
    right = [1, 4, 31, 201, 291, 301, 302, 303]
    assert every(reader, scope(tenant), Query(text=text), "newest", 2) == right
    assert every(reader, scope(tenant), Query(text=text), "oldest", 3) == right[::-1]


def test_a_cursor_fits_one_person_and_one_query(store: Store, reader: Reader, tenant: str) -> None:
    """Another viewer, tenant, text, range, zone or order, a changed or an invented cursor: bad-cursor."""
    insert(store, tenant, [{"created": moment(n)} for n in range(4)])
    who, query = scope(tenant), Query(text="user:ana.pop")
    cursor = reader.page(who, query, limit=2).next
    assert cursor
    assert reader.page(who, query, limit=1, cursor=cursor).items[0].seq == 2
    other = Reader(store, secret=b"another")
    swapped = cursor[:-1] + ("A" if cursor[-1] != "A" else "B")
    tries = [
        lambda: reader.page(scope(tenant, viewer="sam"), query, cursor=cursor),
        lambda: reader.page(scope(f"{tenant}x"), query, cursor=cursor),
        lambda: reader.page(scope(tenant, own="ana.pop"), query, cursor=cursor),
        lambda: reader.page(who, Query(), cursor=cursor),
        lambda: reader.page(who, query._replace(start=NOON), cursor=cursor),
        lambda: reader.page(who, query._replace(tz="Europe/Berlin"), cursor=cursor),
        lambda: reader.page(who, query, order="oldest", cursor=cursor),
        lambda: other.page(who, query, cursor=cursor),
        *(partial(reader.page, who, query, cursor=bad) for bad in (swapped, cursor[:-4], f"{cursor}=", "x", "é", "=")),
    ]
    for attempt in tries:
        with pytest.raises(BadCursor):
            attempt()


def test_wrong_parameters_are_named(reader: Reader, tenant: str) -> None:
    """An order, limit, stream or zone that cannot be is refused with the field."""
    for field, attempt in {
        "order": lambda: reader.page(scope(tenant), Query(), order="random"),
        "limit": lambda: reader.page(scope(tenant), Query(), limit=1001),
        "stream": lambda: reader.page(scope(tenant), Query(stream="nothing")),
        "tz": lambda: reader.page(scope(tenant), Query(tz="Mars/Base")),
    }.items():
        with pytest.raises(Invalid) as caught:
            attempt()
        assert set(caught.value.fields) == {field}


def test_an_empty_log_answers(reader: Reader, tenant: str) -> None:
    """A tenant without a row gets empty answers, not errors."""
    assert reader.page(scope(tenant), Query()).items == ()
    assert reader.count(scope(tenant), Query()).count == 0
    assert reader.histogram(scope(tenant), Query()).buckets == ()
    assert reader.facets(scope(tenant), Query(), ["username", "desk"]).facets == {"username": (), "desk": ()}
