"""Problems of the read and management API as RFC 9457 says, whatever went wrong and wherever."""

import json
from typing import Any, Final

import structlog
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from earwitness.api.ingest.answers import problem_document
from earwitness.model.problem import (
    Forbidden,
    Invalid,
    Malformed,
    NotFound,
    NotSignedIn,
    Problem,
    TooLarge,
    Unavailable,
)

log = structlog.get_logger()


DESCRIPTION: Final[dict[str, Any]] = {
    "title": "Problem",
    "description": "What went wrong (RFC 9457). `type` is stable; `detail` is one sentence that says what to do.",
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "fields": {"type": "object", "additionalProperties": {"type": "string"}},
    },
}


def describe(schema: dict[str, Any]) -> None:
    """Put into a description of the API that every call may answer with a problem."""
    schema["components"]["schemas"]["Problem"] = DESCRIPTION
    told = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for calls in schema["paths"].values():
        for call in calls.values():
            call["responses"].setdefault("default", {"description": "A problem", "content": told})


def answer(problem: Problem) -> HttpResponse:
    """Return a problem as ``application/problem+json``, with Retry-After or WWW-Authenticate where they belong."""
    response = JsonResponse(problem_document(problem), status=problem.status, content_type="application/problem+json")
    response["Cache-Control"] = "no-store"
    if problem.retry_after is not None:
        response["Retry-After"] = str(problem.retry_after)
    if isinstance(problem, NotSignedIn):
        response["WWW-Authenticate"] = 'Bearer realm="earwitness"'
    return response


SENTENCES = {
    "missing": "It is missing",
    "extra_forbidden": "There is no such field",
    "string_pattern_mismatch": "It holds a character that no text may hold (NUL)",
    "string_unicode": "It holds half a character (a lone surrogate)",
}


def _validation(error: ValidationError) -> Problem:
    """Name each wrong field; a parameter of the address is malformed (400), a field of a body is invalid (422)."""
    fields: dict[str, str] = {}
    places = set()
    for single in error.errors:
        place, *path = [str(part) for part in single.get("loc", ())]
        places.add(place)
        # Ninja puts the view's own argument name first for bodies: of no use to a caller.
        named = path[1:] if place == "body" and len(path) > 1 else path
        text = SENTENCES.get(single.get("type", "")) or str(single.get("msg", "not valid")).removeprefix(
            "Value error, "
        )
        fields[".".join(named) or place] = f"{text.rstrip('.')}."
    sentence = "; ".join(f"{name}: {text.rstrip('.')}" for name, text in fields.items())
    return (Invalid if places <= {"body", "form"} else Malformed)(f"{sentence}.", fields=fields)


def _http(error: HttpError) -> Problem:
    if isinstance(error.__cause__, Problem):
        return error.__cause__
    if isinstance(error.__cause__, json.JSONDecodeError):
        fault = error.__cause__
        return Malformed(f"The body is not valid JSON: {fault.msg} at line {fault.lineno}, column {fault.colno}.")
    if error.status_code == 404:
        return NotFound("There is nothing at this address.")
    problem = Malformed(f"{str(error).rstrip('.')}.")
    problem.status = error.status_code if 400 <= error.status_code < 500 else 400  # type: ignore[misc]  # of this one alone
    return problem


def register(api: NinjaAPI) -> None:
    """Make every error under the API one of the problems of the interface."""

    @api.exception_handler(Problem)
    def _problem(_: HttpRequest, error: Problem) -> HttpResponse:
        return answer(error)

    @api.exception_handler(ValidationError)
    def _not_valid(_: HttpRequest, error: ValidationError) -> HttpResponse:
        return answer(_validation(error))

    @api.exception_handler(HttpError)
    def _refused(_: HttpRequest, error: HttpError) -> HttpResponse:
        return answer(_http(error))

    @api.exception_handler(Http404)
    def _absent(_: HttpRequest, __: Http404) -> HttpResponse:
        return answer(NotFound("There is no such thing here."))

    @api.exception_handler(PermissionDenied)
    def _denied(_: HttpRequest, __: PermissionDenied) -> HttpResponse:
        return answer(Forbidden("A permission is lacking."))

    @api.exception_handler(SuspiciousOperation)
    def _suspicious(_: HttpRequest, error: SuspiciousOperation) -> HttpResponse:
        if isinstance(error, RequestDataTooBig):
            return answer(TooLarge("The body is too large: this call takes a few fields."))
        return answer(Malformed("The request cannot be understood."))

    @api.exception_handler(Exception)
    def _failed(request: HttpRequest, error: Exception) -> HttpResponse:
        log.error("a call failed", path=request.path, method=request.method, exc_info=error)
        return answer(Unavailable("Earwitness failed to answer this; its log says why.", retry_after=5))
