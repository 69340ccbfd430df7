"""What breaks a rule for listening to calls, and what does not."""

import datetime as dt

import pytest

from earwitness.model import policy as policies
from earwitness.model.policy import Policy
from earwitness.model.segment import Person, Segment

HOURS = {"mon": ("08:00-12:00", "13:00-17:30"), "tue": ("20:00-24:00",), "wed": ("00:00-04:00",)}


def segment(start: str = "2026-11-02 09:00", end: str = "2026-11-02 09:05", **fields: object) -> Segment:
    began, ended = (dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC) for text in (start, end))
    known: dict[str, object] = {
        "id": "a",
        "session_id": "b",
        "pbx": "main",
        "action": "listen",
        "talks_to": "nobody",
        "manager": Person(extension="2001"),
        "agent": Person(extension="1001"),
        "started_at": began,
        "ended_at": ended,
        "desks": ("Support",),
    }
    return Segment(**(known | fields))


@pytest.mark.parametrize(
    ("policy", "sessions_before", "broken"),
    [
        (Policy(), 99, ()),
        (Policy(no_listen_extensions=("1001",)), 0, ("no-listen",)),
        (Policy(no_listen_extensions=("100", "2001")), 0, ()),
        (Policy(no_listen_desks=("support",)), 0, ("no-listen",)),
        (Policy(quota=2), 1, ()),
        (Policy(quota=2), 2, ("quota",)),
        (Policy(quota=0), 0, ("quota",)),
        (Policy(reason_required=True), 0, ("no-reason",)),
        (Policy(shift_hours={"tue": ("08:00-12:00",)}), 0, ("outside-hours",)),
        (
            Policy(
                no_listen_extensions=("1001",), quota=0, reason_required=True, shift_hours={"sun": ("08:00-09:00",)}
            ),
            0,
            ("no-listen", "quota", "no-reason", "outside-hours"),
        ),
    ],
)
def test_each_rule_is_broken_by_what_it_forbids_alone(policy: Policy, sessions_before: int, broken: object) -> None:
    """An agent is listed by extension or desk, whatever its case; a manager's extension is not looked at."""
    assert policies.breaches(policy, segment(), sessions_before) == broken


def test_an_agent_without_extension_is_on_no_list_of_extensions() -> None:
    """Nor does an empty reason count, while one that was given does."""
    assert policies.breaches(Policy(no_listen_extensions=("",)), segment(agent=Person(name="Ana")), 0) == ()
    assert policies.breaches(Policy(reason_required=True), segment(reason=" "), 0) == ("no-reason",)
    assert policies.breaches(Policy(reason_required=True), segment(reason="coaching"), 0) == ()


@pytest.mark.parametrize(
    ("start", "end", "within"),
    [
        ("2026-11-02 08:00", "2026-11-02 12:00", True),
        ("2026-11-02 07:59", "2026-11-02 08:10", False),
        ("2026-11-02 11:50", "2026-11-02 12:01", False),
        ("2026-11-02 12:00", "2026-11-02 12:01", False),
        ("2026-11-02 13:00", "2026-11-02 17:30", True),
        ("2026-11-03 21:00", "2026-11-04 03:59", True),
        ("2026-11-03 21:00", "2026-11-04 04:01", False),
        ("2026-11-05 09:00", "2026-11-05 09:01", False),
    ],
)
def test_hours_hold_from_beginning_to_end_and_over_midnight(start: str, end: str, within: bool) -> None:
    """A day without hours has none, once another has."""
    one = segment(start, end)
    assert policies.within_hours(Policy(shift_hours=HOURS), one.started_at, one.ended_at) is within


def test_hours_and_months_are_those_of_the_zone() -> None:
    """09:00 UTC is 18:00 in Tokyo; the first of November there begins in October's UTC."""
    tokyo = Policy(shift_hours={"mon": ("08:00-17:30",)}, time_zone="Asia/Tokyo")
    one = segment()
    assert not policies.within_hours(tokyo, one.started_at, one.ended_at)
    first, following = policies.month_of(tokyo, one.started_at)
    assert (first.isoformat(), following.isoformat()) == ("2026-10-31T15:00:00+00:00", "2026-11-30T15:00:00+00:00")


def test_a_day_on_which_the_clocks_go_back_ends() -> None:
    """Whatever hour comes twice."""
    berlin = Policy(shift_hours={"sun": ("00:00-02:30", "02:30-24:00")}, time_zone="Europe/Berlin")
    one = segment("2026-10-24 22:30", "2026-10-25 20:00")
    assert policies.within_hours(berlin, one.started_at, one.ended_at)


@pytest.mark.parametrize(
    ("policy", "field", "said"),
    [
        (Policy(quota=-1), "quota", "Choose 0 to"),
        (Policy(remind_after_hours=-1), "remind_after_hours", "Choose 0"),
        (Policy(time_zone="Mars/Olympus"), "time_zone", "no time zone"),
        (Policy(time_zone="../etc"), "time_zone", "no time zone"),
        (Policy(shift_hours={"monday": ("08:00-09:00",)}), "shift_hours", "no day"),
        (Policy(shift_hours={"mon": ("8-9",)}), "shift_hours", "write one such as"),
        (Policy(shift_hours={"mon": ("08:00-24:01",)}), "shift_hours", "00:00-24:00"),
        (Policy(shift_hours={"mon": ("18:00-08:00",)}), "shift_hours", "over midnight"),
        (Policy(shift_hours={"mon": ("08:60-09:00",)}), "shift_hours", "00:00-24:00"),
        (Policy(no_listen_extensions=("9" * 81,)), "no_listen_extensions", "longer than"),
        (Policy(no_listen_desks=tuple(str(n) for n in range(501))), "no_listen_desks", "At most 500"),
    ],
)
def test_what_cannot_be_a_rule_is_said_by_field(policy: Policy, field: str, said: str) -> None:
    """One sentence that says what to do."""
    found = policies.wrong(policy)
    assert list(found) == [field]
    assert said in found[field]
