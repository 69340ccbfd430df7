"""What stands around the list: the total, the histogram, the top values, the notice of newer events."""

import datetime as dt
from typing import NamedTuple

from django.template.loader import render_to_string
from django.utils.safestring import SafeString

from earwitness.deliver.charts.scale import number
from earwitness.search import Reader
from earwitness.web import drawings
from earwitness.web.activity.form import FORM, PATH
from earwitness.web.activity.submitted import Submitted, without_itself
from earwitness.web.logs import forms
from earwitness.web.logs import histogram as histograms
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.asked import Asked

FACETS: tuple[tuple[str, str, str], ...] = (
    ("username", "user", "Users"),
    ("event", "event", "Event"),
    ("sub_event", "sub", "Sub Event"),
    ("source", "source", "Source"),
    ("outcome", "outcome", "Outcome"),
)
TOP = 7


def total(reader: Reader, asked: Asked, search: Submitted) -> str:
    """Return the exact number of events, in words."""
    count = reader.count(asked.scope, without_itself(reader, asked, search)).count
    return f"{number(count)} {'event' if count == 1 else 'events'}"


def histogram(reader: Reader, asked: Asked, search: Submitted) -> SafeString:
    """Return the histogram."""
    return histograms.of(reader, asked, without_itself(reader, asked, search), "events")


class Value(NamedTuple):
    """One value of a facet: its text, how often, bar, where it leads, how to exclude it, whether it is demanded."""

    text: str
    figure: str
    share: SafeString
    url: str
    without: str
    chosen: bool


class Facet(NamedTuple):
    """The top values of one column, and how many events have others."""

    label: str
    values: list[Value]
    other: str


def facets(reader: Reader, asked: Asked, search: Submitted) -> SafeString:
    """Return the top values of some columns, each adding itself to the search or excluding itself from it."""
    found = reader.facets(asked.scope, without_itself(reader, asked, search), [column for column, _, _ in FACETS], TOP)
    demanded = forms.fill(asked.address.q, FORM).fields
    shown = []
    for column, field, label in FACETS:
        values = found.facets[column]
        most = max((value.count for value in values), default=0)
        rows = [_value(asked.address, field, value.value, value.count, most, demanded) for value in values]
        other = found.other.get(column, 0)
        shown.append(Facet(label, rows, number(other) if other else ""))
    return render_to_string("activity/facets.html", {"facets": shown})


def _value(  # noqa: PLR0913, PLR0917 -- a value and what it is held against
    address: Address, field: str, text: str, count: int, most: int, demanded: dict[str, str]
) -> Value:
    first = address.with_()
    chosen = demanded.get(field, "").strip('"').lower() == text.lower() and bool(text)
    other = first.with_(q=forms.without_value(address.q, field, FORM))
    url = other.url(PATH) if chosen else first.url(PATH, add=field, value=text)
    without = "" if chosen else first.url(PATH, add=field, value=text, **{"not": "1"})
    bar = drawings.share(count, most)
    return Value(text, number(count), bar, url, without, chosen)


def newer_than(reader: Reader, asked: Asked, created: dt.datetime | None, seqs: tuple[int, int]) -> int:
    """Return how many events would stand above the first row of the list if it were asked for now.

    created, seqs[0]: time and place of the first row, None and 0 where there was none; seqs[1]: place of the event that
    records the search itself, which is no news.
    """
    return reader.count(asked.scope, asked.also(f"seq:>{seqs[0]} -seq:{seqs[1]}", created)).count
