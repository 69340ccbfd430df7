"""What tests of live connections share: a switch that plays a recording, and what was heard of it."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable

from recordings import ROOT

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.backoff import Backoff
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.connection import Connection, ConnectionStatus
from earwitness.collect.asterisk.replayserver import Manners, ReplayServer
from earwitness.collect.sink import Found
from earwitness.model.segment import Segment

SECRET = "s3cr/t:@%né"


class Hasty(Backoff):
    """Does not wait long."""

    def next_s(self, *, patient: bool = False) -> float:
        super().next_s(patient=patient)
        return 0.01


def at(port: int, secret: str = "secret", **options) -> Address:
    return Address(name="HQ", host="127.0.0.1", port=port, username="earwitness", secret=secret, **options)


@contextlib.asynccontextmanager
async def listening(where: Address, found: list[Found], **options):
    """A connection that listens while the block runs."""
    options.setdefault("backoff", Hasty())
    listener = Connection(where, Collector(found.append, pbx=where.name), **options)
    task = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


def recorded(name: str) -> list:
    return [ROOT / name / "ami.jsonl.gz"]


def what(found: list[Found]) -> list[tuple[str, ...]]:
    return sorted(
        (s.manager.extension, s.agent.extension, s.action, s.talks_to, s.call_linkedid, s.end_reason)
        for s in found
        if isinstance(s, Segment)
    )


def heard_through(server: ReplayServer, within_s: float = 30) -> list[Found]:
    """Everything found while a server plays its recording to the end."""

    async def play() -> list[Found]:
        found: list[Found] = []
        async with server, listening(at(server.port), found) as listener:
            await asyncio.wait_for(server.finished.wait(), within_s)
            await until(lambda: listener.status.state == "listening")
            await until(lambda: not listener.collector.going_on(0))
        return found

    return asyncio.run(play())


def status_of(serve: Callable[[], Awaitable[asyncio.Server]], where: Callable[[int], Address]) -> ConnectionStatus:
    """How a connection stands after its first attempt at a server."""

    async def attempt() -> ConnectionStatus:
        server = await serve()
        async with server, listening(where(server.sockets[0].getsockname()[1]), []) as listener:
            await until(lambda: listener.status.problem)
            return listener.status

    return asyncio.run(attempt())


def saying(first: bytes) -> Callable[[], Awaitable[asyncio.Server]]:
    """A server that says something and nothing else."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await asyncio.sleep(5)

    return lambda: asyncio.start_server(talk, "127.0.0.1", 0)


def serving(manners: Manners) -> Callable[[], Awaitable[asyncio.Server]]:
    async def serve() -> asyncio.Server:
        server = ReplayServer([], manners)
        await server.start()
        assert server._server is not None
        return server._server

    return serve
