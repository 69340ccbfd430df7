"""The write door: everything that is recorded passes here: validate, redact, sequence, commit, acknowledge."""

from earwitness.record.intake import Intake, Sender, take_in
from earwitness.record.log import EVENTS
from earwitness.record.problems import Rejected
from earwitness.record.recorder import Recorder, newest_epoch
from earwitness.record.redaction import Additions, redactor_for
from earwitness.record.segments import SEGMENTS
from earwitness.record.segments import take_in as take_in_segments
from earwitness.record.submission import Outcome, Result

__all__ = [
    "EVENTS",
    "SEGMENTS",
    "Additions",
    "Intake",
    "Outcome",
    "Recorder",
    "Rejected",
    "Result",
    "Sender",
    "newest_epoch",
    "redactor_for",
    "take_in",
    "take_in_segments",
]
