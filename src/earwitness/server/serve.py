"""Serves a house over TCP and, for the command line on the same machine, over a Unix socket."""

import asyncio
import contextlib
import dataclasses
import json
import os
import resource
import signal
import socket
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from types import FrameType
from typing import Any

import structlog
import uvicorn

from earwitness import __version__
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.server import memory
from earwitness.server.config import Config
from earwitness.server.control import SOCKET, short_path
from earwitness.server.parts import ALL
from earwitness.server.protocol import Protocol
from earwitness.server.runtime import House, open_house

log = structlog.get_logger()


# Seconds after which a thread that computes lets another one do so that waits, such as the one that commits. With
# Python's 5 ms, each of the few turns that a commit takes beside a busy event loop would wait as long.
_TURN = 0.001


def _listen_tcp(host: str, port: int) -> socket.socket:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((host, port))
    listener.listen(1024)
    listener.setblocking(False)
    return listener


def _listen_unix(path: Path) -> socket.socket:
    """Bind the control socket so that at no moment anybody but the owner may connect."""
    path.unlink(missing_ok=True)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        with short_path(path) as name:
            listener.bind(name)
    finally:
        os.umask(before)
    listener.listen(64)
    listener.setblocking(False)
    return listener


def _hold_many_connections() -> None:
    """Allow this process as many open files as the system lets it have: each connection is one."""
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    with contextlib.suppress(ValueError, OSError):  # some systems name a limit that they do not grant
        resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _announce(config: Config, url: str) -> Path:
    path = config.data / "server.json"
    draft = path.with_suffix(".new")
    draft.write_text(json.dumps({"url": url, "pid": os.getpid(), "version": __version__}) + "\n", encoding="utf-8")
    draft.replace(path)
    return path


class _Server(uvicorn.Server):
    """A server that lets go of endless answers when it is told to end: else it would wait for them."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Note a signal."""
        tail = sys.modules.get("earwitness.api.read.tail")  # there once Django is set up, and not imported before
        if tail is not None:
            tail.ending.set()
        super().handle_exit(sig, frame)


def _server() -> uvicorn.Server:
    """Return the server, which from now on notes SIGTERM and SIGINT: wherever they arrive, everything ends in order."""
    server = _Server(
        uvicorn.Config(
            _not_yet,
            http=Protocol,
            ws="none",
            lifespan="off",
            log_config=None,
            access_log=False,
            server_header=False,
            proxy_headers=False,
            timeout_graceful_shutdown=10,
            timeout_keep_alive=75,
        )
    )
    for each in (signal.SIGTERM, signal.SIGINT):
        signal.signal(each, server.handle_exit)  # sets a flag: an exception in the middle of anything would break it
    return server


async def _not_yet(*_: Any) -> None:
    raise RuntimeError("the server was started before its house")


@contextlib.contextmanager
def _background(house: House, parts: frozenset[str]) -> Iterator[None]:
    """Listen to the switches and run the background tasks, and let each end its round before the house closes."""
    from earwitness.deliver import jobs

    stop = threading.Event()
    thread = threading.Thread(target=jobs.run, args=(stop,), name="jobs")
    if "jobs" in parts:
        thread.start()
        house.policing.start()
        house.correcting.start()
    if "collect" in parts:
        house.switches.start()
    try:
        yield
    finally:
        house.switches.stop()
        house.policing.stop()
        house.correcting.stop()
        stop.set()
        if thread.ident is not None:
            thread.join()


def _linked(host: str, port: int) -> str:
    """Return the address for links in mails where nobody said how people reach us: this machine's own."""
    name = socket.getfqdn() if host in ("0.0.0.0", "::", "") else host  # noqa: S104 -- compared, not bound
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def _reached_at(url: str) -> None:
    from earwitness.deliver import means

    means.use(dataclasses.replace(means.current(), base_url=url.rstrip("/")))


def _offer_setup(url: str) -> None:
    """Where nobody rules yet, print the one-time code with which the first visitor becomes administrator."""
    from earwitness.accounts import setup

    code = setup.offer()
    if code:
        sys.stdout.write(f"No administrator yet: open {url}/setup/ and enter the code {code}\n")
        sys.stdout.flush()


def serve(  # noqa: PLR0913 -- what the command line may say, each by name
    config: Config,
    host: str,
    port: int,
    *,
    started: Any = None,
    offer_setup: bool = True,
    parts: frozenset[str] = ALL,
    tenant: str = DEFAULT_TENANT,
) -> None:
    """Open the house and answer requests until SIGTERM or SIGINT.

    host, port: where to bind; port 0 picks a free one. started: called with (house, url) once connections are accepted.
    offer_setup: print a code for the first administrator where there is none. parts: what this process does; tenant:
    into whose log it listens to switches.
    Raises OSError where the address is taken, Problem where the data belongs to another process.
    """
    import uvloop

    memory.spare()
    sys.setswitchinterval(_TURN)
    _hold_many_connections()
    with contextlib.ExitStack() as stack:
        tcp = stack.enter_context(contextlib.closing(_listen_tcp(host, port)))
        server = _server()
        house = stack.enter_context(open_house(config, parts, tenant))
        unix_path = config.data / SOCKET
        unix = stack.enter_context(contextlib.closing(_listen_unix(unix_path)))
        stack.callback(unix_path.unlink, missing_ok=True)
        bound = tcp.getsockname()[1]
        shown = f"[{host}]" if ":" in host else host
        url = f"http://{shown}:{bound}"
        stack.callback(_announce(config, url).unlink, missing_ok=True)
        _reached_at(config.base_url or _linked(host, bound))
        stack.enter_context(_background(house, parts))
        if offer_setup and "web" in parts:
            _offer_setup(url)
        if started:
            started(house, url)
        server.config.app = house.app
        memory.settle()
        with asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
            runner.run(server.serve(sockets=[tcp, unix]))
