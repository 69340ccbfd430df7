"""The channels and bridges of one switch, as its messages tell of them."""

import re

from earwitness.collect.asterisk.ami import Message

MAX_CHANNELS = 50_000
MAX_GONE = 1_000
UP = "6"
RING = "4"  # a channel in this state when it is created is a phone or trunk that calls in
DOWN = "0"

_NAME = re.compile(r"(?P<tech>[^/]*)/(?P<rest>.*?)(?:-[0-9a-fA-F]+)?(?P<half>;[12])?(?:<ZOMBIE>)?", re.DOTALL)


class Channel:
    """One channel. ``peer`` is the channel it is or was last connected with, or that it dials or is dialled by;
    ``partner`` is a peer with which it was alone in a bridge; ``twin`` is the other half of a Local channel.

    number/person: its caller id; connected/connected_person: whom its phone shows; dialled: what it asked for;
    called: the number by which the switch called it, called_by_phone: for a phone that called. dialled_in: created
    by a phone or trunk that called (None: its creation was not heard); originated: an application had it called;
    born_us: when it was created (None: not heard, not told); born_in: the linkedid of the call in which it was
    first heard; hangup: the place of its hang-up among those of all who hung up (0: it did not); left_us,
    transfer_us: when it last left a bridge, transferred its call; conference: its bridge is, or was, one for any
    number of channels.
    """

    __slots__ = (
        "application",
        "born_in",
        "born_us",
        "bridge",
        "called",
        "called_by_phone",
        "conference",
        "connected",
        "connected_person",
        "dialled",
        "dialled_in",
        "endpoint",
        "exten",
        "hangup",
        "left_us",
        "linkedid",
        "name",
        "number",
        "originated",
        "partner",
        "peer",
        "person",
        "queue",
        "tech",
        "transfer_us",
        "twin",
        "uniqueid",
        "up",
    )

    def __init__(self, uniqueid: str, name: str) -> None:
        self.uniqueid = uniqueid
        self.rename(name)
        self.linkedid = self.number = self.person = self.connected = self.connected_person = ""
        self.exten = self.dialled = self.called = self.queue = self.bridge = self.application = self.born_in = ""
        self.up = self.originated = self.conference = self.called_by_phone = False
        self.dialled_in: bool | None = None
        self.hangup = 0
        self.born_us: int | None = None
        self.left_us: int | None = None
        self.transfer_us: int | None = None
        self.peer: Channel | None = None
        self.partner: Channel | None = None
        self.twin: Channel | None = None

    def rename(self, name: str) -> None:
        self.name = name
        self.tech, self.endpoint = split_name(name)

    def update(self, fields: Message, prefix: str = "") -> None:
        """Take over what a message says of this channel; its fields may carry a prefix such as ``Spyee``."""
        get = fields.get
        name = get(prefix + "Channel")
        if name and name != self.name:
            self.rename(name)
        self.linkedid = get(prefix + "Linkedid") or self.linkedid
        self.born_in = self.born_in or self.linkedid
        self.number = number(get(prefix + "CallerIDNum")) or self.number
        self.person = known(get(prefix + "CallerIDName")) or self.person
        connected = number(get(prefix + "ConnectedLineNum"))
        if connected:
            self.connected, self.connected_person = connected, known(get(prefix + "ConnectedLineName"))
        self.exten = get(prefix + "Exten") or self.exten
        if get(prefix + "ChannelState") == UP:
            self.up = True


class Channels:
    """All channels by unique id, and who is in which bridge. Bounded: the oldest is forgotten first.

    Channels that hung up are remembered for a while, for events about them can come after their Hangup.
    """

    def __init__(self) -> None:
        self._channels: dict[str, Channel] = {}
        self._gone: dict[str, Channel] = {}
        self._bridges: dict[str, dict[str, Channel]] = {}

    def __len__(self) -> int:
        return len(self._channels)

    def all(self) -> list[Channel]:
        return list(self._channels.values())

    def get(self, uniqueid: str) -> Channel | None:
        """Return a channel that is there, or was until a moment ago."""
        return self._channels.get(uniqueid) or self._gone.get(uniqueid)

    def alive(self, channel: Channel) -> bool:
        return channel.uniqueid in self._channels

    def named(self, name: str) -> Channel | None:
        """Return the channel of that name (for switches whose events give no unique id)."""
        return next((c for c in self._channels.values() if c.name == name), None)

    def heard(self, fields: Message, prefix: str = "") -> Channel | None:
        """Return the channel that a message speaks of, made or brought up to date; None if it names none."""
        uniqueid, name = fields.get(prefix + "Uniqueid"), fields.get(prefix + "Channel")
        channel = self.get(uniqueid) if uniqueid else self.named(name) if name else None
        if channel is None:
            if not (uniqueid and name):
                return None
            channel = self._channels[uniqueid] = Channel(uniqueid, name)
            if len(self._channels) > MAX_CHANNELS:
                self.remove(next(iter(self._channels)))
        channel.update(fields, prefix)
        return channel

    def add(self, channel: Channel) -> None:
        self._channels[channel.uniqueid] = channel

    def created(self, fields: Message) -> Channel | None:
        """Return the channel that a switch says it has created: a new one, whatever bore its unique id before."""
        self.remove(fields.get("Uniqueid"))
        self._gone.pop(fields.get("Uniqueid"), None)
        return self.heard(fields)

    def remove(self, uniqueid: str) -> None:
        channel = self._channels.pop(uniqueid, None)
        if channel is not None:
            self._leave(channel)
            self._gone[uniqueid] = channel
            if len(self._gone) > MAX_GONE:
                del self._gone[next(iter(self._gone))]

    def clear(self) -> None:
        self._channels.clear()
        self._gone.clear()
        self._bridges.clear()

    def members(self, bridge: str) -> list[Channel]:
        return list(self._bridges.get(bridge, {}).values())

    def enter(self, channel: Channel, bridge: str) -> list[Channel]:
        """Put a channel into a bridge; return the others in it. Two alone in a bridge are peers."""
        self._leave(channel)
        members = self._bridges.setdefault(bridge, {})
        others = list(members.values())
        members[channel.uniqueid] = channel
        channel.bridge = bridge
        if len(others) == 1:
            _pair(channel, others[0])
        return others

    def leave(self, channel: Channel, us: int) -> None:
        self._leave(channel)
        channel.left_us = us

    def destroy(self, bridge: str) -> None:
        for channel in self._bridges.pop(bridge, {}).values():
            channel.bridge = ""

    def _leave(self, channel: Channel) -> None:
        members = self._bridges.get(channel.bridge)
        if members is not None:
            members.pop(channel.uniqueid, None)
            if len(members) == 2:
                one, other = members.values()
                _pair(one, other)
            elif not members:
                del self._bridges[channel.bridge]
        channel.bridge = ""


def _pair(one: Channel, other: Channel) -> None:
    one.peer = one.partner = other
    other.peer = other.partner = one


def known(text: str) -> str:
    """Return a caller id field, or the empty text where the switch says that it does not know."""
    return "" if text in ("<unknown>", "<null>", "(null)") else text


def number(text: str) -> str:
    """Return a number of a caller id field; the start extension ``s`` that stands in for a missing one is none."""
    return "" if text == "s" else known(text)


def split_name(name: str) -> tuple[str, str]:
    """Return technology and endpoint of a channel's name: ``PJSIP/2001-0000002a`` gives ``("PJSIP", "2001")``."""
    match = _NAME.fullmatch(name)
    return (match["tech"], match["rest"]) if match else ("", name)
