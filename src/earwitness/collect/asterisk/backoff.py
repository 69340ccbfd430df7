"""How long to wait before trying a switch again."""

import random

FIRST_S, MOST_S, PATIENT_S = 1.0, 8.0, 30.0


class Backoff:
    """Doubles from one second to eight, each time somewhere between half and all of it, so that many do not try at
    once: what a switch does meanwhile is lost. Where trying soon would do harm it is half a minute."""

    def __init__(self, chance: random.Random | None = None) -> None:
        self._chance = chance or random.Random()  # noqa: S311 -- spreads attempts, guards nothing
        self._failures = 0

    def next_s(self, *, patient: bool = False) -> float:
        """Return the seconds to wait after one more failure."""
        wait = min(MOST_S, FIRST_S * float(1 << min(self._failures, 10)))
        self._failures += 1
        return (max(wait, PATIENT_S) if patient else wait) * (0.5 + self._chance.random() / 2)

    def succeeded(self) -> None:
        self._failures = 0
