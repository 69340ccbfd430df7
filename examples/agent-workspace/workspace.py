"""A small agent workspace whose every button tells Earwitness what was done. Standard library only.

    EARWITNESS_KEY=ew_ingest_... python workspace.py --url http://127.0.0.1:8400 --port 8500

The customers and their calls are made up; the events are real. ``sender.py`` shows how an application sends them.
"""

import argparse
import contextlib
import json
import os
import secrets
import sys
import threading
from http import HTTPStatus
from http.cookies import CookieError, SimpleCookie
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from desk import DISPOSITIONS, QUEUES, STATES, Desk, DeskError
from sender import Sender

HERE = Path(__file__).parent
FILES = {
    "/": ("page.html", "text/html; charset=utf-8"),
    "/workspace.css": ("workspace.css", "text/css; charset=utf-8"),
    "/workspace.js": ("workspace.js", "text/javascript; charset=utf-8"),
}
AGENTS = {"alex": "1001", "maria": "1002", "omar": "1003"}
LONGEST_BODY = 16_384
POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; form-action 'none'; base-uri 'none'"
)


class Desks:
    """The signed-in agents, by the random token in their cookie."""

    def __init__(self, sender: Sender) -> None:
        self.sender = sender
        self.by_token: dict[str, Desk] = {}

    def sit_down(self, username: str) -> str:
        """Sign an agent in; returns the token for the cookie."""
        if username not in AGENTS:
            raise DeskError("There is no such agent.")
        token = secrets.token_urlsafe(24)
        self.by_token[token] = Desk(username, AGENTS[username], self.sender)
        return token


class Handler(BaseHTTPRequestHandler):
    """Serves the page, its picture of the desk (GET /desk) and the buttons (POST /act)."""

    server_version = "agent-workspace"
    sys_version = ""
    protocol_version = "HTTP/1.1"
    desks: Desks

    def do_GET(self) -> None:
        """Answer the page, its files, or the picture of the desk."""
        path = self.path.partition("?")[0]
        if path in FILES:
            name, kind = FILES[path]
            self._answer(HTTPStatus.OK, (HERE / name).read_bytes(), kind)
        elif path == "/desk":
            desk = self._desk()
            known = {"agents": sorted(AGENTS), "states": STATES, "queues": QUEUES, "dispositions": DISPOSITIONS}
            self._json(HTTPStatus.OK, {**known, "desk": desk.picture() if desk else None})
        else:
            self._json(HTTPStatus.NOT_FOUND, {"problem": "There is no such page."})

    def do_POST(self) -> None:
        """Do what a button says."""
        length = int(self.headers.get("Content-Length") or 0)
        # Pages of other origins cannot send this content type without being asked first, and nobody answers them.
        if self.path != "/act" or self.headers.get("Content-Type") != "application/json" or length > LONGEST_BODY:
            self.close_connection = True
            self._json(HTTPStatus.BAD_REQUEST, {"problem": "Send JSON to /act."})
            return
        try:
            given = json.loads(self.rfile.read(length))
            self._act(str(given.get("act")), given)
        except (DeskError, ValueError, AttributeError) as error:
            self._json(HTTPStatus.CONFLICT, {"problem": str(error)})

    def _act(self, name: str, given: dict) -> None:
        came = {
            "user_ip": self.client_address[0],
            "user_agent": self.headers.get("User-Agent", "")[:500],
            "request_uri": f"{self.path}/{name}",
        }
        token, desk = None, self._desk()
        if name == "login":
            token = self.desks.sit_down(str(given.get("username")))
            desk = self.desks.by_token[token]
        if desk is None:
            raise DeskError("Sign in first.")
        desk.act(name, given, came)
        self._json(HTTPStatus.OK, {"desk": desk.picture() if name != "logout" else None}, token)
        if name == "logout":
            self.desks.by_token.pop(self._token(), None)

    def _token(self) -> str:
        try:
            return SimpleCookie(self.headers.get("Cookie", ""))["workspace"].value
        except (CookieError, KeyError):
            return ""

    def _desk(self) -> Desk | None:
        return self.desks.by_token.get(self._token())

    def _json(self, status: HTTPStatus, body: dict, token: str | None = None) -> None:
        self._answer(status, json.dumps(body).encode(), "application/json", token)

    def _answer(self, status: HTTPStatus, body: bytes, kind: str, token: str | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", POLICY)
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Cache-Control", "no-store")
        if token:
            self.send_header("Set-Cookie", f"workspace={token}; HttpOnly; SameSite=Strict; Path=/")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the terminal for what matters."""


def end_with_parent() -> None:
    """End this process when standard input closes: whoever started it with ``--with-parent`` has gone."""
    sys.stdin.buffer.read()
    os._exit(0)


def main() -> None:
    """Serve until stopped."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--url", default="http://127.0.0.1:8400", help="where Earwitness is")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8500, help="0 picks a free one")
    parser.add_argument("--with-parent", action="store_true", help="end when standard input closes")
    given = parser.parse_args()
    key = os.environ.get("EARWITNESS_KEY")
    if not key:
        parser.error("set EARWITNESS_KEY to an API key of scope ingest")
    Handler.desks = Desks(Sender(given.url, key))
    server = ThreadingHTTPServer((given.host, given.port), Handler)
    server.daemon_threads = True
    if given.with_parent:
        threading.Thread(target=end_with_parent, daemon=True).start()
    print(f"Agent workspace on http://{given.host}:{server.server_address[1]}", flush=True)
    with contextlib.suppress(KeyboardInterrupt):
        server.serve_forever()


if __name__ == "__main__":
    main()
