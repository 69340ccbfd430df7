"""What is wrong with a field, where that is more than a value that cannot be: a sentence of a kind of its own."""

from collections.abc import Mapping

from earwitness.model.problem import Invalid, NotHeld, Taken


class TakenName(str):
    """The name belongs to something else: 409 where nothing else is wrong."""

    __slots__ = ()


class Withheld(str):
    """Nobody grants what they do not hold: 403, and the refusal is recorded. permission: the one that is lacking."""

    permission: str

    def __new__(cls, sentence: str, permission: str) -> "Withheld":
        """Make the sentence."""
        made = super().__new__(cls, sentence)
        made.permission = permission
        return made


def demand_valid(fields: Mapping[str, str]) -> None:
    """Raise Invalid with every field that is wrong, unless none is.

    It is a NotHeld where one of them would grant what the actor does not hold, a Taken where all that is wrong is a
    name that is taken.
    """
    if not fields:
        return
    detail = next(iter(fields.values())) if len(fields) == 1 else f"{len(fields)} fields are not valid."
    for sentence in fields.values():
        if isinstance(sentence, Withheld):
            raise NotHeld(str(sentence), fields=_plain(fields), extra={"permission": sentence.permission})
    if all(isinstance(sentence, TakenName) for sentence in fields.values()):
        raise Taken(str(detail), fields=_plain(fields))
    raise Invalid(str(detail), fields=_plain(fields))


def _plain(fields: Mapping[str, str]) -> dict[str, str]:
    return {name: str(sentence) for name, sentence in fields.items()}
