"""Bytes leave by guarded ways: nothing inside is reached by accident, and real receivers get what was sent."""

import contextlib
import datetime as dt
import email.utils
import http.server
import ipaddress
import json
import shutil
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from earwitness.deliver.mapping import syslog as words
from earwitness.deliver.wire import http as wire
from earwitness.deliver.wire import s3
from earwitness.deliver.wire.guard import Guard, Refused
from earwitness.deliver.wire.syslog import Broken, Connection, Peer

from .items import EVENT

RSYSLOG = shutil.which("rsyslogd") or shutil.which("rsyslogd", path="/usr/sbin")
HERE = Guard((ipaddress.ip_network("127.0.0.0/8"),))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.0.0.1",
        "172.16.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "::1",
        "::",
        "fe80::1",
        "fd00::1",
        "fec0::1",
        "ff02::1",
        "::ffff:127.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::",
    ],
)
def test_an_address_of_the_inside_is_refused(address: str) -> None:
    """Loopback, private, link-local, shared, multicast, and each of them in the clothes of IPv6."""
    assert not Guard().permits(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["1.1.1.1", "2606:4700:4700::1111", "::ffff:1.1.1.1"])
def test_a_public_address_is_permitted(address: str) -> None:
    """What anybody can reach may be reached."""
    assert Guard().permits(ipaddress.ip_address(address))


def test_only_the_network_that_was_allowed_is_reached() -> None:
    """Allowing one private network opens no other."""
    guard = Guard((ipaddress.ip_network("10.1.0.0/16"),))
    assert guard.permits(ipaddress.ip_address("10.1.2.3"))
    assert guard.permits(ipaddress.ip_address("::ffff:10.1.2.3"))
    assert not guard.permits(ipaddress.ip_address("10.2.0.1"))
    assert not guard.permits(ipaddress.ip_address("127.0.0.1"))


@pytest.mark.parametrize(
    ("host", "is_refused"),
    [
        *((host, True) for host in ("127.0.0.1", "::1", "fe80::1%eth0", "localhost", "a.LOCALHOST.")),
        *((host, False) for host in ("10.1.2.3", "1.1.1.1", "siem.example.com", "localhost.example.com")),
    ],
)
def test_what_can_never_be_reached_is_told_when_it_is_entered(host: str, is_refused: bool) -> None:
    """Addresses, and the name of this machine, without looking anything up."""
    guard = Guard((ipaddress.ip_network("10.1.0.0/16"),))
    assert bool(guard.refusal(host)) == is_refused


def test_a_name_is_judged_by_where_it_leads(monkeypatch: pytest.MonkeyPatch) -> None:
    """A harmless name with one private address among its addresses is refused before any connection is made."""
    answers = [
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("1.1.1.1", 80)),
        (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", 80)),
    ]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)
    with pytest.raises(Refused, match="EARWITNESS_DELIVER_TO"):
        Guard().connect("harmless.example.com", 80, 1)


def test_this_machine_is_reached_by_the_address_that_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Its name has two; where one network is allowed, the other address is left alone."""
    with receiver() as (base, kept):
        port = int(base.rpartition(":")[2])
        answers = [
            (socket.AF_INET6, socket.SOCK_STREAM, 6, "", ("::1", port, 0, 0)),
            (socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port)),
        ]
        monkeypatch.setattr(socket, "getaddrinfo", lambda *a, **k: answers)
        assert wire.send(wire.Request(f"http://localhost:{port}/200", b"", {}), HERE).good
        assert len(kept.got) == 1


class Receiver(http.server.BaseHTTPRequestHandler):
    """Answers as its path says: /200, /503, /302, /slow; /small takes 20 kB at most; keeps what it got."""

    got: list[tuple[str, dict[str, str], bytes]]

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.path == "/small" and len(body) > 20_000:
            self.send_response(413)
            self.end_headers()
            return
        type(self).got.append((self.path, dict(self.headers), body))
        if self.path == "/slow":
            time.sleep(2)
        if self.path == "/drip":
            with contextlib.suppress(OSError):
                while True:  # a header that never ends, each byte well within the time-out of a read
                    self.wfile.write(b"x")
                    self.wfile.flush()
                    time.sleep(0.05)
        self.send_response(int(self.path[1:4]) if self.path[1:4].isdigit() else 200)
        if self.path == "/302":
            self.send_header("Location", "http://127.0.0.1:1/")
        if self.path == "/503":
            self.send_header("Retry-After", "7")
        self.end_headers()
        self.wfile.write(b"thanks")

    def do_PUT(self) -> None:
        self.do_POST()

    def log_message(self, *args: object) -> None:
        pass


@contextmanager
def receiver(context: ssl.SSLContext | None = None) -> Iterator[tuple[str, type[Receiver]]]:
    kind = type("Kept", (Receiver,), {"got": []})
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), kind)
    if context:
        server.socket = context.wrap_socket(server.socket, server_side=True)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http{'s' if context else ''}://127.0.0.1:{server.server_port}", kind
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_how_long_to_wait_is_told_in_seconds_or_by_a_date() -> None:
    """Either way of RFC 9110, an hour at most; what is neither is not said."""
    soon = email.utils.format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=90), usegmt=True)
    assert 60 < (wire._seconds(soon) or 0) <= 90
    assert wire._seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0
    assert wire._seconds("7") == 7
    assert wire._seconds("999999") == 3600
    assert [wire._seconds(text) for text in (None, "", "soon", "-1", "Wed, 21 Oct 2015 07:28:00 -0000")] == [None] * 5


def test_http_tells_what_the_receiver_said_and_follows_nothing() -> None:
    """Status and body come back as they are; a redirect is an answer, not an order."""
    with receiver() as (base, kept):
        assert wire.send(wire.Request(f"{base}/200", b"hello", {"X-A": "1"}), HERE) == (200, "thanks", None)
        assert wire.send(wire.Request(f"{base}/503", b"", {}), HERE) == (503, "thanks", 7.0)
        moved = wire.send(wire.Request(f"{base}/302", b"", {}), HERE)
        assert not moved.good
        assert "redirects are not followed" in wire.told(moved)
        assert [path for path, _, _ in kept.got] == ["/200", "/503", "/302"]
        assert kept.got[0][1]["X-A"] == "1"
        assert kept.got[0][2] == b"hello"
        with pytest.raises(wire.Failed, match="did not answer within"):
            wire.send(wire.Request(f"{base}/slow", b"", {}, timeout=0.3), HERE)
        with pytest.raises(wire.Failed, match="did not answer within"):
            wire.send(wire.Request(f"{base}/drip", b"", {}, timeout=0.5), HERE)
        with pytest.raises(wire.Failed, match="may not be reached"):
            wire.send(wire.Request(f"{base}/200", b"", {}), Guard())
    with pytest.raises(wire.Failed, match="could not be reached"):
        wire.send(wire.Request(f"{base}/200", b"", {}), HERE)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "file:///etc/passwd",
        "http://",
        "http://u:p@h/",
        "http://h/a b",
        "http://h/\r\nX: y",
        "gopher://h",
        "http://h:99999/",
        "http://h:x/",
        "http://[::1/",
        "",
    ],
)
def test_an_address_that_is_none_is_refused_in_a_sentence(url: str) -> None:
    """Only http and https, no credentials, nothing that could end a header."""
    with pytest.raises(ValueError, match=r"\."):
        wire.target(url)


def certificate(folder: Path) -> tuple[Path, Path]:
    key, cert = folder / "key.pem", folder / "cert.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", "/CN=127.0.0.1"),
            *("-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(key), "-out", str(cert)),
        ],
        check=True,
        capture_output=True,
    )
    return key, cert


def test_a_certificate_that_nobody_vouches_for_is_refused(tmp_path: Path) -> None:
    """TLS without a trusted certificate is no TLS."""
    key, cert = certificate(tmp_path)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    with receiver(context) as (base, kept), pytest.raises(wire.Failed, match="not trusted"):
        wire.send(wire.Request(f"{base}/200", b"secret", {}), HERE)
    assert kept.got == []


def test_an_object_is_signed_as_the_vendor_signs_it() -> None:
    """Our signature of a PUT is the one that botocore makes of the same request at the same time."""
    from botocore.auth import S3SigV4Auth
    from botocore.awsrequest import AWSRequest
    from botocore.credentials import Credentials

    bucket = s3.Bucket("http://127.0.0.1:9000", "eu-central-1", "audit", "AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG")
    moment = dt.datetime.now(dt.UTC)
    for key in ("a/b/2026-11-01T08.ndjson.zst", "ä b/+c=d&e"):
        ours = s3.headers(bucket, key, b"body", moment)
        request = AWSRequest("PUT", bucket.endpoint + s3.path(bucket, key), data=b"body")
        request.context["payload_signing_enabled"] = True
        signer = S3SigV4Auth(Credentials(bucket.key_id, bucket.secret), "s3", bucket.region)
        request.context["timestamp"] = ours["X-Amz-Date"]
        request.headers["X-Amz-Content-SHA256"] = ours["X-Amz-Content-Sha256"]
        request.headers["X-Amz-Date"] = ours["X-Amz-Date"]
        canonical = signer.canonical_request(request)
        theirs = signer.signature(signer.string_to_sign(request, canonical), request)
        assert ours["Authorization"].rpartition("=")[2] == theirs


@contextmanager
def rsyslog(folder: Path, *, tls: tuple[Path, Path] | None = None) -> Iterator[tuple[int, Path]]:
    """Debian's rsyslog on a free port, writing what it got as JSON lines."""
    if not RSYSLOG:
        pytest.fail("rsyslog is missing: install the packages rsyslog and rsyslog-gnutls.")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    out, conf = folder / "got.jsonl", folder / "rsyslog.conf"
    secure = (
        f'global(defaultNetstreamDriver="gtls" defaultNetstreamDriverCAFile="{tls[1]}" '
        f'defaultNetstreamDriverCertFile="{tls[1]}" defaultNetstreamDriverKeyFile="{tls[0]}")\n'
        if tls
        else ""
    )
    driver = ' StreamDriver.Name="gtls" StreamDriver.Mode="1" StreamDriver.Authmode="anon"' if tls else ""
    conf.write_text(
        f'{secure}global(workDirectory="{folder}" maxMessageSize="256k")\nmodule(load="imtcp"{driver})\n'
        'template(name="json" type="list") { constant(value="{") property(name="app-name" format="jsonf") '
        'constant(value=",") property(name="msg" format="jsonf") constant(value=",") '
        'property(name="structured-data" format="jsonf") constant(value=",") '
        'property(name="syslogseverity-text" format="jsonf") constant(value=",") '
        'property(name="timereported" dateFormat="rfc3339" format="jsonf") constant(value="}\\n") }\n'
        f'input(type="imtcp" port="{port}" address="127.0.0.1")\n'
        f'action(type="omfile" file="{out}" template="json")\n'
    )
    process = subprocess.Popen(
        [RSYSLOG, "-n", "-f", str(conf), "-i", str(folder / "pid")], stderr=(folder / "err").open("wb")
    )
    try:
        for _ in range(200):
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", port)) == 0:
                    break
            time.sleep(0.05)
        yield port, out
    finally:
        process.terminate()
        process.wait(10)


def received(out: Path, count: int) -> list[dict[str, str]]:
    for _ in range(200):
        lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
        if len(lines) >= count:
            break
        time.sleep(0.05)
    return [json.loads(line) for line in lines]


@pytest.mark.parametrize("secure", [False, True])
def test_rsyslog_receives_every_message_in_order(tmp_path: Path, secure: bool) -> None:
    """Over TCP and over TLS: application, severity, structured data, time and the whole message, line ends and all."""
    tls = certificate(tmp_path) if secure else None
    with rsyslog(tmp_path, tls=tls) as (port, out):
        trust = tls[1].read_text() if tls else ""
        connection = Connection(Peer("127.0.0.1", port, secure, trust), HERE)
        items = [EVENT | {"seq": n, "comments": "line\none ș " + "x" * 9000} for n in range(50)]
        connection.send([words.mapped(item, "activity", host="h") for item in items[:20]])
        connection.send([words.mapped(item, "activity", host="h") for item in items[20:]])
        got = received(out, 50)
        connection.close()
    assert [json.loads(line["msg"])["seq"] for line in got] == list(range(50))
    first = got[0]
    assert json.loads(first["msg"]) == {"stream": "activity", **items[0]}
    assert first["app-name"] == "earwitness"
    assert first["syslogseverity-text"] == "notice"
    assert 'user="ana.pop"' in first["structured-data"]
    assert first["timereported"].startswith("2026-11-20T09:15:30.123456")


def test_a_receiver_that_goes_away_is_noticed_and_found_again(tmp_path: Path) -> None:
    """A batch to a dead receiver is an error in a sentence; the next one after its return arrives."""
    with rsyslog(tmp_path) as (port, out):
        connection = Connection(Peer("127.0.0.1", port), HERE, timeout=3)
        connection.send([words.mapped(EVENT, "activity")])
        assert len(received(out, 1)) == 1
    with pytest.raises(Broken, match=r"127\.0\.0\.1"):
        connection.send([words.mapped(EVENT, "activity")])
    with pytest.raises(Broken, match="may not be reached"):
        Connection(Peer("127.0.0.1", port), Guard()).send([b"x"])
