"""What file somebody wants: checked as a whole, so that everything wrong is named at once."""

import datetime as dt
from zoneinfo import ZoneInfo

import msgspec

from earwitness.deliver import columns
from earwitness.model.problem import Invalid
from earwitness.model.scope import STREAMS
from earwitness.search import Query

CSV, XLSX, NDJSON, PARQUET, PDF = "csv", "xlsx", "ndjson", "parquet", "pdf"
FORMATS = (CSV, XLSX, NDJSON, PARQUET, PDF)
ORDERS = ("newest", "oldest")
MEDIA_TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    NDJSON: "application/x-ndjson",
    PARQUET: "application/vnd.apache.parquet",
    PDF: "application/pdf",
}
TITLES = {"activity": "Activity audit log", "supervision": "Whisper/Barge/Listen log"}


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """stream, search, start, end, tz: as in a search; columns: names, none for the default; for_people: a CSV gets the
    mark that spreadsheets need; title: on the title page; who: the name in the log; notes: further sentences."""

    stream: str
    format: str
    search: str = ""
    start: dt.datetime | None = None
    end: dt.datetime | None = None
    tz: str = "UTC"
    columns: tuple[str, ...] = ()
    order: str = "newest"
    for_people: bool = False
    title: str = ""
    who: str = ""
    notes: tuple[str, ...] = ()

    @property
    def query(self) -> Query:
        """What is looked for."""
        return Query(stream=self.stream, text=self.search, start=self.start, end=self.end, tz=self.tz)

    def up_to(self, seq: int) -> Query:
        """What is looked for, without what is recorded after ``seq``: a file has one state, however long it takes."""
        text = f"({self.search}) seq:<={seq}" if self.search.strip() else f"seq:<={seq}"
        return Query(stream=self.stream, text=text, start=self.start, end=self.end, tz=self.tz)


def check(order: Order) -> None:
    """Raise Invalid with every field that is wrong. The search text is checked by searching (BadQuery)."""
    wrong: dict[str, str] = {}
    if order.format not in FORMATS:
        wrong["format"] = f"Choose one of {', '.join(FORMATS)}."
    if order.order not in ORDERS:
        wrong["order"] = "Choose newest or oldest."
    if order.start and order.end and order.start >= order.end:
        wrong["to"] = "The range ends before it begins."
    try:
        ZoneInfo(order.tz)
    except (LookupError, ValueError, OSError):
        wrong["tz"] = "Name a time zone such as Europe/Bucharest."
    if order.stream not in STREAMS:
        wrong["stream"] = f"Choose one of {', '.join(STREAMS)}."
    else:
        try:
            columns.chosen(order.stream, order.columns)
        except Invalid as problem:
            wrong |= problem.fields
    if wrong:
        raise Invalid("The export is not valid: " + " ".join(wrong.values()), fields=wrong)


def file_name(order_format: str, stream: str, moment: dt.datetime) -> str:
    """Return what a downloaded file is called."""
    return f"earwitness-{stream}-{moment:%Y%m%d-%H%M%S}.{order_format}"
