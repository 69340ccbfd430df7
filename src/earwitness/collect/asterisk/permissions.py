"""Whether the user we signed in with may hear what is needed. The switch has no action that simply says so."""

import re

from earwitness.collect.asterisk.address import Address
from earwitness.collect.asterisk.ami import Message, encode_action
from earwitness.collect.asterisk.signing_in import NEEDED_CLASSES, missing_classes, missing_sentence, read_classes

SECOND = 1_000_000
FULLY_BOOTED_WITHIN = 3 * SECOND  # it comes with the sign-in, for those who may read the class system
CALLS_WITHOUT_DIALPLAN = 3  # so many calls without one step of a dialplan: the class is missing
_PRIVILEGE = re.compile(rb"\nPrivilege: ?(\w+)", re.IGNORECASE)
QUESTION_ID = "earwitness-permissions"


class Permissions:
    """Three ways of finding out: ``manager show user`` where we may run it, FullyBooted, and what comes at all."""

    def __init__(self, address: Address) -> None:
        self._address = address
        self._known: frozenset[str] | None = None
        self._seen: set[str] = set()
        self._absent: set[str] = set()
        self._since_us: int | None = None
        self._calls = 0
        self._answered = False
        self._may_not_list = False

    def question(self) -> bytes:
        """Return the action that asks the switch for the permissions of our user."""
        command = f"manager show user {self._address.username}"
        return encode_action("Command", [("ActionID", QUESTION_ID), ("Command", command)])

    @property
    def missing(self) -> tuple[str, ...]:
        """Classes that are needed and not there."""
        if self._known is not None:
            return missing_classes(self._known)
        return tuple(name for name in NEEDED_CLASSES if name in self._absent)

    @property
    def unproven(self) -> tuple[str, ...]:
        """Classes of which nothing was heard yet and nobody says that they are there."""
        if self._known is not None or not self.checked:
            return ()
        return tuple(name for name in NEEDED_CLASSES if name not in self._absent | self._seen)

    @property
    def checked(self) -> bool:
        """Whether all has been found out that can be found out at once."""
        return self._known is not None or (self._answered and ("system" in self._seen or "system" in self._absent))

    @property
    def sentence(self) -> str:
        """What the switch's administrator has to do; empty if all is well."""
        if self.missing or not self._may_not_list:
            return missing_sentence(self._address, self.missing, self.unproven)
        return (
            f"The user {self._address.username} of the switch {self._address.name} may not ask which channels there"
            " are, so nothing can be followed over a broken line: add write = reporting in manager.conf."
        )

    def feed(self, message: Message, us: int) -> None:
        """Take every message of the connection."""
        if self._since_us is None:
            self._since_us = us
        if message.kind == "event":
            self._event(message)
        elif message.kind == "response" and message.get("ActionID") == QUESTION_ID:
            self._answered = True
            self._known = read_classes(message)
        elif message.name == "Error" and message.get("ActionID") == "earwitness-channels":
            self._may_not_list = True

    def tick(self, us: int) -> None:
        """Let time pass: without FullyBooted the class system is missing."""
        if self._since_us is not None and us - self._since_us > FULLY_BOOTED_WITHIN and "system" not in self._seen:
            self._absent.add("system")

    def _event(self, message: Message) -> None:
        if self._known is not None or len(self._seen) >= len(NEEDED_CLASSES):
            return
        match = _PRIVILEGE.search(message.raw, 0, 256)  # not worth parsing every message for
        privilege = match[1].decode().lower() if match is not None else ""
        if privilege in NEEDED_CLASSES:
            self._seen.add(privilege)
            self._absent.discard(privilege)
        self._calls += message.name == "Newchannel"
        if self._calls >= CALLS_WITHOUT_DIALPLAN and "dialplan" not in self._seen:
            self._absent.add("dialplan")
