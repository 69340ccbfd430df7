"""From messages to segments: who listened, whispered or barged, into whose call, from when to when.

A pure state machine: no clock, no socket. ``feed`` takes a message and the moment it came; what it returns is finished
segments, gaps of single sessions, and questions for the switch. Facts in comments are from the recordings in the tests
and from ``apps/app_chanspy.c``.
"""

from collections.abc import Callable

import msgspec

from earwitness.collect.asterisk import ending
from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.attachment import Attachment, End, Key, Mode
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.lingering import Lingering
from earwitness.collect.asterisk.meetings import TOGETHER_WITHIN, Meetings
from earwitness.collect.asterisk.options import MODE_KEYS, SpyOptions, spy_options
from earwitness.collect.asterisk.snoop import Snoops
from earwitness.collect.asterisk.spies import Output, Spies
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.switchboard import Switchboard, other_members
from earwitness.collect.asterisk.who import parties
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.model.segment import BARGE, LISTEN, UNKNOWN, Segment

SECOND = 1_000_000
TAKEN_OVER_WITHIN = SECOND
SAME_START = SECOND // 20
PAUSE = SECOND // 2  # ChanSpy looks for a channel every tenth of a second
STOP = "ChanSpyStop"
MAX_MARKS = 10_000
NOT_HEARD = "none: not heard"
MODE_IN_DOUBT = Mode(UNKNOWN, "none: keys may have been pressed before anything was heard")

Recall = Callable[[str], tuple[str, str] | None]


class Spying:
    """The spying on one switch.

    board: the picture of the switch, fed before this. recall: gives (application, data) of the spying channel with this
    unique id from a CDR, or None if there is none.
    """

    def __init__(
        self, board: Switchboard, *, pbx: str, tenant: str = DEFAULT_TENANT, recall: Recall | None = None
    ) -> None:
        self.board = board
        self.spies = Spies(board, pbx=pbx, tenant=tenant)
        self.heard_from_us: int | None = None
        self._snoops = Snoops(board, self.spies)
        self._lingering = Lingering(board, self.spies)
        self._meetings = Meetings(board, self.spies)
        self._recall: Recall = recall or (lambda _uniqueid: None)
        self._handlers: dict[str, Callable[[Message, int], None]] = {
            "AttendedTransfer": self._attended_transfer,
            "BridgeEnter": self._bridge_enter,
            "BridgeLeave": self._bridge_leave,
            "CEL": self._cel,
            "ChanSpyStart": self._start,
            "ChanSpyStop": self._stop,
            "DTMFEnd": self._key,
            "Hangup": self._hangup,
            "Newchannel": self._new_channel,
            "Newexten": self._new_extension,
            "Newstate": self._new_state,
            "OriginateResponse": self._originated,
            "ParkedCall": self._parked,
            "UserEvent": self._snoops.told,
        }

    def feed(self, message: Message, us: int) -> list[Output]:
        """Take one message that came at ``us`` (microseconds since 1970); return what it finishes."""
        if self.heard_from_us is None:
            self.heard_from_us = us
        if self.spies.waiting or self._lingering.waiting:
            self.tick(us)
        handler = self._handlers.get(message.name) if message.kind == "event" else None
        if handler is not None:
            handler(message, us)
        return self.spies.drain()

    def tick(self, us: int) -> None:
        """Let time pass: what was waited for has not come."""
        self._lingering.tick(us)
        self.spies.tick(us)

    def going_on(self, us: int) -> list[Segment]:
        """Return what still lasts at ``us``, as segments without an end reason."""
        return self.spies.going_on(us)

    # --- which application, with which options

    def _new_extension(self, message: Message, us: int) -> None:
        application, data = message.get("Application"), message.get("AppData")
        options = spy_options(application, data)
        channel = self.board.channels.get(message.get("Uniqueid"))
        if channel is None:
            return
        self._lingering.moved(channel, us)
        if options is not None:
            self._announced(channel, options, f"Newexten {application}({data})", us)
        elif channel.uniqueid in self.spies.by_spyer and channel.tech != "Snoop":
            self._left_application(channel, us)

    def _announced(self, channel: Channel, options: SpyOptions, source: str, us: int) -> None:
        """A channel begins to run a spying application, or takes over one from another channel."""
        spy = self.spies.get(channel.uniqueid)
        if spy is not None and spy.open:
            if not any(a.unsure_until_us for a in spy.open):
                spy.learn(options, source)
                return
            self._make_certain(spy)
        spy = Spy(channel)
        spy.learn(options, source[:300])
        spy.announced_us = us
        self.spies.by_spyer[channel.uniqueid] = spy
        orphan = self._orphan(options, us)
        if orphan is not None:
            self._hand_over(orphan, channel, us, source[:300])

    def _originated(self, message: Message, _us: int) -> None:
        """An asynchronous Originate of an application: no Newexten is sent for it, this comes just before the start."""
        options = spy_options(message.get("Application"), message.get("Data"))
        channel = self.board.channels.get(message.get("Uniqueid"))
        if options is not None and channel is not None:
            source = f"OriginateResponse {message.get('Application')}({message.get('Data')})"
            self.spies.on(channel).learn(options, source[:300])
            self.spies.tell(self.spies.on(channel))

    def _cel(self, message: Message, _us: int) -> None:
        """Call event logging names the application with every event: it tells the options where nothing else did."""
        options = spy_options(message.get("Application"), message.get("AppData"))
        if options is not None:
            source = f"CEL {message.get('Application')}({message.get('AppData')})"
            self.spies.learn(message.get("UniqueID"), options, source[:300])

    # --- start, keys, stop

    def _start(self, message: Message, us: int) -> None:
        spyer, spyee = self._named(message, "Spyer"), self._named(message, "Spyee")
        if spyer is None or spyee is None:
            return
        spy = self.spies.on(spyer)
        spy.lingering = None
        if spy.snoop:
            self._snoops.started(spy, spyee, us)
            return
        if not spy.settled:
            self._recall_options(spy)
        for attachment in spy.open:
            told_twice = attachment.spyee is spyee and us - attachment.start_us < SAME_START
            if told_twice or self._same_stretch(spy, attachment, spyee, us):
                return
            end = attachment.end or End(us, "not-heard", "ChanSpyStart of the next", inferred=True)
            self.spies.close(spy, attachment, end)
        self.spies.attach(spy, spyer, spyee, us, "ChanSpyStart")

    def _same_stretch(self, spy: Spy, attachment: Attachment, spyee: Channel, us: int) -> bool:
        """``*`` with nobody else to hear, or the other leg of the same call next: one stretch with a moment's pause."""
        end = attachment.end
        if end is None or end.source != STOP or us - end.us > PAUSE or not self.board.channels.alive(attachment.spyee):
            return False
        now = parties(self.board.directory, spyee)
        same_call = attachment.spyee is spyee or (
            attachment.linkedid == spyee.linkedid and attachment.agent.extension == now.agent.extension
        )
        same_ear = attachment.target == now.target or spy.action in (LISTEN, BARGE)
        if same_call and same_ear:
            self.spies.reopen(spy, attachment, spyee)
        return same_call and same_ear

    def _recall_options(self, spy: Spy) -> None:
        row = self._recall(spy.spyer.uniqueid)
        options = spy_options(*row) if row else None
        if row and options is not None:
            spy.learn(options, f"CDR {row[0]}({row[1]})"[:300])
        else:
            self.spies.ask(spy)

    def _key(self, message: Message, us: int) -> None:
        """A key counts only while a channel is spied on: while it looks for one, ChanSpy throws mode keys away."""
        spy = self.spies.get(message.get("Uniqueid"))
        if spy is None or message.get("Direction", "Received") != "Received":
            return
        digit = message.get("Digit")
        spy.last_key = (us, digit)
        self._lingering.key(spy, digit)
        if digit in MODE_KEYS and spy.unheard and len(spy.unseen) < MAX_MARKS:
            spy.unseen.append(Key(us, digit, f"DTMFEnd {digit}"))
        for attachment in spy.open:
            if digit in MODE_KEYS and attachment.end is None and len(attachment.marks) < MAX_MARKS and not spy.snoop:
                attachment.marks.append(Key(us, digit, f"DTMFEnd {digit}"))
                self.spies.tell(spy)

    def _stop(self, message: Message, us: int) -> None:
        spyer, spyee = self._named(message, "Spyer"), self._named(message, "Spyee")
        if spyer is None:
            return
        open_ = [(s, a) for s, a in self.spies.open_of(spyer) if spyee is None or a.spyee is spyee]
        for spy, attachment in open_:
            self._stopped(spy, attachment, us)
        if not open_ and spyee is not None and not self._stopped_elsewhere(spyer, spyee, us):
            self._stop_without_start(spyer, spyee, us)

    def _stopped(self, spy: Spy, attachment: Attachment, us: int) -> None:
        end = End(us, ending.reason(attachment, us, spy.options, spy.last_key), STOP)
        if attachment.end is None and not attachment.spyer.hangup and not attachment.spyee.hangup and not spy.snoop:
            self.spies.close_unsure(spy, attachment, end, PAUSE)
        else:
            self.spies.close(spy, attachment, end)

    def _stopped_elsewhere(self, spyer: Channel, spyee: Channel, us: int) -> bool:
        """A Stop that names another spyer than the Start: the spying leg was handed over, and no event told it."""
        for spy, attachment in self.spies.watching(spyee.uniqueid):
            if attachment.unsure_until_us is not None and not spy.snoop and spy.spyer is not spyer:
                end = attachment.end or End(us, "", "")
                taken = self._hand_over(spy, spyer, end.us, end.source)
                for later in taken.open:
                    self._stopped(taken, later, us)
                return True
        return False

    def _stop_without_start(self, spyer: Channel, spyee: Channel, us: int) -> None:
        """The beginning was not heard: it was before we were connected, or while the line was broken."""
        spy = self.spies.on(spyer) if self.board.channels.alive(spyer) else None
        if spy is None or spy.snoop or spy.last_spyee == spyee.uniqueid:
            return  # this one was closed before its Stop came, when a line was hung up
        for attachment in spy.open:
            self.spies.close(spy, attachment, End(us, "not-heard", "ChanSpyStop of another", inferred=True))
        if not spy.settled:
            self._recall_options(spy)
        in_doubt = spy.unheard and not self._born_unheard(spyer)
        bounds = (self.heard_from_us, spyer.born_us, spyee.born_us, spy.announced_us)
        start = min(us, max((bound for bound in bounds if bound is not None), default=us))
        attachment = self.spies.attach(spy, spyer, spyee, start, NOT_HEARD)
        attachment.heard_us = start
        attachment.marks += [key for key in spy.unseen if start < key.us < us]
        if in_doubt and spy.options is not None and spy.options.switchable:
            attachment.first = MODE_IN_DOUBT
        self._stopped(spy, attachment, us)

    def _born_unheard(self, spyer: Channel) -> bool:
        """Whether a channel came while the line was broken: then its mode is that of its options, as a rule."""
        return None not in (spyer.born_us, self.heard_from_us) and (spyer.born_us or 0) >= (self.heard_from_us or 0)

    # --- lines that come up, move and end

    def _new_channel(self, message: Message, us: int) -> None:
        """A unique id that is given anew: the switch was restarted, and nothing told so."""
        uniqueid = message.get("Uniqueid")
        spy = self.spies.get(uniqueid)
        stale = self.spies.watching(uniqueid) + [(spy, attachment) for attachment in (spy.open if spy else ()) if spy]
        for spy_, attachment in stale:
            self.spies.close(
                spy_, attachment, End(us, "switch-restarted", "Newchannel with its unique id", inferred=True)
            )
        if spy is not None:
            self.spies.remove(uniqueid)

    def _new_state(self, message: Message, us: int) -> None:
        self._up(message.get("Uniqueid"), us)

    def _up(self, uniqueid: str, us: int) -> None:
        """Ringing is not listening: an attachment counts from the moment at which the spied-on line is up."""
        for spy, attachment in self.spies.watching(uniqueid):
            if attachment.spyee.up and attachment.heard_us is None:
                attachment.heard_us = us
                self.spies.tell(spy)

    def _bridge_enter(self, message: Message, us: int) -> None:
        channel = self.board.channels.get(message.get("Uniqueid"))
        if channel is None:
            return
        self._up(channel.uniqueid, us)
        others = other_members(self.board.channels, channel)
        if len(others) == 1 and not message.get("SwapUniqueid"):
            self._meetings.bridged_anew(channel, others[0], us)
        self._snoops.entered(channel, others, us)
        for member in (channel, *others) if others else ():
            self._lingering.connected(member, us)
            self._meetings.met(member, us)

    def _bridge_leave(self, message: Message, us: int) -> None:
        channel = self.board.channels.get(message.get("Uniqueid"))
        if channel is not None:
            self._snoops.left(channel, us)
        for member in self.board.channels.members(message.get("BridgeUniqueid")):
            self._meetings.met(member, us)

    def _parked(self, message: Message, us: int) -> None:
        parked = self._named(message, "Parkee")
        if parked is not None:
            self._lingering.parked(parked, us)

    def _hangup(self, message: Message, us: int) -> None:
        uniqueid = message.get("Uniqueid")
        channel = self.board.channels.get(uniqueid)
        if channel is not None:
            self._lingering.hung_up(channel, us)
            self._lingering.forget(uniqueid)
        for spy, attachment in self.spies.watching(uniqueid):
            why = ending.reason(attachment, us, spy.options, spy.last_key)
            self.spies.close_unsure(spy, attachment, End(us, why, "Hangup of the spied-on channel", inferred=True))
        spy_ = self.spies.get(uniqueid)
        if spy_ is not None:
            self._cut_off(spy_, us)
            self._without_stop(spy_, us, "Hangup of the spying channel")
            self.spies.remove(uniqueid)

    def _cut_off(self, spy: Spy, us: int) -> None:
        """A line that ends together with its spying, and that nobody has hung up on a phone."""
        for attachment in spy.open:
            end = attachment.end
            if end is not None and end.reason == "manager-left" and us - end.us < TOGETHER_WITHIN:
                attachment.end = msgspec.structs.replace(end, reason="manager-cut-off")

    def _left_application(self, channel: Channel, us: int) -> None:
        """The channel runs another application now. A Stop has come before, unless the spying was taken over."""
        spy = self.spies.remove(channel.uniqueid)
        if spy is not None:
            self._without_stop(spy, us, "Newexten of another application")

    def _without_stop(self, spy: Spy, us: int, source: str) -> None:
        self._make_certain(spy)
        for attachment in spy.open:
            heir = self._heir(spy, us)
            if heir is not None:
                self._hand_over(spy, heir, us, source)
                return
            why = ending.reason(attachment, us, spy.options, spy.last_key)
            self.spies.close_unsure(spy, attachment, End(us, why, source, inferred=True))

    # --- spying handed over from one person to another

    def _attended_transfer(self, message: Message, us: int) -> None:
        """A manager hands the spying leg over: the old spyer ends without a Stop, the new one has no Start."""
        if message.get("Result", "Success") != "Success":
            return
        heirs = [self._named(message, prefix) for prefix in ("TransferTarget", "Transferee")]
        for prefix in ("OrigTransferer", "SecondTransferer"):
            spy = self.spies.get(message.get(prefix + "Uniqueid"))
            for heir in heirs:
                if spy is not None and spy.open and heir is not None and not spy.snoop:
                    self._hand_over(spy, heir, us, "AttendedTransfer")

    def _hand_over(self, spy: Spy, heir: Channel, us: int, source: str) -> Spy:
        """End what ``spy`` has open and let ``heir`` go on with it, in the mode it was in."""
        taken = Spy(heir)
        for attachment in spy.open:
            attachment.unsure_until_us = attachment.end = None
            self.spies.close(spy, attachment, End(us, "handed-over", source))
            later = self.spies.attach(taken, heir, attachment.spyee, us, source)
            later.heard_us = us if attachment.heard_us is not None else None
            later.outside_application = attachment.outside_application
        taken.inherit(spy)
        self.spies.by_spyer[heir.uniqueid] = taken
        self.spies.remove(spy.spyer.uniqueid)
        if not taken.settled:
            self.spies.ask(taken)
        return taken

    def _heir(self, spy: Spy, us: int) -> Channel | None:
        """The channel that was announced with the same application and options a moment ago and spies on nobody yet."""
        for other in self.spies.by_spyer.values():
            announced = other.announced_us
            fresh = announced is not None and 0 <= us - announced < TAKEN_OVER_WITHIN and not other.last_spyee
            if fresh and other is not spy and other.options == spy.options:
                return other.spyer
        return None

    def _orphan(self, options: SpyOptions, us: int) -> Spy | None:
        """The spy with these options whose channel ended a moment ago without a Stop."""
        for spy, attachment in self.spies.unsure():
            ended = attachment.end.us if attachment.end is not None else us
            alive = self.board.channels.alive(spy.spyer)
            if not alive and spy.options == options and 0 <= us - ended < TAKEN_OVER_WITHIN and not spy.snoop:
                return spy
        return None

    def _make_certain(self, spy: Spy) -> None:
        for attachment in spy.open:
            if attachment.end is not None:
                self.spies.close(spy, attachment, attachment.end)

    def _named(self, message: Message, prefix: str) -> Channel | None:
        uniqueid = message.get(prefix + "Uniqueid")
        if uniqueid:
            return self.board.channels.get(uniqueid)
        name = message.get(prefix + "Channel")
        return self.board.channels.named(name) if name else None
