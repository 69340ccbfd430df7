"""A connection that carries syslog messages over TCP (RFC 6587) or TLS (RFC 5425), framed by octet counting.

Syslog acknowledges nothing. What the kernel has taken may still be lost when a link breaks, so a message counts as
delivered only once the receiver's kernel has it all: after a batch, we wait until nothing is left in the send queue.
"""

import contextlib
import fcntl
import socket
import ssl
import struct
import termios
import time
from collections.abc import Iterable
from typing import NamedTuple

from earwitness.deliver.mapping.syslog import framed
from earwitness.deliver.wire.guard import Guard, Refused
from earwitness.deliver.wire.http import reason


class Peer(NamedTuple):
    """Where messages go. trust: PEM text of the authority that vouches for the receiver, if not a public one."""

    host: str
    port: int
    tls: bool = False
    trust: str = ""


class Broken(Exception):  # noqa: N818 -- told to people as it stands
    """The messages may not have arrived; the text says why. Sending them again is right."""


class Connection:
    """One connection, opened when first needed and again after it broke."""

    def __init__(self, peer: Peer, guard: Guard, timeout: float = 15.0) -> None:
        """timeout: seconds that the receiver has to take a batch."""
        self._peer = peer
        self._guard = guard
        self._timeout = timeout
        self._socket: socket.socket | None = None

    def send(self, messages: Iterable[bytes]) -> None:
        """Send a batch and return when the receiver's machine has it. Raises Broken; the connection is then closed."""
        data = b"".join(framed(message) for message in messages)
        try:
            connection = self._open()
            connection.sendall(data)
            self._wait_until_taken(connection)
        except Refused as error:
            self.close()
            raise Broken(str(error)) from None
        except (OSError, ValueError) as error:
            self.close()
            raise Broken(_said(self._peer, error)) from None

    def _open(self) -> socket.socket:
        if self._socket is not None and _ended(self._socket):
            self.close()
        if self._socket is None:
            peer = self._peer
            if peer.tls:
                self._socket = self._guard.connect_tls(peer.host, peer.port, self._timeout, peer.trust)
            else:
                self._socket = self._guard.connect(peer.host, peer.port, self._timeout)
        return self._socket

    def _wait_until_taken(self, connection: socket.socket) -> None:
        deadline = time.monotonic() + self._timeout
        while _unsent(connection):
            if time.monotonic() > deadline:
                raise TimeoutError("it takes nothing more")
            time.sleep(0.002)
        if _ended(connection):
            raise ConnectionResetError("it closed the connection")

    def close(self) -> None:
        """Close the connection, if there is one."""
        if self._socket is not None:
            with contextlib.suppress(OSError):
                self._socket.close()
            self._socket = None


def _unsent(connection: socket.socket) -> int:
    """Return the bytes that the other side's kernel has not acknowledged (SIOCOUTQ, tcp(7))."""
    answer = fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, struct.pack("i", 0))
    return int(struct.unpack("i", answer)[0])


def _ended(connection: socket.socket) -> bool:
    """Whether the other side closed: a syslog receiver never sends anything else."""
    connection.setblocking(False)
    try:
        return connection.recv(1) == b""
    except (BlockingIOError, ssl.SSLWantReadError):
        return False
    except OSError:
        return True
    finally:
        with contextlib.suppress(OSError):
            connection.settimeout(15.0)


def _said(peer: Peer, error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"The certificate of {peer.host} is not trusted: {error.verify_message}."
    if isinstance(error, TimeoutError):
        return f"{peer.host}:{peer.port} did not answer in time."
    return f"{peer.host}:{peer.port} could not be reached: {reason(error)}."
