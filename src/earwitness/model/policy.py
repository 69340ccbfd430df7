"""The rules that a tenant has for listening to calls, and what it means to break one.

Earwitness tells of a breach; it cannot prevent one, because it hears of a supervision from the switch.
"""

import datetime as dt
import re
import zoneinfo
from collections.abc import Iterable, Mapping
from typing import Final, NamedTuple

import msgspec

from earwitness.model.segment import Segment

NO_LISTEN, QUOTA, NO_REASON, OUTSIDE_HOURS = "no-listen", "quota", "no-reason", "outside-hours"
DAYS: Final = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
MOST_LISTED: Final = 500
MOST_STRETCHES: Final = 12  # a day
LONGEST: Final = 80  # characters of an extension or a desk
MOST_QUOTA: Final = 100_000
MOST_REMIND_HOURS: Final = 24 * 90
MINUTES_A_DAY: Final = 24 * 60
_STRETCH: Final = re.compile(r"([0-9]{1,2}):([0-9]{2}) ?[-–] ?([0-9]{1,2}):([0-9]{2})")


class Breach(NamedTuple):
    """name: as stored and searched (``breach:``); label: over it; sentence: what it says to people."""

    name: str
    label: str
    sentence: str


BREACHES: Final = (
    Breach(NO_LISTEN, "No-listen list", "The agent's extension or desk is on the no-listen list."),
    Breach(QUOTA, "Over quota", "The agent was supervised more often in that month than the quota allows."),
    Breach(NO_REASON, "Reason missing", "A reason is required, and none has been given."),
    Breach(OUTSIDE_HOURS, "Outside shift hours", "It began, went on or ended outside the shift hours."),
)
BY_NAME: Final = {breach.name: breach for breach in BREACHES}


NOTHING, WITHOUT_MANAGER, EVERYTHING = "nothing", "without-manager", "everything"
AGENTS_SEE: Final = (
    (NOTHING, "Nothing"),
    (WITHOUT_MANAGER, "When and how, without the manager's name"),
    (EVERYTHING, "When, how and who"),
)
MOST_DAYS: Final = 3650
LONGEST_PURPOSE: Final = 500  # characters
# Classes of events of a switch that measure single agents: each is recorded only once a purpose is.
MEASURING: Final = {
    "pauses": "Agents pausing and resuming in queues, with the reason they gave.",
    "holds": "Calls that agents put on hold and take back.",
}


class Policy(msgspec.Struct, frozen=True, omit_defaults=False):
    """The rules of one tenant. Nothing is demanded at first.

    no_listen_extensions, no_listen_desks: agents who must not be monitored; quota: sessions that an agent may be
    supervised in a calendar month, None for any; reason_required: whether the manager has to say why;
    remind_after_hours: when a reminder is mailed for a reason that is missing, 0 for none; shift_hours: day (``DAYS``)
    -> stretches such as ``08:00-17:30``, empty where any hour will do; time_zone: IANA name, for hours and months;
    agents_see: what agents see on their own page of who listened to their calls (``AGENTS_SEE``);
    agents_see_after_days: how long after the call; purposes: class of ``MEASURING`` -> why its events are recorded.
    """

    no_listen_extensions: tuple[str, ...] = ()
    no_listen_desks: tuple[str, ...] = ()
    quota: int | None = None
    reason_required: bool = False
    remind_after_hours: int = 24
    shift_hours: dict[str, tuple[str, ...]] = {}
    time_zone: str = "UTC"
    agents_see: str = WITHOUT_MANAGER
    agents_see_after_days: int = 7
    purposes: dict[str, str] = {}

    @property
    def demands_anything(self) -> bool:
        """Whether there is a rule that can be broken."""
        listed = self.no_listen_extensions or self.no_listen_desks or self.shift_hours
        return bool(listed or self.reason_required or self.quota is not None)


def read(stored: Mapping[str, object]) -> Policy:
    """Return what is stored as a policy; what a later release wrote besides is left aside."""
    return msgspec.convert(dict(stored), Policy)


def stretch(text: str) -> tuple[int, int]:
    """Return a stretch of a day as minutes since midnight, from and to. Raises ValueError with what is wrong."""
    match = _STRETCH.fullmatch(text.strip())
    if match is None:
        raise ValueError(f"{text[:40]!r} is no stretch of a day: write one such as 08:00-17:30")
    first_hour, first_minute, last_hour, last_minute = map(int, match.groups())
    start, end = first_hour * 60 + first_minute, last_hour * 60 + last_minute
    if first_minute > 59 or last_minute > 59 or end > MINUTES_A_DAY:
        raise ValueError(f"{text[:40]!r} holds no time of a day: a day is 00:00-24:00")
    if start >= end:
        raise ValueError(f"{text[:40]!r} ends before it begins: divide hours over midnight into two days")
    return start, end


def wrong(policy: Policy) -> dict[str, str]:
    """Return what is wrong with a policy by field; empty if nothing is."""
    found = {
        "no_listen_extensions": _wrong_list(policy.no_listen_extensions, "extensions"),
        "no_listen_desks": _wrong_list(policy.no_listen_desks, "desks"),
        "quota": "" if policy.quota is None or 0 <= policy.quota <= MOST_QUOTA else f"Choose 0 to {MOST_QUOTA}.",
        "remind_after_hours": ""
        if 0 <= policy.remind_after_hours <= MOST_REMIND_HOURS
        else f"Choose 0 (no reminder) to {MOST_REMIND_HOURS} hours.",
        "shift_hours": _wrong_hours(policy.shift_hours),
        "agents_see": "" if policy.agents_see in dict(AGENTS_SEE) else f"Choose one of {', '.join(dict(AGENTS_SEE))}.",
        "agents_see_after_days": ""
        if 0 <= policy.agents_see_after_days <= MOST_DAYS
        else f"Choose 0 (at once) to {MOST_DAYS} days.",
        "purposes": _wrong_purposes(policy.purposes),
        "time_zone": "" if _zone(policy.time_zone) else "There is no time zone of this name: write Europe/Berlin.",
    }
    return {field: sentence for field, sentence in found.items() if sentence}


def _wrong_list(texts: tuple[str, ...], noun: str) -> str:
    if len(texts) > MOST_LISTED:
        return f"At most {MOST_LISTED} {noun}."
    odd = next((text for text in texts if len(text) > LONGEST or not text.isprintable()), None)
    return "" if odd is None else f"{odd[:40]!r} is longer than {LONGEST} characters or holds what cannot be seen."


def _wrong_hours(hours: Mapping[str, Iterable[str]]) -> str:
    for day, stretches in hours.items():
        if day not in DAYS:
            return f"{day[:20]!r} is no day: there are {', '.join(DAYS)}."
        listed = list(stretches)
        if len(listed) > MOST_STRETCHES:
            return f"At most {MOST_STRETCHES} stretches a day."
        for text in listed:
            try:
                stretch(text)
            except ValueError as error:
                return f"{error}."
    return ""


def _wrong_purposes(purposes: Mapping[str, str]) -> str:
    unknown = next((name for name in purposes if name not in MEASURING), None)
    if unknown is not None:
        return f"{unknown[:40]!r} is no class of events that measure single agents: there are {', '.join(MEASURING)}."
    long = any(len(text) > LONGEST_PURPOSE or "\0" in text for text in purposes.values())
    return f"A purpose has at most {LONGEST_PURPOSE} characters." if long else ""


def _zone(name: str) -> zoneinfo.ZoneInfo | None:
    try:
        return zoneinfo.ZoneInfo(name)
    except (zoneinfo.ZoneInfoNotFoundError, ValueError, OSError):
        return None


def breaches(policy: Policy, segment: Segment, sessions_before: int) -> tuple[str, ...]:
    """Return the names of what a segment breaks.

    sessions_before: other sessions of the same agent in the same month that were recorded earlier; only looked at where
    there is a quota.
    """
    broken = {
        NO_LISTEN: _is_listed(policy, segment),
        QUOTA: policy.quota is not None and sessions_before >= policy.quota,
        NO_REASON: policy.reason_required and not segment.reason.strip(),
        OUTSIDE_HOURS: bool(policy.shift_hours) and not within_hours(policy, segment.started_at, segment.ended_at),
    }
    return tuple(breach.name for breach in BREACHES if broken[breach.name])


def _is_listed(policy: Policy, segment: Segment) -> bool:
    desks = {desk.casefold() for desk in policy.no_listen_desks}
    listed = segment.agent.extension in policy.no_listen_extensions if segment.agent.extension else False
    return listed or any(desk.casefold() in desks for desk in segment.desks)


def within_hours(policy: Policy, start: dt.datetime, end: dt.datetime) -> bool:
    """Whether a stretch of time lies in the shift hours from its beginning to its end."""
    zone = _zone(policy.time_zone) or dt.UTC
    at = start
    while True:
        local = at.astimezone(zone)
        minute = local.hour * 60 + local.minute
        found = [span for span in map(stretch, policy.shift_hours.get(DAYS[local.weekday()], ())) if _in(minute, span)]
        if not found:
            return False
        until = max(end_of for _, end_of in found)
        midnight = local.replace(hour=0, minute=0, second=0, microsecond=0)
        days, rest = divmod(until, MINUTES_A_DAY)
        at = (midnight + dt.timedelta(days=days)).replace(hour=rest // 60, minute=rest % 60).astimezone(dt.UTC)
        if end <= at:
            return True


def _in(minute: int, span: tuple[int, int]) -> bool:
    return span[0] <= minute < span[1]


def month_of(policy: Policy, moment: dt.datetime) -> tuple[dt.datetime, dt.datetime]:
    """Return the first moments of the calendar month of a moment and of the next, in the zone of the policy."""
    zone = _zone(policy.time_zone) or dt.UTC
    first = moment.astimezone(zone).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    following = (first + dt.timedelta(days=32)).replace(day=1)
    return first.astimezone(dt.UTC), following.astimezone(dt.UTC)
