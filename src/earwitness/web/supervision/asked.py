"""What a request to the supervision log asks for: its address, made into a query of the read door."""

import datetime as dt
from dataclasses import dataclass
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.http import HttpRequest, QueryDict

from earwitness.model.problem import BadQuery, Malformed
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import END_REASONS
from earwitness.search import Query
from earwitness.search.grammar import parse
from earwitness.web.activity import address as addresses
from earwitness.web.activity import ranges
from earwitness.web.activity.forms import quoted_exactly
from earwitness.web.doors import access_of

PATH = "/supervision"
ACTIONS = (("listen", "Listen"), ("whisper", "Whisper"), ("barge", "Barge"), ("unknown", "Unknown"))


class Field(NamedTuple):
    """name: of the search field and the form's; label: over it; placeholder: an example; choices: what to choose from,
    empty where anything may be typed; masked: whether it is left out for people whose numbers are masked."""

    name: str
    label: str
    placeholder: str
    choices: tuple[tuple[str, str], ...] = ()
    masked: bool = False


FIELDS = (
    Field("action", "Action", "", ACTIONS),
    Field("manager", "Managers", "name, username or extension"),
    Field("agent", "Agents", "name, username or extension"),
    Field("extension", "Extension", "1001"),
    Field("queue", "Queue", "support-*"),
    Field("call", "CDR ID", "1769277733.331"),
    Field("customer", "Customer", "+44*", masked=True),
    Field("longer", "At least (seconds)", "30"),
    Field("end", "Ended by", "", tuple((reason.name, reason.sentence.rstrip(".")) for reason in END_REASONS)),
)


@dataclass(frozen=True, slots=True)
class Asked:
    """fields: what stands in the form's fields; q: the box; query: both together, for the read door."""

    scope: Scope
    q: str
    fields: dict[str, str]
    window: ranges.Window
    zone: ZoneInfo
    oldest_first: bool
    cursor: str
    values: QueryDict

    @property
    def order(self) -> str:
        """``newest`` or ``oldest``: which session stands first."""
        return "oldest" if self.oldest_first else "newest"

    @property
    def text(self) -> str:
        """The search text that box and fields say together; raises BadQuery where a field cannot be read."""
        terms = [f"({self.q})"] if self.q.strip() else []
        terms += [_term(name, value) for name, value in self.fields.items() if value]
        return " ".join(terms)

    @property
    def query(self) -> Query:
        """The query for the read door."""
        return Query(SUPERVISION, self.text, self.window.start, self.window.end, self.zone.key)

    def url(self, path: str = PATH, **changes: str) -> str:
        """Return the address with some parts changed (an empty text removes one), at its first page."""
        values = self.values.copy()
        for name in ("cursor", "go", *changes):
            values.pop(name, None)
        for name, value in changes.items():
            if value:
                values[name] = value
        return f"{path}?{values.urlencode()}" if values else path


def _term(name: str, value: str) -> str:
    """Return one field as a term: commas mean either, an asterisk anything, the rest of the text is itself."""
    if name == "longer":
        if not value.isdecimal():
            raise BadQuery("At least (seconds) takes a whole number, such as 30.")
        return f"duration:>={value}"
    pieces = [piece.strip() for piece in value.split(",") if piece.strip()]
    return f"{name}:" + ",".join("*".join(_quoted(part) for part in piece.split("*")) for piece in pieces)


def _quoted(text: str) -> str:
    return quoted_exactly(text) if text else ""


def ask(request: HttpRequest) -> Asked:
    """Return what a request asks for on behalf of the signed-in person. Raises Malformed, BadQuery."""
    given = request.GET
    zone = addresses.zone(given.get("tz", ""))
    if zone is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    scope = access_of(request).scope
    preset = ranges.BY_NAME.get(given.get("range", ""))
    start, end = (preset.start, preset.end) if preset else (given.get("from", ""), given.get("to", ""))
    window = ranges.window(start, end, zone, dt.datetime.now(dt.UTC))
    fields = {field.name: given.get(field.name, "").strip()[:500] for field in shown_fields(scope)}
    asked = Asked(
        scope=scope,
        q=given.get("q", "").strip(),
        fields=fields,
        window=window,
        zone=zone,
        oldest_first=given.get("order") == "oldest",
        cursor=given.get("cursor", ""),
        values=_kept(given, start, end),
    )
    parse(asked.q, SUPERVISION)  # a mistake is pointed at in the box as it was typed
    return asked


def shown_fields(scope: Scope) -> tuple[Field, ...]:
    """Return the form's fields: a masked number cannot be asked for."""
    return tuple(field for field in FIELDS if not (field.masked and scope.masked))


def _kept(given: QueryDict, start: str, end: str) -> QueryDict:
    """Return the parts of an address that say something, in the order of the page."""
    kept = QueryDict(mutable=True)
    sent = given.dict() | {"from": start, "to": end}
    for name in ("q", "from", "to", "tz", "order", *(field.name for field in FIELDS)):
        value = str(sent.get(name, "")).strip()
        if value:
            kept[name] = value
    return kept
