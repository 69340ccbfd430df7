"""Whatever refuses a call before or around the API's own code answers in the API's own form as well."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from earwitness.api.problems import answer
from earwitness.model.problem import Forbidden, Malformed, NotFound, Problem, TooLarge, Unavailable

PREFIX = "/api/"


class NotAllowed(Problem):
    """405: the address exists, but not for this method; the header Allow names those that are."""

    status = 405
    type = "method-not-allowed"
    title = "This method is not allowed here"


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
        response = self.get_response(request)
        plain = response.status_code >= 400 and "problem+json" not in response.get("Content-Type", "")
        if not (plain and request.path_info.startswith(PREFIX)):
            return response
        make = BY_STATUS.get(response.status_code)
        problem = make() if make else Unavailable("Earwitness failed to answer this; its log says why.", retry_after=5)
        told = answer(problem)
        if "Allow" in response:
            told["Allow"] = response["Allow"]
        return told
