"""Signing in to a switch, what its user may read, and what is told where that fails."""

import asyncio
import datetime as dt
import ssl

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from live import SECRET, at, listening, recorded, saying, serving, status_of, until

from earwitness.collect.asterisk import connection as connection_module
from earwitness.collect.asterisk import wire as wire_module
from earwitness.collect.asterisk.address import Address, address
from earwitness.collect.asterisk.backoff import Backoff
from earwitness.collect.asterisk.clock import SteadyClock
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.connection import Connection, ConnectionStatus, Patience
from earwitness.collect.asterisk.replayserver import Manners, ReplayServer


@pytest.mark.parametrize("auth", ["auto", "md5", "plain"])
def test_every_way_of_signing_in_is_accepted(auth):
    async def sign_in() -> str:
        server = ReplayServer([], Manners(secret=SECRET))
        async with server, listening(at(server.port, SECRET, auth=auth), []) as listener:
            await until(lambda: listener.status.state == "listening")
            return listener.status.version

    assert asyncio.run(sign_in()) == "11.0.0"


def test_a_switch_without_challenge_gets_the_secret_only_where_nobody_can_listen():
    no_challenge = serving(Manners(md5=False))
    status = status_of(no_challenge, lambda port: at(port, auth="md5"))
    assert "offers no MD5 challenge" in status.problem

    async def sign_in() -> None:
        server = ReplayServer([], Manners(md5=False))
        async with server, listening(at(server.port), []) as listener:
            await until(lambda: listener.status.state == "listening")

    asyncio.run(sign_in())
    assert not Address(name="X", host="pbx.example.com", port=1, username="u", secret="s").may_send_secret


def test_a_wrong_secret_is_told_with_what_to_check():
    status = status_of(serving(Manners()), lambda port: at(port, "wrong"))
    assert status.state == "waiting"
    assert "refused the user earwitness (Authentication failed)" in status.problem
    assert "EARWITNESS_PBX_HQ" in status.problem


@pytest.mark.parametrize(
    ("first", "sentence"),
    [
        (b"Asterisk Call Manager/1.1\r\n", "speaks AMI 1.1, which is Asterisk 11 or older"),
        (b"SSH-2.0-OpenSSH_9.2\r\n", "is not an Asterisk manager (it said 'SSH-2.0-OpenSSH_9.2')"),
        (b"\x16\x03\x01" * 200, "is not an Asterisk manager"),
        (b"", "is not an Asterisk manager (it said '')"),
    ],
)
def test_a_peer_that_is_no_manager_we_can_follow_is_told(first, sentence, monkeypatch):
    monkeypatch.setattr(wire_module, "ANSWER_WITHIN_S", 0.2)
    assert sentence in status_of(saying(first), at).problem


def test_nothing_listening_is_told():
    async def attempt() -> str:
        server = await asyncio.start_server(lambda *_: None, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        server.close()
        await server.wait_closed()
        async with listening(at(port), []) as listener:
            await until(lambda: listener.status.problem)
            return listener.status.problem

    assert "Nothing listens at 127.0.0.1" in asyncio.run(attempt())


def test_read_classes_that_lack_are_named_where_the_switch_says_so():
    async def sign_in() -> ConnectionStatus:
        server = ReplayServer([], Manners(classes=frozenset({"call", "reporting", "command"})))
        async with server, listening(at(server.port), []) as listener:
            await until(lambda: listener.status.missing)
            return listener.status

    status = asyncio.run(sign_in())
    assert status.missing == ("dialplan", "dtmf", "system", "agent")
    assert "lacks the read classes dialplan, dtmf, system, agent: set read = call,dialplan," in status.problem


def test_read_classes_that_lack_are_found_out_where_the_switch_does_not_say_so():
    async def sign_in() -> ConnectionStatus:
        few = Manners(speed=None, classes=frozenset({"call", "reporting"}))
        server = ReplayServer.of(*recorded("v22/07-two-managers"), manners=few)
        collector = Collector([].append, pbx="HQ")
        async with server:
            return await Connection(at(server.port), collector).check()

    status = asyncio.run(sign_in())
    assert status.missing == ("dialplan", "system")
    assert set(status.unproven) == {"dtmf", "agent"}


def test_a_check_of_a_switch_that_is_well_finds_nothing_to_say():
    async def sign_in() -> ConnectionStatus:
        server = ReplayServer([], Manners())
        async with server:
            return await Connection(at(server.port), Collector([].append, pbx="HQ")).check()

    status = asyncio.run(sign_in())
    assert (status.state, status.problem, status.missing) == ("listening", "", ())


def test_a_peer_that_closes_before_it_has_said_anything_is_tried_again_soon():
    async def attempts() -> ConnectionStatus:
        async def closing(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            writer.close()

        server = await asyncio.start_server(closing, "127.0.0.1", 0)
        where = at(server.sockets[0].getsockname()[1])
        async with server, listening(where, [], backoff=NoPatience()) as listener:
            await until(lambda: listener.status.attempts > 2 and listener.status.problem)
            return listener.status

    assert asyncio.run(attempts()).problem.endswith("closed the connection.")


class NoPatience(Backoff):
    """Tries again at once, and never where trying soon would do harm."""

    def next_s(self, *, patient: bool = False) -> float:
        return 3600.0 if patient else 0.05


def test_a_silent_line_is_pinged_and_then_given_up(monkeypatch):
    monkeypatch.setattr(connection_module, "TICK_S", 0.02)
    heard = []

    async def half_dead(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"Asterisk Call Manager/11.0.0\r\n")
        while data := await reader.read(4096):
            heard.append(data)
            if b"Action: Login" in data:
                writer.write(
                    b"Response: Success\r\nActionID: earwitness-login\r\nMessage: Authentication accepted\r\n\r\n"
                )

    async def attempt() -> str:
        server = await asyncio.start_server(half_dead, "127.0.0.1", 0)
        where = at(server.sockets[0].getsockname()[1], auth="plain")
        async with server, listening(where, [], patience=Patience(0.05, 0.15)) as listener:
            await until(lambda: "nothing was heard" in listener.status.problem)
            return listener.status.problem

    assert "cannot be heard: nothing was heard for" in asyncio.run(attempt())
    assert b"Action: Ping" in b"".join(heard)


def test_no_secret_is_in_a_log_line_a_status_or_an_error(monkeypatch):
    with structlog.testing.capture_logs() as logs:
        wrong = status_of(serving(Manners()), lambda port: at(port, SECRET))

        async def sign_in() -> Connection:
            server = ReplayServer([], Manners(secret=SECRET))
            async with server, listening(at(server.port, SECRET), []) as listener:
                await until(lambda: listener.status.state == "listening")
                server.restart()
                await until(lambda: listener.status.problem or listener.status.attempts)
                return listener

        listener = asyncio.run(sign_in())
    told = f"{logs} {wrong} {listener.status} {listener.address} {listener.address!r}"
    assert "switch heard" in told
    assert SECRET not in told
    assert "s3cr" not in told


def test_tls_is_spoken_and_an_unknown_certificate_refused(tmp_path):
    certificate, key = _certificate()
    (tmp_path / "ca.pem").write_bytes(certificate)
    (tmp_path / "both.pem").write_bytes(certificate + key)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tmp_path / "both.pem")

    async def attempt(**options) -> ConnectionStatus:
        server = ReplayServer([], Manners())
        port = await server.start(tls=context)
        try:
            async with listening(at(port, tls=True, **options), []) as listener:
                await until(lambda: listener.status.problem or listener.status.state == "listening")
                return listener.status
        finally:
            await server.stop()

    assert asyncio.run(attempt(ca_file=str(tmp_path / "ca.pem"))).state == "listening"
    assert asyncio.run(attempt(verify=False)).state == "listening"
    assert "is not trusted" in asyncio.run(attempt()).problem
    assert "cannot be read" in asyncio.run(attempt(ca_file=str(tmp_path / "none.pem"))).problem


def _certificate() -> tuple[bytes, bytes]:
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = dt.datetime.now(dt.UTC)
    import ipaddress

    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - dt.timedelta(days=1))
        .not_valid_after(now + dt.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding, plain = serialization.Encoding.PEM, serialization.NoEncryption()
    return certificate.public_bytes(encoding), key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, plain)


def test_an_address_is_read_from_a_url():
    where = address("HQ", "ami://watch%40er:s%2Fcret@pbx.example.com:5138?auth=md5")
    assert (where.username, where.secret, where.host, where.port) == ("watch@er", "s/cret", "pbx.example.com", 5138)
    assert (where.auth, where.tls) == ("md5", False)
    assert address("HQ", "amis://a:b@[::1]").port == 5039


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://a:b@c",
        "ami://host",
        "ami://a@host",
        "ami://a:hidden@host:0x",
        "ami://a:hidden@host?auth=none",
        "ami://a:hidden@host:99999",
        "ami://a:hidden@host?secret=1",
        "ami://:hidden@host",
    ],
)
def test_a_wrong_address_is_told_without_its_secret(url):
    with pytest.raises(ValueError, match="The switch HQ") as caught:
        address("HQ", url)
    assert "hidden" not in str(caught.value)


def test_waiting_grows_from_a_second_to_eight_and_is_patient_with_refusals():
    backoff = Backoff()
    waits = [backoff.next_s() for _ in range(12)]
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits[:4]))
    assert all(4 <= wait <= 8 for wait in waits[4:])
    backoff.succeeded()
    assert backoff.next_s() <= 1
    assert Backoff().next_s(patient=True) >= 15


def test_a_clock_that_is_set_is_followed_and_said():
    wall, monotonic = [1_795_000_000.0], [50.0]
    clock = SteadyClock(lambda: wall[0], lambda: monotonic[0])
    monotonic[0] += 5
    assert clock.now_us() == 1_795_000_005_000_000
    wall[0] += 3605
    assert clock.stepped() == 3_600_000_000
    assert clock.stepped() == 0
    assert clock.now_us() == 1_795_003_605_000_000
