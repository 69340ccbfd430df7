"""The generated history of supervision."""

import datetime as dt
from collections import Counter

from earwitness.demo import supervised

END = dt.datetime(2026, 11, 27, 12, tzinfo=dt.UTC)


def test_it_is_the_same_every_time_and_as_a_contact_centre_has_it() -> None:
    """Every segment has an id of its own, ends before the history does, and follows the one before it."""
    made = list(supervised.segments(END, 36, {24: "alex"}))
    assert made == list(supervised.segments(END, 36, {24: "alex"}))
    assert len({segment["id"] for segment in made}) == len(made) > 2000
    assert all(segment["started_at"] < segment["ended_at"] < "2026-11-27T12" for segment in made)
    counted = Counter(segment["action"] for segment in made)
    assert counted["listen"] > counted["whisper"] > counted["barge"] > 100
    assert any(segment["agent"]["username"] == "alex" for segment in made)
    before: dict[str, str] = {}
    for segment in made:
        assert segment["started_at"] == before.setdefault(segment["session_id"], segment["started_at"])
        before[segment["session_id"]] = segment["ended_at"]
