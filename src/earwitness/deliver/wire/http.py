"""HTTP requests to what people entered: guarded, without redirects, bounded in time and in what is read back."""

import contextlib
import datetime as dt
import email.utils
import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from typing import NamedTuple
from urllib.parse import urlsplit

from earwitness import __version__
from earwitness.deliver.wire.guard import Guard, Refused

MOST_READ = 4096
TOO_LARGE = 413
LONGEST_WAIT = 3600.0  # seconds
GONE = 410  # the receiver wants no more (Standard Webhooks)


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


def told(answer: Answer) -> str:
    """Return what an answer means that is not good, without a full stop."""
    if 300 <= answer.status < 400:
        return f"The receiver answered {answer.status}, and redirects are not followed: enter the address they lead to"
    return f"The receiver answered {answer.status}"


class Failed(Exception):  # noqa: N818 -- told to people as it stands
    """Nothing came back; the text says what went wrong."""


def target(url: str) -> Target:
    """Return an http or https address in parts; ValueError says what is wrong with it."""
    if any(c <= " " or c == "\x7f" for c in url):
        raise ValueError("An address holds no spaces or control characters.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise ValueError(f"The address cannot be read: {error}.") from None
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError("Write an address such as https://siem.example.com/hook.")
    if parts.username or parts.password:
        raise ValueError("Leave user and password out of the address.")
    tls = parts.scheme == "https"
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(tls, parts.hostname, port or (443 if tls else 80), path)


def origin(url: str) -> str:
    """Return an address without its path, which is a secret at many receivers of webhooks; empty for an empty one."""
    if not url:
        return ""
    found = target(url)
    return f"{'https' if found.tls else 'http'}://{found.authority}/{'…' if found.path != '/' else ''}"


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


def reason(error: Exception) -> str:
    """Return what went wrong as people say it, without the number that the system has for it."""
    text = error.strerror if isinstance(error, OSError) and error.strerror else str(error) or type(error).__name__
    return text.rstrip(".")


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
        raise Failed(f"The receiver could not be reached: {reason(error)}.") from None


def _send(request: Request, where: Target, guard: Guard) -> Answer:
    make = guard.connect_tls if where.tls else guard.connect
    opened: socket.socket = make(where.host, where.port, request.timeout)
    connection = _Guarded(where, opened)
    with _patience(opened, request.timeout):
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
        said = b""
        with contextlib.suppress(OSError, http.client.HTTPException):  # the status is the answer, the text explains it
            said = response.read(MOST_READ)
        connection.close()
        return Answer(response.status, said.decode("utf-8", "replace"), _seconds(response.headers.get("Retry-After")))


@contextlib.contextmanager
def _patience(opened: socket.socket, seconds: float) -> Iterator[None]:
    """End a conversation that lasts too long in all: a receiver that answers a byte at a time holds nobody up.

    The time-out of a socket is that of each single read.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        with contextlib.suppress(OSError):
            opened.shutdown(socket.SHUT_RDWR)

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield
    except (OSError, http.client.HTTPException):
        if late.is_set():
            raise TimeoutError from None
        raise
    finally:
        timer.cancel()
        opened.close()


def _seconds(text: str | None) -> float | None:
    """Return how long to wait, an hour at most. text: seconds or a date (RFC 9110, section 10.2.3)."""
    if not text:
        return None
    if text.isascii() and text.isdigit():
        return min(float(text), LONGEST_WAIT)
    try:
        wanted = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if wanted.tzinfo is None:
        return None
    return min(max((wanted - dt.datetime.now(dt.UTC)).total_seconds(), 0.0), LONGEST_WAIT)
