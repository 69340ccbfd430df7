"""ARI snoop: the same two events, an artificial ``Snoop/...`` spyer, and whoever is bridged with it as the listener."""

from earwitness.collect.asterisk import ending
from earwitness.collect.asterisk.ami import Message
from earwitness.collect.asterisk.attachment import End
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.spies import Spies
from earwitness.collect.asterisk.spy import Spy
from earwitness.collect.asterisk.switchboard import Switchboard, other_members
from earwitness.model.segment import ACTIONS

TOLD = "EarwitnessAction"  # a UserEvent by which an application may tell the action of its snoop


class Snoops:
    """The spies that are snoops. Several people bridged with one snoop are several listeners."""

    def __init__(self, board: Switchboard, spies: Spies) -> None:
        self._board = board
        self._spies = spies

    def started(self, spy: Spy, spyee: Channel, us: int) -> None:
        """A snoop begins; as a rule nobody is bridged with it yet."""
        spy.snooped = spyee
        for other in other_members(self._board.channels, spy.spyer):
            self._bridged(spy, other, us)

    def entered(self, channel: Channel, others: list[Channel], us: int) -> None:
        """A channel enters a bridge in which others are."""
        for snoop, other in [(channel, o) for o in others] + [(o, channel) for o in others]:
            spy = self._spies.get(snoop.uniqueid) if snoop.tech == "Snoop" else None
            if spy is not None:
                self._bridged(spy, other, us)

    def left(self, channel: Channel, us: int) -> None:
        """A channel leaves its bridge: the snoop itself, or one who listened through it."""
        for spy in self._spies.snoops():
            for attachment in spy.open:
                if channel in (spy.spyer, attachment.spyer):
                    why = ending.reason(attachment, us, None, None)
                    self._spies.close(spy, attachment, End(us, why, "BridgeLeave"))

    def told(self, message: Message, us: int) -> None:
        """An ARI application tells what its snoop does: headers ``Uniqueid`` (of the snoop) and ``Mode`` or ``Action``.

        Who sends the event by the AMI action of that name has ``Mode`` only: ``Action`` is taken there.
        """
        spy = self._spies.get(message.get("Uniqueid"))
        action = (message.get("Mode") or message.get("Action")).lower()
        if message.get("UserEvent") == TOLD and spy is not None and action in ACTIONS:
            spy.told(action, f"UserEvent {TOLD}", us)
            self._spies.tell(spy)

    def _bridged(self, spy: Spy, listener: Channel, us: int) -> None:
        if listener.tech != "Snoop" and spy.snooped is not None and all(a.spyer is not listener for a in spy.open):
            self._spies.attach(spy, listener, spy.snooped, us, "ChanSpyStart, BridgeEnter")
