"""What Earwitness itself puts into the log: one table of data, from which the reference page is made."""

from typing import NamedTuple


class Act(NamedTuple):
    """event and sub_event as recorded; sentence: when that is."""

    event: str
    sub_event: str
    sentence: str


EVENTS = (
    Act("user_session", "login", "Somebody signed in; params name the methods they proved themselves with."),
    Act("user_session", "login_failed", "A sign-in failed; the username is the one that was tried."),
    Act("user_session", "locked", "Too many failed sign-ins: further ones are refused for a while."),
    Act("user_session", "login_refused", "Right password, but none of the person's roles counts from that address."),
    Act("user_session", "logout", "Somebody signed out."),
    Act("user_session", "confirm", "Somebody gave their password again before a dangerous act."),
    Act("user_session", "terminate", "One session was ended by hand."),
    Act("user_session", "terminate_all", "All sessions of a person were ended by hand."),
    Act("access", "denied", "Somebody asked for what they may not; params name the permission."),
    Act("access", "key_refused", "A request showed an API key that does not work; the comments say why."),
    Act("access", "address_refused", "A signed-in person came from an address where none of their roles counts."),
    Act("user", "create", "A user was made."),
    Act("user", "update", "A user's name, roles, desks or other fields were changed."),
    Act("user", "disable", "A user was disabled; their sessions and keys ended with it."),
    Act("user", "enable", "A disabled user was enabled again."),
    Act("user", "delete", "A user was deleted; what they did stays in the log."),
    Act("user", "set_password", "A password was set or changed; all other sessions of that person ended."),
    Act("user", "second_factor_add", "An authenticator app, passkey or set of recovery codes was added."),
    Act("user", "second_factor_remove", "An authenticator app, passkey or set of recovery codes was removed."),
    Act("user", "second_factor_reset", "Recovery codes were made anew."),
    Act("role", "create", "A role was made."),
    Act("role", "update", "A role was changed."),
    Act("role", "delete", "A role was deleted."),
    Act("desk", "create", "A desk was made."),
    Act("desk", "update", "A desk was renamed; rows under its old name stay visible to it."),
    Act("desk", "delete", "A desk was deleted."),
    Act("api_key", "create", "An API key was made; the key itself is shown once and kept nowhere."),
    Act("api_key", "revoke", "An API key was revoked."),
    Act("redaction", "update", "What is replaced as a secret before anything is written was changed."),
    Act("policy", "update", "The rules for listening to calls were changed."),
    Act("directory", "update", "Who sits at which extension was changed; what the logs say of them is corrected."),
    Act(
        "directory",
        "correct",
        "What a change of the directory is about was corrected; params count the rows.",
    ),
    Act("event_class", "enable", "Events of a class that measures single agents are recorded from now on: for what."),
    Act("event_class", "disable", "Events of a class that measures single agents are no longer recorded."),
    Act("policy_breach", "no-listen", "Somebody on the no-listen list was supervised; the object is the segment."),
    Act("policy_breach", "quota", "An agent was supervised more often in a month than the quota allows."),
    Act("policy_breach", "no-reason", "A supervision was recorded without the reason that is required."),
    Act("policy_breach", "outside-hours", "A supervision lay outside the shift hours, wholly or partly."),
    *(
        Act("policy_breach_withdrawn", breach, f"After a correction, a segment does not break it any more: {said}")
        for breach, said in (
            ("no-listen", "the no-listen list."),
            ("quota", "the quota of its agent."),
            ("no-reason", "the reason that is required."),
            ("outside-hours", "the shift hours."),
        )
    ),
    Act("supervision", "reason", "Somebody said why they supervised a call; changes hold the reason before and after."),
    Act("tenant", "create", "A tenant was made."),
    Act("tenant", "disable", "A tenant was disabled: nobody in it can sign in, and none of its keys works."),
    Act("tenant", "enable", "A disabled tenant was enabled again."),
    Act("tenant", "visit", "An operator of all tenants began to look at this one; recorded there and at home."),
    Act("tenant", "leave", "An operator no longer looks at this tenant; recorded there and at home."),
    Act("search", "activity", "Somebody searched the activity log; comments and params hold the text and the range."),
    Act("search", "supervision", "Somebody searched the supervision log; comments and params hold text and range."),
    Act("search", "call", "Somebody looked at one call, which the object names."),
    Act("params_opened", "activity", "Somebody opened the params of an event, whose id is the object."),
    Act("saved_search", "create", "A search was saved."),
    Act("saved_search", "update", "A saved search was changed, or shared with other roles."),
    Act("saved_search", "delete", "A saved search was deleted."),
    Act("scheduled_report", "create", "A report was scheduled; params hold what, when and for whom."),
    Act("scheduled_report", "update", "A scheduled report was changed."),
    Act("scheduled_report", "delete", "A scheduled report was deleted."),
    Act("scheduled_report", "run", "A scheduled report was asked for besides its timetable."),
    Act("scheduled_report", "sign_off", "A reviewer signed a report off; comments hold what they found."),
    Act("scheduled_report", "stop", "A scheduled report stopped by itself; comments say why."),
    Act("alert", "create", "An alert was set up; of a webhook's address the path is left out."),
    Act("alert", "update", "An alert was changed."),
    Act("alert", "delete", "An alert was deleted."),
    Act("alert", "test", "An alert was tried out; params say how each mail and call went."),
    Act("alert", "secret_shown", "The signing secret of an alert was shown to its owner."),
    Act("alert", "stop", "An alert stopped by itself; comments say why."),
    Act("forward", "create", "A forward was set up; params hold its settings, never its secret."),
    Act("forward", "update", "A forward was changed."),
    Act("forward", "delete", "A forward was deleted."),
    Act("forward", "pause", "A forward was turned off; it keeps its place."),
    Act("forward", "resume", "A forward was turned on again."),
    Act("forward", "replay", "A forward was set to another place in the log; params hold both."),
    Act("forward", "test", "A test row was sent to the receiver of a forward."),
    Act("forward", "secret_shown", "The signing secret of a webhook was shown."),
    Act("forward", "stop", "A forward stopped by itself; comments say why."),
    Act("setup", "complete", "The first administrator was made with the code that the server printed."),
)
