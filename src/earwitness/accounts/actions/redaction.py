"""The act of saying what else is secret. It needs ``admin``: what is replaced can never be brought back."""

from collections.abc import Iterable

from earwitness.accounts import redaction
from earwitness.accounts.actions.change import changing, differences, permit
from earwitness.accounts.faults import demand_valid
from earwitness.accounts.recorder import Actor
from earwitness.model.redaction import MOST_NAMES, MOST_PATTERNS, Additions, wrong_name, wrong_pattern


def change(actor: Actor, names: Iterable[str], patterns: Iterable[str]) -> Additions:
    """Set the names of secret fields and the patterns of secret texts; they hold for what is recorded from now on.

    Raises Invalid with what is wrong with either of them.
    """
    permit(actor, "admin")
    wanted = Additions(_each(names), _each(patterns))
    demand_valid(_wrong(wanted))
    with changing(actor) as turn:
        before = redaction.of(turn.tenant.secret_names, turn.tenant.secret_patterns)
        if wanted != before:
            turn.tenant.secret_names, turn.tenant.secret_patterns = list(wanted.names), list(wanted.patterns)
            turn.tenant.save(update_fields=["secret_names", "secret_patterns"])
            changes = differences(_fields(before), _fields(wanted))
            turn.note("redaction", "update", obj=f"tenant:{turn.tenant.name}", changes=changes)
    return wanted


def _each(texts: Iterable[str]) -> tuple[str, ...]:
    """Return texts without the empty ones and without those that came before."""
    return tuple(dict.fromkeys(text.strip() for text in texts if text.strip()))


def _wrong(wanted: Additions) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for field, texts, most, look in (
        ("names", wanted.names, MOST_NAMES, wrong_name),
        ("patterns", wanted.patterns, MOST_PATTERNS, wrong_pattern),
    ):
        said = f"At most {most} {field}." if len(texts) > most else next(filter(None, map(look, texts)), "")
        if said:
            wrong[field] = said
    return wrong


def _fields(additions: Additions) -> dict[str, object]:
    return {"names": additions.names, "patterns": additions.patterns}
