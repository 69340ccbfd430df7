"""How every command speaks to Earwitness: HTTP to /api/v1, wherever the log is.

``EARWITNESS_URL`` and ``EARWITNESS_KEY`` (or the file that ``EARWITNESS_KEY_FILE`` names) lead to a remote server.
Otherwise the server that runs on the data directory is asked through its control socket; with none running, the data
is opened in this process and the same application answers without a socket.
"""

import contextlib
import json
import logging
import os
from collections.abc import Iterator, Mapping
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from earwitness.cli.failures import Failure, refused, unreachable

if TYPE_CHECKING:
    import httpx

    from earwitness.server.config import Config

API = "/api/v1"
LOCAL = "http://localhost"
LONGEST_ANSWER = 300.0  # seconds; a count over everything on a busy disk may take its time


class Connection:
    """Requests to one Earwitness on behalf of one tenant.

    where: "remote", "socket" or "process"; data: the data directory, or None for a remote server.
    """

    def __init__(self, client: "httpx.Client", where: str, data: Path | None) -> None:
        self.client = client
        self.where = where
        self.data = data

    def get(self, path: str, **query: object) -> Any:
        """Return the JSON that a GET of ``/api/v1`` + ``path`` answers; a refusal is a Failure with its sentence."""
        return self._send("GET", path, params={k: v for k, v in query.items() if v is not None})

    def post(self, path: str, body: Mapping[str, object]) -> Any:
        """Return the JSON that a POST answers (None where there is none)."""
        return self._send("POST", path, json=body)

    def patch(self, path: str, body: Mapping[str, object]) -> Any:
        """Return the JSON that a PATCH answers."""
        return self._send("PATCH", path, json=body)

    def delete(self, path: str) -> Any:
        """Return the JSON that a DELETE answers (None where there is none)."""
        return self._send("DELETE", path)

    def post_lines(self, path: str, lines: bytes, **query: object) -> "httpx.Response":
        """Return the answer to a POST of NDJSON, whatever it says."""
        return self.exchange(
            "POST", path, params=query, content=lines, headers={"Content-Type": "application/x-ndjson"}
        )

    def exchange(self, method: str, path: str, **options: Any) -> "httpx.Response":
        """Return the answer to one request; a server that cannot be reached is a Failure."""
        import httpx

        try:
            return self.client.request(method, API + path, **options)
        except httpx.TimeoutException:
            raise unreachable(f"{self._place()} did not answer in time: try again.") from None
        except httpx.TransportError as error:
            raise unreachable(f"{self._place()} cannot be reached ({error}): check that it runs.") from None

    def _send(self, method: str, path: str, **options: Any) -> Any:
        answer = self.exchange(method, path, **options)
        if answer.is_success:
            # Numbers in params keep their digits; 1e400 is one, though no float.
            return json.loads(answer.content, parse_float=Decimal) if answer.content else None
        raise failure_of(answer)

    def _place(self) -> str:
        return str(self.client.base_url).rstrip("/") if self.where == "remote" else "The server"


def failure_of(answer: "httpx.Response") -> Failure:
    """Return the failure that says what a refusing answer says."""
    try:
        problem = answer.json()
        sentence = str(problem.get("detail") or problem["title"])
    except (ValueError, KeyError, AttributeError):
        problem, sentence = {}, f"The server answered {answer.status_code} {answer.reason_phrase}."
    fields = problem.get("fields") or {}
    if fields:
        sentence = "; ".join(f"{name}: {text.rstrip('.')}" for name, text in fields.items()) + "."
    elif problem.get("type", "").endswith("bad-query") and isinstance(problem.get("position"), int):
        sentence = f"{sentence} (character {problem['position'] + 1})"
    return unreachable(sentence) if answer.status_code >= 500 or answer.status_code == 429 else refused(sentence)


@contextlib.contextmanager
def connect(data: Path | None, tenant: str | None, *, create: bool = False) -> Iterator[Connection]:
    """Open the connection that the environment and ``--data`` call for.

    tenant: on whose behalf, None for the default tenant (a remote key has a tenant of its own). create: make the data
    directory if it is not there yet; commands that only look leave the disk alone.
    """
    url = os.environ.get("EARWITNESS_URL")
    if url and data is None:
        yield from _remote(url, tenant)
        return
    config = read_config(data)
    headers = {"X-Earwitness-Tenant": tenant} if tenant else {}
    if _is_served(config.data):
        from earwitness.server import control

        with control.over_socket(config.data) as transport, _client(LOCAL, headers, transport) as client:
            yield _in_tenant(Connection(client, "socket", config.data), tenant)
        return
    if not create and not config.data.is_dir():
        raise unreachable(
            f"There is no Earwitness data in {config.data}: "
            "name its directory with --data, or begin with `earwitness serve`."
        )
    with _opened(config) as transport, _client(LOCAL, headers, transport) as client:
        yield _in_tenant(Connection(client, "process", config.data), tenant)


def _in_tenant(connection: Connection, tenant: str | None) -> Connection:
    """Return the connection if the tenant exists: a slip of the pen must not begin a log of its own."""
    if tenant and tenant not in {known["name"] for known in connection.get("/tenants")["items"]}:
        raise refused(f"There is no tenant {tenant}: `earwitness tenant list` shows those that there are.")
    return connection


def read_config(data: Path | None) -> "Config":
    """Return the settings; a wrong one is a Failure that names it."""
    from earwitness.server import config

    try:
        return config.load(data=data)
    except config.ConfigError as error:
        raise refused(str(error)) from None


def _is_served(data: Path) -> bool:
    from earwitness.server import control

    try:
        return control.answers(data)
    except PermissionError:
        raise unreachable(
            f"The server on {data} belongs to another user: run this command as that user, "
            "or set EARWITNESS_URL and EARWITNESS_KEY."
        ) from None


def _remote(url: str, tenant: str | None) -> Iterator[Connection]:
    key = _key()
    if tenant:
        raise refused("--tenant is for the machine that holds the data: an API key has a tenant of its own.")
    if not url.startswith(("http://", "https://")) or not urlsplit(url).hostname:
        raise refused("EARWITNESS_URL: expected an address such as https://log.example.com.")
    with _client(url, {"Authorization": f"Bearer {key}"}, None) as client:
        yield Connection(client, "remote", None)


def _key() -> str:
    """Return the API key for a remote server: that of EARWITNESS_KEY, or of the file that EARWITNESS_KEY_FILE names."""
    key, file = os.environ.get("EARWITNESS_KEY", ""), os.environ.get("EARWITNESS_KEY_FILE", "")
    if key and file:
        raise refused("Both EARWITNESS_KEY and EARWITNESS_KEY_FILE are set: remove one of them.")
    if file:
        try:
            key = Path(file).read_text(encoding="utf-8", errors="replace")
        except OSError as error:
            raise refused(f"EARWITNESS_KEY_FILE: cannot read {file}: {error.strerror}.") from None
    key = key.strip()
    if not key:
        raise refused("EARWITNESS_URL is set but EARWITNESS_KEY is not: set it to an API key of that server.")
    if not (key.isascii() and key.isprintable()) or " " in key:
        raise refused("EARWITNESS_KEY holds no API key: a key has letters, digits, hyphens and underscores.")
    return key


def _client(base: str, headers: Mapping[str, str], transport: "httpx.BaseTransport | None") -> "httpx.Client":
    import httpx

    from earwitness import __version__

    return httpx.Client(
        base_url=base,
        headers={"User-Agent": f"earwitness-cli/{__version__}", **headers},
        timeout=httpx.Timeout(LONGEST_ANSWER, connect=10.0),
        transport=transport,
        trust_env=transport is None,  # a proxy may stand before a remote server, never before the local one
    )


@contextlib.contextmanager
def _opened(config: "Config") -> Iterator["httpx.BaseTransport"]:
    """Open the data in this process; yields a transport that hands requests to the application itself."""
    from earwitness.model.problem import Problem
    from earwitness.server import control, logs, runtime

    logs.set_up(logging.WARNING)
    try:
        with runtime.open_house(config) as house, control.in_process(house.app) as transport:
            yield transport
    except Problem as problem:
        raise unreachable(problem.detail) from None
