"""What holds for every call: the methods of its address, and refusals in the API's own form, whoever refuses."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from earwitness.api.problems import answer
from earwitness.api.recording import RECORDING
from earwitness.model.problem import Forbidden, Malformed, NotAllowed, NotFound, Problem, TooLarge, Unavailable

PREFIX = "/api/"


ENDLESS = "/tail"  # an answer that never ends has no head alone


def _allowed(path: str, by_django: str) -> str:
    """Return the methods of an address: those of Django's calls, HEAD beside GET, POST where events are recorded."""
    methods = set(by_django.split(", ")) | {"OPTIONS"}
    if "GET" in methods and not path.endswith(ENDLESS):
        methods.add("HEAD")
    if path in RECORDING:
        methods.add("POST")
    return ", ".join(sorted(methods))


BY_STATUS: dict[int, Callable[[], Problem]] = {
    400: lambda: Malformed("The request cannot be understood."),
    403: lambda: Forbidden("This request is refused."),
    404: lambda: NotFound("There is nothing at this address: see /api/v1/docs for those that exist."),
    405: lambda: NotAllowed("This address does not take this method: the header Allow names those it takes."),
    413: lambda: TooLarge("The body is too large: send it in parts."),
}


class ProblemMiddleware:
    """Turns error answers under ``/api/`` that are no problem documents into such."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path_info.startswith(PREFIX):
            return self.get_response(request)
        asked = request.method
        if asked == "HEAD" and not request.path_info.endswith(ENDLESS):
            request.method = "GET"  # the server sends what GET would, without the body (RFC 9110, 9.3.2)
        response = self.get_response(request)
        if "Allow" in response:
            response["Allow"] = _allowed(request.path_info, response["Allow"])
            if asked == "OPTIONS":
                return HttpResponse(status=204, headers={"Allow": response["Allow"], "Cache-Control": "no-store"})
        if response.status_code < 400 or "problem+json" in response.get("Content-Type", ""):
            return response
        make = BY_STATUS.get(response.status_code)
        problem = make() if make else Unavailable("Earwitness failed to answer this; its log says why.", retry_after=5)
        told = answer(problem)
        if "Allow" in response:
            told["Allow"] = response["Allow"]
        return told
