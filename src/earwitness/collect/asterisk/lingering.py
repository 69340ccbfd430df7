"""ChanSpy that stays on an agent's line although the call is over.

An agent who is redirected, or parked, leaves the call with a line that lives on; the other side is hung up, and ChanSpy
goes on listening to a line that is in no call: no Stop is sent. The segment ends with the call. If the line is
connected with somebody again, that is another call, and another segment.
"""

from collections import deque

from earwitness.collect.asterisk.attachment import Attachment, End, Mode
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.spies import STOP_WITHIN, Spies
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.switchboard import Switchboard, other_members

SECOND = 1_000_000
LEFT_WITHIN = SECOND // 2
MERGED_WITHIN = SECOND // 2  # a line that is connected again so soon was transferred within the same call


class Lingering:
    """Watches for calls that end while their spied-on line does not."""

    def __init__(self, board: Switchboard, spies: Spies) -> None:
        self._board = board
        self._spies = spies
        self._over: deque[tuple[int, str, Spy, Attachment]] = deque()
        self._on: dict[str, list[Spy]] = {}

    def hung_up(self, other: Channel, us: int) -> None:
        """The other side of a spied-on line hangs up. As a rule the Stop follows within a moment."""
        spyee = other.partner
        if spyee is None or spyee.partner is not other or other_members(self._board.channels, spyee):
            return
        self._may_be_over(spyee, End(us, "call-ended", "Hangup of the other side"))

    def moved(self, spyee: Channel, us: int) -> None:
        """A spied-on line that has just left its bridge runs the dialplan: it was redirected, both sides perhaps."""
        left = spyee.left_us
        if left is not None and not spyee.bridge and us - left < LEFT_WITHIN:
            self._may_be_over(spyee, End(left, "call-ended", "BridgeLeave"))

    def parked(self, spyee: Channel, us: int) -> None:
        """A spied-on line waits in a parking lot: nobody is there."""
        self._may_be_over(spyee, End(us, "call-ended", "ParkedCall"))

    def _may_be_over(self, spyee: Channel, end: End) -> None:
        for spy, attachment in self._spies.watching(spyee.uniqueid):
            if attachment.heard_us is not None and attachment.end is None and attachment.over is None and not spy.snoop:
                attachment.over = end
                self._over.append((end.us + STOP_WITHIN, spyee.bridge, spy, attachment))

    def tick(self, us: int) -> None:
        """Let time pass: where no Stop has come, the call is over and ChanSpy stays."""
        while self._over and self._over[0][0] <= us:
            _, bridge, spy, attachment = self._over.popleft()
            if bridge and attachment.spyee.bridge == bridge:
                attachment.over = None  # a conference goes on with one alone in it
                attachment.spyee.peer = attachment.spyee.partner = None
            else:
                self._leave_behind(spy, attachment)

    def connected(self, spyee: Channel, us: int) -> None:
        """A line that is spied on, or was, is in a bridge with somebody."""
        for spy, attachment in self._spies.watching(spyee.uniqueid):
            if attachment.over is not None and us - attachment.over.us < MERGED_WITHIN:
                attachment.over = None
            elif attachment.over is not None:
                self._leave_behind(spy, attachment)
        for spy in self._on.pop(spyee.uniqueid, []):
            if spy.lingering is spyee and self._spies.get(spy.spyer.uniqueid) is spy:
                spy.lingering = None
                spyee.connected = spyee.connected_person = ""  # it shows whom it was connected with before
                self._spies.attach(spy, spy.spyer, spyee, us, "BridgeEnter").heard_us = us

    def forget(self, spyee: str) -> None:
        """A line has hung up."""
        for spy in self._on.pop(spyee, []):
            spy.lingering = None

    def key(self, spy: Spy, digit: str) -> None:
        """A mode key pressed while ChanSpy lingers counts for the next call."""
        action = spy.options.switches_to(digit) if spy.lingering is not None and spy.options is not None else None
        if action is not None:
            spy.mode = Mode(action, f"DTMFEnd {digit}")

    @property
    def waiting(self) -> bool:
        return bool(self._over)

    def _leave_behind(self, spy: Spy, attachment: Attachment) -> None:
        if attachment.over is not None and attachment.end is None:
            self._spies.close(spy, attachment, attachment.over)
            spy.lingering = attachment.spyee
            self._on.setdefault(attachment.spyee.uniqueid, []).append(spy)
