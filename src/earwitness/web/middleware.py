"""Turns a problem that a view of a package let through (the log is full at sign-in) into its page."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from earwitness.model.problem import Problem
from earwitness.web import errors


class ProblemMiddleware:
    """Our own views answer problems themselves; those of allauth do not know them."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Go on."""
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Return the page of a problem; anything else goes on to whoever handles it."""
        return errors.show(request, exception) if isinstance(exception, Problem) else None
