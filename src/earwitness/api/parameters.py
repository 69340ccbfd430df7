"""The parameters of an address: each call knows its own, and takes each of them once."""

import functools
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import unquote_to_bytes

from django.http import HttpRequest
from ninja.operation import Operation

from earwitness.model.problem import Malformed

View = Callable[..., Any]


def demand_known(view: View) -> View:
    """Return a view that first raises Malformed for a parameter that its call does not have, or that stands there
    twice: ignoring a misspelt ``from`` would answer another question. Who asks is known by then."""
    known = frozenset(_names(view._ninja_operation))  # type: ignore[attr-defined]  # set by ninja on each view

    @functools.wraps(view)
    def demanding(request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if request.META.get("QUERY_STRING"):
            _check(request, known)
        return view(request, *args, **kwargs)

    return demanding


def _names(operation: Operation) -> Iterator[str]:
    for model in operation.models:
        if model.__ninja_param_source__ == "query":
            yield from model.__ninja_flatten_map__


def _check(request: HttpRequest, known: frozenset[str]) -> None:
    try:
        unquote_to_bytes(request.META["QUERY_STRING"]).decode()
    except UnicodeDecodeError:  # Django would read it as something else
        raise Malformed("The query of the address is not UTF-8.") from None
    if unknown := sorted(set(request.GET) - known):
        there = f"there are {', '.join(sorted(known))}" if known else "this call takes none"
        sentence = f"There is no parameter {', '.join(unknown)[:200]}; {there}."
        raise Malformed(sentence, fields=dict.fromkeys(unknown, "There is no such parameter."))
    if twice := sorted(name for name in request.GET if len(request.GET.getlist(name)) > 1):
        sentence = f"{', '.join(twice)} stands there more than once: say it once."
        raise Malformed(sentence, fields=dict.fromkeys(twice, "It stands there more than once."))
