"""One run of a spying application (or ARI snoop) on one channel: its options, its mode, its attachments."""

from earwitness.collect.asterisk.attachment import Attachment, End, Key, Mode
from earwitness.collect.asterisk.channels import Channel
from earwitness.collect.asterisk.options import SpyOptions
from earwitness.collect.asterisk.pieces import Doubt, Piece, pieces
from earwitness.model.segment import UNKNOWN

OPTIONS_UNKNOWN = Mode(UNKNOWN, "none: options not heard")
SNOOP = Mode(UNKNOWN, "none: ARI snoop does not tell its direction")


class Spy:
    """``mode`` is the mode in which the next attachment begins: keys pressed on one call last into the next.

    ``announced_us``: when the switch said that the application was run (None: not heard). ``hopeless``: nobody will
    tell the options any more. ``last_key``: the last key the manager pressed, and when. ``snooped``: whose channel
    an ARI snoop is on. ``lingering``: the line that is still listened to although its call is over.
    ``unseen``: mode keys of a spy whose beginning was not heard, so that nobody knows yet whom it is on.
    """

    def __init__(self, spyer: Channel) -> None:
        self.spyer = spyer
        self.snoop = spyer.tech == "Snoop"
        self.options: SpyOptions | None = None
        self.source = ""
        self.mode = SNOOP if self.snoop else OPTIONS_UNKNOWN
        self.attachments: list[Attachment] = []
        self.hopeless = False
        self.announced_us: int | None = None
        self.last_key: tuple[int, str] | None = None
        self.last_spyee = ""
        self.last_session = ""
        self.snooped: Channel | None = None
        self.lingering: Channel | None = None
        self.unseen: list[Key] = []

    @property
    def settled(self) -> bool:
        """Whether the mode can be told, or never will be."""
        return self.snoop or self.hopeless or self.options is not None

    @property
    def unheard(self) -> bool:
        """Whether the switch listed this spy, and nothing else was heard of it."""
        return self.announced_us is None and not self.last_spyee

    @property
    def open(self) -> list[Attachment]:
        return [attachment for attachment in self.attachments if not attachment.closed]

    @property
    def action(self) -> str:
        """The action at this moment, as far as it can be told."""
        mode = self.mode
        for attachment in self.attachments if self.settled else ():
            mode = pieces(attachment, mode, self.options)[1]
        return mode.action

    def learn(self, options: SpyOptions, source: str) -> None:
        """Take over the options, unless they are known already. source: the wire event and what it said."""
        if self.options is None and not self.snoop:
            self.options = options
            self.source = source
            self.mode = Mode(options.mode, source)

    def told(self, action: str, source: str, us: int) -> None:
        """An application says what its snoop does: the first time for all of it, later from that moment on."""
        if self.mode == SNOOP:
            self.mode = Mode(action, source)
        elif self.snoop:
            for attachment in self.open:
                attachment.marks.append(Key(us, action, source))

    def inherit(self, other: "Spy") -> None:
        """Go on in the mode in which another one, whose channel was handed over, has ended."""
        self.options, self.source, self.mode, self.hopeless = other.options, other.source, other.mode, other.hopeless

    def finished(self) -> list[tuple[Attachment, Piece | Doubt]]:
        """Return the pieces that have ended since the last call; forget the attachments that are all told."""
        told: list[tuple[Attachment, Piece | Doubt]] = []
        for attachment in list(self.attachments) if self.settled else ():
            found, mode = pieces(attachment, attachment.first or self.mode, self.options)
            ready = [p for p in found if isinstance(p, Doubt) or (p.end is not None and _certain(attachment, p.end))]
            told += [(attachment, piece) for piece in ready[attachment.emitted :]]
            attachment.emitted = len(ready)
            if attachment.closed:
                self.attachments.remove(attachment)
                self.mode = self.mode if self.snoop else mode
            elif not self.snoop:
                break
        return told

    def shift(self, by_us: int) -> None:
        """The clock was set: move all moments along with it."""
        self.announced_us = None if self.announced_us is None else self.announced_us + by_us
        self.last_key = None if self.last_key is None else (self.last_key[0] + by_us, self.last_key[1])
        for attachment in self.attachments:
            attachment.shift(by_us)

    def current(self) -> list[tuple[Attachment, Piece]]:
        """Return the pieces that still last."""
        lasting = []
        for attachment in self.open:
            found, _ = pieces(attachment, self.mode if self.settled else OPTIONS_UNKNOWN, self.options)
            lasting += [(attachment, p) for p in found if isinstance(p, Piece) and p.end in (None, attachment.end)]
        return lasting


def _certain(attachment: Attachment, end: End) -> bool:
    return attachment.closed or end is not attachment.end
