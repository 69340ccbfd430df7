"""One attachment of a spying channel to a spied-on one: who, to whom, from when, and what happened meanwhile."""

import uuid
from typing import NamedTuple

import msgspec

from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.who import Parties
from earwitness.model.segment import AGENT, Person

NAMESPACE = uuid.UUID("6a0f1c34-6d5b-5d0e-9a3e-6b3a1e0c7f21")


class Mode(NamedTuple):
    """action: listen, whisper, barge or unknown; source: the wire event that told it."""

    action: str
    source: str


class End(msgspec.Struct, frozen=True):
    """When, why (a name of END_REASONS), told by which wire event, and whether nobody told and it was inferred."""

    us: int
    reason: str
    source: str
    inferred: bool = False


class Key(msgspec.Struct, frozen=True, tag=True):
    """The manager pressed a digit, or an application told an action: ``value`` is the one or the other."""

    us: int
    value: str
    source: str


class Away(msgspec.Struct, frozen=True, tag=True):
    """Nobody is there to be heard from ``end.us`` on: the customer's leg has lost its agent."""

    end: End


class Back(msgspec.Struct, frozen=True, tag=True):
    """From here on the spied-on leg is connected with this agent."""

    us: int
    agent: Person


class Gone(msgspec.Struct, frozen=True, tag=True):
    """The switch was not heard from ``end.us`` to ``back_us``; keys may have been pressed meanwhile."""

    end: End
    back_us: int


Mark = Key | Away | Back | Gone


class Attachment:
    """From ChanSpyStart to ChanSpyStop.

    ``first`` is the mode in which it began, if that is not the one in which the spy's last attachment ended.
    ``heard_us`` is when the spied-on line was first up (ringing is not listening); ``marks`` are what changed the mode
    or the people since, in order; ``present`` is the agent who is there now; ``emitted`` counts the pieces that have
    been handed out. An ``end`` without a ChanSpyStop is unsure for a moment: the Stop may still come, or another
    channel may have taken the spying over. ``over`` is when the other side hung up while the spied-on line stayed.
    ``conference``: the spied-on line is not in a bridge of two, but in a conference.
    """

    def __init__(self, spyer: Channel, spyee: Channel, start_us: int, source: str) -> None:
        self.spyer = spyer
        self.spyee = spyee
        self.start_us = start_us
        self.source = source
        self.heard_us: int | None = start_us if spyee.up else None
        self.first: Mode | None = None
        self.marks: list[Mark] = []
        self.end: End | None = None
        self.over: End | None = None
        self.unsure_until_us: int | None = None
        self.session_id = ""
        self.manager = Person()
        self.agent = self.present = Person()
        self.target = AGENT
        self.customer_number = ""
        self.queue = ""
        self.conference = spyee.conference
        self.call_uniqueid = spyee.uniqueid
        self.linkedid = spyee.linkedid
        self.outside_application: bool | None = None
        self.emitted = 0

    @property
    def closed(self) -> bool:
        return self.end is not None and self.unsure_until_us is None

    def take(self, parties: Parties) -> None:
        """Remember the two sides of the call, as far as they are known now."""
        if not self.agent.extension:
            self.agent = self.present = parties.agent
            self.target = parties.target
        self.customer_number = self.customer_number or parties.customer_number

    def shift(self, by_us: int) -> None:
        """The clock was set: move all moments along with it."""
        self.start_us += by_us
        self.heard_us = None if self.heard_us is None else self.heard_us + by_us
        self.unsure_until_us = None if self.unsure_until_us is None else self.unsure_until_us + by_us
        self.end = None if self.end is None else _moved(self.end, by_us)
        self.over = None if self.over is None else _moved(self.over, by_us)
        self.marks = [_shifted(mark, by_us) for mark in self.marks]

    def begin_session(self, switch: str, continued: str = "") -> None:
        """Give the session its id: that of the one it continues, or one made of switch, spyer, spyee and start."""
        seed = (switch, self.spyer.uniqueid, self.manager.channel, self.spyee.uniqueid, str(self.start_us))
        self.session_id = continued or str(uuid.uuid5(NAMESPACE, "\n".join(seed)))


def _moved(end: End, by_us: int) -> End:
    return msgspec.structs.replace(end, us=end.us + by_us)


def _shifted(mark: Mark, by_us: int) -> Mark:
    if isinstance(mark, Away):
        return Away(_moved(mark.end, by_us))
    if isinstance(mark, Gone):
        return Gone(_moved(mark.end, by_us), mark.back_us + by_us)
    return msgspec.structs.replace(mark, us=mark.us + by_us)
