"""HTTP as this server speaks it: who asks over the control socket, how long it waits, how it refuses."""

import asyncio
import socket
import struct
from typing import Any, ClassVar

import msgspec
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from earwitness.api.ingest.answers import problem_document
from earwitness.model.problem import Malformed
from earwitness.server.control import operator_name


class Protocol(HttpToolsProtocol):
    """One connection.

    Over the control socket, requests carry who the operating system says is asking. Whoever opens a connection and
    then dawdles is hung up on: connections cost little, but they are not free.
    """

    HEAD_S: ClassVar[float] = 60  # from the connection, or the first byte of a request, to the end of its head
    WHOLE_S: ClassVar[float] = 900  # from there to the end of its body: 64 MiB over a line of 0.6 Mbit/s

    def connection_made(self, transport: Any) -> None:
        """Note the peer's user on a Unix socket (SO_PEERCRED); the kernel vouches for it."""
        peer = transport.get_extra_info("socket")
        if peer is not None and peer.family == socket.AF_UNIX:
            _, uid, _ = struct.unpack(
                "3i", peer.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
            )
            self.app_state = {**self.app_state, "earwitness_operator": operator_name(uid)}
        self._patience: asyncio.TimerHandle | None = None
        self._due: float | None = None
        self._new = False
        super().connection_made(transport)
        self._wait(self.HEAD_S)

    def data_received(self, data: bytes) -> None:
        """Take what came; a request that came whole, as most do, needs no patience."""
        super().data_received(data)
        if self._new:
            self._new = False
            self._wait(self._due)

    def on_message_begin(self) -> None:
        """Expect a whole head."""
        super().on_message_begin()
        self._expect(self.HEAD_S)

    def on_headers_complete(self) -> None:
        """Expect a whole body."""
        self._expect(self.WHOLE_S)
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        """Expect nothing more: the answer is ours to give."""
        self._expect(None)
        super().on_message_complete()

    def _expect(self, seconds: float | None) -> None:
        self._due, self._new = seconds, True

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._wait(None)
        super().connection_lost(exc)

    def _wait(self, seconds: float | None) -> None:
        """Hang up after so long, unless something else is waited for before."""
        if self._patience is not None:
            self._patience.cancel()
        elif seconds is None:
            return
        self._patience = None if seconds is None else self.loop.call_later(seconds, self.transport.close)

    def send_400_response(self, msg: str) -> None:
        """Refuse what is no HTTP (or a head beyond the limit) in the form that every other refusal has."""
        body = msgspec.json.encode(problem_document(Malformed(f"{msg.rstrip('.')}.")))
        head = f"HTTP/1.1 400 Bad Request\r\ncontent-type: application/problem+json\r\ncontent-length: {len(body)}\r\n"
        self.transport.write(head.encode() + b"connection: close\r\n\r\n" + body)
        self.transport.close()
