"""The page of a search that cannot be understood: it points at the character, and nothing is searched."""

import re
from typing import Any

from django.http import HttpRequest

from earwitness.model.problem import BadQuery, Problem
from earwitness.search.fields import of_stream
from earwitness.web.logs import forms, frame, ranges, zones
from earwitness.web.logs.addresses import Address


def context(
    request: HttpRequest,
    address: Address,
    problem: Problem | forms.Wrong,
    form: forms.Form,
) -> dict[str, Any]:
    """Return what the page of a log shows: everything as it was typed, and what is wrong with it."""
    zone = zones.zone(address.tz) or zones.UTC_ZONE
    shown = frame.frame(request, address, form) | {"problem": True, "zone_name": zone.key}
    shown["window"] = ranges.Window(None, None, *_range_label(request, address))
    shown |= {"window_from": _local(address.start), "window_to": _local(address.end)}
    shown["urls"] = {name: f"{form.path}/{name}" for name in ("text", "suggest", "columns")}
    if isinstance(problem, forms.Wrong):
        shown["fields"] = [field | {"error": problem.fields.get(field["name"], "")} for field in shown["fields"]]
        return shown
    shown["mistake"] = {"sentence": problem.detail} | _place(address.q, problem)
    if isinstance(problem, BadQuery):
        shown["language"] = of_stream(form.stream)
    return shown


def _local(text: str) -> str:
    """Return a moment as a browser's field takes it, nothing where it would not."""
    return text if re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d)?", text, re.ASCII) else ""


def _range_label(request: HttpRequest, address: Address) -> tuple[str, str]:
    """Return (label, preset) of the range that stands in the form, which may itself be wrong."""
    name = request.GET.get("range", "")
    for preset in ranges.PRESETS:
        if preset.name == name or (not name and (preset.start, preset.end) == (address.start, address.end)):
            return preset.label, preset.name
    return "Custom", "custom"


def _place(q: str, problem: Problem) -> dict[str, Any]:
    start, end = problem.extra.get("position"), problem.extra.get("end")
    if not isinstance(start, int) or not isinstance(end, int):
        return {}
    return {"where": True, "position": start + 1, "before": q[:start], "marked": q[start:end] or " ", "after": q[end:]}
