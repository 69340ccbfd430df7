"""What a switch's messages say of its channels, bridges, queues and people: the picture that everything else reads."""

from collections.abc import Callable

from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.channels import RING, Channel, Channels
from earwitness.collect.asterisk.who import Directory

SECOND = 1_000_000
OPPOSITE = {"1": "2", "2": "1"}


class Switchboard:
    """Feed it every message before anything else reads it. Only the events named below are looked into."""

    def __init__(self) -> None:
        self.channels = Channels()
        self.directory = Directory()
        self._hangups = 0
        self._handlers: dict[str, Callable[[Message, int], None]] = {
            "AgentCalled": self._agent_called,
            "AgentConnect": self._agent_called,
            "AttendedTransfer": self._attended_transfer,
            "BlindTransfer": self._blind_transfer,
            "BridgeDestroy": self._bridge_destroy,
            "BridgeEnter": self._bridge_enter,
            "BridgeLeave": self._bridge_leave,
            "ChanSpyStart": self._chan_spy,
            "ChanSpyStop": self._chan_spy,
            "CoreShowChannel": self._listed,
            "DialBegin": self._dial_begin,
            "Hangup": self._hangup,
            "HangupRequest": self._hangup_request,
            "LocalBridge": self._local_bridge,
            "NewCallerid": self._changed,
            "NewConnectedLine": self._changed,
            "Newchannel": self._new_channel,
            "Newexten": self._new_extension,
            "Newstate": self._changed,
            "QueueCallerJoin": self._queue_join,
            "QueueMember": self._queue_member,
            "QueueMemberAdded": self._queue_member,
            "QueueMemberPause": self._queue_member,
            "QueueMemberStatus": self._queue_member,
            "Rename": self._rename,
            "Status": self._listed,
        }

    def feed(self, message: Message, us: int) -> None:
        """Take over what a message says; ``us`` is when it came, in microseconds since 1970."""
        handler = self._handlers.get(message.name) if message.kind == "event" else None
        if handler is not None:
            handler(message, us)

    def restarted(self) -> None:
        """Forget all channels: after a restart names and unique ids begin again. What devices are called stays."""
        self.channels.clear()

    def pair_locals(self) -> None:
        """Put the halves of Local channels together by their names, for those whose creation was not heard."""
        local = {c.name: c for c in self.channels.all() if c.tech == "Local" and c.twin is None}
        for name, channel in local.items():
            twin = local.get(name[:-1] + OPPOSITE.get(name[-1:], ""))
            if twin is not None and twin is not channel:
                channel.twin, twin.twin = twin, channel

    def _changed(self, message: Message, us: int) -> None:
        self.channels.heard(message)

    def _new_channel(self, message: Message, us: int) -> None:
        channel = self.channels.created(message)
        if channel is not None:
            channel.born_us = us
            channel.dialled_in = message.get("ChannelState") == RING and channel.tech not in ("Local", "Snoop")
            self.directory.created(channel, message.get("ChannelState"))

    def _new_extension(self, message: Message, us: int) -> None:
        channel = self.channels.heard(message)
        if channel is not None:
            channel.application = message.get("Application")
            if channel.application == "AppDial2":
                channel.originated = True

    def _rename(self, message: Message, us: int) -> None:
        channel = self.channels.heard(message)
        if channel is not None and message.get("Newname"):
            channel.rename(message.get("Newname"))

    def _dial_begin(self, message: Message, us: int) -> None:
        caller, called = self.channels.heard(message), self.channels.heard(message, "Dest")
        if called is None:
            return
        called.called = message.get("DialString").partition("@")[0].rpartition("/")[2]
        if caller is None:
            called.originated = True
            return
        called.peer = caller
        called.called_by_phone = caller.dialled_in is True
        if not caller.bridge:
            caller.peer = called
            caller.dialled = called.called

    def _local_bridge(self, message: Message, us: int) -> None:
        one, two = self.channels.heard(message, "LocalOne"), self.channels.heard(message, "LocalTwo")
        if one is not None and two is not None:
            one.twin, two.twin = two, one

    def _bridge_enter(self, message: Message, us: int) -> None:
        channel = self.channels.heard(message)
        if message.get("BridgeTechnology") == "holding_bridge":
            return  # those who are parked, or wait, do not hear each other
        if channel is not None and message.get("BridgeUniqueid"):
            self.channels.enter(channel, message.get("BridgeUniqueid"))
            channel.conference = message.get("BridgeType") == "base"

    def _bridge_leave(self, message: Message, us: int) -> None:
        channel = self.channels.heard(message)
        if channel is not None:
            self.channels.leave(channel, us)

    def _bridge_destroy(self, message: Message, _us: int) -> None:
        self.channels.destroy(message.get("BridgeUniqueid"))

    def _hangup_request(self, message: Message, us: int) -> None:
        """A phone hangs up. Where the switch or an application does, only SoftHangupRequest and Hangup are told."""
        channel = self.channels.heard(message)
        if channel is not None and not channel.hangup:
            self._hangups += 1
            channel.hangup = self._hangups

    def _hangup(self, message: Message, us: int) -> None:
        self.channels.heard(message)
        self.channels.remove(message.get("Uniqueid"))

    def _blind_transfer(self, message: Message, us: int) -> None:
        self._transferred(message, us, "Transferer")

    def _attended_transfer(self, message: Message, us: int) -> None:
        for prefix in ("OrigTransferer", "SecondTransferer"):
            self._transferred(message, us, prefix)
        for prefix in ("TransferTarget", "Transferee"):
            self.channels.heard(message, prefix)

    def _transferred(self, message: Message, us: int, prefix: str) -> None:
        channel = self.channels.heard(message, prefix)
        if channel is not None and message.get("Result", "Success") == "Success":
            channel.transfer_us = us

    def _queue_join(self, message: Message, us: int) -> None:
        channel = self.channels.heard(message)
        if channel is not None:
            channel.queue = message.get("Queue")

    def _agent_called(self, message: Message, us: int) -> None:
        for prefix in ("", "Dest"):
            channel = self.channels.heard(message, prefix)
            if channel is not None:
                channel.queue = message.get("Queue") or channel.queue
        self.directory.member(message)

    def _queue_member(self, message: Message, _us: int) -> None:
        self.directory.member(message)

    def _chan_spy(self, message: Message, us: int) -> None:
        self.channels.heard(message, "Spyer")
        self.channels.heard(message, "Spyee")

    def _listed(self, message: Message, us: int) -> None:
        """A channel in the answer to CoreShowChannels or Status."""
        channel = self.channels.heard(message)
        if channel is None:
            return
        if channel.born_us is None:
            channel.born_us = us - (duration_s(message) + 1) * SECOND
        channel.application = message.get("Application")
        bridge = message.get("BridgeId")
        if bridge and bridge != channel.bridge:
            self.channels.enter(channel, bridge)


def duration_s(message: Message) -> int:
    """Return for how many whole seconds a listed channel has been there: ``Duration: 00:01:07`` or ``Seconds: 67``."""
    seconds = 0
    for part in (message.get("Duration") or message.get("Seconds")).split(":"):
        seconds = seconds * 60 + (int(part) if part.isascii() and part.isdigit() else 0)
    return min(seconds, 10**8)


def other_members(channels: Channels, channel: Channel) -> list[Channel]:
    """Return the channels that share a bridge with this one."""
    return [member for member in channels.members(channel.bridge) if member is not channel] if channel.bridge else []
