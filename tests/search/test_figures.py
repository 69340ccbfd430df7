"""Facets and histograms: exact, and in the time of the zone."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from earwitness.model.problem import Invalid
from earwitness.search import Query, Reader
from earwitness.store import Store
from tests.search.log import insert, scope

U = dt.UTC


def test_facets_are_exact_and_name_the_rest(store: Store, reader: Reader, tenant: str) -> None:
    """The top values come with their counts, ties by name, and everything else is other."""
    rows = [{"username": name, "sub_event": sub} for name, sub in zip("aaabbc", "xyxyx" + "z", strict=True)]
    insert(store, tenant, [*rows, {"username": "", "user_ip": "10.0.0.1", "event_object": "queue:q1"}])
    found = reader.facets(scope(tenant), Query(), ["username", "sub_event", "user_ip", "object_type"], 2)
    assert [(v.value, v.count) for v in found.facets["username"]] == [("a", 3), ("b", 2)]
    assert [(v.value, v.count) for v in found.facets["sub_event"]] == [("x", 3), ("y", 2)]
    assert [(v.value, v.count) for v in found.facets["user_ip"]] == [("", 6), ("10.0.0.1", 1)]
    assert [(v.value, v.count) for v in found.facets["object_type"]] == [("", 6), ("queue", 1)]
    assert found.other == {"username": 2, "sub_event": 2, "user_ip": 0, "object_type": 0}


def test_facets_tell_about_the_values_that_are_asked_for(store: Store, reader: Reader, tenant: str) -> None:
    """However rare they are; all others are other, and none is made up."""
    insert(store, tenant, [{"username": name} for name in "aaabbc"] + [{"username": ""}])
    found = reader.facets(scope(tenant), Query(), ["username"], 2, only=["c", "", "unheard"])
    assert [(v.value, v.count) for v in found.facets["username"]] == [("", 1), ("c", 1)]
    assert found.other == {"username": 5}
    assert found.rows("username") == 7


def test_every_desk_of_a_row_is_counted(store: Store, reader: Reader, tenant: str) -> None:
    """A row of two desks counts for both."""
    insert(store, tenant, [{"desks": ["a", "b"]}, {"desks": ["b"]}, {"desks": []}])
    found = reader.facets(scope(tenant), Query(), ["desk"], 1)
    assert [(v.value, v.count) for v in found.facets["desk"]] == [("b", 2)]
    assert found.other == {"desk": 1}


def test_facets_of_nothing_known_are_refused(reader: Reader, tenant: str) -> None:
    """A column that cannot be counted, none at all, or too many values: named."""
    for by, top, field in ((["params"], 5, "by"), ([], 5, "by"), (["username"], 0, "top"), (["username"], 1001, "top")):
        with pytest.raises(Invalid) as caught:
            reader.facets(scope(tenant), Query(), by, top)
        assert set(caught.value.fields) == {field}


@pytest.mark.parametrize(
    ("zone", "start"),
    [("Asia/Kolkata", "2026-11-20T11:17"), ("America/New_York", "2026-11-21T20:03"), ("UTC", "2026-11-21T20:03")],
)
def test_every_row_has_its_day_and_hour_in_the_zone(
    store: Store, reader: Reader, tenant: str, zone: str, start: str
) -> None:
    """Three days with a row every 100 seconds: one part of the index spans the midnight at which a Monday begins there,
    and ends in the same week of UTC."""
    first = dt.datetime.fromisoformat(start).replace(tzinfo=U)
    moments = [first + dt.timedelta(seconds=100 * n) for n in range(3000)]
    insert(store, tenant, [{"created": f"{moment:%Y-%m-%d %H:%M:%S}"} for moment in moments])
    local = [moment.astimezone(ZoneInfo(zone)) for moment in moments]

    def count(text: str) -> int:
        return reader.count(scope(tenant), Query(text=text, tz=zone)).count

    for day in range(1, 8):
        assert count(f"weekday:{day}") == sum(moment.isoweekday() == day for moment in local), day
    for hour in range(24):
        assert count(f"hour:{hour}") == sum(moment.hour == hour for moment in local), hour
    assert count("weekday:6..7") == sum(moment.isoweekday() >= 6 for moment in local)
    assert count("-weekday:7") == sum(moment.isoweekday() != 7 for moment in local)


def test_suggestions_begin_with_what_was_typed(store: Store, reader: Reader, tenant: str) -> None:
    """Values that begin with the text come first, then those that hold it; most frequent first; case does not count."""
    names = ["Ana.Pop", "Ana.Pop", "ANABEL", "Diana", "ben", "100%", "o'brien"]
    insert(store, tenant, [{"username": name} for name in names])

    def ask(text: str, limit: int = 10) -> list[tuple[str, int]]:
        return reader.suggest(scope(tenant), "activity", "user", text, limit)

    assert ask("ana") == [("Ana.Pop", 2), ("ANABEL", 1), ("Diana", 1)]
    assert ask("ana", 1) == [("Ana.Pop", 2)]
    assert ask("%") == [("100%", 1)]
    assert ask("o'") == [("o'brien", 1)]
    assert ask("\x00\ud800ben") == [("ben", 1)]
    for field in ("params", "has", "created", "nothing", "manager"):
        with pytest.raises(Invalid):
            reader.suggest(scope(tenant), "activity", field, "", 5)


def shown(moment: dt.datetime) -> str:
    return moment.strftime("%Y-%m-%dT%H:%MZ")


def test_empty_buckets_are_included(store: Store, reader: Reader, tenant: str) -> None:
    """A given range is divided without a hole, from its start to its end."""
    insert(store, tenant, [{"created": f"2026-11-01 {time}"} for time in ("00:00:00", "00:59:59.999999", "03:00:00")])
    query = Query(start=dt.datetime(2026, 11, 1, tzinfo=U), end=dt.datetime(2026, 11, 1, 4, 30, tzinfo=U))
    found = reader.histogram(scope(tenant), query, "PT1H")
    assert [(shown(b.start), b.count) for b in found.buckets] == [
        ("2026-11-01T00:00Z", 2),
        ("2026-11-01T01:00Z", 0),
        ("2026-11-01T02:00Z", 0),
        ("2026-11-01T03:00Z", 1),
        ("2026-11-01T04:00Z", 0),
    ]


def test_an_open_range_is_that_of_the_rows(store: Store, reader: Reader, tenant: str) -> None:
    """Without bounds, the first and the last bucket are those of the first and the last row that may be seen."""
    insert(store, tenant, [{"created": "2026-10-01 00:00:00", "desks": ["a"]}, {"created": "2026-11-02 09:10:00"}])
    insert(store, tenant, [{"created": f"2026-11-0{n} 09:10:00", "desks": ["b"]} for n in (1, 3)], first=3)
    desk = scope(tenant, desks=frozenset({"b"}))
    found = reader.histogram(desk, Query(), "P1D")
    assert [(shown(b.start), b.count) for b in found.buckets] == [
        ("2026-11-01T00:00Z", 1),
        ("2026-11-02T00:00Z", 0),
        ("2026-11-03T00:00Z", 1),
    ]
    assert reader.histogram(desk, Query()).interval == "PT1H"
    assert reader.histogram(desk, Query(), "PT1M").buckets[0].count == 1
    assert sum(b.count for b in reader.histogram(scope(tenant), Query()).buckets) == 4


@pytest.mark.parametrize(
    ("zone", "day", "hours"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 29), 23),
        ("Europe/Berlin", dt.date(2026, 10, 25), 25),
        ("Asia/Kathmandu", dt.date(2026, 3, 29), 24),
        ("America/Sao_Paulo", dt.date(2018, 11, 4), 23),
        ("Pacific/Apia", dt.date(2011, 12, 29), 24),
    ],
)
def test_days_are_days_of_the_zone(
    store: Store, reader: Reader, tenant: str, zone: str, day: dt.date, hours: int
) -> None:
    """A day has the hours it has in its zone, also where clocks change, skip midnight or a whole day."""
    start = dt.datetime.combine(day, dt.time(), ZoneInfo(zone)).astimezone(U)
    moments = [start + dt.timedelta(hours=n) for n in range(-24, 48)]
    insert(store, tenant, [{"created": moment.strftime("%Y-%m-%d %H:%M:%S")} for moment in moments])
    found = reader.histogram(scope(tenant), Query(tz=zone), "P1D")
    counts = {bucket.start: bucket.count for bucket in found.buckets}
    assert counts[start] == hours
    assert sum(counts.values()) == len(moments)


@pytest.mark.parametrize("zone", ["UTC", "Asia/Kathmandu", "Australia/Lord_Howe", "Africa/Monrovia"])
@pytest.mark.parametrize("interval", ["PT1M", "PT15M", "PT1H", "P1D", "P1W", "P1M", "auto"])
def test_what_is_counted_already_is_counted_alike(
    store: Store, reader: Reader, tenant: str, zone: str, interval: str
) -> None:
    """All rows (counted by quarters of an hour beforehand) and rows that pass a filter make the same buckets."""
    start = dt.datetime(1971, 12, 31, 22, 7, 13, tzinfo=U)
    moments = [start + dt.timedelta(minutes=7 * n, seconds=n) for n in range(200)]
    insert(store, tenant, [{"created": moment.strftime("%Y-%m-%d %H:%M:%S")} for moment in moments])
    for first, last in ((None, None), (start + dt.timedelta(minutes=8), start + dt.timedelta(hours=20, seconds=1))):
        query = Query(start=first, end=last, tz=zone)
        everything = reader.histogram(scope(tenant), query, interval)
        assert everything == reader.histogram(scope(tenant), query._replace(text="seq:>=0"), interval)
        inside = [m for m in moments if (first is None or m >= first) and (last is None or m < last)]
        assert sum(bucket.count for bucket in everything.buckets) == len(inside)


def test_weeks_begin_on_monday_and_months_on_the_first(store: Store, reader: Reader, tenant: str) -> None:
    """P1W and P1M follow the calendar of the zone."""
    insert(store, tenant, [{"created": f"2026-{day} 23:30:00"} for day in ("10-25", "10-31", "11-01", "12-01")])
    weeks = reader.histogram(scope(tenant), Query(), "P1W", "Europe/Berlin").buckets
    assert [b.start.astimezone(ZoneInfo("Europe/Berlin")).weekday() for b in weeks] == [0] * len(weeks)
    assert [b.count for b in weeks] == [2, 1, 0, 0, 0, 1]
    months = reader.histogram(scope(tenant), Query(), "P1M", "Europe/Berlin").buckets
    assert [(shown(b.start), b.count) for b in months] == [
        ("2026-09-30T22:00Z", 1),
        ("2026-10-31T23:00Z", 2),
        ("2026-11-30T23:00Z", 1),
    ]


def test_too_many_buckets_are_refused(store: Store, reader: Reader, tenant: str) -> None:
    """An interval too short for its range, or none of ours, is named."""
    insert(store, tenant, [{"created": "2020-01-01 00:00:00"}, {"created": "2026-01-01 00:00:00"}])
    for interval in ("PT1M", "PT1H", "P2D"):
        with pytest.raises(Invalid) as caught:
            reader.histogram(scope(tenant), Query(), interval)
        assert set(caught.value.fields) == {"interval"}
    assert reader.histogram(scope(tenant), Query()).interval == "P1M"
