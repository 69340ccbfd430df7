"""A try-out of a forward: one row that is no row of the log is sent at once, and how it went is told."""

import datetime as dt
import uuid

from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import secrets
from earwitness.deliver.forwarding.senders import SENDERS, NotTaken
from earwitness.deliver.mapping import Item
from earwitness.deliver.means import Means
from earwitness.deliver.models import Forward
from earwitness.model import times
from earwitness.model.scope import ACTIVITY
from earwitness.model.times import UTC


def attempt(actor: Actor, means: Means, forward: Forward) -> str:
    """Send a test row, as the forward sends rows; returns what went wrong, empty where the receiver took it.

    It stands at place 0 of the log, where no row is: the cursor and what is on its way are not touched. It is in the
    words of the activity log, also where segments are forwarded.
    """
    actor.access.demand("admin")
    tried = Forward(
        pk=forward.pk,
        kind=forward.kind,
        words=forward.words,
        stream=ACTIVITY,
        settings=forward.settings,
        secret=forward.secret,
    )
    sender = SENDERS[forward.kind](tried, means.guard)
    problem = ""
    try:
        sender.send([row(actor, forward)])
    except (NotTaken, secrets.Unreadable) as error:
        problem = str(error)
    finally:
        sender.close()
    outcome = "failure" if problem else "success"
    record(actor, "forward", "test", obj=f"forward:{forward.name}", params={"problem": problem}, outcome=outcome)
    return problem


def row(actor: Actor, forward: Forward) -> Item:
    """Return the test row."""
    now = times.text(dt.datetime.now(UTC))
    return {
        "id": str(uuid.uuid4()),
        "tenant": actor.access.tenant,
        "seq": 0,
        "created": now,
        "received_at": now,
        "source": "earwitness",
        "actor_type": actor.access.actor_type,
        "username": actor.access.username,
        "user_ip": actor.ip,
        "event": "forward",
        "sub_event": "test",
        "event_object": f"forward:{forward.name}",
        "comments": f"A test of the forward {forward.name}: not a row of the log.",
        "request_uri": "",
        "params": {},
        "outcome": "success",
    }
