"""One switch as a whole: its messages in, everything found out. Used alike for a live switch and for a recording."""

from collections.abc import Iterable

from earwitness.collect.asterisk import snapshot
from earwitness.collect.asterisk.agents import DEFAULT_CLASSES, Agents
from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.cdr import Cdr, Cdrs, Heard, from_event
from earwitness.collect.asterisk.completing import Completing
from earwitness.collect.asterisk.hearing import Hearing
from earwitness.collect.asterisk.legs import Legs
from earwitness.collect.asterisk.options import spy_options
from earwitness.collect.asterisk.spies import Ask, Output
from earwitness.collect.asterisk.spying import Spying
from earwitness.collect.asterisk.switchboard import Switchboard
from earwitness.collect.sink import Sink
from earwitness.model.scope import DEFAULT_TENANT
from earwitness.model.segment import Segment

MAX_RECORDS = 5_000  # of calls that ended a moment ago: a record may come before the segment it belongs to


class Collector:
    """Feed it the messages of one switch, in their order, with the moment each came (microseconds since 1970).

    cdrs: records that are known already; the segments they belong to are handed out complete. classes: the classes of
    agents' events that are handed out. records_come: records come from a file or a table, through ``record``: those
    that the switch tells as events then only tell options. ``asked`` collects the channels whose options have to be
    asked for.
    """

    def __init__(  # noqa: PLR0913 -- each by name, all but the sink and the switch optional
        self,
        sink: Sink,
        *,
        pbx: str,
        tenant: str = DEFAULT_TENANT,
        cdrs: Iterable[Cdr] = (),
        classes: frozenset[str] = DEFAULT_CLASSES,
        records_come: bool = False,
    ) -> None:
        self.pbx = pbx
        self.tenant = tenant
        self.asked: list[str] = []
        self._sink = sink
        self._cdrs = Cdrs(cdrs)
        self._cdrs.bound(max(MAX_RECORDS, len(self._cdrs)))
        self._records_come = records_come
        self._board = Switchboard()
        self._spying = Spying(self._board, pbx=pbx, tenant=tenant, recall=self._cdrs.options_of)
        self._hearing = Hearing(self._spying)
        self._agents = Agents(self._board, pbx=pbx, tenant=tenant, classes=classes)
        self._completing = Completing(self._cdrs)
        self._legs = Legs(pbx=pbx, tenant=tenant)

    def feed(self, message: Message, us: int) -> None:
        """Take one message."""
        row = from_event(message) if message.name == "Cdr" else None
        if row is not None and self._records_come:
            self._learn(row, us)
        elif row is not None:
            self.record(row, us)
        self._board.feed(message, us)
        self._hand_out(self._spying.feed(message, us), us)
        self._hand_out(self._hearing.feed(message, us), us)
        for activity in self._agents.feed(message, us):
            self._sink(activity)
        self._complete(us)

    def record(self, row: Cdr, us: int) -> None:
        """Take a call detail record, from wherever it came."""
        self._cdrs.add(row)
        self._learn(row, us)
        self._completing.record(row, us)

    def awaited(self, us: int) -> list[Heard]:
        """Return what waits for the record of a call that has ended, for those who can look records up."""
        return self._completing.over((channel.linkedid for channel in self._board.channels.all()), us)

    def tick(self, us: int) -> None:
        """Let time pass where no message comes."""
        self._hand_out(self._hearing.tick(us), us)
        self._spying.tick(us)
        self._hand_out(self._spying.spies.drain(), us)
        self._complete(us)

    def lost(self, us: int, *, heard_until: int | None = None) -> None:
        """There is no connection; another may follow. heard_until: all that was said up to then was heard (None: up to
        the last message only).
        """
        self._hand_out(self._hearing.lost(us, heard_until), us)

    def stopped(self, us: int) -> None:
        """Nothing more will come: whatever is open ends by inference."""
        self._hand_out(self._hearing.stopped(us), us)
        self._complete(us, last=True)

    def snapshot(self) -> bytes:
        """Return what is going on, for ``resume`` after a restart. Cheap: what is open, and names."""
        return snapshot.take(self._spying, self._hearing, self._completing.waiting())

    def resume(self, data: bytes) -> None:
        """Go on with what a snapshot holds, before the first message. Raises SnapshotError if it is none."""
        self._completing.resume(snapshot.give_back(data, self._spying, self._hearing))

    def clock_stepped(self, by_us: int) -> None:
        """The clock was set: what is open moves along with it, so that it lasts as long as it did."""
        self._spying.spies.shift(by_us)
        self._hearing.shift(by_us)

    @property
    def channels(self) -> int:
        """How many channels the switch has, as far as it was heard."""
        return len(self._board.channels)

    def going_on(self, us: int) -> list[Segment]:
        """Return what lasts at this moment."""
        return self._spying.going_on(us)

    def _hand_out(self, outputs: list[Output], us: int) -> None:
        for found in outputs:
            if isinstance(found, Ask):
                self.asked.append(found.channel)
            elif isinstance(found, Segment):
                known = self._completing.segment(found, us)
                self._sink(known)
                if known.cdr_id:
                    self._tell_legs(known.call_linkedid)
            else:
                self._sink(found)

    def _learn(self, row: Cdr, us: int) -> None:
        options = spy_options(row.lastapp, row.lastdata)
        if options is not None:
            self._spying.spies.learn(row.uniqueid, options, f"CDR {row.lastapp}({row.lastdata})"[:300])
            self._hand_out(self._spying.spies.drain(), us)

    def _complete(self, us: int, *, last: bool = False) -> None:
        if self._completing.is_time_to_look(us):
            self.awaited(us)
        for completion in self._completing.due(us, last=last):
            self._sink(completion)
            self._tell_legs(completion.call_linkedid)

    def _tell_legs(self, linkedid: str) -> None:
        """Hand out what the records tell of a call that was supervised."""
        for leg in self._legs.of(self._cdrs.calls(linkedid)):
            self._sink(leg)
