"""The address of the list holds the whole search."""

import datetime as dt
from urllib.parse import parse_qsl

import pytest

from earwitness.web.activity import columns
from earwitness.web.activity.form import PATH
from earwitness.web.logs import addresses, zones
from earwitness.web.logs.addresses import Address, Place


def test_an_address_comes_back_as_it_was() -> None:
    """Every part survives the way through a browser."""
    whole = Address('user:ana "a&b=c"', "-7d", "2026-01-01", "oldest", "Europe/Berlin", "created,seq", "1...abc")
    query = whole.url(PATH).partition("?")[2]
    assert addresses.of(dict(parse_qsl(query))) == whole


def test_defaults_are_left_away() -> None:
    """The plain list has the plain address."""
    assert addresses.of({"order": "newest", "tz": "UTC", "q": " ", "cursor": ""}).url(PATH) == "/activity"


def test_changing_the_search_goes_to_its_first_page() -> None:
    """A cursor belongs to one search."""
    assert Address(q="a", cursor="1...x").with_(q="b") == Address(q="b")


def test_a_place_comes_back_as_it_was() -> None:
    """Paging keeps the range of the first page: what ``last 15 minutes`` meant does not move while somebody reads."""
    place = Place(3, dt.datetime(2026, 1, 1, 0, 0, 0, 1, tzinfo=dt.UTC), None, "abc.def_-")
    assert addresses.place(place.text()) == place


@pytest.mark.parametrize("text", ["", "x", "1..", "a.b.c.d", "1.x..c", "1.99999999999999999999..c"])
def test_a_broken_cursor_is_no_place(text: str) -> None:
    """Whatever was made of a cursor by hand, it never fails otherwise."""
    assert addresses.place(text) is None


@pytest.mark.parametrize("name", ["", "UTC", "Europe/Berlin", "America/Argentina/Ushuaia"])
def test_zones_are_found_by_name(name: str) -> None:
    """No name means UTC."""
    zone = zones.zone(name)
    assert zone is not None
    assert zone.key == (name or "UTC")


@pytest.mark.parametrize("name", ["Nowhere/At_All", "../../etc/passwd", "/etc/localtime", "x" * 300, "\0"])
def test_what_is_no_zone_is_none(name: str) -> None:
    """Names from an address never reach beyond the zone files."""
    assert zones.zone(name) is None


def test_columns_keep_the_order_they_were_chosen_in() -> None:
    """Unknown names are left out, repeated ones stand once."""
    assert [c.name for c in columns.chosen(["seq", "created", "nonsense", "seq"])] == ["seq", "created"]


def test_no_column_at_all_means_the_default() -> None:
    """A list without columns would be no list."""
    assert [c.name for c in columns.chosen([])] == list(columns.DEFAULT)
