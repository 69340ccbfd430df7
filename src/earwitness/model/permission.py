"""The permissions: one table of data from which forms, API, command-line help and documentation are made."""

from typing import NamedTuple


class Permission(NamedTuple):
    """name: as stored in a role and named in an error; sentence: what it lets a person do."""

    name: str
    sentence: str


PERMISSIONS = (
    Permission("admin", "Rule this tenant: every permission below, and the settings that have none of their own."),
    Permission("show_activity_log", "See the activity audit log: what users did in the PBX and the agent workspace."),
    Permission("show_whisper_log", "See the whisper, barge and listen log: who listened to whose calls."),
    Permission("show_all_desks", "See rows of every desk and rows without a desk, not only those of one's own desks."),
    Permission("export_logs", "Export what the logs show as files, and have them sent."),
    Permission("create_role", "Create roles, granting only permissions that one holds oneself."),
    Permission("edit_role", "Edit roles, granting only permissions that one holds oneself."),
    Permission("delete_role", "Delete roles that nobody has."),
    Permission("create_user", "Create users and give them roles and desks."),
    Permission("edit_user", "Edit users, their roles and desks, and disable them."),
    Permission("delete_user", "Delete users; what they did stays in the log."),
    Permission("access_api_key", "Create, list and revoke API keys."),
    Permission("create_scheduled_report", "Schedule reports and alerts."),
    Permission("delete_scheduled_report", "Delete scheduled reports and alerts of others."),
    Permission("manage_retention", "Set how long each log is kept, and place legal holds."),
    Permission("erase_personal_data", "Erase personal data from recorded rows, where the law demands it."),
    Permission("verify_log", "Verify the seal of the log and download proofs."),
    Permission("show_live_sessions", "See who is listening to whom at this moment, and who is signed in."),
    Permission("terminate_current_session", "Sign out single sessions of other users."),
    Permission("terminate_all_user_sessions", "Sign a user out everywhere at once."),
    Permission("api_docs", "Read the API documentation pages."),
)

PERMISSION_NAMES = frozenset(p.name for p in PERMISSIONS)
