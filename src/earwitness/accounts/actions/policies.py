"""The act of making rules for listening to calls. It needs ``admin``."""

from collections.abc import Callable

import msgspec
from django.utils import timezone

from earwitness.accounts.actions.change import Turn, changing, differences, permit
from earwitness.accounts.faults import demand_valid
from earwitness.accounts.models import FormerPolicy
from earwitness.accounts.recorder import Actor
from earwitness.model import policy as policies
from earwitness.model.event import Change
from earwitness.model.policy import DAYS, MEASURING, Policy


def change(actor: Actor, wanted: Policy, last_seq: Callable[[], int]) -> Policy:
    """Set the rules; they hold for segments that are recorded from now on. Returns them as they are kept.

    last_seq: asked for the end of the tenant's supervision log, where there were no rules before. Raises Invalid with
    every field that is wrong.
    """
    permit(actor, "admin")
    demand_valid(policies.wrong(wanted))
    tidy = _tidy(wanted)
    with changing(actor) as turn:
        tenant = turn.tenant
        before = policies.read(tenant.policy)
        if tidy != before:
            if not tenant.policed:
                tenant.policed_to = last_seq()
            FormerPolicy.objects.create(tenant=tenant, policy=tenant.policy, until=timezone.now())
            tenant.policy, tenant.policed = msgspec.to_builtins(tidy), tidy.demands_anything
            tenant.save(update_fields=["policy", "policed", "policed_to"])
            changes = differences(msgspec.to_builtins(before), msgspec.to_builtins(tidy))
            for name in MEASURING:
                _note_class(turn, name, before.purposes.get(name, ""), tidy.purposes.get(name, ""))
            turn.note("policy", "update", obj=f"tenant:{tenant.name}", changes=changes)
    return tidy


def _note_class(turn: Turn, name: str, before: str, after: str) -> None:
    """Have it recorded that a class of events is turned on, for another purpose, or off."""
    change = (Change(path="purpose", old=before or None, new=after or None),)
    if after and after != before:
        turn.note("event_class", "enable", obj=f"event_class:{name}", comments=after, changes=change)
    elif before and not after:
        turn.note("event_class", "disable", obj=f"event_class:{name}", changes=change)


def _tidy(wanted: Policy) -> Policy:
    """Return rules with each entry once, and each stretch written alike."""
    hours = {}
    for day in DAYS:
        stretches = sorted({policies.stretch(text) for text in wanted.shift_hours.get(day, ())})
        if stretches:
            hours[day] = tuple(f"{_clock(start)}-{_clock(end)}" for start, end in stretches)
    return msgspec.structs.replace(
        wanted,
        no_listen_extensions=_each(wanted.no_listen_extensions),
        no_listen_desks=_each(wanted.no_listen_desks),
        shift_hours=hours,
        purposes={name: text.strip() for name, text in wanted.purposes.items() if text.strip()},
    )


def _each(texts: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _clock(minute: int) -> str:
    return f"{minute // 60:02}:{minute % 60:02}"
