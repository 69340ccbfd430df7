"""What a request to the supervision log asks for: its address, made into a query of the read door."""

from django.http import HttpRequest

from earwitness.model.policy import BREACHES
from earwitness.model.scope import SUPERVISION, Scope
from earwitness.model.segment import END_REASONS
from earwitness.search.grammar import parse
from earwitness.web.doors import access_of
from earwitness.web.logs import asked
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.asked import Asked
from earwitness.web.logs.forms import Field, Form

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
    return Form(SUPERVISION, PATH, tuple(field for field in FIELDS if not (scope.masked and field.name == CUSTOMER)))


def ask(request: HttpRequest, address: Address) -> Asked:
    """Return what an address asks for on behalf of the signed-in person. Raises Malformed, BadQuery, BadCursor."""
    parse(address.q, SUPERVISION)  # a mistake is told before anything is recorded
    return asked.ask(request, address, form_for(access_of(request).scope))
