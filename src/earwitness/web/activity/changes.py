"""What an event changed: before and after, side by side."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from earwitness.model.event import Event
from earwitness.web.activity.params import Figure, written

ABSENT = object()
Path = tuple[str | int, ...]


class Change(NamedTuple):
    """One row of the diff: kind is ``changed``, ``added`` or ``removed``; old and new are JSON text."""

    path: str
    kind: str
    old: str
    new: str


def of(event: Event, params: Any) -> tuple[list[Change], int]:
    """Return (what changed, how many values stayed the same): from ``changes``, else from params.before and .after."""
    if event.changes:
        return [_change(c.path, c.old, c.new) for c in event.changes], 0
    if not isinstance(params, dict) or "before" not in params or "after" not in params:
        return [], 0
    before, after = dict(_flat(params["before"], ())), dict(_flat(params["after"], ()))
    rows, same = [], 0
    for path in dict.fromkeys([*before, *after]):
        old, new = before.get(path, ABSENT), after.get(path, ABSENT)
        if old is not ABSENT and new is not ABSENT and _same(old, new):
            same += 1
        else:
            rows.append(_change(_written(path), old, new))
    return rows, same


def _flat(value: Any, path: Path) -> Iterator[tuple[Path, Any]]:
    """Yield (path, value) of everything inside; lists of plain values stay whole, for that is how people read them."""
    if isinstance(value, dict) and value:
        for name, item in value.items():
            yield from _flat(item, (*path, name))
    elif isinstance(value, list) and any(isinstance(item, dict | list) for item in value):
        for index, item in enumerate(value):
            yield from _flat(item, (*path, index))
    else:
        yield path, value


def _same(old: Any, new: Any) -> bool:
    """Compare as JSON does: the number 1 is not the text "1"."""
    if isinstance(old, list) and isinstance(new, list):
        return len(old) == len(new) and all(map(_same, old, new))
    return type(old) is type(new) and bool(old == new)


def _written(path: Path) -> str:
    text = "".join(f"[{key}]" if isinstance(key, int) else f".{key}" for key in path)
    return text.removeprefix(".") or "(whole)"


def _change(path: str, old: Any, new: Any) -> Change:
    kind = "added" if old is ABSENT else "removed" if new is ABSENT else "changed"
    return Change(path, kind, _text(old), _text(new))


def _text(value: Any) -> str:
    if value is ABSENT:
        return ""
    return value if isinstance(value, str) and value and not isinstance(value, Figure) else written(value)
