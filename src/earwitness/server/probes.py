"""What operators' tools ask: is the process alive, can it take requests, and its figures."""

import ipaddress
from typing import TYPE_CHECKING

from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import Route
from starlette.types import ASGIApp

from earwitness.accounts import keys
from earwitness.model.problem import Problem

if TYPE_CHECKING:
    from earwitness.server.runtime import House


def create_app(house: "House") -> ASGIApp:
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
        if not await _may_see_figures(request):
            return PlainTextResponse("Figures are shown to loopback addresses and to admin keys.\n", 403)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return Starlette(routes=[Route("/healthz", healthz), Route("/readyz", readyz), Route("/metrics", metrics)])


async def _may_see_figures(request: Request) -> bool:
    ip: str = request.scope["client_ip"]
    if not ip or ipaddress.ip_address(ip).is_loopback:
        return True
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        return False
    grant = await run_in_threadpool(keys.look_up, token.strip(), ip, request.url.path)
    return grant is not None and grant.scope == "admin"
