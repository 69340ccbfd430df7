"""Whether the switch can be heard: broken lines, restarts, and what still lasted when it could be heard again.

Nothing is replayed after a reconnect. The answers to CoreShowChannels and Status show spying channels with their
initial options, but neither whom they spy on nor the mode chosen by keys; FullyBooted tells how long the switch is up.
"""

import uuid
from typing import NamedTuple

from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.attachment import NAMESPACE, Attachment, End
from earwitness.collect.asterisk.options import spy_options
from earwitness.collect.asterisk.spies import Output
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.spying import NOT_HEARD, Spying
from earwitness.model import times
from earwitness.model.gap import Gap

SECOND = 1_000_000
LIST_WITHIN = 60 * SECOND  # without a list of channels for so long after a reconnect, what was open is given up
BACK_WITHIN = 600 * SECOND  # a line that stays broken for longer ends what was open
TELL_FIRST, TELL_LAST = SECOND, 60 * SECOND  # a gap that lasts is told in parts, for reports that are made meanwhile
NEVER_HEARD_YET = SECOND  # the moment until the first sign-in is no gap
BOOT_DRIFT = 3 * SECOND  # two tellings of the moment of start that differ by more are two starts
ASKED_FOR_ONE = "ask"  # part of the ActionID of a Status about one channel, which is no list of all
LIST_ITEMS = {"CoreShowChannel": ("Application", "ApplicationData"), "Status": ("Application", "Data")}
LIST_ENDS = frozenset({"CoreShowChannelsComplete", "StatusComplete"})


class _Listed(NamedTuple):
    application: str
    data: str


class Hearing:
    """Feed it every message after the spying machine; tell it when the connection ends and begins again."""

    def __init__(self, spying: Spying) -> None:
        self._spying = spying
        self._board = spying.board
        self.last_us: int | None = None
        self.boot_us: int | None = None
        self.started = ""
        self._lost_us: int | None = None
        self._back_us: int | None = None
        self._told_us = 0
        self._shut_down = False
        self._lists: dict[str, dict[str, _Listed]] = {}

    @property
    def in_doubt(self) -> bool:
        """Whether the switch has not yet been asked what still lasts since the line was broken."""
        return self._lost_us is not None

    def feed(self, message: Message, us: int) -> list[Output]:
        """Take one message that came at ``us``; return what it ends."""
        if self._lost_us is not None and self._back_us is None and _logged_in(message):
            self._reconnected(us)
        if message.kind == "event":
            self._event(message, us)
        elif message.kind == "response" and message.get("CoreStartupTime"):
            self._core_status(message)
        self.last_us = us
        self._give_up(us)
        return self._spying.spies.drain()

    def tick(self, us: int) -> list[Output]:
        """Let time pass: what nobody tells anything of any more does not stay open for ever."""
        self._give_up(us)
        if self._lost_us is not None and self._back_us is None:
            part = min(max(TELL_FIRST, self._told_us - self._lost_us), TELL_LAST)  # each as long as all before
            if us - self._told_us >= part:
                self._tell_gap(us)
        return self._spying.spies.drain()

    def _give_up(self, us: int) -> None:
        if self._back_us is not None and us - self._back_us > LIST_WITHIN:
            self._compare(None)
        elif self._lost_us is not None and self._back_us is None and us - self._lost_us > BACK_WITHIN:
            self._end_all(End(self._lost_us, "line-lost", "none: connection lost", inferred=True))

    def lost(self, us: int, heard_until: int | None = None) -> list[Output]:
        """The connection has ended, or none came about. What is open stays open until the switch can be asked."""
        self._lists.clear()
        if heard_until is not None and self.last_us is not None:
            self.last_us = max(self.last_us, heard_until)
        if self._lost_us is None:
            self._lost_us = self.last_us or us
            self._told_us = self._lost_us
        self._back_us = None
        if self._shut_down:
            self._restarted("Shutdown", inferred=False)
        return self._spying.spies.drain()

    def resume(self, last_us: int | None, boot_us: int | None, started: str) -> None:
        """Go on after a restart of ours: what was open then is in doubt, as after a broken line."""
        self.last_us, self.boot_us, self.started = last_us, boot_us, started
        self._lost_us = last_us
        self._told_us = last_us or 0

    def shift(self, by_us: int) -> None:
        """The clock was set: move what is remembered along with it."""
        self.last_us, self.boot_us, self._lost_us, self._back_us = (
            None if moment is None else moment + by_us
            for moment in (self.last_us, self.boot_us, self._lost_us, self._back_us)
        )
        self._told_us += by_us
        if self._spying.heard_from_us is not None:
            self._spying.heard_from_us += by_us

    def stopped(self, us: int, reason: str = "collector-stopped") -> list[Output]:
        """Nothing more will be heard: end all that is open, by inference, with the last that was heard."""
        self._end_all(End(self._lost_us or self.last_us or us, reason, NOT_HEARD, inferred=True))
        self._spying.spies.give_up()
        return self._spying.spies.drain()

    def _event(self, message: Message, us: int) -> None:
        if message.name in LIST_ITEMS:
            self._list_item(message)
        elif message.name in LIST_ENDS and ASKED_FOR_ONE not in message.get("ActionID"):
            listed = self._lists.pop(message.get("ActionID"), {})
            if self._lost_us is not None:
                self._compare(listed)
            self._board.pair_locals()
        elif message.name == "FullyBooted":
            self._fully_booted(message, us)
        elif message.name == "Shutdown":
            self._shut_down = True

    def _reconnected(self, us: int) -> None:
        lost = self._lost_us if self._lost_us is not None else us
        self._back_us = us
        self._shut_down = False
        self._spying.heard_from_us = lost
        if self.last_us is not None or us - lost > NEVER_HEARD_YET:
            self._tell_gap(us)

    def _tell_gap(self, us: int) -> None:
        """Tell the part of the gap that is not told yet."""
        since, self._told_us = self._told_us, us
        spies = self._spying.spies
        seed = f"{spies.tenant}\n{spies.pbx}\n{since}\n{us}"
        spies.add(
            Gap(
                id=str(uuid.uuid5(NAMESPACE, f"gap\n{seed}")),
                source="asterisk",
                pbx=spies.pbx,
                tenant=spies.tenant,
                started_at=times.from_us(since),
                ended_at=times.from_us(max(us, since)),
                reason=f"The switch {spies.pbx} could not be heard.",
            )
        )

    def _fully_booted(self, message: Message, us: int) -> None:
        """Now minus uptime tells a restart from a broken line. Uptime is whole seconds, cut off."""
        uptime = message.get("Uptime")
        if not (uptime.isascii() and uptime.isdigit() and len(uptime) < 12):
            return
        boot_us = us - int(uptime) * SECOND
        known, self.boot_us = self.boot_us, boot_us
        if self._lost_us is None:
            return
        after_loss = boot_us - SECOND > self._lost_us
        if after_loss or (known is not None and boot_us - known > BOOT_DRIFT):
            self._restarted("FullyBooted", inferred=True)

    def _core_status(self, message: Message) -> None:
        """The date and time at which the switch says it was started, compared as text: its zone does not matter."""
        started = f"{message.get('CoreStartupDate')} {message.get('CoreStartupTime')}"
        known, self.started = self.started, started
        if self._lost_us is not None and known not in ("", started):
            self._restarted("CoreStatus", inferred=True)

    def _restarted(self, source: str, *, inferred: bool) -> None:
        lost = self._lost_us
        spies = self._spying.spies
        for spy, attachment in spies.all_open():
            if lost is None or attachment.start_us <= lost:
                end_us = lost if lost is not None else attachment.start_us
                spies.close(spy, attachment, End(end_us, "switch-restarted", source, inferred=inferred))
        for uniqueid in list(spies.by_spyer):
            if not spies.by_spyer[uniqueid].open:
                spies.remove(uniqueid)
        spies.give_up()
        self._board.restarted()
        if self._back_us is not None:
            self._lost_us = self._back_us = None

    def _list_item(self, message: Message) -> None:
        application, data = (message.get(name) for name in LIST_ITEMS[message.name])
        uniqueid = message.get("Uniqueid")
        self._lists.setdefault(message.get("ActionID"), {})[uniqueid] = _Listed(application, data)
        options = spy_options(application, data)
        channel = self._board.channels.get(uniqueid)
        if options is not None and channel is not None and self._board.channels.alive(channel):
            source = f"{message.name} {application}({data})"[:300]
            self._spying.spies.on(channel).learn(options, source)
            self._spying.spies.learn(uniqueid, options, source)

    def _compare(self, listed: dict[str, _Listed] | None) -> None:
        """Hold what was open when the line broke against the channels that the switch lists (None: it lists none)."""
        lost, back = self._lost_us, self._back_us
        if lost is None or back is None:
            return
        self._lost_us = self._back_us = None
        end = End(lost, "line-lost", "none: connection lost", inferred=True)
        for spy, attachment in self._spying.spies.all_open():
            if attachment.start_us > lost:
                continue
            if listed is not None and _goes_on(spy, attachment, listed):
                self._spying.spies.gone(spy, attachment, end, back)
            else:
                self._spying.spies.close(spy, attachment, end)
                spy.last_spyee = ""  # if a Stop comes all the same, it was not over
        if listed is not None:
            self._forget_absent(listed, lost)

    def _forget_absent(self, listed: dict[str, _Listed], lost: int) -> None:
        for channel in self._board.channels.all():
            born = channel.born_us
            if channel.uniqueid not in listed and (born is None or born <= lost):
                self._spying.spies.remove(channel.uniqueid)
                self._board.channels.remove(channel.uniqueid)

    def _end_all(self, end: End) -> None:
        for spy, attachment in self._spying.spies.all_open():
            self._spying.spies.close(spy, attachment, end)


def _logged_in(message: Message) -> bool:
    return message.kind == "event" or message.get("Message") == "Authentication accepted"


def _goes_on(spy: Spy, attachment: Attachment, listed: dict[str, _Listed]) -> bool:
    spyer = listed.get(spy.spyer.uniqueid)
    if spyer is None or attachment.spyee.uniqueid not in listed:
        return False
    if spy.snoop:
        return attachment.spyer.uniqueid in listed
    return spy_options(spyer.application, spyer.data) is not None
