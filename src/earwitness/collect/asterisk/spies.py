"""The spies of one switch and their attachments: begun, ended, waited for, told as segments."""

import uuid
from typing import NamedTuple

import msgspec

from earwitness.collect.asterisk.attachment import Attachment, End, Gone
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.options import SpyOptions
from earwitness.collect.asterisk.pieces import Doubt, segment
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.switchboard import Switchboard
from earwitness.collect.asterisk.who import behind, manager, parties, started_by_application
from earwitness.model import times
from earwitness.model.gap import Gap
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.model.segment import Segment

SECOND = 1_000_000
STOP_WITHIN = 2 * SECOND  # a ChanSpyStop that is later than this is not waited for
NEVER = 1 << 62
CDR_WITHIN = 5 * SECOND  # options that only the CDR tells are waited for this long


class Ask(NamedTuple):
    """The switch has to be asked (``Status``) for the options of this spying channel: no event told them."""

    channel: str


Output = Segment | Gap | Ask


class Spies:
    """Spies by the unique id of their channel; attachments by that of the spied-on one."""

    def __init__(self, board: Switchboard, *, pbx: str, tenant: str = DEFAULT_TENANT) -> None:
        self.board = board
        self.pbx = pbx
        self.tenant = tenant
        self.by_spyer: dict[str, Spy] = {}
        self._snoops: set[str] = set()
        self._by_spyee: dict[str, list[tuple[Spy, Attachment]]] = {}
        self._waiting: list[tuple[int, Spy, Attachment]] = []
        self._next_due_us = NEVER
        self._out: list[Output] = []

    def get(self, uniqueid: str) -> Spy | None:
        return self.by_spyer.get(uniqueid)

    def on(self, spyer: Channel) -> Spy:
        """Return the spy on a channel, made if there is none."""
        spy = self.by_spyer.get(spyer.uniqueid)
        if spy is None:
            spy = self.by_spyer[spyer.uniqueid] = Spy(spyer)
            if spy.snoop:
                self._snoops.add(spyer.uniqueid)
        return spy

    def remove(self, uniqueid: str) -> Spy | None:
        """Forget a spy; what it still has to tell is told all the same."""
        self._snoops.discard(uniqueid)
        return self.by_spyer.pop(uniqueid, None)

    def watching(self, spyee: str) -> list[tuple[Spy, Attachment]]:
        """Return the attachments to a channel that have not ended."""
        return [(spy, a) for spy, a in self._by_spyee.get(spyee, ()) if not a.closed]

    def open_of(self, spyer: Channel) -> list[tuple[Spy, Attachment]]:
        """Return what a spying channel has open, or had when it hung up a moment ago."""
        spy = self.by_spyer.get(spyer.uniqueid)
        if spy is not None:
            return [(spy, attachment) for attachment in spy.open]
        return [(spy, attachment) for spy, attachment in self.unsure() if spy.spyer is spyer]

    def snoops(self) -> list[Spy]:
        return [spy for uniqueid in self._snoops if (spy := self.by_spyer.get(uniqueid)) is not None]

    def all_open(self) -> list[tuple[Spy, Attachment]]:
        return [entry for entries in list(self._by_spyee.values()) for entry in entries if not entry[1].closed]

    def ask(self, spy: Spy) -> None:
        self._out.append(Ask(spy.spyer.name))

    def attach(self, spy: Spy, spyer: Channel, spyee: Channel, us: int, source: str) -> Attachment:
        """Begin an attachment. spyer: the manager's channel, for a snoop the one that is bridged with it."""
        attachment = Attachment(spyer, spyee, us, source)
        attachment.manager = manager(self.board.directory, spyer)
        attachment.take(parties(self.board.directory, spyee))
        attachment.queue = queue_of(spyee)
        by_application = True if spy.snoop else started_by_application(spyer)
        attachment.outside_application = None if by_application is None else not by_application
        continues = spy.last_spyee == spyee.uniqueid and not spy.snoop
        attachment.begin_session(f"{self.tenant}\n{self.pbx}", spy.last_session if continues else "")
        spy.last_spyee, spy.last_session = spyee.uniqueid, attachment.session_id
        spy.attachments.append(attachment)
        self._by_spyee.setdefault(spyee.uniqueid, []).append((spy, attachment))
        return attachment

    def close(self, spy: Spy, attachment: Attachment, end: End) -> None:
        """End an attachment for certain. An end that was unsure is confirmed: the earlier moment counts."""
        if end.inferred and attachment.over is not None and attachment.over.us <= end.us:
            end = msgspec.structs.replace(attachment.over, inferred=True)
        before = attachment.end
        if before is not None and before.us <= end.us:
            confirmed = before.inferred and not end.inferred
            end = msgspec.structs.replace(before, source=end.source, inferred=False) if confirmed else before
        attachment.end = end
        self._settle(spy, attachment)

    def close_unsure(self, spy: Spy, attachment: Attachment, end: End, within_us: int = STOP_WITHIN) -> None:
        """End an attachment unless something else is told within a time: a Stop, or a Start that goes on with it."""
        if attachment.end is None:
            attachment.end = end
            attachment.unsure_until_us = end.us + within_us
            self._wait(attachment.unsure_until_us, spy, attachment)

    def reopen(self, spy: Spy, attachment: Attachment, spyee: Channel) -> None:
        """An unsure end was none: it goes on, perhaps on the other leg of the same call."""
        attachment.end = attachment.unsure_until_us = None
        self._waiting = [entry for entry in self._waiting if entry[2] is not attachment]
        self._unwatch(attachment)
        attachment.spyee = spyee
        self._by_spyee.setdefault(spyee.uniqueid, []).append((spy, attachment))

    def gone(self, spy: Spy, attachment: Attachment, end: End, back_us: int) -> None:
        """The switch was not heard for a while and this still lasts: its mode is in doubt if keys could change it."""
        if spy.options is not None and spy.options.switchable:
            attachment.marks.append(Gone(end, back_us))
            self.tell(spy)

    def learn(self, uniqueid: str, options: SpyOptions, source: str) -> None:
        """Take over options that something else told: the answer to a question, or a CDR."""
        spies = [spy for _, spy, _ in self._waiting if spy.spyer.uniqueid == uniqueid]
        known = self.by_spyer.get(uniqueid)
        for spy in [*spies, known] if known else spies:
            spy.learn(options, source)
            self.tell(spy)

    def tell(self, spy: Spy) -> None:
        """Hand out what has ended."""
        for attachment, piece in spy.finished():
            if isinstance(piece, Doubt):
                self._out.append(self._gap(attachment, piece))
            else:
                self._out.append(segment(attachment, piece, pbx=self.pbx, tenant=self.tenant))

    def tick(self, us: int) -> None:
        """Let time pass: ends without a Stop become certain, options that nobody told are given up."""
        if us < self._next_due_us:
            return
        due = [entry for entry in self._waiting if entry[0] <= us]
        self._waiting = [entry for entry in self._waiting if entry[0] > us]
        self._next_due_us = min((when for when, _, _ in self._waiting), default=NEVER)
        for _, spy, attachment in due:
            if attachment.unsure_until_us is not None:
                self._settle(spy, attachment)
            elif not spy.settled:
                spy.hopeless = True
                self.tell(spy)

    def give_up(self) -> None:
        """Wait for nothing any more: tell what is waiting as it is."""
        while self._waiting:
            self.tick(max(due for due, _, _ in self._waiting))

    def add(self, found: Output) -> None:
        """Hand out something that is not a segment of ours."""
        self._out.append(found)

    def drain(self) -> list[Output]:
        """Return what has been finished and not yet handed out."""
        out, self._out = self._out, []
        return out

    @property
    def waiting(self) -> bool:
        return bool(self._waiting)

    def unsure(self) -> list[tuple[Spy, Attachment]]:
        """Return the attachments that ended without a Stop a moment ago."""
        return [(spy, a) for _, spy, a in self._waiting if a.unsure_until_us is not None]

    def every(self) -> list[Spy]:
        """Return all spies, and those whose channel is gone but which still have something to tell."""
        return list({id(spy): spy for spy in [*self.by_spyer.values(), *(spy for _, spy, _ in self._waiting)]}.values())

    def resume(self, spy: Spy) -> None:
        """Go on with a spy from before a restart of ours."""
        self.by_spyer[spy.spyer.uniqueid] = spy
        if spy.snoop:
            self._snoops.add(spy.spyer.uniqueid)
        for attachment in spy.attachments:
            if attachment.end is None:
                self._by_spyee.setdefault(attachment.spyee.uniqueid, []).append((spy, attachment))
            else:
                self._wait(attachment.end.us + CDR_WITHIN, spy, attachment)

    def shift(self, by_us: int) -> None:
        """The clock was set: move what is open along with it."""
        for spy in self.every():
            spy.shift(by_us)
        self._waiting = [(due + by_us, spy, attachment) for due, spy, attachment in self._waiting]
        self._next_due_us = min((due for due, _, _ in self._waiting), default=NEVER)

    def going_on(self, us: int) -> list[Segment]:
        """Return what still lasts, as segments that end at ``us`` for want of an end (``end_reason`` is empty)."""
        return [
            segment(attachment, piece._replace(end=End(us, "", "", inferred=True)), pbx=self.pbx, tenant=self.tenant)
            for spy in self.by_spyer.values()
            for attachment, piece in spy.current()
        ]

    def _wait(self, until_us: int, spy: Spy, attachment: Attachment) -> None:
        self._waiting.append((until_us, spy, attachment))
        self._next_due_us = min(self._next_due_us, until_us)

    def _settle(self, spy: Spy, attachment: Attachment) -> None:
        attachment.unsure_until_us = None
        if not attachment.agent.extension:
            attachment.take(parties(self.board.directory, attachment.spyee))
        if not attachment.manager.extension or attachment.spyer.tech == "Local":
            attachment.manager = manager(self.board.directory, attachment.spyer)
        attachment.queue = attachment.queue or queue_of(attachment.spyee)
        self._unwatch(attachment)
        if not spy.settled and attachment.end is not None:
            self._wait(attachment.end.us + CDR_WITHIN, spy, attachment)
        self.tell(spy)

    def _unwatch(self, attachment: Attachment) -> None:
        watchers = self._by_spyee.get(attachment.spyee.uniqueid, [])
        watchers[:] = [entry for entry in watchers if entry[1] is not attachment]
        if not watchers:
            self._by_spyee.pop(attachment.spyee.uniqueid, None)

    def _gap(self, attachment: Attachment, doubt: Doubt) -> Gap:
        return Gap(
            id=str(uuid.uuid5(uuid.UUID(attachment.session_id), f"doubt {doubt.start_us}")),
            source="asterisk",
            pbx=self.pbx,
            tenant=self.tenant,
            session_id=attachment.session_id,
            started_at=times.from_us(doubt.start_us),
            ended_at=times.from_us(doubt.end_us),
            reason=f"Whether {attachment.manager.extension} listened, whispered or barged in was not heard.",
        )


def queue_of(spyee: Channel) -> str:
    """Return the queue through which the call of a spied-on channel came, or the empty text."""
    peer = spyee.peer
    legs = [spyee, peer, behind(spyee), behind(peer) if peer else None, peer.twin if peer else None]
    return next((leg.queue for leg in legs if leg is not None and leg.queue), "")
