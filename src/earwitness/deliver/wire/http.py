"""HTTP requests to what people entered: guarded, without redirects, bounded in time and in what is read back."""

import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from earwitness import __version__
from earwitness.deliver.wire.guard import Guard, Refused

MOST_READ = 4096


class Target(NamedTuple):
    """An address in parts; ``path`` holds the query string as well."""

    tls: bool
    host: str
    port: int
    path: str

    @property
    def authority(self) -> str:
        """What the Host header says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        return shown if self.port == (443 if self.tls else 80) else f"{shown}:{self.port}"


class Answer(NamedTuple):
    """status, and the beginning of the body as text; ``retry_after`` in seconds where the answer said so."""

    status: int
    text: str
    retry_after: float | None = None

    @property
    def good(self) -> bool:
        """Whether the receiver took it."""
        return 200 <= self.status < 300


class Failed(Exception):  # noqa: N818 -- told to people as it stands
    """Nothing came back; the text says what went wrong."""


def target(url: str) -> Target:
    """Return an http or https address in parts; ValueError says what is wrong with it."""
    if any(c <= " " or c == "\x7f" for c in url):
        raise ValueError("An address holds no spaces or control characters.")
    parts = urlsplit(url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("Write an address such as https://siem.example.com/hook.")
    if parts.username or parts.password:
        raise ValueError("Leave user and password out of the address: use the field for the secret.")
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls, parts.hostname, parts.port or (443 if tls else 80), path)


class _Guarded(http.client.HTTPConnection):
    """Goes over a connection that was made and judged before."""

    def __init__(self, where: Target, connection: socket.socket) -> None:
        super().__init__(where.host, where.port)
        self.sock = connection

    def connect(self) -> None:
        """Never connect again: only the judged connection is used."""
        raise OSError("the connection is closed")


class Request(NamedTuple):
    """What to send, and how many seconds the receiver has for its answer."""

    url: str
    body: bytes
    headers: Mapping[str, str]
    method: str = "POST"
    timeout: float = 15.0


def send(request: Request, guard: Guard) -> Answer:
    """Send one request and return the answer, whatever its status. Raises Failed with a sentence."""
    try:
        return _send(request, target(request.url), guard)
    except Refused as error:
        raise Failed(str(error)) from None
    except ssl.SSLCertVerificationError as error:
        raise Failed(f"The certificate of the receiver is not trusted: {error.verify_message}.") from None
    except TimeoutError:
        raise Failed(f"The receiver did not answer within {request.timeout:g} s.") from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise Failed(f"The receiver could not be reached: {error}.") from None


def _send(request: Request, where: Target, guard: Guard) -> Answer:
    make = guard.connect_tls if where.tls else guard.connect
    opened: socket.socket = make(where.host, where.port, request.timeout)
    connection = _Guarded(where, opened)
    try:
        headers = {
            "Host": where.authority,
            "User-Agent": f"Earwitness/{__version__}",
            "Content-Length": str(len(request.body)),
            "Connection": "close",
        }
        connection.putrequest(request.method, where.path, skip_host=True, skip_accept_encoding=True)
        for name, text in {**headers, **request.headers}.items():
            connection.putheader(name, text)
        connection.endheaders(request.body)
        response = connection.getresponse()
        text = response.read(MOST_READ).decode("utf-8", "replace")
        return Answer(response.status, text, _seconds(response.headers.get("Retry-After")))
    finally:
        connection.close()
        opened.close()


def _seconds(text: str | None) -> float | None:
    return min(float(text), 3600.0) if text and text.isdigit() else None
