"""Refusals are recorded, and the same one again is counted instead of filling the log."""

import pytest

from earwitness.accounts import recorder
from earwitness.accounts.recorder import Actor, refusals, refused
from earwitness.model.problem import Unavailable
from tests.cast import Cast, Log


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that tests set."""
    now = [1000.0]
    monkeypatch.setattr("earwitness.accounts.recorder.time.monotonic", lambda: now[0])
    return now


def at(actor: Actor, uri: str, ip: str = "192.0.2.1") -> Actor:
    return Actor(access=actor.access, ip=ip, request_uri=uri)


def test_the_first_is_recorded_at_once_and_the_rest_as_one(cast: Cast, log: Log, clock: list[float]) -> None:
    """Twenty knocks in a minute are two events: the first, and one with a count."""
    alex = at(cast.actor("alex"), "/activity/")
    for _ in range(20):
        refused(alex, "show_activity_log")
    assert log.acts() == ["access.denied"]
    assert (log.last()["outcome"], log.last()["comments"]) == ("denied", "Needs the permission show_activity_log.")
    clock[0] += 61
    refusals.flush()
    assert len(log.events) == 2
    assert log.last()["params"] == {"count": 19, "permission": "show_activity_log"}
    refused(alex, "show_activity_log")
    assert len(log.events) == 3


def test_a_single_refusal_is_a_single_event(cast: Cast, log: Log, clock: list[float]) -> None:
    """Nothing is added when there was nothing to count."""
    refused(at(cast.actor("alex"), "/activity/"), "show_activity_log")
    clock[0] += 61
    refusals.flush()
    assert len(log.events) == 1


def test_what_differs_is_not_merged(cast: Cast, log: Log, clock: list[float]) -> None:
    """Another person, address, page or permission is another refusal; another query of the same page is not."""
    alex, sam = cast.actor("alex"), cast.actor("sam")
    refused(at(alex, "/activity/?q=1"), "show_activity_log")
    refused(at(alex, "/activity/?q=2"), "show_activity_log")
    assert len(log.events) == 1
    refused(at(alex, "/activity/", "192.0.2.2"), "show_activity_log")
    refused(at(alex, "/settings/roles/"), "show_activity_log")
    refused(at(alex, "/activity/"), "export_logs")
    refused(at(sam, "/activity/"), "show_activity_log")
    assert len(log.events) == 5


def test_what_was_counted_is_recorded_when_the_house_closes(cast: Cast, log: Log) -> None:
    """Stopping loses no count."""
    for _ in range(3):
        refused(at(cast.actor("alex"), "/activity/"), "show_activity_log")
    recorder.set_recorder(None)
    assert log.last()["params"]["count"] == 2


def test_a_count_survives_a_log_that_cannot_answer(cast: Cast, log: Log, clock: list[float]) -> None:
    """It is recorded when the log is back."""
    for _ in range(3):
        refused(at(cast.actor("alex"), "/activity/"), "show_activity_log")

    def full(*_: object, **__: object) -> int:
        raise Unavailable("The disk is full.")

    clock[0] += 61
    recorder.set_recorder(full)
    with pytest.raises(Unavailable):
        refusals.flush()
    recorder.set_recorder(log)
    refusals.flush()
    assert log.last()["params"]["count"] == 2


def test_a_session_is_named_without_giving_it_away() -> None:
    """Whoever reads the log cannot take the session over."""
    label = recorder.session_label("abcdefgh12345678")
    assert label
    assert "abcdefgh" not in label
    assert recorder.session_label(None) == ""
