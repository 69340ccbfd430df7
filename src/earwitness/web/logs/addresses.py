"""The address of a log's page: it holds the whole search, so that it can be shared, kept and gone back to."""

import datetime as dt
from collections.abc import Mapping
from typing import Any, NamedTuple
from urllib.parse import urlencode

from earwitness.model import times


class Place(NamedTuple):
    """Where in the results a page begins: its number from 0, the range as on the first page, the reader's cursor."""

    page: int
    start: dt.datetime | None
    end: dt.datetime | None
    cursor: str

    def text(self) -> str:
        """Return the ``cursor`` of the address."""
        return ".".join((str(self.page), _us(self.start), _us(self.end), self.cursor))


def place(text: str) -> Place | None:
    """Return what a ``cursor`` of the address says, or None where it is not of our form; the reader proves the rest."""
    page, _, rest = text.partition(".")
    start, _, rest = rest.partition(".")
    end, _, cursor = rest.partition(".")
    try:
        return Place(int(page), _moment(start), _moment(end), cursor) if cursor else None
    except (ValueError, OverflowError):
        return None


def _us(moment: dt.datetime | None) -> str:
    return "" if moment is None else str(times.to_us(moment))


def _moment(text: str) -> dt.datetime | None:
    return times.from_us(int(text)) if text else None


class Address(NamedTuple):
    """The parts of an address as they stand in it; an empty text is the default."""

    q: str = ""
    start: str = ""
    end: str = ""
    order: str = ""
    tz: str = ""
    columns: str = ""
    cursor: str = ""

    def url(self, path: str, **more: Any) -> str:
        """Return this address, below the path of a page, with more parameters where they are given."""
        pairs = [(name, value) for name, value in zip(NAMES, self, strict=True) if value]
        pairs += [(name, value) for name, value in more.items() if value != ""]
        return f"{path}?{urlencode(pairs)}" if pairs else path

    def with_(self, **changes: str) -> "Address":
        """Return the address with some parts changed, at the first page of its results."""
        return self._replace(**({"cursor": ""} | changes))

    @property
    def oldest_first(self) -> bool:
        """Whether the oldest event stands first."""
        return self.order == "oldest"

    @property
    def bare(self) -> bool:
        """Whether nothing of a search is said."""
        return not any((self.q, self.start, self.end, self.tz, self.order, self.cursor))


NAMES = ("q", "from", "to", "order", "tz", "columns", "cursor")


def of(values: Mapping[str, str]) -> Address:
    """Return the address that query parameters hold; a default that is spelled out is left away."""
    got = [values.get(name, "").strip() for name in NAMES]
    address = Address(*got)
    order = "oldest" if address.order == "oldest" else ""
    return address._replace(order=order, tz="" if address.tz.upper() == "UTC" else address.tz)
