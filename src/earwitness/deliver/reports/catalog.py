"""The reports: one table of data, from which menu, pages, forms and documentation are made."""

from collections.abc import Callable
from typing import NamedTuple

from earwitness.deliver.reports import activity, agents, breaches, overview, sessions, supervision
from earwitness.deliver.reports.parts import Asking, Made
from earwitness.model.problem import NotFound
from earwitness.model.scope import ACTIVITY, SUPERVISION


class Report(NamedTuple):
    """name: in addresses; title, sentence: for people; stream: the log it reads; personal: about single agents, so off
    until an administrator turns it on and says what for; fresh: where its range begins until somebody chooses one."""

    name: str
    title: str
    sentence: str
    stream: str
    make: Callable[[Asking], Made]
    personal: bool = False
    fresh: str = "-30d"


REPORTS: tuple[Report, ...] = (
    Report("overview", "Overview", "All of it at one look, as on the dashboard.", ACTIVITY, overview.overview),
    Report("users", "Activity by user", "Who did how much.", ACTIVITY, activity.by("username", "user", "User")),
    Report("events", "Activity by event", "What was done how often.", ACTIVITY, activity.by("event", "event", "Event")),
    Report("hours", "Hours of the week", "When it is done: days by the hour.", ACTIVITY, activity.week),
    Report("sources", "Activity by source", "Where it came from.", ACTIVITY, activity.by("source", "source", "Source")),
    Report("outcomes", "Activity by outcome", "How it ended.", ACTIVITY, activity.by("outcome", "outcome", "Outcome")),
    Report("sign-ins", "Sign-ins and refusals", "Who came in, and who was turned away.", ACTIVITY, activity.sign_ins),
    Report(
        "configuration", "Changes to configuration", "What was changed, and by whom.", ACTIVITY, activity.configuration
    ),
    Report(
        "managers",
        "Minutes by manager",
        "How long each manager listened, whispered and barged.",
        SUPERVISION,
        supervision.managers,
    ),
    Report("barges", "Time to barge", "How soon managers barge in.", SUPERVISION, sessions.barges),
    Report("reasons", "Sessions without a reason", "Where nobody said why.", SUPERVISION, sessions.reasons),
    Report("breaches", "Policy breaches", "Which policies were broken, and by whom.", SUPERVISION, breaches.breaches),
    Report("agents", "Minutes by agent", "How long each agent was listened to.", SUPERVISION, supervision.agents, True),
    Report(
        "coverage",
        "Coverage",
        "Agents whom nobody listened to this month, or in another range.",
        SUPERVISION,
        agents.coverage,
        True,
        "month",
    ),
    Report("fairness", "Fairness", "Who is listened to far more than others.", SUPERVISION, agents.fairness, True),
)
BY_NAME = {report.name: report for report in REPORTS}


def find(name: str) -> Report:
    """Return a report by its name; NotFound else."""
    if name not in BY_NAME:
        raise NotFound("There is no such report.")
    return BY_NAME[name]
