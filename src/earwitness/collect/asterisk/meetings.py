"""Whom a spied-on line is connected with: who the agent and the customer are, and where another call begins."""

from earwitness.collect.asterisk.attachment import Attachment, Away, Back, End
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.spies import Spies
from earwitness.collect.asterisk.switchboard import Switchboard
from earwitness.collect.asterisk.who import parties
from earwitness.model.segment import AGENT, CUSTOMER

SECOND = 1_000_000
TOGETHER_WITHIN = SECOND // 20


class Meetings:
    """Watches the spied-on lines come together with others in bridges."""

    def __init__(self, board: Switchboard, spies: Spies) -> None:
        self._board = board
        self._spies = spies

    def bridged_anew(self, one: Channel, other: Channel, us: int) -> None:
        """An application takes two lines out of two calls and connects them (``Bridge``): for both another call begins.

        A transfer merges calls instead: there a line takes the place of another in a bridge that was there.
        """
        fresh = all(line.left_us is not None and us - line.left_us < TOGETHER_WITHIN for line in (one, other))
        if not fresh or one.born_in == other.born_in:
            return
        for line in (one, other):
            line.connected = line.connected_person = ""  # it shows whom it was connected with before
            for spy, attachment in self._spies.watching(line.uniqueid):
                if attachment.heard_us is not None and attachment.target == AGENT and not spy.snoop:
                    self._spies.close(spy, attachment, End(line.left_us or us, "call-ended", "BridgeLeave"))
                    spy.last_spyee = ""
                    self._spies.attach(spy, spy.spyer, line, us, "BridgeEnter").heard_us = us

    def met(self, spyee: Channel, us: int) -> None:
        """A spied-on channel is connected with somebody: learn who, and part the segments where the agent changes."""
        for spy, attachment in self._spies.watching(spyee.uniqueid):
            now = parties(self._board.directory, spyee)
            before = attachment.present
            attachment.conference = spyee.conference
            if now.customer_number and not self._board.directory.is_extension(now.customer_number):
                self._customer_came(attachment, now.customer_number)
            if attachment.target != CUSTOMER or not before.extension or attachment.heard_us is None:
                attachment.take(now)
            elif now.target == CUSTOMER and now.agent.extension not in ("", before.extension):
                left = spyee.left_us if spyee.left_us is not None and spyee.left_us > attachment.start_us else us
                attachment.marks += [Away(End(left, "agent-changed", "BridgeLeave")), Back(us, now.agent)]
                attachment.present = now.agent
                self._spies.tell(spy)

    def _customer_came(self, attachment: Attachment, number: str) -> None:
        """A colleague who asked, then handed the customer over, is not the customer."""
        if self._board.directory.is_extension(attachment.customer_number):
            attachment.customer_number = number
