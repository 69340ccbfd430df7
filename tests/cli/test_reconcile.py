"""``earwitness reconcile``: a switch's CDRs against the log, on a running server and on data that none serves."""

import json
from pathlib import Path

import pytest

from tests.cli.conftest import House

RECORDINGS = Path(__file__).parents[1] / "recordings" / "v22"
FEATURE = RECORDINGS / "17-feature-code"
TWO = RECORDINGS / "07-two-managers"
WITHIN = ("--from", "2026-11-23T12:40:00Z", "--to", "2026-11-23T12:45:00Z")


@pytest.fixture(scope="module")
def recorded(house: House) -> House:
    """A house whose log holds two recordings, each of a switch of its own."""
    for folder, pbx in ((FEATURE, "main"), (TWO, "branch")):
        done = house.run("replay", str(folder), "--pbx", pbx)
        assert done.returncode == 0, done.stderr
    return house


def test_the_log_of_a_recording_agrees_and_spying_on_nobody_is_no_difference(recorded: House) -> None:
    done = recorded.run("reconcile", "--cdr", str(FEATURE / "cdr.csv"), *WITHIN)
    assert done.returncode == 0, done.stderr
    assert "They agree; 2 spying calls" in done.stdout
    assert "no call that it could have heard" in done.stdout


def test_what_the_log_lacks_is_named_and_the_answer_is_no(recorded: House, tmp_path: Path) -> None:
    records = tmp_path / "more.csv"
    text = (FEATURE / "cdr.csv").read_text()
    records.write_text(text.replace("PJSIP/2002-", "PJSIP/2005-"))
    done = recorded.run("reconcile", "--cdr", str(records), *WITHIN, "--json")
    answer = json.loads(done.stdout)
    assert done.returncode == 1
    assert answer["agrees"] is False
    assert [one["reason"] for one in answer["missing"]] == ["not-in-log"]
    assert answer["missing"][0]["cdr"]["channel"].startswith("PJSIP/2005-")
    assert [one["reason"] for one in answer["surplus"]] == ["no-cdr"]
    assert answer["surplus"][0]["segment"]["manager"]["extension"] == "2002"


def test_segments_of_another_switch_are_left_out_when_one_is_named(recorded: House) -> None:
    whole = ("--from", "2026-11-23", "--to", "2026-11-24")
    mixed = recorded.run("reconcile", "--cdr", str(FEATURE / "cdr.csv"), *whole)
    assert mixed.returncode == 1
    assert "no CDR bears this out" in mixed.stdout
    assert recorded.run("reconcile", "--cdr", str(FEATURE / "cdr.csv"), *whole, "--pbx", "main").returncode == 0
    assert recorded.run("reconcile", "--cdr", str(TWO / "cdr.csv"), *whole, "--pbx", "branch").returncode == 0


def test_without_a_range_that_of_the_records_is_looked_at(recorded: House) -> None:
    answer = recorded.json("reconcile", "--cdr", str(TWO / "cdr.csv"))
    assert answer["from"] == "2026-11-23T11:59:38.000000Z"
    assert answer["matched"] == 3


@pytest.mark.parametrize(
    ("arguments", "says"),
    [
        (("--from", "yesterday"), "yesterday is no moment"),
        (("--from", "2026-11-24", "--to", "2026-11-23"), "must be before"),
        (("--zone", "Mars/Base"), "is no time zone"),
        (("--tenant", "nobody"), "no tenant nobody"),
    ],
)
def test_a_wrong_option_is_one_sentence(recorded: House, arguments: tuple[str, ...], says: str) -> None:
    done = recorded.run("reconcile", "--cdr", str(TWO / "cdr.csv"), *arguments)
    assert done.returncode == 2
    assert says in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_file_that_holds_no_records_is_refused(recorded: House, tmp_path: Path) -> None:
    empty = tmp_path / "empty.csv"
    empty.write_text("")
    done = recorded.run("reconcile", "--cdr", str(empty))
    assert (done.returncode, done.stderr.strip()) == (2, f"{empty} holds no call detail record.")
    assert recorded.run("reconcile", "--cdr", str(tmp_path / "absent.csv")).returncode == 2


def test_data_that_no_server_serves_is_opened(tmp_path: Path) -> None:
    house = House(tmp_path / "data")
    assert house.run("replay", str(TWO)).returncode == 0
    assert house.json("reconcile", "--cdr", str(TWO / "cdr.csv"))["agrees"] is True
