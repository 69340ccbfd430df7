"""Sends the messages that wait: each tried until it arrives or its patience ends."""

import datetime as dt
import json

import structlog

from earwitness.deliver import rounds, secrets
from earwitness.deliver.exports import fronts
from earwitness.deliver.exports import order as orders
from earwitness.deliver.mapping import webhook
from earwitness.deliver.means import Means
from earwitness.deliver.messages import mail
from earwitness.deliver.messages.letter import cid_of
from earwitness.deliver.messages.pauses import pause
from earwitness.deliver.models import Export, Message
from earwitness.deliver.models.lease import free
from earwitness.deliver.wire import http
from earwitness.model.times import UTC

AT_ONCE = 1000
log = structlog.get_logger()


class NotDelivered(Exception):  # noqa: N818 -- told to people as it stands
    """The receiver did not take it. retry_after: seconds it asked for; final: trying again cannot help."""

    def __init__(self, text: str, *, retry_after: float | None = None, final: bool = False) -> None:
        super().__init__(text)
        self.retry_after = retry_after
        self.final = final


def send_waiting(means: Means) -> int:
    """Send what is due. Returns how many messages were tried (with a crew: begun)."""
    now = dt.datetime.now(UTC)
    waiting = Message.objects.filter(free(now), next_try__lte=now, sent=None, gave_up=False).order_by("next_try")
    return rounds.each(means, waiting[:AT_ONCE], lambda message: deliver(means, message), means.crew)


def deliver(means: Means, message: Message) -> int:
    """Try one message whose lease is ours, and note how it went; 0 where another runner was faster."""
    now = dt.datetime.now(UTC)
    if message.sent is not None or message.gave_up or message.next_try is None or message.next_try > now:
        return 0
    try:
        _still_wanted(message)
        if message.kind == Message.MAIL:
            _mail(means, message)
        else:
            _call(means, message)
    except NotDelivered as error:
        _note_failure(message, error)
    except (mail.NotSent, secrets.Unreadable) as error:
        _note_failure(message, NotDelivered(str(error), final=getattr(error, "final", False)))
    except Exception:
        log.exception("message_failed", message=message.pk)
        _note_failure(message, NotDelivered("It could not be sent, for a reason that the log of the server tells."))
    else:
        message.sent, message.next_try, message.problem = dt.datetime.now(UTC), None, ""
        if message.run is not None:
            type(message.run).objects.filter(pk=message.run.pk).update(mailed=True)
    message.tries += 1
    noted = {name: getattr(message, name) for name in ("sent", "next_try", "problem", "gave_up", "tries")}
    Message.objects.filter(pk=message.pk).update(**noted)  # gone, where its alert or schedule was deleted meanwhile
    return 1


def _still_wanted(message: Message) -> None:
    """Raise NotDelivered where nobody stands behind a message any more: it may have waited for hours."""
    owner = message.run.schedule.owner if message.run else message.firing.alert.owner if message.firing else None
    if owner is not None and not owner.is_active:
        raise NotDelivered(f"Not sent, because its owner {owner.username} was disabled.", final=True)


def _note_failure(message: Message, error: NotDelivered) -> None:
    message.problem = str(error)
    wait = None if error.final else pause(message.tries + 1, error.retry_after)
    message.gave_up = wait is None
    message.next_try = dt.datetime.now(UTC) + wait if wait else None


def _mail(means: Means, message: Message) -> None:
    front = fronts.of(means.folder, message.run.export) if message.run and message.attach else None
    made = mail.Mail(message.subject, message.body, means.sender, [message.target])
    made.extra_headers["Message-ID"] = f"<{message.key}@earwitness>"  # a mail that went out twice is seen as one
    made.extra_headers["Auto-Submitted"] = "auto-generated"
    made.pictures = {cid_of(place): each.png for place, each in enumerate(front.pictures if front else (), 1)}
    if message.html:
        made.attach_alternative(message.html, "text/html")
    export = message.run.export if message.run else None
    if message.attach and export is not None:
        _attach(means, made, export)
    mail.send(made)


def _attach(means: Means, made: mail.Mail, export: Export) -> None:
    path = means.folder / export.file
    if not export.file or not path.is_file():
        raise NotDelivered("The report's file is gone: it is kept for 7 days.", final=True)
    name = orders.file_name(export.format, export.stream, export.created)
    mail.attach(made, path, name, orders.MEDIA_TYPES[export.format])


def _call(means: Means, message: Message) -> None:
    """Call a webhook; every try carries the same message id, so that the receiver can tell."""
    alert = message.firing.alert if message.firing else None
    secret = secrets.reveal(alert.secret) if alert else ""
    now = dt.datetime.now(UTC)
    body = json.dumps(json.loads(message.body), ensure_ascii=False, separators=(",", ":")).encode()
    signed = webhook.signed(secret, message.key, now, body)
    try:
        answer = http.send(http.Request(message.target, signed.body, signed.headers), means.guard)
    except http.Failed as error:
        raise NotDelivered(str(error)) from None
    if not answer.good:
        raise NotDelivered(f"{http.told(answer)}.", retry_after=answer.retry_after, final=answer.status == http.GONE)
