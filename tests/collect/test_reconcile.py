"""Call detail records against the log, both ways: what agrees, what is explained, what is a difference."""

import datetime as dt

import msgspec
import pytest
from recordings import FOLDERS, NAMES, ROOT

from earwitness.collect.asterisk.cdr import Cdr, read_csv
from earwitness.collect.asterisk.reconcile import reconcile
from earwitness.collect.asterisk.replay import replay, segments


def both(name: str) -> tuple[list[Cdr], list]:
    with (ROOT / name / "cdr.csv").open(newline="") as stream:
        return list(read_csv(stream)), list(segments(replay([ROOT / name])))


@pytest.mark.parametrize("name", NAMES)
def test_the_log_of_a_recording_agrees_with_its_cdrs(name):
    assert FOLDERS
    result = reconcile(*both(name))
    assert (result.missing, result.surplus) == ((), ())
    assert result.agrees


@pytest.mark.parametrize("name", ["v22/01-listen", "v22/07-two-managers", "v22/16-originate-app", "v22/18-busy-minute"])
def test_every_session_taken_from_the_log_is_missed(name):
    rows, heard = both(name)
    for session in {s.session_id for s in heard}:
        left = [s for s in heard if s.session_id != session]
        (missing,) = reconcile(rows, left).missing
        assert missing.reason == "not-in-log"
        assert missing.cdr is not None
        assert missing.cdr.spied


def test_a_call_taken_from_a_spy_over_two_calls_is_missed():
    rows, heard = both("v22/06-next-call")
    left = [s for s in heard if s.customer_number == "0722000001"]
    (missing,) = reconcile(rows, left).missing
    assert missing.reason == "call-not-in-log"
    assert "1795437686.88" in missing.sentence


def test_spying_on_nobody_is_explained():
    result = reconcile(*both("v22/17-feature-code"))
    assert [one.reason for one in result.explained] == ["nobody-to-hear"]
    assert result.matched == 2


def test_spying_on_a_group_in_which_nobody_was_is_explained():
    reasons = [one.reason for one in reconcile(*both("v22/lab-groups")).explained]
    assert reasons == ["narrowed", "narrowed"]


def test_a_last_application_that_is_another_one_is_explained():
    assert [one.reason for one in reconcile(*both("v22/05b-agent-hangs-up-E")).explained] == ["other-application"]


def test_a_leg_handed_over_without_a_cdr_is_explained():
    reasons = [one.reason for one in reconcile(*both("v22/20-spyer-moved")).explained]
    assert sorted(reasons) == ["handed-over", "other-application", "other-application"]


def test_a_spy_too_short_to_attach_is_explained():
    rows, heard = both("v22/01-listen")
    spy = next(row for row in rows if row.spied)
    short = msgspec.structs.replace(spy, uniqueid="9.9", linkedid="9.9", channel="PJSIP/2009-00000009", end=spy.start)
    assert [one.reason for one in reconcile([*rows, short], heard).explained] == ["too-short"]


def test_a_segment_that_no_cdr_bears_out_is_told():
    rows, heard = both("v22/01-listen")
    (surplus,) = reconcile([row for row in rows if not row.spied], heard).surplus
    assert (surplus.reason, surplus.segment) == ("no-cdr", heard[0])


def test_only_what_began_in_the_range_is_looked_at():
    rows, heard = both("v22/01-listen")
    began = heard[0].started_at
    assert not reconcile(rows, [], until=began - dt.timedelta(seconds=5)).missing
    assert not reconcile(rows, [], since=began + dt.timedelta(seconds=5)).missing
    assert reconcile(rows, [], began - dt.timedelta(seconds=5), began + dt.timedelta(seconds=5)).missing
