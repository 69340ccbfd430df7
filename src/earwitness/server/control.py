"""How somebody on the machine itself reaches a house: over its control socket, or in the process that opened it.

Whoever can connect is named by the operating system; requests carry that name as ``earwitness_operator`` in the state
of their ASGI scope, and it may do everything in every tenant (the header ``X-Earwitness-Tenant`` says in which).
"""

import contextlib
import os
import pwd
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import httpx
    from anyio.from_thread import BlockingPortal
    from starlette.types import ASGIApp

SOCKET = "control.sock"
LONGEST = 107  # bytes that a socket address holds


def operator_name(uid: int) -> str:
    """Return how the log names a person who acts on the machine itself."""
    try:
        return f"os:{pwd.getpwuid(uid).pw_name}"
    except KeyError:
        return f"os:{uid}"


@contextlib.contextmanager
def short_path(path: Path) -> Iterator[str]:
    """Yield a name for ``path`` that fits into a socket address, however deep its folder lies."""
    if len(os.fsencode(path)) <= LONGEST:
        yield str(path)
        return
    folder = os.open(path.parent, os.O_PATH | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def answers(data: Path) -> bool:
    """Tell whether a server listens on the control socket of a data directory.

    Raises PermissionError where there is one that belongs to somebody else.
    """
    with short_path(data / SOCKET) as name, contextlib.closing(socket.socket(socket.AF_UNIX)) as probe:
        try:
            probe.connect(name)
        except PermissionError:
            raise
        except OSError:  # no server, or one that died without removing its socket
            return False
    return True


@contextlib.contextmanager
def over_socket(data: Path) -> Iterator["httpx.BaseTransport"]:
    """Yield a transport to the server that runs on a data directory."""
    import httpx

    with short_path(data / SOCKET) as name:
        yield httpx.HTTPTransport(uds=name)


@contextlib.contextmanager
def in_process(app: "ASGIApp") -> Iterator["httpx.BaseTransport"]:
    """Yield a transport that hands requests to an application of this process, as the person who runs it."""
    from anyio.from_thread import start_blocking_portal

    with start_blocking_portal() as portal:
        yield _handed_over(portal, _as_operator(app, operator_name(os.getuid())))


def _as_operator(app: "ASGIApp", name: str) -> "ASGIApp":
    async def marked(scope: Any, receive: Any, send: Any) -> None:
        await app({**scope, "client": None, "state": {"earwitness_operator": name}}, receive, send)

    return marked


def _handed_over(portal: "BlockingPortal", app: "ASGIApp") -> "httpx.BaseTransport":
    import httpx

    inner = httpx.ASGITransport(app=app, raise_app_exceptions=False)

    async def answer(request: httpx.Request) -> httpx.Response:
        given = await inner.handle_async_request(request)
        return httpx.Response(given.status_code, headers=given.headers, content=await given.aread())

    class HandedOver(httpx.BaseTransport):
        """Waits, outside the event loop, for the whole answer to one request."""

        def handle_request(self, request: httpx.Request) -> httpx.Response:
            return portal.call(answer, request)

    return HandedOver()
