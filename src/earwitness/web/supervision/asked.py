"""What a request to the supervision log asks for: its address, made into a query of the read door."""

import datetime as dt
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.http import HttpRequest

from earwitness.model.policy import BREACHES
from earwitness.model.problem import BadCursor, Malformed
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import END_REASONS
from earwitness.search import Query
from earwitness.search.grammar import parse
from earwitness.web.activity import address as addresses
from earwitness.web.activity import forms, ranges
from earwitness.web.activity.address import Address, Place
from earwitness.web.activity.forms import Field, Form
from earwitness.web.doors import access_of

PATH = "/supervision"
ACTIONS = (("listen", "Listen"), ("whisper", "Whisper"), ("barge", "Barge"), ("unknown", "Unknown"))
ENDS = tuple((reason.name, reason.sentence.rstrip(".")) for reason in END_REASONS)
POLICIES = (("*", "Any breach"), *((breach.name, breach.label) for breach in BREACHES))
CUSTOMER = "customer"

FIELDS = (
    Field("action", "Action", "", suggests=False, choices=ACTIONS),
    Field("manager", "Managers", "maria*, 2001", suggests=True),
    Field("agent", "Agents", "ana.pop, 1001", suggests=True),
    Field("extension", "Extension", "1001", suggests=True),
    Field("queue", "Queue", "support-*", suggests=True),
    Field("call", "CDR ID", "1769277733.331", suggests=False),
    Field(CUSTOMER, "Customer", "+44*", suggests=False),
    Field("duration", "At least (seconds)", "30", suggests=False, least=True),
    Field("end", "Ended by", "", suggests=False, choices=ENDS),
    Field("breach", "Policy breach", "", suggests=False, choices=POLICIES),
)


def form_for(scope: Scope) -> Form:
    """Return the form: whoever sees numbers masked has no field for the customer's."""
    return Form(SUPERVISION, tuple(field for field in FIELDS if not (scope.masked and field.name == CUSTOMER)))


@dataclass(frozen=True, slots=True)
class Asked:
    """address: as the browser shows it; form: its fields; window: the range; place: where in the results this page
    begins, None for the first page; zone: in which times are shown."""

    scope: Scope
    address: Address
    form: Form
    window: ranges.Window
    zone: ZoneInfo
    place: Place | None

    @property
    def order(self) -> str:
        """``newest`` or ``oldest``: which segment stands first."""
        return "oldest" if self.address.oldest_first else "newest"

    @property
    def query(self) -> Query:
        """The query for the read door."""
        return Query(SUPERVISION, self.address.q, self.window.start, self.window.end, self.zone.key)

    def url(self, **changes: str) -> str:
        """Return the address with some parts changed, at its first page."""
        return self.address.with_(**changes).url(PATH)

    def with_value(self, name: str, value: str) -> str:
        """Return the address that also demands one exact value of a field."""
        return self.url(q=forms.with_value(self.address.q, name, value, form=self.form))


def ask(request: HttpRequest, address: Address) -> Asked:
    """Return what an address asks for on behalf of the signed-in person. Raises Malformed, BadQuery, BadCursor."""
    zone = addresses.zone(address.tz)
    if zone is None:
        raise Malformed("There is no time zone of this name: write one such as UTC or Europe/Berlin.")
    window = ranges.window(address.start, address.end, zone, dt.datetime.now(dt.UTC))
    place = None
    if address.cursor:
        place = addresses.place(address.cursor)
        if place is None:
            raise BadCursor("This page of results cannot be found any more: go back to the first page.")
        window = window._replace(start=place.start, end=place.end)  # what "the last 7 days" meant on the first page
    scope = access_of(request).scope
    parse(address.q, SUPERVISION)  # a mistake is told before anything is recorded
    return Asked(scope, address, form_for(scope), window, zone, place)
