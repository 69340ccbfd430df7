"""The read and management API: its routers, who is let in, and how errors look."""

import functools
from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from earwitness import __version__
from earwitness.api import deliver, manage, problems
from earwitness.api.doors import access_of, authenticated

View = Callable[..., HttpResponse]


def _documentation(view: View) -> View:
    """The pages need ``api_docs``; the description that programs read needs any key or session."""

    @functools.wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            access = access_of(request)
            if not request.path.endswith("/openapi.json"):
                access.demand("api_docs")
        except problems.Problem as problem:
            return problems.answer(problem)
        return view(request, *args, **kwargs)

    return guarded


api = NinjaAPI(
    title="Earwitness",
    version=__version__,
    description="Record, find and prove what was done in a contact centre's telephone system.",
    urls_namespace="api",
    auth=authenticated,
    docs_decorator=_documentation,
)
problems.register(api)
for prefix, router in (*manage.ROUTERS, *deliver.ROUTERS):
    api.add_router(prefix, router)
