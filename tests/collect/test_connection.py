"""Listening over a real socket: signed in, cut, dropped, restarted, misled."""

import asyncio
import contextlib
import json

import pytest
from live import at, heard_through, listening, recorded, until, what
from recordings import ROOT

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.replay import replay
from earwitness.collect.asterisk.replayserver import Cut, Manners, ReplayServer
from earwitness.collect.sink import Found
from earwitness.model.gap import Gap
from earwitness.model.segment import Segment


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
