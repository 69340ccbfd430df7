"""Listening over a real socket: signed in, cut, dropped, restarted, misled."""

import asyncio
import contextlib
import datetime as dt
import json
import ssl
from collections.abc import Awaitable, Callable

import pytest
import structlog
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from recordings import ROOT

from earwitness.collect.asterisk import connection as connection_module
from earwitness.collect.asterisk import wire as wire_module
from earwitness.collect.asterisk.address import Address, address
from earwitness.collect.asterisk.backoff import Backoff
from earwitness.collect.asterisk.clock import SteadyClock
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.connection import Connection, ConnectionStatus, Patience
from earwitness.collect.asterisk.replay import replay
from earwitness.collect.asterisk.replayserver import Cut, Manners, ReplayServer
from earwitness.collect.sink import Found
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment

SECRET = "s3cr/t:@%né"


class Hasty(Backoff):
    """Does not wait long."""

    def next_s(self, *, patient: bool = False) -> float:
        super().next_s(patient=patient)
        return 0.01


def at(port: int, secret: str = "secret", **options) -> Address:
    return Address(name="HQ", host="127.0.0.1", port=port, username="earwitness", secret=secret, **options)


@contextlib.asynccontextmanager
async def listening(where: Address, found: list[Found], **options):
    """A connection that listens while the block runs."""
    listener = Connection(where, Collector(found.append, pbx=where.name), backoff=Hasty(), **options)
    task = asyncio.create_task(listener.run())
    try:
        yield listener
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def until(condition: Callable[[], object], within_s: float = 20.0) -> None:
    async with asyncio.timeout(within_s):
        while not condition():
            await asyncio.sleep(0.01)


def recorded(name: str) -> list:
    return [ROOT / name / "ami.jsonl.gz"]


def what(found: list[Found]) -> list[tuple[str, ...]]:
    return sorted(
        (s.manager.extension, s.agent.extension, s.action, s.talks_to, s.call_linkedid, s.end_reason)
        for s in found
        if isinstance(s, Segment)
    )


def heard_through(server: ReplayServer, within_s: float = 30) -> list[Found]:
    """Everything found while a server plays its recording to the end."""

    async def play() -> list[Found]:
        found: list[Found] = []
        async with server, listening(at(server.port), found) as listener:
            await asyncio.wait_for(server.finished.wait(), within_s)
            await until(lambda: listener.status.state == "listening")
            await until(lambda: not listener.collector.going_on(0))
        return found

    return asyncio.run(play())


def status_of(serve: Callable[[], Awaitable[asyncio.Server]], where: Callable[[int], Address]) -> ConnectionStatus:
    """How a connection stands after its first attempt at a server."""

    async def attempt() -> ConnectionStatus:
        server = await serve()
        async with server, listening(where(server.sockets[0].getsockname()[1]), []) as listener:
            await until(lambda: listener.status.problem)
            return listener.status

    return asyncio.run(attempt())


def saying(first: bytes) -> Callable[[], Awaitable[asyncio.Server]]:
    """A server that says something and nothing else."""

    async def talk(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(first)
        await asyncio.sleep(5)

    return lambda: asyncio.start_server(talk, "127.0.0.1", 0)


def serving(manners: Manners) -> Callable[[], Awaitable[asyncio.Server]]:
    async def serve() -> asyncio.Server:
        server = ReplayServer([], manners)
        await server.start()
        assert server._server is not None
        return server._server

    return serve


@pytest.mark.parametrize("name", ["v22/18-busy-minute", "v22/20-spyer-moved", "v22/14-ari-snoop", "v18/04-dtmf-switch"])
def test_over_a_socket_the_same_is_found_as_in_the_recording(name):
    server = ReplayServer.of(*recorded(name), manners=Manners(speed=None))
    assert what(heard_through(server)) == what(list(replay(recorded(name))))


@pytest.mark.parametrize("seed", range(6))
def test_lines_cut_at_any_byte_lose_no_session_and_tell_every_gap(seed):
    total = sum(len(raw) for _, raw in ReplayServer.of(*recorded("v22/07-two-managers")).recording)
    cuts = tuple(Cut(after) for after in ((seed * 7919) % total // 3 + 1, (seed * 104729) % total // 3 + 1))
    server = ReplayServer.of(*recorded("v22/07-two-managers"), manners=Manners(speed=None, cuts=cuts))
    found = heard_through(server)
    sessions = {(s.manager.extension, s.agent.extension) for s in found if isinstance(s, Segment)}
    truth = {
        (s.manager.extension, s.agent.extension)
        for s in replay(recorded("v22/07-two-managers"))
        if isinstance(s, Segment)
    }
    assert sessions == truth
    assert len([one for one in found if isinstance(one, Gap) and not one.session_id]) >= len(cuts)


def test_events_lost_while_the_line_is_broken_are_closed_by_inference():
    recording = ReplayServer.of(*recorded("v22/03-barge")).recording
    start = next(n for n, (_, raw) in enumerate(recording) if "ChanSpyStart" in raw)
    stop = next(n for n, (_, raw) in enumerate(recording) if "ChanSpyStop" in raw)
    after = sum(len(raw) + len("\r\n\r\n") for _, raw in recording[: start + 1]) + 1
    cut = Cut(after, lose=stop - start + 5)
    found = heard_through(ReplayServer(recording, Manners(speed=None, cuts=(cut,))))
    (segment,) = [one for one in found if isinstance(one, Segment)]
    assert (segment.action, segment.end_inferred, segment.end_reason) == ("barge", True, "line-lost")


@pytest.mark.long
def test_at_recorded_times_every_segment_lasts_as_long_as_on_the_phones():
    found = heard_through(ReplayServer.of(*recorded("v22/18-busy-minute")), within_s=90)
    truth = json.loads((ROOT / "v22/18-busy-minute/expected.json").read_text())
    lasted = sorted(round(row["ended_at"] - row["started_at"], 1) for row in truth)
    heard = sorted(s.duration_ms / 1000 for s in found if isinstance(s, Segment))
    assert len(heard) == len(lasted)
    assert all(abs(one - other) < 0.4 for one, other in zip(heard, lasted, strict=True))


def test_a_restarted_switch_ends_what_was_open():
    async def play() -> list[Found]:
        found: list[Found] = []
        recording = ReplayServer.of(*recorded("v22/13-kill9")).recording
        server = ReplayServer(recording, Manners(speed=None))
        async with server, listening(at(server.port), found) as listener:
            await asyncio.wait_for(server.finished.wait(), 30)
            await until(lambda: listener.collector.going_on(0))
            server.restart()
            await until(lambda: listener.status.attempts or not listener.collector.going_on(0))
            await until(lambda: not listener.collector.going_on(0))
        return found

    last = [one for one in asyncio.run(play()) if isinstance(one, Segment)][-1]
    assert last.end_inferred
    assert last.end_reason in ("switch-restarted", "line-lost")  # within one second nothing tells them apart


def test_the_options_of_a_synchronous_originate_are_asked_for():
    async def play() -> list[Found]:
        found: list[Found] = []
        server = ReplayServer.of(*recorded("v22/16-originate-app"), manners=Manners(speed=20))
        async with server:
            happened = server.happened

            def runs_an_application_that_no_event_tells(message):
                happened(message)
                if message.name == "ChanSpyStart" and message.get("SpyerUniqueid").endswith(".40"):
                    server.applications[message.get("SpyerUniqueid")] = ("ChanSpy", "PJSIP/1001,qw")

            server.happened = runs_an_application_that_no_event_tells
            async with listening(at(server.port), found):
                await asyncio.wait_for(server.finished.wait(), 30)
                await until(lambda: len([s for s in found if isinstance(s, Segment)]) == 7)
        return found

    last = [one for one in asyncio.run(play()) if isinstance(one, Segment)][-1]
    assert (last.action, last.evidence.mode) == ("whisper", "Status ChanSpy(PJSIP/1001,qw)")


def test_several_switches_are_heard_at_once_and_kept_apart():
    async def play() -> list[Found]:
        found: list[Found] = []
        servers = [ReplayServer.of(*recorded("v22/01-listen"), manners=Manners(speed=None)) for _ in range(3)]
        async with contextlib.AsyncExitStack() as stack:
            for number, server in enumerate(servers):
                await stack.enter_async_context(server)
                where = Address(
                    name=f"PBX{number}", host="127.0.0.1", port=server.port, username="earwitness", secret="secret"
                )
                await stack.enter_async_context(listening(where, found))
            await until(lambda: len([s for s in found if isinstance(s, Segment)]) == 3)
        return found

    heard = [one for one in asyncio.run(play()) if isinstance(one, Segment)]
    assert sorted(s.pbx for s in heard) == ["PBX0", "PBX1", "PBX2"]
    assert len({s.id for s in heard}) == 3


def test_a_recording_played_for_ever_has_fresh_times_and_ids_each_time():
    async def play() -> list[Found]:
        found: list[Found] = []
        server = ReplayServer.of(*recorded("v22/01-listen"), manners=Manners(speed=None, forever=True))
        async with server, listening(at(server.port), found):
            await until(lambda: len([s for s in found if isinstance(s, Segment)]) >= 3)
        return found

    heard = [one for one in asyncio.run(play()) if isinstance(one, Segment)]
    assert len({s.call_linkedid for s in heard}) == len(heard)
    assert len({s.id for s in heard}) == len(heard)
    assert all(abs(int(s.call_linkedid.split(".")[0]) - s.started_at.timestamp()) < 3600 for s in heard)


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
    ["", "http://a:b@c", "ami://host", "ami://a@host", "ami://a:hidden@host:0x", "ami://a:hidden@host?auth=none",
     "ami://a:hidden@host:99999", "ami://a:hidden@host?secret=1", "ami://:hidden@host"],
)  # fmt: skip
def test_a_wrong_address_is_told_without_its_secret(url):
    with pytest.raises(ValueError, match="The switch HQ") as caught:
        address("HQ", url)
    assert "hidden" not in str(caught.value)


def test_waiting_grows_from_a_second_to_a_minute_and_is_patient_with_refusals():
    backoff = Backoff()
    waits = [backoff.next_s() for _ in range(12)]
    assert all(0.5 * 2**n <= wait <= 2**n for n, wait in enumerate(waits[:6]))
    assert all(30 <= wait <= 60 for wait in waits[6:])
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
