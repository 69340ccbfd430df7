"""The act of saying why a call was supervised: its manager's, or an administrator's."""

import uuid
from collections.abc import Mapping, Sequence
from typing import Any, Final, Protocol

from earwitness.accounts.access import Access
from earwitness.accounts.actions.change import refusal
from earwitness.accounts.faults import demand_valid
from earwitness.accounts.models import folded
from earwitness.accounts.recorder import Actor, record
from earwitness.model.event import Change
from earwitness.model.policy import NO_REASON
from earwitness.model.problem import Forbidden
from earwitness.model.scope import SUPERVISION
from earwitness.model.segment import Segment

LONGEST: Final = 500  # characters


class Amend(Protocol):
    """``record.Recorder.amend_each``: makes what became known of several rows durable."""

    def __call__(
        self, tenant: str, stream: str, known: Mapping[str, Mapping[str, Any]], *, cause: str, **texts: str
    ) -> object:
        """Record amendments: id -> fields."""
        ...


def may_give(who: Access, segment: Segment) -> bool:
    """Whether somebody who sees a segment may say why it was."""
    manager = segment.manager.username
    own = who.user_id is not None and bool(manager) and folded(manager) == folded(who.username)
    return not who.only_reads and (who.has("admin") or own)


def give(actor: Actor, segments: Sequence[Segment], reason: str, amend: Amend) -> None:
    """Record why these segments were; the policy that asked for it is no longer broken by them.

    segments: as the actor sees them. Raises Forbidden where one was not the actor's own and they do not hold ``admin``,
    Invalid for a reason that says nothing or too much.
    """
    for segment in segments:
        if not may_give(actor.access, segment):
            sentence = "The manager of a supervision says why it was, or somebody with the permission admin."
            if actor.access.only_reads:
                sentence = "A read key changes nothing: use an admin key."
            raise refusal(actor, Forbidden(sentence, extra={"permission": "admin"}))
    said = reason.strip()
    demand_valid(_wrong(said))
    known: dict[str, dict[str, Any]] = {}
    for segment in segments:
        known[segment.id] = {"reason": said}
        if NO_REASON in segment.breaches:
            known[segment.id]["breaches"] = [name for name in segment.breaches if name != NO_REASON]
        change = Change(path="reason", old=segment.reason or None, new=said)
        record(actor, "supervision", "reason", obj=f"segment:{segment.id}", changes=(change,))
    amend(actor.tenant, SUPERVISION, known, cause="reason", username=actor.access.username, apart=str(uuid.uuid4()))


def _wrong(reason: str) -> dict[str, str]:
    if not reason:
        return {"reason": "Say why the call was supervised."}
    if len(reason) > LONGEST or "\0" in reason:
        return {"reason": f"A reason has at most {LONGEST} characters."}
    return {}
