"""The read and management API: its routers, who is let in, and how errors look."""

import functools
from collections.abc import Callable
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import register_converter
from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.parser import Parser

from earwitness import __version__
from earwitness.api import deliver, manage, parameters, paths, problems, read, recording
from earwitness.api.doors import access_of, authenticated
from earwitness.model.problem import NotSignedIn, Problem, UnsupportedMedia

View = Callable[..., HttpResponse]


def _documentation(view: View) -> View:
    """The pages need ``api_docs``; the description that programs read needs any key or session."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            access = access_of(request)
            if not request.path.endswith("/openapi.json"):
                access.demand("api_docs")
        except NotSignedIn as problem:
            if "text/html" in request.headers.get("Accept", ""):
                return redirect_to_login(request.get_full_path())  # a person with a browser, not a program
            return problems.answer(problem)
        except Problem as problem:
            return problems.answer(problem)
        return view(request, *args, **kwargs)

    return guarded


class JsonParser(Parser):
    """Reads the body of a call: JSON, and nothing that only looks like it."""

    def parse_body(self, request: HttpRequest) -> Any:
        """Return what a body says. Raises UnsupportedMedia for another type, ValueError for what is no JSON."""
        if request.content_type != "application/json":
            raise UnsupportedMedia("Send application/json.")
        return super().parse_body(request)


class Api(NinjaAPI):
    """The calls that Django answers, described together with those of the write door, which it never sees."""

    def get_openapi_schema(self, **options: Any) -> OpenAPISchema:
        """Return the description of every call."""
        schema = super().get_openapi_schema(**options)
        recording.describe(schema)
        problems.describe(schema)
        return schema


api = Api(
    title="Earwitness",
    version=__version__,
    description="Record, find and prove what was done in a contact centre's telephone system.",
    urls_namespace="api",
    auth=authenticated,
    parser=JsonParser(),
    docs_decorator=_documentation,
)
problems.register(api)
api.add_decorator(parameters.demand_known, mode="operation")
register_converter(paths.AnyCase, "id")
for prefix, router in (*read.ROUTERS, *manage.ROUTERS, *deliver.ROUTERS):
    api.add_router(prefix, router)
