"""The write door: everything that is recorded passes here: validate, redact, sequence, commit, acknowledge."""

from earwitness.record.intake import Intake, Sender, take_in
from earwitness.record.problems import Rejected
from earwitness.record.recorder import Recorder
from earwitness.record.redaction import Additions
from earwitness.record.submission import Outcome, Result

__all__ = ["Additions", "Intake", "Outcome", "Recorder", "Rejected", "Result", "Sender", "take_in"]
