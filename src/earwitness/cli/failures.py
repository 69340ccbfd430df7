"""How a command ends when it cannot do what it was asked: one sentence on stderr, and an exit status."""

import click

DONE, NO, USAGE, UNREACHABLE = 0, 1, 2, 3
INTERRUPTED = 130


class Failure(click.ClickException):
    """One sentence that says what to do, and the exit status that goes with it."""

    def __init__(self, sentence: str, status: int) -> None:
        super().__init__(sentence)
        self.status = status


def refused(sentence: str) -> Failure:
    """Return the failure for a request that is wrong or not allowed (exit status 2)."""
    return Failure(sentence, USAGE)


def unreachable(sentence: str) -> Failure:
    """Return the failure for a store or server that cannot be reached or used (exit status 3)."""
    return Failure(sentence, UNREACHABLE)
