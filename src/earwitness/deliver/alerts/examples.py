"""Alerts that people ask for: one table, from which the form is filled."""

from typing import NamedTuple

from earwitness.deliver.alerts.actions import Wish


class Example(NamedTuple):
    """name: in the address of the form; title, sentence: as people choose it; wish: what stands in the form then."""

    name: str
    title: str
    sentence: str
    wish: Wish


EXAMPLES = (
    Example(
        "sign-ins",
        "Failed sign-ins",
        "5 failed sign-ins of one user in 10 minutes.",
        Wish(
            name="Failed sign-ins of one user",
            search="sub:login_failed",
            threshold=5,
            window=600,
            per="username",
        ),
    ),
    Example(
        "barge",
        "A long barge",
        "Any barge that lasts longer than 60 seconds.",
        Wish(name="Barge longer than a minute", stream="supervision", search="action:barge duration:>60", window=600),
    ),
    Example(
        "off-limits",
        "An extension off limits",
        "Anybody listens to somebody on the no-listen list of Settings > Policies.",
        Wish(
            name="Listening to an extension off limits",
            search="event:policy_breach sub:no-listen",
            window=600,
            per="username",
        ),
    ),
    Example(
        "silence",
        "A silent source",
        "No event from a source for 15 minutes: put yours into the search.",
        Wish(name="Silence of the PBX application", search="source:pbx_stats", absence=True, window=900),
    ),
)
BY_NAME = {example.name: example for example in EXAMPLES}
