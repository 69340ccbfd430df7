"""A connection that dawdles is hung up on; one that speaks is answered."""

import asyncio
import contextlib
import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from earwitness.server.protocol import Protocol


class Hurried(Protocol):
    """Waits so shortly that a test can see it."""

    HEAD_S = 0.3
    WHOLE_S = 0.3


async def echo(scope: Scope, receive: Receive, send: Send) -> None:
    """Answer with the body."""
    await Response(await Request(scope, receive).body())(scope, receive, send)


@contextlib.contextmanager
def served(protocol: type[Protocol]) -> Iterator[int]:
    """Serve ``echo`` in a thread; yields the port."""
    listener = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(echo, http=protocol, ws="none", lifespan="off", log_config=None))
    thread = threading.Thread(target=lambda: asyncio.run(server.serve(sockets=[listener])))
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        server.should_exit = True
        thread.join()


@pytest.mark.parametrize(
    "sent",
    [b"", b"POST / HTTP/1.1\r\nHost: a", b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\nbegun"],
    ids=["nothing", "half a head", "half a body"],
)
def test_who_dawdles_is_hung_up_on(sent: bytes) -> None:
    """Without an answer: nobody asked anything yet."""
    with served(Hurried) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.sendall(sent)
        line.settimeout(60)
        assert line.recv(100) == b""


def test_who_speaks_is_answered_and_may_go_on() -> None:
    """Two requests over one connection, the second after a pause that is allowed between them."""
    with served(Hurried) as port, socket.create_connection(("127.0.0.1", port)) as line:
        line.settimeout(60)
        for _ in range(2):
            line.sendall(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nwhole")
            told = b""
            while not told.endswith(b"whole"):
                piece = line.recv(1000)
                assert piece, "the line was cut"
                told += piece
            threading.Event().wait(0.5)
