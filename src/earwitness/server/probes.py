"""What operators' tools ask: is the process alive, can it take requests, and its figures."""

import ipaddress
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_PLAIN_0_0_4
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from earwitness.accounts import keys
from earwitness.api.ingest.answers import problem_document
from earwitness.model.problem import Forbidden, NotAllowed, NotSignedIn, Problem
from earwitness.server.figures import Figures

if TYPE_CHECKING:
    from earwitness.server.runtime import House


def create_app(house: "House", figures: Figures) -> ASGIApp:
    """Return the application behind /healthz, /readyz and /metrics."""

    async def healthz(_: Request) -> Response:
        return PlainTextResponse("ok\n")

    async def readyz(_: Request) -> Response:
        try:
            await run_in_threadpool(house.store.query, "store.ping")
        except Problem as problem:
            return JSONResponse({"ready": False, "problem": problem.detail}, 503, {"Retry-After": "5"})
        return JSONResponse({"ready": True})

    async def metrics(request: Request) -> Response:
        if not _is_near(request):
            await _demand_admin(request)
        return Response(figures.text(), media_type=CONTENT_TYPE_PLAIN_0_0_4)

    return Starlette(
        routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)],
        exception_handlers={Problem: _refused, HTTPException: _not_allowed},
    )


def _is_near(request: Request) -> bool:
    """Whether a request comes from this machine itself. What a proxy that nobody trusts passes on does not."""
    ip: str = request.scope["client_ip"]
    passed_on = any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip"))
    return not ip or (ipaddress.ip_address(ip).is_loopback and not passed_on)


async def _demand_admin(request: Request) -> None:
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    known = scheme.lower() == "bearer" and token.strip()
    grant = (
        await run_in_threadpool(keys.look_up, token.strip(), request.scope["client_ip"], request.url.path)
        if known
        else None
    )
    if grant is None:
        raise NotSignedIn("Figures are shown on the machine itself, and to an admin key: Authorization: Bearer KEY.")
    if grant.scope != "admin":
        raise Forbidden("Figures are shown to an admin key.", extra={"scope": "admin"})


async def _refused(_: Request, problem: Exception) -> Response:
    assert isinstance(problem, Problem)  # noqa: S101 -- registered for it
    headers = {"WWW-Authenticate": 'Bearer realm="earwitness"'} if isinstance(problem, NotSignedIn) else None
    return JSONResponse(problem_document(problem), problem.status, headers, media_type="application/problem+json")


async def _not_allowed(_: Request, error: Exception) -> Response:
    allow = (getattr(error, "headers", None) or {}).get("Allow", "GET, HEAD")
    problem = NotAllowed("This address does not take this method: the header Allow names those it takes.")
    return JSONResponse(
        problem_document(problem), problem.status, {"Allow": allow}, media_type="application/problem+json"
    )
