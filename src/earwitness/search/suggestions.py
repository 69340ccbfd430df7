"""Values that stand in the log, for whoever types the beginning or a part of one."""

from collections.abc import Sequence
from typing import Final

from earwitness.model.problem import Invalid
from earwitness.model.scope import Scope
from earwitness.search import amended
from earwitness.search.bound import Bound
from earwitness.search.columns import ARRAYS, BY_NAME, Columns
from earwitness.search.condition import Asking, all_of, like
from earwitness.search.fields import BY_NAME as FIELDS
from earwitness.search.fields import Kind
from earwitness.search.query import check_stream
from earwitness.search.scope import conditions, demand
from earwitness.store import Store

MOST: Final = 100


def suggest(  # noqa: PLR0913, PLR0917 -- the arguments of Reader.suggest
    store: Store, scope: Scope, stream: str, name: str, typed: str, limit: int
) -> list[tuple[str, int]]:
    """Return (value, rows) of a search field: those that begin with what was typed, then those that hold it.

    name: a field of whole values such as ``user``. Raises Forbidden, Invalid.
    """
    check_stream(stream)
    demand(scope, stream)
    field = FIELDS.get(name)
    if field is None or field.kind is not Kind.TEXT or stream not in field.columns:
        raise Invalid("This field has no values to suggest.", fields={"field": "It has no values to suggest."})
    columns = Columns(BY_NAME[stream], scope.masked)
    known = amended.fields(store, columns.stream, scope.tenant)
    bound = Bound()
    column = field.columns[stream][0]
    demanded = conditions(scope, Asking(columns, bound, known))
    asked = all_of(demanded).sql if demanded else ""
    value = _value(field.columns[stream])
    slots = {
        **amended.source(columns.stream, known, [value], "").demanding(asked, ""),
        "value": value,
        "shown": columns.shown_as(column, "value"),
    }
    text = typed.replace("\x00", "").encode("utf-8", "ignore").decode()
    bound.values |= {
        "tenant": scope.tenant,
        "holds": f"%{like(text)}%",
        "begins": f"{like(text)}%",
        "limit": max(1, min(limit, MOST)),
    }
    return [(text, count) for text, count in store.query("rows.suggest", parameters=bound.values, slots=slots).rows]


def _value(columns: Sequence[str]) -> str:
    """SQL for the value of a row, or for each of several: a person is called by username, name and extension."""
    if columns[0] in ARRAYS:
        return f"arrayJoin({columns[0]})"
    texts = [f"toString({column})" for column in columns]
    return texts[0] if len(texts) == 1 else f"arrayJoin(arrayDistinct([{', '.join(texts)}]))"
