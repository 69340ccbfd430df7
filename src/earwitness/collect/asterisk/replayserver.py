"""A recording served as if by a live switch: a manager on a real socket, for the demo and for tests.

It greets, lets one user sign in (plain or by MD5 challenge), answers the questions that Earwitness asks, and sends the
recorded events: at their recorded times or as fast as they are read, once or over and over with fresh times and ids.
Every connection hears what happens from its sign-in on, as with a real switch: what it misses is not told again.
"""

import asyncio
import hashlib
import secrets
import ssl
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

import msgspec

from earwitness.collect.asterisk import ami
from earwitness.collect.asterisk.replay import messages
from earwitness.collect.asterisk.rerun import rerun
from earwitness.collect.asterisk.switchboard import Switchboard

SECOND = 1_000_000
NOT_OF_THE_TIMELINE = frozenset(
    {"FullyBooted", "SuccessfulAuth", "CoreShowChannel", "CoreShowChannelsComplete", "Status", "StatusComplete"}
    | {"BridgeListItem", "BridgeListComplete"}
)
BATCH = 200
PAUSE_S = 1.0


class Cut(NamedTuple):
    """A broken line: after so many bytes of events, mid-message if it falls so; ``lose``: events nobody hears then."""

    after_bytes: int
    lose: int = 0


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """How a recording is served.

    speed: 1 plays at recorded times, 10 ten times as fast, None as fast as the clients read. forever: begin again after
    the end. classes: what the user may read. cuts: where lines break, one after the other, whoever is connected.
    """

    username: str = "earwitness"
    secret: str = "secret"  # noqa: S105 -- of a server that plays a recording to this machine
    speed: float | None = 1.0
    forever: bool = False
    classes: frozenset[str] = frozenset({"all"})
    cuts: tuple[Cut, ...] = ()
    version: str = "11.0.0"
    md5: bool = True


class ReplayServer:
    """Serves (microseconds, message text) pairs. Use it as an asynchronous context, or ``start`` and ``stop``."""

    def __init__(self, recording: Iterable[tuple[int, str]], manners: Manners | None = None) -> None:
        self.manners = manners or Manners()
        self.recording = [(us, raw) for us, raw in recording if _of_timeline(raw)]
        self.clients: set[_Client] = set()
        self.started_us = round(time.time() * SECOND)
        self.finished = asyncio.Event()
        self.board = Switchboard()
        self.applications: dict[str, tuple[str, str]] = {}
        self.calls = 0
        self._cuts = list(self.manners.cuts)
        self._heard = asyncio.Event()
        self._server: asyncio.Server | None = None
        self._player: asyncio.Task[None] | None = None

    @classmethod
    def of(cls, *files: Path, manners: Manners | None = None) -> "ReplayServer":
        """Return a server of recorded files."""
        recording = [(us, m.raw.decode("utf-8", "surrogateescape")) for file in files for us, m in messages(file)]
        return cls(recording, manners)

    async def start(self, host: str = "127.0.0.1", port: int = 0, tls: ssl.SSLContext | None = None) -> int:
        """Begin to serve; return the port. The recording begins with the first client that has signed in."""
        self._server = await asyncio.start_server(self._connected, host, port, ssl=tls)
        self._player = asyncio.create_task(self._play())
        return int(self._server.sockets[0].getsockname()[1])

    async def stop(self) -> None:
        """Close every connection and stop serving."""
        if self._player is not None:
            self._player.cancel()
            await asyncio.gather(self._player, return_exceptions=True)
        for client in list(self.clients):
            client.abort()
        if self._server is not None:
            self._server.close()
            await self._server.wait_closed()

    async def __aenter__(self) -> "ReplayServer":
        await self.start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.stop()

    @property
    def port(self) -> int:
        if self._server is None:
            raise RuntimeError("the server has not been started")
        return int(self._server.sockets[0].getsockname()[1])

    def restart(self) -> None:
        """Be killed and started again: all lines break, all channels are gone, the uptime begins at 0."""
        for client in list(self.clients):
            client.abort()
        self.board.restarted()
        self.applications.clear()
        self.started_us = round(time.time() * SECOND)

    def allows(self, privilege: str) -> bool:
        """Whether the user may read events of these classes (a ``Privilege`` header)."""
        classes = self.manners.classes
        return "all" in classes or bool(classes & {part.strip() for part in privilege.split(",")} - {"all"})

    def signed_in(self, client: "_Client") -> None:
        self.clients.add(client)
        self._heard.set()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        client = _Client(self, reader, writer)
        try:
            await client.serve()
        except (OSError, EOFError):
            pass
        finally:
            self.clients.discard(client)
            client.abort()

    async def _play(self) -> None:
        lost = 0
        begun = asyncio.get_running_loop().time()
        for number, (due_s, raw) in enumerate(self._timeline()):
            if not lost:
                await self._wait(begun, due_s, number)
            message = ami.message(raw)
            self.happened(message)
            if lost:
                lost -= 1
                continue
            lost = await self._send(message, raw)
        self.finished.set()

    def _timeline(self) -> Iterator[tuple[float, str]]:
        """Yield (seconds since the beginning, message), with times and ids of now."""
        if not self.recording:
            return
        first, last = self.recording[0][0], self.recording[-1][0]
        length_s = (last - first) / SECOND + PAUSE_S
        run = 0
        while run == 0 or self.manners.forever:
            offset_s = run * length_s
            moved = round(time.time() - first / SECOND) if self.manners.forever or self.manners.speed is not None else 0
            for us, raw in self.recording:
                text = rerun(raw, seconds=moved, run=run) if moved or run else raw
                yield (offset_s + (us - first) / SECOND), text
            run += 1

    async def _wait(self, begun: float, due_s: float, number: int) -> None:
        if not self.clients:
            self._heard.clear()
            if number == 0 or self.manners.speed is None:
                await self._heard.wait()
        if self.manners.speed is not None:
            await asyncio.sleep(max(0.0, begun + due_s / self.manners.speed - asyncio.get_running_loop().time()))
        elif number % BATCH == 0:
            await asyncio.sleep(0)

    def happened(self, message: ami.Message) -> None:
        """Take an event into the picture that answers are given from."""
        us = round(time.time() * SECOND)
        self.board.feed(message, us)
        self.calls += message.name == "Newchannel"
        if message.name in ("Newexten", "OriginateResponse") and message.get("Uniqueid"):
            data = message.get("AppData") or message.get("Data")
            self.applications[message.get("Uniqueid")] = (message.get("Application"), data)
        elif message.name == "Hangup":
            self.applications.pop(message.get("Uniqueid"), None)

    async def _send(self, message: ami.Message, raw: str) -> int:
        """Send an event to all who may hear it; return how many of the next nobody hears because a line was cut."""
        if not self.allows(message.get("Privilege")):
            return 0
        data = raw.rstrip("\r\n").encode("utf-8", "surrogateescape") + b"\r\n\r\n"
        for client in list(self.clients):
            cut = self._cuts[0] if self._cuts else None
            if cut is not None and client.sent + len(data) >= cut.after_bytes:
                self._cuts.pop(0)
                client.cut(data[: max(0, cut.after_bytes - client.sent)])
                return cut.lose
            await client.send_event(data)
        return 0


class _Client:
    """One connection to the server."""

    def __init__(self, server: ReplayServer, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.sent = 0
        self._server = server
        self._reader = reader
        self._writer = writer
        self._challenge = ""
        self._signed_in = False
        self._deaf = False

    async def serve(self) -> None:
        self._writer.write(f"Asterisk Call Manager/{self._server.manners.version}\r\n".encode())
        parser = ami.Parser()
        while data := await self._reader.read(64 * 1024):
            for action in parser.feed(data):
                if not await self._answer(action):
                    return

    async def send_event(self, data: bytes) -> None:
        self.sent += len(data)
        self._writer.write(data)
        try:
            await self._writer.drain()
        except OSError:
            self.abort()

    def cut(self, beginning: bytes) -> None:
        """Break the line after the beginning of an event; what was sent before still arrives."""
        self._writer.write(beginning)
        self._server.clients.discard(self)
        self._deaf = True
        if self._writer.can_write_eof():
            self._writer.write_eof()
        else:
            self._writer.close()

    def abort(self) -> None:
        self._server.clients.discard(self)
        self._writer.transport.abort()

    async def _answer(self, action: ami.Message) -> bool:
        """Answer an action; return whether the connection goes on."""
        if self._deaf:
            return True
        name = action.name.lower()
        if name == "challenge" and self._server.manners.md5:
            self._challenge = str(secrets.randbelow(10**9))
            self._respond(action, "Success", [("Challenge", self._challenge)])
        elif name == "login":
            return self._login(action)
        elif not self._signed_in:
            self._respond(action, "Error", [("Message", "Permission denied")])
        elif name == "logoff":
            self._respond(action, "Goodbye", [("Message", "Thanks for all the fish.")])
            return False
        else:
            self._ask(action, name)
        await self._writer.drain()
        return True

    def _login(self, action: ami.Message) -> bool:
        secret = self._server.manners.secret
        key = hashlib.md5((self._challenge + secret).encode(), usedforsecurity=False).hexdigest()
        by_key = bool(self._challenge) and secrets.compare_digest(action.get("Key"), key)
        right = by_key or secrets.compare_digest(action.get("Secret").encode(), secret.encode())
        if action.get("Username") != self._server.manners.username or not right:
            self._respond(action, "Error", [("Message", "Authentication failed")])
            return False
        self._respond(action, "Success", [("Message", "Authentication accepted")])
        self._signed_in = True
        if self._server.allows("system"):
            uptime = (round(time.time() * SECOND) - self._server.started_us) // SECOND
            self._event(
                "FullyBooted", [("Privilege", "system,all"), ("Uptime", str(uptime)), ("Status", "Fully Booted")]
            )
        self._server.signed_in(self)
        return True

    def _ask(self, action: ami.Message, name: str) -> None:
        if name == "ping":
            self._respond(action, "Success", [("Ping", "Pong"), ("Timestamp", f"{time.time():.6f}")])
        elif name == "corestatus":
            started = time.gmtime(self._server.started_us // SECOND)
            day, clock = time.strftime("%Y-%m-%d", started), time.strftime("%H:%M:%S", started)
            self._respond(action, "Success", [("CoreStartupDate", day), ("CoreStartupTime", clock)])
        elif name in ("coreshowchannels", "status"):
            self._channels(action, name == "status")
        elif name == "queuestatus":
            self._respond(action, "Success", [("EventList", "start"), ("Message", "Queue status will follow")])
            self._event("QueueStatusComplete", [*_id(action), ("EventList", "Complete"), ("ListItems", "0")])
        elif name == "command" and action.get("Command").startswith("manager show user "):
            self._show_user(action)
        else:
            self._respond(action, "Error", [("Message", "Invalid/unknown command")])

    def _show_user(self, action: ami.Message) -> None:
        if not self._server.manners.classes & {"all", "command"}:
            self._respond(action, "Error", [("Message", "Permission denied")])
            return
        lines = [
            f"username: {self._server.manners.username}",
            f"read perm: {','.join(sorted(self._server.manners.classes))}",
        ]
        headers = [("Message", "Command output follows"), *(("Output", f"{line:>30}") for line in lines)]
        self._respond(action, "Success", headers)

    def _channels(self, action: ami.Message, status: bool) -> None:
        event, data_name = ("Status", "Data") if status else ("CoreShowChannel", "ApplicationData")
        self._respond(action, "Success", [("EventList", "start"), ("Message", "Channels will follow")])
        wanted = action.get("Channel")
        channels = [c for c in self._server.board.channels.all() if wanted in ("", c.name)]
        for channel in channels:
            application, data = self._server.applications.get(channel.uniqueid, ("", ""))
            age_s = max(0, round(time.time()) - (channel.born_us or 0) // SECOND)
            fields = [
                ("Channel", channel.name),
                ("ChannelState", "6" if channel.up else "5"),
                ("CallerIDNum", channel.number or "<unknown>"),
                ("CallerIDName", channel.person or "<unknown>"),
                ("ConnectedLineNum", channel.connected or "<unknown>"),
                ("Uniqueid", channel.uniqueid),
                ("Linkedid", channel.linkedid),
                ("Application", application),
                (data_name, data),
                ("Seconds" if status else "Duration", str(age_s) if status else _clock(age_s)),
                ("BridgeID" if status else "BridgeId", channel.bridge),
            ]
            self._event(event, [*_id(action), *fields])
        complete = "StatusComplete" if status else "CoreShowChannelsComplete"
        self._event(complete, [*_id(action), ("EventList", "Complete"), ("ListItems", str(len(channels)))])

    def _respond(self, action: ami.Message, response: str, headers: list[tuple[str, str]]) -> None:
        self._write([("Response", response), *_id(action), *headers])

    def _event(self, name: str, headers: list[tuple[str, str]]) -> None:
        self._write([("Event", name), *headers])

    def _write(self, headers: list[tuple[str, str]]) -> None:
        self._writer.write("".join(f"{key}: {value}\r\n" for key, value in headers).encode() + b"\r\n")


def _of_timeline(raw: str) -> bool:
    message = ami.message(raw)
    return message.kind == "event" and message.name not in NOT_OF_THE_TIMELINE


def _id(action: ami.Message) -> list[tuple[str, str]]:
    return [("ActionID", action.get("ActionID"))] if action.get("ActionID") else []


def _clock(seconds: int) -> str:
    return f"{seconds // 3600:02d}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"
