"""Every recording of a real switch comes out as what was measured on the phones' audio, no more and no less."""

import json
import subprocess
import sys

import pytest
import scoring
from recordings import FOLDERS, NAMES, ROOT, lines

from earwitness.collect.asterisk.collector import Collector
from earwitness.collect.asterisk.replay import ReplayError, messages, replay, segments
from earwitness.collect.sink import Activity, Completion, Found
from earwitness.model.gap import Gap
from earwitness.model.segment import END_REASONS, Segment


def found(name: str, **options) -> list[Found]:
    return list(replay([ROOT / name], **options))


def heard(name: str, **options) -> list[Segment]:
    return list(segments(found(name, **options)))


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_a_recording_comes_out_as_the_truth(folder):
    assert scoring.differences(folder, list(segments(replay([folder])))) == []


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_what_nobody_could_hear_is_said_to_be_inferred_and_nothing_else(folder):
    truth = scoring.truth(folder)
    for segment in segments(replay([folder])):
        rows = [row for row in truth if scoring.fits(row, segment)]
        inferred = any(row.get("inferred") for row in rows)
        heard_to_its_end = segment.evidence.end == "ChanSpyStop"
        assert segment.end_inferred == (inferred and not heard_to_its_end)


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_the_same_recording_gives_the_same_ids_and_all_are_different(folder):
    once, again = (list(replay([folder])) for _ in range(2))
    assert once == again
    ids = [one.id for one in once if not isinstance(one, Completion)]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize("folder", FOLDERS, ids=NAMES)
def test_every_segment_says_who_why_and_by_which_events(folder):
    reasons = {reason.name for reason in END_REASONS}
    for segment in segments(replay([folder])):
        assert segment.evidence.start
        assert segment.evidence.mode
        assert segment.evidence.end
        assert segment.end_reason in reasons
        assert segment.manager.channel
        assert segment.agent.name


def test_another_name_for_the_switch_gives_other_ids():
    assert {s.id for s in heard("v22/01-listen", pbx="a")}.isdisjoint(s.id for s in heard("v22/01-listen", pbx="b"))


@pytest.mark.parametrize(
    ("name", "reasons"),
    [
        ("v22/04-dtmf-switch", ["mode-changed"] * 5 + ["manager-hung-up"]),
        ("v22/05-agent-hangs-up-first", ["agent-hung-up"]),
        ("v22/06-next-call", ["mode-changed", "customer-hung-up"] * 2),
        ("v22/10a-blind-transfer-by-agent", ["transferred"]),
        ("v22/11-prefix-scan", ["next-channel"] * 4 + ["manager-hung-up"]),
        ("v22/13-kill9", ["mode-changed", "switch-restarted", "manager-hung-up"]),
        ("v22/lab-bridge-agent", ["call-ended", "mode-changed", "manager-hung-up"]),
        ("v22/lab-hung-up-by-application", ["manager-cut-off", "call-ended"]),
        ("v16/lab-hung-up-by-application", ["manager-cut-off", "call-ended"]),
        ("v22/lab-parked-agent", ["call-ended", "manager-hung-up"]),
        ("v22/lab-conference", ["mode-changed", "mode-changed", "manager-hung-up"]),
        ("v22/20-spyer-moved", ["manager-left", "handed-over", "manager-hung-up", "manager-hung-up"]),
    ],
)
def test_the_reason_of_each_end_is_told(name, reasons):
    assert [s.end_reason for s in heard(name)] == reasons


def test_switching_modes_is_one_session_and_the_next_call_is_another():
    assert len({s.session_id for s in heard("v22/04-dtmf-switch")}) == 1
    sessions = [s.session_id for s in heard("v22/06-next-call")]
    assert sessions[0] == sessions[1] != sessions[2] == sessions[3]


def test_an_agent_bridged_with_another_customer_is_in_another_call_and_session():
    before, *after = heard("v22/lab-bridge-agent")
    assert [(s.customer_number, s.cdr_id) for s in (before, *after)] == [
        ("0722000001", "1795762416.3"),
        ("0722000002", "1795762416.4"),
        ("0722000002", "1795762416.4"),
    ]
    assert before.session_id != after[0].session_id == after[1].session_id


@pytest.mark.parametrize("name", ["v22/lab-conference", "v16/lab-conference"])
def test_barging_into_a_conference_reaches_the_one_spied_on_alone(name):
    assert [s.talks_to for s in heard(name) if s.action == "barge"] == ["agent"]


def test_the_number_that_was_called_counts_where_an_application_set_another():
    assert {s.customer_number for s in heard("v22/lab-predictive")} == {"0722000004"}
    assert {s.customer_number for s in heard("v22/lab-click-to-dial-application")} == {"0722000003"}
    assert {s.manager.extension for s in heard("v22/lab-manager-from-outside")} == {"0733000009"}


def test_a_key_for_listening_where_the_manager_hears_nothing_is_no_segment():
    actions = [s.action for s in heard("v22/lab-private-switchable")][:3]
    assert actions == ["whisper", "barge", "whisper"]


def test_a_queue_call_names_its_queue():
    assert {s.queue for s in heard("v22/09-queue")} == {"support"}
    assert {s.queue for s in heard("v22/01-listen")} == {""}


def test_a_feature_code_is_outside_the_application_and_a_button_is_not():
    assert {s.outside_application for s in heard("v22/17-feature-code")} == {True}
    assert {s.outside_application for s in heard("v22/16-originate-app")} == {False}
    assert {s.outside_application for s in heard("v22/14-ari-snoop")} == {False}
    assert {s.outside_application for s in heard("v22/lab-transferred-to-spy")} == {True}


def test_a_synchronous_originate_is_unknown_without_cdrs_and_told_by_them():
    files = [ROOT / "v22/16-originate-app/ami.jsonl.gz"]
    assert [s.action for s in segments(replay(files))][-1] == "unknown"
    assert heard("v22/16-originate-app")[-1].evidence.mode == "CDR ChanSpy(PJSIP/1001,qw)"


def test_a_broken_line_leaves_a_gap_and_the_mode_in_doubt_is_part_of_it():
    whole, session = [one for one in found("v22/12-ami-drop") if isinstance(one, Gap)]
    listen, _, barge, _ = heard("v22/12-ami-drop")
    assert whole.started_at == listen.ended_at
    assert whole.session_id == ""
    assert (session.session_id, session.ended_at) == (barge.session_id, barge.started_at)
    assert listen.session_id == barge.session_id


def test_the_witness_that_never_lost_the_line_agrees_with_what_was_heard_over_the_break():
    files = [ROOT / "v22/12-ami-drop/ami-witness.jsonl.gz"]
    witness = list(segments(replay(files, cdr=ROOT / "v22/12-ami-drop/cdr.csv")))
    assert [(s.agent.extension, s.action) for s in witness] == [
        ("1001", "listen"),
        ("1002", "barge"),
        ("1001", "whisper"),
        ("1001", "barge"),
        ("1003", "whisper"),
    ]
    assert not any(s.end_inferred for s in witness)


def test_a_user_who_may_read_too_little_gets_sessions_of_unknown_mode():
    (only,) = segments(replay([ROOT / "v22/04-dtmf-switch/ami-callonly.jsonl.gz"]))
    assert (only.action, only.talks_to, only.agent.extension) == ("unknown", "", "1001")


def test_cdr_events_complete_the_segments_that_were_handed_out_before():
    one = [f for f in replay([ROOT / "v22/23-cdr-and-cel-events-on-ami/ami.jsonl.gz"]) if not isinstance(f, Activity)]
    first = next(f for f in one if isinstance(f, Segment))
    completion = next(f for f in one if isinstance(f, Completion) and f.segment_id == first.id)
    assert first.cdr_id == ""
    assert (completion.cdr_id, completion.cdr_sequence) == ("1795437556.0", 0)


def test_a_segment_is_completed_while_the_switch_is_still_heard():
    found: list[Found] = []
    collector = Collector(found.append, pbx="test")
    for us, message in messages(ROOT / "v22/23-cdr-and-cel-events-on-ami/ami.jsonl.gz"):
        collector.feed(message, us)
    assert not [one for one in found if isinstance(one, Completion)]
    collector.tick(us + 4_000_000)
    assert len([one for one in found if isinstance(one, Completion)]) == 2


def test_the_module_prints_segments_with_their_stored_names():
    command = [sys.executable, "-m", "earwitness.collect.asterisk.replay", str(ROOT / "v22/01-listen"), "--json"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()
    row = json.loads(printed[0])
    assert row["started_at"] == "2026-11-23T12:25:59.155145Z"
    assert row["manager"] == {
        "username": "",
        "name": "Maria Manager",
        "extension": "2001",
        "channel": "PJSIP/2001-00000044",
    }
    assert row["cdr_id"] == "1795436757.130"


@pytest.mark.parametrize("name", ["nothing", "."])
def test_a_folder_without_a_recording_is_told_so(tmp_path, name):
    command = [sys.executable, "-m", "earwitness.collect.asterisk.replay", str(tmp_path / name)]
    run = subprocess.run(command, capture_output=True, text=True, check=False)
    assert run.returncode == 2
    assert str(tmp_path) in run.stderr
    assert "Traceback" not in run.stderr


def test_a_recording_that_is_still_written_is_followed(tmp_path):
    whole = [json.dumps({"t": t, "raw": raw}) + "\n" for t, raw in lines("v22/01-listen")]
    path = tmp_path / "ami.jsonl"
    path.write_text("".join(whole[:50]) + whole[50][:30])
    coming = replay([path], follow=True)
    with path.open("a") as stream:
        stream.write(whole[50][30:] + "".join(whole[51:]))
    assert next(one for one in coming if isinstance(one, Segment)).end_reason == "manager-hung-up"


def test_a_last_line_that_a_killed_recorder_left_is_passed_over_and_a_wrong_line_is_told(tmp_path):
    whole = [json.dumps({"t": t, "raw": raw}) + "\n" for t, raw in lines("v22/01-listen")]
    path = tmp_path / "ami.jsonl"
    path.write_text("".join(whole) + '{"t": 17954')
    assert len([one for one in replay([path]) if isinstance(one, Segment)]) == 1
    path.write_text(whole[0] + "{}\n" + whole[1])
    with pytest.raises(ReplayError, match=r"Line 2 of .*ami\.jsonl is not"):
        list(replay([path]))
