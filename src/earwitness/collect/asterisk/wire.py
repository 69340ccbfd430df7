"""One TCP or TLS connection to a switch: bytes read into messages, actions sent, silence noticed."""

import asyncio
from collections import deque

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.ami import BANNER, Message, Parser
from earwitness.collect.asterisk.signing_in import SwitchError, check_banner

CHUNK = 64 * 1024
CONNECT_WITHIN_S = 10.0
ANSWER_WITHIN_S = 10.0
SEND_WITHIN_S = 10.0
LONGEST_BANNER = 256


class Wire:
    """``messages`` holds what was read and not yet taken."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.parser = Parser()
        self.messages: deque[Message] = deque()
        self._reader = reader
        self._writer = writer

    @classmethod
    async def open(cls, address: Address) -> "Wire":
        """Connect. Raises SwitchError with what to do, OSError or TimeoutError."""
        try:
            context = address.tls_context()
        except OSError:
            raise SwitchError(f"The file {address.ca_file} with certificates cannot be read.", patient=True) from None
        async with asyncio.timeout(CONNECT_WITHIN_S):
            reader, writer = await asyncio.open_connection(address.host, address.port, ssl=context, limit=CHUNK)
        return cls(reader, writer)

    async def greet(self, address: Address) -> str:
        """Wait for the banner; return its version. Raises SwitchError if no manager that we can follow answers.

        Raises EOFError if the line ends before it: so does that of a forwarder whose switch is not there yet.
        """
        first = b""
        try:
            async with asyncio.timeout(ANSWER_WITHIN_S):
                while b"\n" not in first and len(first) < LONGEST_BANNER and _may_be(first):
                    data = await self._reader.read(CHUNK)
                    if not data:
                        raise EOFError
                    first += data
        except TimeoutError:
            pass
        version = check_banner(address, first)
        self.messages.extend(self.parser.feed(first))
        return version

    async def read(self, within_s: float) -> bool:
        """Read what comes within a time into ``messages``; return whether anything came. Raises EOFError at the end."""
        try:
            async with asyncio.timeout(within_s):
                data = await self._reader.read(CHUNK)
        except TimeoutError:
            return False
        if not data:
            raise EOFError
        self.messages.extend(self.parser.feed(data))
        return True

    async def send(self, action: bytes) -> None:
        """Send an action; a peer that takes nothing any more is given up with TimeoutError."""
        self._writer.write(action)
        async with asyncio.timeout(SEND_WITHIN_S):
            await self._writer.drain()

    async def answer(self, action_id: str, taken: list[Message]) -> Message:
        """Wait for the response with this ActionID; every message up to it goes into ``taken``. Raises TimeoutError."""
        async with asyncio.timeout(ANSWER_WITHIN_S):
            while True:
                while self.messages:
                    message = self.messages.popleft()
                    taken.append(message)
                    if message.kind == "response" and message.get("ActionID") in (action_id, ""):
                        return message
                await self.read(ANSWER_WITHIN_S)

    async def close(self) -> None:
        self._writer.close()
        try:
            async with asyncio.timeout(1.0):
                await self._writer.wait_closed()
        except (OSError, TimeoutError):
            self._writer.transport.abort()


def _may_be(first: bytes) -> bool:
    """Whether these may be the first bytes of a banner."""
    return first.startswith(BANNER) or BANNER.startswith(first)
