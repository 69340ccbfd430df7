"""The form of the activity audit log: its fields beside the search box."""

from earwitness.model.scope import ACTIVITY
from earwitness.web.logs.forms import Field, Form

PATH = "/activity"
FIELDS = (
    Field("user", "Users", "ana.pop, ben*", True),
    Field("ip", "User Ip", "10.0.0.0/8", False),
    Field("event", "Event", "login", True),
    Field("sub", "Sub Event", "login_failed", True),
    Field("object", "Event Object", "queue:support-*", True),
    Field("comments", "Comments", "part of the text", False, several=False),
    Field("uri", "Request Uri", "/admin/", False, several=False),
    Field("params_path", "Params path", "after.status", False),
    Field("params_value", "Params value", "busy", False),
    Field("source", "Source", "agent_workspace", True),
    Field("outcome", "Outcome", "failure, denied", True),
)
FORM = Form(ACTIVITY, PATH, FIELDS)
