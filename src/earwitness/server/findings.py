"""Takes in what ``earwitness replay`` found in recorded traffic. Open to the control socket alone.

The sources of a switch are reserved: nobody else may claim to have heard one.
"""

from typing import TYPE_CHECKING

import msgspec
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness.api.ingest.answers import problem_document
from earwitness.collect.sink import Found
from earwitness.collect.spool import read_line
from earwitness.model.problem import Malformed, NotFound, Problem
from earwitness.model.scope import DEFAULT_TENANT

if TYPE_CHECKING:
    from earwitness.server.runtime import House

PATH = "/api/v1/findings"


def create_app(house: "House") -> ASGIApp:
    """Return the application: POST lines of ``collect.spool``, answered with what became of them."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        try:
            answer: Response = await _recorded(house, request)
        except Problem as problem:
            answer = JSONResponse(problem_document(problem), problem.status, media_type="application/problem+json")
        await answer(scope, receive, send)

    return app


async def _recorded(house: "House", request: Request) -> Response:
    if request.method != "POST" or not request.scope.get("state", {}).get("earwitness_operator"):
        raise NotFound("There is nothing at this address: see /api/v1/docs for those that exist.")
    tenant = request.headers.get("x-earwitness-tenant", DEFAULT_TENANT)
    found: list[Found] = []
    for number, line in enumerate((await request.body()).splitlines(), 1):
        try:
            found.append(msgspec.structs.replace(read_line(line), tenant=tenant))
        except (msgspec.MsgspecError, KeyError):
            raise Malformed(f"Line {number} is nothing that a collector found.") from None
    counted = await run_in_threadpool(house.switches.record, found)
    return JSONResponse(counted)
