"""The senders of forwards, kept between rounds: a syslog receiver sees one connection, not one a second."""

from collections.abc import Collection
from typing import Any

from earwitness.deliver.forwarding.senders import SENDERS, Sender
from earwitness.deliver.models import Forward
from earwitness.deliver.wire.guard import Guard


class Lines:
    """One sender for each forward. Each forward is worked on by one thread at a time, so that a line needs no lock."""

    def __init__(self) -> None:
        self._lines: dict[int, tuple[Any, Sender]] = {}

    def of(self, forward: Forward, guard: Guard) -> Sender:
        """Return the sender of a forward as it is set up now."""
        setup = setup_of(forward)
        kept = self._lines.get(forward.pk)
        if kept is not None and kept[0] == setup:
            return kept[1]
        self.hang_up(forward.pk)
        sender = SENDERS[forward.kind](forward, guard)
        self._lines[forward.pk] = (setup, sender)
        return sender

    def hang_up(self, number: int) -> None:
        """Close the line of a forward, if there is one."""
        kept = self._lines.pop(number, None)
        if kept is not None:
            kept[1].close()

    def keep(self, numbers: Collection[int]) -> None:
        """Close the lines of all other forwards: they were turned off or deleted."""
        for number in set(self._lines) - set(numbers):
            self.hang_up(number)


def setup_of(forward: Forward) -> tuple[Any, ...]:
    """Return what a sender is made of: where it differs, a sender has to be made anew."""
    return (forward.kind, forward.words, forward.stream, forward.search, dict(forward.settings), forward.secret)
