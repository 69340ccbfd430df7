"""What agents do at the phone and in queues, as activity events.

A contact centre that connects only its switch already has an activity log. Events that measure a single agent (pauses,
holds) are handed out only where an administrator has turned their class on.
"""

import uuid
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.attachment import NAMESPACE
from earwitness.collect.asterisk.channels import Channel, known, split_name
from earwitness.collect.asterisk.spies import queue_of
from earwitness.collect.asterisk.switchboard import Switchboard
from earwitness.collect.asterisk.who import behind
from earwitness.collect.sink import Activity
from earwitness.model import times
from earwitness.model.policy import MEASURING
from earwitness.model.scope import DEFAULT_TENANT

SECOND = 1_000_000
TRANSFER_TO_HANGUP = 2 * SECOND
MAX_CALLS = 60_000


class EventClass(NamedTuple):
    """name: as in the settings; sentence: what it holds; measures: it measures single agents, so it is off at first."""

    name: str
    sentence: str
    measures: bool


EVENT_CLASSES = (
    EventClass("members", "Agents added to queues and removed from them.", measures=False),
    EventClass("logins", "Agents logging in and off at the switch.", measures=False),
    EventClass("calls", "Calls that agents answer, place and hang up.", measures=False),
    EventClass("transfers", "Calls that agents transfer, blind or after asking.", measures=False),
    *(EventClass(name, sentence, measures=True) for name, sentence in MEASURING.items()),
)
ALL_CLASSES = frozenset(c.name for c in EVENT_CLASSES)
DEFAULT_CLASSES = frozenset(c.name for c in EVENT_CLASSES if not c.measures)
_MEASURING_ACTS = {
    ("queue_member", "pause"): "pauses",
    ("queue_member", "unpause"): "pauses",
    ("call", "hold"): "holds",
    ("call", "unhold"): "holds",
}


def measuring_class(found: Activity) -> str:
    """Return the class of an activity that measures a single agent, empty for any other."""
    return _MEASURING_ACTS.get((found.event, found.sub_event), "")


class _Call(NamedTuple):
    """A call that an agent's phone is in."""

    since_us: int
    placed: bool


class Agents:
    """Feed it every message after the switchboard; it returns the activity that the message tells.

    classes: names of the event classes that are handed out.
    """

    def __init__(
        self,
        board: Switchboard,
        *,
        pbx: str,
        tenant: str = DEFAULT_TENANT,
        classes: frozenset[str] = DEFAULT_CLASSES,
    ) -> None:
        self._board = board
        self._pbx = pbx
        self._tenant = tenant
        self._classes = classes
        self._calls: dict[str, _Call] = {}
        self._held: set[str] = set()
        self._handlers: dict[str, tuple[str, Callable[[Message, int], Iterator[Activity]]]] = {
            "AgentLogin": ("logins", self._login),
            "AgentLogoff": ("logins", self._logoff),
            "AttendedTransfer": ("transfers", self._attended_transfer),
            "BlindTransfer": ("transfers", self._blind_transfer),
            "DialEnd": ("calls", self._answered),
            "Hangup": ("calls", self._hung_up),
            "Hold": ("holds", self._hold),
            "QueueMemberAdded": ("members", self._member),
            "QueueMemberPause": ("pauses", self._pause),
            "QueueMemberPaused": ("pauses", self._pause),
            "QueueMemberRemoved": ("members", self._member),
            "Unhold": ("holds", self._unhold),
        }

    def feed(self, message: Message, us: int) -> list[Activity]:
        """Take one message that came at ``us``; return the events that it tells."""
        entry = self._handlers.get(message.name) if message.kind == "event" else None
        if entry is None:
            return []
        name, handler = entry
        found = list(handler(message, us))
        return found if name in self._classes else []

    # --- in queues

    def _member(self, message: Message, us: int) -> Iterator[Activity]:
        yield from self._of_member(message, us, "add" if message.name == "QueueMemberAdded" else "remove", "")

    def _pause(self, message: Message, us: int) -> Iterator[Activity]:
        reason = known(message.get("PausedReason") or message.get("Reason"))
        paused = message.get("Paused") == "1"
        yield from self._of_member(message, us, "pause" if paused else "unpause", reason)

    def _of_member(self, message: Message, us: int, what: str, reason: str) -> Iterator[Activity]:
        device = message.get("StateInterface") or message.get("Interface") or message.get("Location")
        extension = split_name(device)[1].partition("@")[0]
        queue = message.get("Queue")
        name = known(message.get("MemberName") or message.get("Name"))
        yield self._activity(
            us,
            ("queue_member", what),
            f"{queue}\n{device}",
            ("queue", queue),
            extension=extension,
            reason=reason,
            params={"name": name, "interface": message.get("Interface"), "queue": queue, "reason": reason},
        )

    def _login(self, message: Message, us: int) -> Iterator[Activity]:
        yield from self._of_login(message, us, "login")

    def _logoff(self, message: Message, us: int) -> Iterator[Activity]:
        yield from self._of_login(message, us, "logout")

    def _of_login(self, message: Message, us: int, what: str) -> Iterator[Activity]:
        agent = message.get("Agent")
        channel = self._board.channels.heard(message)
        extension = self._board.directory.extension(channel) if channel is not None else ""
        yield self._activity(
            us,
            ("session", what),
            agent,
            ("agent", agent),
            username=agent,
            extension=extension,
            params={"agent": agent, "seconds": _number(message.get("Logintime"))},
        )

    # --- at the phone

    def _answered(self, message: Message, us: int) -> Iterator[Activity]:
        """A phone that was called is answered: by an agent, or by whom an agent has called."""
        if message.get("DialStatus") != "ANSWER":
            return
        caller = self._board.channels.get(message.get("Uniqueid"))
        called = self._board.channels.get(message.get("DestUniqueid"))
        for channel, placed in ((caller, True), (called, False)):
            if channel is None or not self._extension(channel):
                continue
            self._remember(channel, _Call(us, placed))
            other = called if placed else caller
            params = {"number": _other_number(channel, other), "queue": queue_of(channel)}
            yield from self._of_channel(channel, us, "place" if placed else "answer", params)

    def _remember(self, channel: Channel, call: _Call) -> None:
        if len(self._calls) >= MAX_CALLS:  # hang-ups that were not heard leave calls behind
            alive = {c.uniqueid for c in self._board.channels.all()}
            self._calls = {uniqueid: kept for uniqueid, kept in self._calls.items() if uniqueid in alive}
            self._held &= alive
        self._calls[channel.uniqueid] = call

    def _hung_up(self, message: Message, us: int) -> Iterator[Activity]:
        channel = self._board.channels.get(message.get("Uniqueid"))
        call = self._calls.pop(message.get("Uniqueid"), None)
        self._held.discard(message.get("Uniqueid"))
        if channel is None or call is None:
            return
        if channel.transfer_us is not None and us - channel.transfer_us < TRANSFER_TO_HANGUP:
            return
        peer = behind(channel.peer) if channel.peer is not None else None
        by_agent = peer is None or not peer.hangup or 0 < channel.hangup < peer.hangup
        params = {
            "by": "agent" if by_agent else "other",
            "seconds": (us - call.since_us) // SECOND,
            "number": _other_number(channel, peer),
            "cause": message.get("Cause-txt"),
        }
        yield from self._of_channel(channel, us, "hangup", params)

    def _hold(self, message: Message, us: int) -> Iterator[Activity]:
        channel = self._board.channels.heard(message)
        if channel is None or not self._extension(channel):
            return
        self._held.add(channel.uniqueid)
        yield from self._of_channel(channel, us, "hold", {"number": channel.connected})

    def _unhold(self, message: Message, us: int) -> Iterator[Activity]:
        channel = self._board.channels.heard(message)
        if channel is None or channel.uniqueid not in self._held:
            return  # a transfer takes a call back that was never held
        self._held.discard(channel.uniqueid)
        yield from self._of_channel(channel, us, "unhold", {"number": channel.connected})

    def _blind_transfer(self, message: Message, us: int) -> Iterator[Activity]:
        channel = self._board.channels.get(message.get("TransfererUniqueid"))
        if channel is None or message.get("Result") != "Success":
            return
        params = {"to": message.get("Extension"), "number": known(message.get("TransfereeCallerIDNum"))}
        yield from self._of_channel(channel, us, "transfer_blind", params)

    def _attended_transfer(self, message: Message, us: int) -> Iterator[Activity]:
        channel = self._board.channels.get(message.get("OrigTransfererUniqueid"))
        if channel is None or message.get("Result") != "Success":
            return
        to = known(message.get("TransferTargetCallerIDNum") or message.get("SecondTransfererConnectedLineNum"))
        number = known(message.get("TransfereeCallerIDNum") or message.get("OrigTransfererConnectedLineNum"))
        yield from self._of_channel(channel, us, "transfer_attended", {"to": to, "number": number})

    def _extension(self, channel: Channel) -> str:
        return "" if channel.tech in ("Local", "Snoop") else self._board.directory.extension(channel)

    def _of_channel(self, channel: Channel, us: int, what: str, params: dict[str, Any]) -> Iterator[Activity]:
        extension = self._extension(channel)
        if not extension:
            return
        yield self._activity(
            us,
            ("call", what),
            channel.uniqueid,
            ("cdr", channel.linkedid),
            extension=extension,
            call_id=channel.linkedid,
            params={"name": self._board.directory.name(extension), "channel": channel.name, **params},
        )

    def _activity(self, us: int, what: tuple[str, str], seed: str, about: tuple[str, str], **fields: Any) -> Activity:
        """Make an event. Until the directory says who sits at an extension, the extension is the user's name."""
        event, sub_event = what
        key = "\n".join((self._tenant, self._pbx, event, sub_event, seed, str(us)))
        params = {name: value for name, value in fields.pop("params").items() if value not in ("", None)}
        return Activity(
            id=str(uuid.uuid5(NAMESPACE, key)),
            tenant=self._tenant,
            created=times.from_us(us),
            event=event,
            sub_event=sub_event,
            event_object=":".join(about),
            object_type=about[0],
            object_id=about[1],
            params={"pbx": self._pbx, **params},
            **{"username": fields["extension"], **fields},
        )


def _other_number(channel: Channel, other: Channel | None) -> str:
    if channel.originated and other is None:
        return ""  # what an application's call shows can be anything
    return channel.connected or (other.number if other is not None else "") or channel.dialled


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 12 else None
