"""What a page of a log asks for while somebody types: what text and fields say together, offers, the language."""

from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from earwitness.model.problem import BadQuery
from earwitness.model.scope import SUPERVISION
from earwitness.search.fields import of_stream
from earwitness.web.doors import access_of, doors
from earwitness.web.logs import forms, frame, suggestions
from earwitness.web.logs.forms import Form


def said(request: HttpRequest, form: Form) -> JsonResponse:
    """Return what the text and the fields of a form say together, or what is wrong with them."""
    q, was = request.GET.get("q", ""), request.GET.get("was", "")
    given = {} if request.GET.get("changed") == "text" else frame.fields_of(request, form)
    try:
        merged = forms.merged(q, was, given, form)
        return JsonResponse({"q": merged, "fields": forms.shown_fields(merged, form)})
    except BadQuery as problem:
        return JsonResponse({"mistake": problem.detail})
    except forms.Wrong as wrong:
        return JsonResponse({"mistake": " ".join(wrong.fields.values())})


def suggested(request: HttpRequest, form: Form) -> HttpResponse:
    """Return what to offer while somebody types into a form."""
    typed = request.GET.get("text", "")[:2000]
    at = min(int(request.GET["at"]), len(typed)) if request.GET.get("at", "").isdecimal() else len(typed)
    field = request.GET.get("field", "")
    scope, reader = access_of(request).scope, doors(request).reader

    def values(name: str, prefix: str) -> Any:
        return reader.suggest(scope, form.stream, name, prefix, suggestions.MOST)

    if field:
        offers = suggestions.in_field(field, typed, at, values, form)
    else:
        offers = suggestions.in_box(typed, at, values, form)
    return HttpResponse(suggestions.markup(offers))


def explained(request: HttpRequest, form: Form) -> HttpResponse:
    """Return what can be written in the search box of a log, as a sheet or as a page of its own."""
    sheet = request.headers.get("HX-Request")
    context = {"language": of_stream(form.stream), "supervision": form.stream == SUPERVISION}
    return render(request, f"logs/help{'_sheet' if sheet else ''}.html", context)
