"""Listening to a live switch: connected for as long as it lasts, again and again, and never silent about a gap."""

import asyncio
import datetime as dt
import ssl
from typing import NamedTuple

import msgspec
import structlog

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.ami import Message, encode_action
from earwitness.collect.asterisk.backoff import Backoff
from earwitness.collect.asterisk.clock import SteadyClock
from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.hearing import ASKED_FOR_ONE
from earwitness.collect.asterisk.permissions import Permissions
from earwitness.collect.asterisk.signing_in import SwitchError, sign_in
from earwitness.collect.asterisk.wire import Wire
from earwitness.model import times

log = structlog.get_logger(__name__)

TICK_S = 1.0
CHECK_WITHIN_S = 15.0
MAX_ASKED = 100
CHANNELS_ID = "earwitness-channels"


class Patience(NamedTuple):
    """After how many seconds of silence a switch is asked whether it is there; how many more it is given."""

    ping_after_s: float = 5.0
    answer_within_s: float = 20.0


class ConnectionStatus(msgspec.Struct, frozen=True, kw_only=True):
    """How it stands with a switch, for pages and ``doctor``.

    state: ``connecting``, ``listening``, ``waiting`` (to try again) or ``stopped``, since a moment. problem: one
    sentence that says what to do, or empty. missing, unproven: read classes that the user lacks, or may lack;
    heard: when it last said anything, None for never.
    """

    switch: str
    state: str
    since: dt.datetime
    problem: str = ""
    version: str = ""
    missing: tuple[str, ...] = ()
    unproven: tuple[str, ...] = ()
    attempts: int = 0
    heard: dt.datetime | None = None


class Connection:
    """One switch. ``run`` until it is cancelled; what is found goes to the collector's sink."""

    def __init__(
        self,
        address: Address,
        collector: Collector,
        *,
        clock: SteadyClock | None = None,
        backoff: Backoff | None = None,
        patience: Patience | None = None,
    ) -> None:
        self.address = address
        self.collector = collector
        self._clock = clock or SteadyClock()
        self._backoff = backoff or Backoff()
        self._patience = patience or Patience()
        self._permissions = Permissions(address)
        self._status = ConnectionStatus(switch=address.name, state="connecting", since=self._now())
        self._told_missing: tuple[str, ...] = ()
        self._asked = 0
        self._last_us = 0

    @property
    def status(self) -> ConnectionStatus:
        permissions = self._permissions
        problem = self._status.problem
        if self._status.state == "listening":
            problem = permissions.sentence
        missing, unproven = permissions.missing, permissions.unproven
        heard = times.from_us(self._last_us) if self._last_us else None
        return msgspec.structs.replace(self._status, problem=problem, missing=missing, unproven=unproven, heard=heard)

    async def run(self) -> None:
        """Connect, listen, and when it ends begin again, until cancelled. Never raises for what a switch does."""
        try:
            while True:
                wait_s = await self._once()
                await self._rest(wait_s)
        finally:
            now_us = self._clock.now_us()
            self.collector.lost(now_us, heard_until=now_us if self._status.state == "listening" else None)
            self._state("stopped")

    async def check(self) -> ConnectionStatus:
        """Connect and sign in once, for ``doctor``; return how it went."""
        try:
            async with asyncio.timeout(CHECK_WITHIN_S):
                await self._session(once=True)
        except SwitchError as error:
            self._state("waiting", str(error))
        except (OSError, EOFError, TimeoutError) as error:
            if self._status.state != "listening":
                self._state("waiting", _sentence(self.address, error))
        return self.status

    async def _once(self) -> float:
        """One connection from beginning to end; return how many seconds to wait before the next."""
        patient = False
        heard_until: int | None = None
        self._state("connecting")
        try:
            await self._session()
        except SwitchError as error:
            patient = error.patient
            problem = str(error)
        except (OSError, EOFError, TimeoutError) as error:
            problem = _sentence(self.address, error)
            if isinstance(error, EOFError) and self._status.state == "listening":
                heard_until = self._clock.now_us()  # what a switch said before it closes the line has all come
        self.collector.lost(self._clock.now_us(), heard_until=heard_until)
        self._state("waiting", problem)
        wait_s = self._backoff.next_s(patient=patient)
        log.warning("switch not heard", switch=self.address.name, problem=problem, again_in_s=round(wait_s, 1))
        return wait_s

    async def _rest(self, seconds: float) -> None:
        """Wait, while time goes on for what is open."""
        until = asyncio.get_running_loop().time() + seconds
        while (left := until - asyncio.get_running_loop().time()) > 0:
            await asyncio.sleep(min(left, TICK_S))
            self._tick()

    async def _session(self, *, once: bool = False) -> None:
        wire = await Wire.open(self.address)
        try:
            version = await wire.greet(self.address)
            await self._sign_in(wire)
            self._permissions = Permissions(self.address)
            self._backoff.succeeded()
            self._state("listening", version=version)
            log.info("switch heard", switch=self.address.name, host=self.address.host, ami=version)
            await self._ask_what_lasts(wire)
            await self._listen(wire, once=once)
        finally:
            await wire.close()

    async def _sign_in(self, wire: Wire) -> None:
        steps = sign_in(self.address)
        action = next(steps)
        taken: list[Message] = []
        try:
            while True:
                await wire.send(action)
                action_id = "earwitness-login" if b"Action: Login" in action else "earwitness-challenge"
                action = steps.send(await wire.answer(action_id, taken))
        except StopIteration:
            wire.messages.extendleft(reversed(taken))

    async def _ask_what_lasts(self, wire: Wire) -> None:
        """Nothing is replayed after a reconnect: ask who is there, and who the members of the queues are."""
        for name, action_id in (
            ("CoreStatus", "earwitness-core"),
            ("CoreShowChannels", CHANNELS_ID),
            ("Status", "earwitness-status"),
            ("QueueStatus", "earwitness-queues"),
        ):
            await wire.send(encode_action(name, [("ActionID", action_id)]))
        await wire.send(self._permissions.question())

    async def _listen(self, wire: Wire, *, once: bool) -> None:
        loop = asyncio.get_running_loop()
        heard = ticked = loop.time()
        pinged: float | None = None
        while True:
            if wire.messages:
                self._take(wire)
                await self._ask(wire)
            if await wire.read(TICK_S):
                heard, pinged = loop.time(), None
            silence_s = loop.time() - heard
            if pinged is None and silence_s > self._patience.ping_after_s:
                await wire.send(encode_action("Ping", [("ActionID", "earwitness-ping")]))
                pinged = loop.time()  # asked first, however long this machine was asleep
            elif pinged is not None and loop.time() - pinged > self._patience.answer_within_s:
                raise TimeoutError(f"nothing was heard for {round(silence_s)} s")
            if loop.time() - ticked >= TICK_S:
                ticked = loop.time()
                self._tick()
                if once and self._permissions.checked:
                    return

    def _take(self, wire: Wire) -> None:
        now_us = self._clock.now_us()
        while wire.messages:
            message = wire.messages.popleft()
            us = self._last_us = max(now_us, self._last_us + 1)  # what came in one piece keeps its order in time
            self._permissions.feed(message, us)
            try:
                self.collector.feed(message, us)
            except Exception:  # one message that breaks a rule must not cost us all that follow
                log.exception("message not understood", switch=self.address.name, message=message.name)
        self._tell_what_is_missing()

    async def _ask(self, wire: Wire) -> None:
        """Ask for the options of spying channels that no event told (a synchronous Originate)."""
        asked, self.collector.asked = list(dict.fromkeys(self.collector.asked))[:MAX_ASKED], []
        for channel in asked:
            self._asked += 1
            headers = [("ActionID", f"earwitness-{ASKED_FOR_ONE}-{self._asked}"), ("Channel", channel)]
            try:
                await wire.send(encode_action("Status", headers))
            except ValueError:
                log.warning("channel with an impossible name", switch=self.address.name)

    def _tick(self) -> None:
        us = self._clock.now_us()
        step = self._clock.stepped()
        if step:
            log.warning("clock was set", switch=self.address.name, by_s=step / 1_000_000)
            self.collector.clock_stepped(step)
            us += step
            self._last_us += step
        self._permissions.tick(us)
        self._tell_what_is_missing()
        self.collector.tick(us)

    def _tell_what_is_missing(self) -> None:
        if self._permissions.missing not in ((), self._told_missing):
            log.warning("switch heard in part", switch=self.address.name, problem=self._permissions.sentence)
        self._told_missing = self._permissions.missing

    def _state(self, state: str, problem: str = "", version: str = "") -> None:
        attempts = 0 if state == "listening" else self._status.attempts + (state == "connecting")
        self._status = ConnectionStatus(
            switch=self.address.name,
            state=state,
            since=self._now(),
            problem=problem,
            version=version or self._status.version,
            attempts=attempts,
        )

    def _now(self) -> dt.datetime:
        return times.from_us(self._clock.now_us())


def _sentence(address: Address, error: Exception) -> str:
    """Say what went wrong with the line, and what to look at. Never holds the secret."""
    where = f"{address.host}:{address.port}"
    if isinstance(error, EOFError):
        return f"The switch {address.name} ({where}) closed the connection."
    if isinstance(error, TimeoutError):
        detail = str(error) or "it did not answer in time"
        return f"The switch {address.name} ({where}) cannot be heard: {detail}."
    if isinstance(error, ssl.SSLCertVerificationError):
        return (
            f"The certificate of the switch {address.name} ({where}) is not trusted ({error.verify_message}):"
            " name the file of its authority with ?ca=FILE in its URL."
        )
    if isinstance(error, ConnectionResetError):
        return f"The connection to the switch {address.name} ({where}) was broken off."
    if isinstance(error, ConnectionRefusedError):
        return f"Nothing listens at {where}: check that the switch {address.name} runs and its manager is enabled."
    reason = getattr(error, "strerror", None) or type(error).__name__
    return f"The switch {address.name} ({where}) cannot be reached: {reason}."
