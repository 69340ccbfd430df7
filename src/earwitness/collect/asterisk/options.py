"""What the arguments of ChanSpy and ExtenSpy say about who hears whom.

Source: ``apps/app_chanspy.c`` and ``ast_app_parse_options`` of Asterisk, held against the recordings. Order matters:
barge (``B``) is looked at before whisper (``w``, ``W``), so ``Bw`` is a barge. Letters in parentheses are arguments.
"""

import msgspec

from earwitness.model.segment import BARGE, LISTEN, WHISPER

APPLICATIONS = {"chanspy": "ChanSpy", "extenspy": "ExtenSpy", "dahdiscan": "DAHDIScan"}
MODE_KEYS = {"4": LISTEN, "5": WHISPER, "6": BARGE}
SILENT = "silent"  # the manager neither hears nor is heard: no action, and no segment
DIGITS = frozenset("0123456789*#")


class SpyOptions(msgspec.Struct, frozen=True):
    """target: channel prefix, unique id or extension; letters: the options given; arguments: letter -> its argument."""

    application: str
    target: str
    letters: frozenset[str]
    arguments: dict[str, str]

    @property
    def mode(self) -> str:
        """The mode at the beginning, before any key."""
        if "B" in self.letters:
            return BARGE
        return WHISPER if self.letters & {"w", "W"} else LISTEN

    @property
    def switchable(self) -> bool:
        """Whether the keys 4, 5 and 6 change the mode: option ``d``, unless ``X`` takes the keys away."""
        return "d" in self.letters and "X" not in self.letters

    def switches_to(self, digit: str) -> str | None:
        """Return the action that a key switches to, None if it does nothing. With ``W`` the manager hears nothing."""
        action = MODE_KEYS.get(digit) if self.switchable else None
        return SILENT if action == LISTEN and "W" in self.letters else action

    @property
    def leaving_keys(self) -> frozenset[str]:
        """Keys that end the spying on this channel: on to the next one (``*`` or ``c(...)``), or out (``x(...)``)."""
        if self.application == "DAHDIScan":
            return frozenset("#*")
        return frozenset({_digit(self.arguments.get("c", "")) or "*", _digit(self.arguments.get("x", ""))} - {""})

    @property
    def cycle_key(self) -> str:
        """The key that goes on to the next channel."""
        if self.application == "DAHDIScan":
            return "#"
        return _digit(self.arguments.get("c", "")) or "*"


def spy_options(application: str, data: str) -> SpyOptions | None:
    """Return the options of an application call, or None if the application does not spy.

    application: as in ``Newexten`` or ``OriginateResponse``, in any case; data: its arguments, variables substituted.
    """
    name = APPLICATIONS.get(application.strip().lower())
    if name is None:
        return None
    target, _, options = data.partition(",")
    letters, arguments = _letters(options if name != "DAHDIScan" else "")
    return SpyOptions(application=name, target=target.strip(), letters=letters, arguments=arguments)


def _letters(options: str) -> tuple[frozenset[str], dict[str, str]]:
    letters: set[str] = set()
    arguments: dict[str, str] = {}
    at = 0
    while at < len(options):
        letter = options[at]
        at += 1
        letters.add(letter)
        if at < len(options) and options[at] == "(":
            arguments[letter], at = _argument(options, at + 1)
    return frozenset(letters), arguments


def _argument(options: str, at: int) -> tuple[str, int]:
    """Return the text from ``at`` to the matching parenthesis (or the end), and where to go on."""
    depth, start = 1, at
    while at < len(options):
        depth += (options[at] == "(") - (options[at] == ")")
        if depth == 0:
            return options[start:at], at + 1
        at += 1
    return options[start:], at


def _digit(argument: str) -> str:
    return argument[:1] if argument[:1] in DIGITS else ""
