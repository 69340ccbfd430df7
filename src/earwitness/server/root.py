"""The root ASGI application: the ingest door, the operators' probes, and Django for everything else."""

import functools
from typing import TYPE_CHECKING, cast

from starlette.concurrency import run_in_threadpool
from starlette.types import ASGIApp, Receive, Scope, Send

from earwitness.accounts import access, desks, keys, questions
from earwitness.api.ingest.answers import send_problem
from earwitness.api.ingest.app import create_app as create_ingest
from earwitness.api.recording import RECORDING
from earwitness.model.problem import NotFound
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.server import findings, probes
from earwitness.server.addresses import client_address
from earwitness.server.figures import Figures
from earwitness.server.parts import ALL

if TYPE_CHECKING:
    from earwitness.server.runtime import House

API = "/api/"
PROBES = frozenset({"/healthz", "/readyz", "/metrics"})


def create_app(house: "House", parts: frozenset[str] = ALL) -> ASGIApp:
    """Return the application that answers every address of one house.

    parts: what is open to the network; over the control socket everything is.
    """
    from django.core.asgi import get_asgi_application

    figures = Figures(house)
    django = cast("ASGIApp", get_asgi_application())  # the same protocol, typed by another library
    ingest = create_ingest(house.recorder, keys.look_up, desks.desks_of)
    operators = probes.create_app(house, figures)
    recording = figures.counted(ingest, "record")
    calls, pages = figures.counted(django, "api"), figures.counted(django, "pages")
    replayed = findings.create_app(house)
    trusted = house.config.trusted_networks
    client = functools.lru_cache(4096)(lambda peer, hops: client_address(peer, hops, trusted))

    async def app(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await _lifespan(receive, send)
        elif scope["type"] == "http":
            path = scope["path"]
            records = path in RECORDING and scope["method"] == "POST"
            if path not in PROBES and ("ingest" if records else "web") not in parts and not _from_the_machine(scope):
                await send_problem(send, NotFound("This server does something else: another one answers this address."))
            elif _from_the_machine(scope) and (records or path == findings.PATH) and not await _has_tenant(scope):
                await send_problem(send, NotFound("There is no such tenant."))
            elif records:
                scope["client_ip"] = _client(scope)
                await recording(scope, receive, send)
            elif path in PROBES:
                scope["client_ip"] = _client(scope)
                await operators(scope, receive, send)
            elif path == findings.PATH:
                await replayed(scope, receive, send)
            else:
                await (calls if path.startswith(API) else pages)(scope, receive, send)

    def _client(scope: Scope) -> str:
        peer = scope["client"][0] if scope.get("client") else ""
        hops = tuple(value.decode("latin-1") for name, value in scope["headers"] if name == b"x-forwarded-for")
        return client(peer, hops)

    return app


def _from_the_machine(scope: Scope) -> bool:
    return bool((scope.get("state") or {}).get("earwitness_operator"))


async def _has_tenant(scope: Scope) -> bool:
    """Whether the tenant exists that an operator wants to write to: a slip of the pen must not begin a log."""
    named = [value.decode("latin-1") for name, value in scope["headers"] if name == b"x-earwitness-tenant"]
    return await run_in_threadpool(_exists, named[-1] if named else DEFAULT_TENANT)


def _exists(tenant: str) -> bool:
    from django.db import close_old_connections

    close_old_connections()
    try:
        questions.demand_tenant(access.of_operator("", tenant))
    except NotFound:
        return False
    finally:
        close_old_connections()
    return True


async def _lifespan(receive: Receive, send: Send) -> None:
    while True:
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return
