"""What the page of a log shows whatever is found, and where its form leads: to the address that says the same."""

from typing import Any

from django.http import HttpRequest

from earwitness.model.problem import BadQuery
from earwitness.model.scope import ACTIVITY, SUPERVISION
from earwitness.web.logs import forms, ranges, zones
from earwitness.web.logs.addresses import Address
from earwitness.web.logs.forms import Form

LIMIT = 50  # rows of a page
EXAMPLES = {
    ACTIVITY: 'Words, "a phrase", user:ana.pop event:login -ip:10.0.0.0/8',
    SUPERVISION: "action:barge agent:1001 duration:>30 manager:maria*",
}


def fields_of(request: HttpRequest, form: Form) -> dict[str, str]:
    """Return the form fields that were sent."""
    return {f.name: request.GET[forms.PREFIX + f.name] for f in form.fields if forms.PREFIX + f.name in request.GET}


def submitted(request: HttpRequest, address: Address, form: Form) -> Address | None:
    """Return the address that says what a submitted form or a chosen value asks for; None where neither was sent.

    Raises BadQuery or Wrong where the form cannot be understood.
    """
    given = request.GET
    if "add" in given:
        q = forms.with_value(address.q, given["add"], given.get("value", ""), form, exclude="not" in given)
        return address.with_(q=q)
    if "was" in given or "go" in given:
        q = forms.merged(address.q, given.get("was", ""), fields_of(request, form), form)
        start, end = _range(request, address)
        return address.with_(q=q, start=start, end=end)
    return None


def _range(request: HttpRequest, address: Address) -> tuple[str, str]:
    """Return ``from`` and ``to`` of a submitted form: those of its preset, unless the two moments were edited."""
    given = request.GET
    name = given.get("range", "custom")
    start, end = _to_second(address.start), _to_second(address.end)
    edited = (start, end) != (given.get("was_from", ""), given.get("was_to", ""))
    preset = ranges.BY_NAME.get(name)
    if preset and not (edited and name == given.get("was_range")):
        return preset.start, preset.end
    return start, end


def _to_second(text: str) -> str:
    """Return a local moment with its seconds, which browsers leave out where they are zero."""
    return f"{text}:00" if len(text) == len("2026-11-01T08:00") else text


def frame(request: HttpRequest, address: Address, form: Form) -> dict[str, Any]:
    """Return what the page of a log shows whatever is found: the form, the zones."""
    filled = _filled(request, address, form)
    return {
        "here": {
            "path": form.path,
            "help": f"{form.path}/help",
            "example": EXAMPLES[form.stream],
            "q": address.q,
            "was": request.GET.get("was", address.q),
            "order": address.order,
            "tz": address.tz,
            "columns": address.columns,
        },
        "presets": ranges.PRESETS,
        "fields": [field._asdict() | {"value": filled.get(field.name, "")} for field in form.fields],
        "filled": sum(map(bool, filled.values())),
        "zones": zones.choice(request, address, form.path),
        "zone_name": address.tz or "UTC",
        "oldest_first": address.oldest_first,
    }


def _filled(request: HttpRequest, address: Address, form: Form) -> dict[str, str]:
    """Return what stands in the fields: what the text says, or what was typed into a form that has a mistake."""
    try:
        return forms.fill(address.q, form).fields | fields_of(request, form)
    except BadQuery:
        return fields_of(request, form)
