"""What the accounts database holds for delivery. Everything belongs to exactly one tenant.

Whoever asked for something is kept with it, so that a job that runs later asks again what they may: a person who was
disabled, or who sees less by now, gets nothing more.
"""

from earwitness.deliver.models.alert import Alert, Firing
from earwitness.deliver.models.export import Export
from earwitness.deliver.models.forward import Forward
from earwitness.deliver.models.lease import Leased
from earwitness.deliver.models.message import Message
from earwitness.deliver.models.personal import PersonalReport
from earwitness.deliver.models.saved_search import SavedSearch
from earwitness.deliver.models.schedule import Run, Schedule

__all__ = [
    "Alert",
    "Export",
    "Firing",
    "Forward",
    "Leased",
    "Message",
    "PersonalReport",
    "Run",
    "SavedSearch",
    "Schedule",
]
