"""A try-out of an alert: its mails and its call are sent at once, marked as a test, and how each went is told."""

import datetime as dt
import uuid
from typing import NamedTuple

from django.core.mail import EmailMultiAlternatives

from earwitness.accounts.recorder import Actor, record
from earwitness.deliver import secrets
from earwitness.deliver.alerts import letters
from earwitness.deliver.mapping import webhook
from earwitness.deliver.means import Means
from earwitness.deliver.messages import mail
from earwitness.deliver.models import Alert
from earwitness.deliver.wire import http
from earwitness.model.problem import Conflict, Forbidden
from earwitness.model.times import UTC

SECONDS = 10.0  # somebody waits for the answer


class Tried(NamedTuple):
    """kind: mail or webhook; to: the address, a webhook's without its path; problem: empty where it arrived."""

    kind: str
    to: str
    problem: str


def attempt(actor: Actor, means: Means, alert: Alert) -> list[Tried]:
    """Send a test to everybody that an alert tells. Raises Forbidden to others than its owner, Conflict where it tells
    nobody."""
    if alert.owner_id != actor.access.user_id:
        raise Forbidden("This alert was set up by somebody else: only its owner tries it out.")
    if not alert.recipients and not alert.webhook:
        raise Conflict("This alert tells nobody yet: give it mail addresses or a webhook, and save it.")
    tried = _mails(means, alert)
    if alert.webhook:
        tried.append(Tried("webhook", http.origin(alert.webhook), _call(means, alert)))
    told = [each._asdict() for each in tried]
    outcome = "failure" if any(each.problem for each in tried) else "success"
    record(actor, "alert", "test", obj=f"alert:{alert.name}", params={"tried": told}, outcome=outcome)
    return tried


def _mails(means: Means, alert: Alert) -> list[Tried]:
    letter = letters.test(alert, means.base_url)
    tried: list[Tried] = []
    unreachable = ""
    for address in alert.recipients:
        problem = unreachable
        if not problem:
            made = EmailMultiAlternatives(letter.subject, letter.text, means.sender, [address])
            made.extra_headers["Auto-Submitted"] = "auto-generated"
            made.attach_alternative(letter.html, "text/html")
            try:
                mail.send(made)
            except mail.NotSent as error:
                problem = str(error)
                unreachable = "" if error.final else problem  # what failed once for all need not be waited for again
        tried.append(Tried("mail", address, problem))
    return tried


def _call(means: Means, alert: Alert) -> str:
    now = dt.datetime.now(UTC)
    body = webhook.payload("alert.test", now, letters.test_data(alert))
    try:
        signed = webhook.signed(secrets.reveal(alert.secret), f"test-{uuid.uuid4()}", now, body)
        answer = http.send(http.Request(alert.webhook, signed.body, signed.headers, timeout=SECONDS), means.guard)
    except (http.Failed, secrets.Unreadable) as error:
        return str(error)
    return "" if answer.good else f"{http.told(answer)}."
