"""Params as foldable HTML: ``details`` elements, so that folding needs no script."""

from html import escape
from typing import Any
from urllib.parse import quote

from earwitness.web.activity.params import Figure, written

OPEN_NODES = 120  # larger params open at their first level only


def tree(value: Any, find: str) -> str:
    """Return a JSON value as nested HTML.

    find: address that narrows the search, to which ``add`` and ``value`` are appended for each single value.
    """
    return _node("", value, "", 0, _size(value) <= OPEN_NODES, find)


def _size(value: Any) -> int:
    if isinstance(value, dict):
        return 1 + sum(map(_size, value.values()))
    return 1 + sum(map(_size, value)) if isinstance(value, list) else 1


def _node(key: str, value: Any, path: str, depth: int, all_open: bool, find: str) -> str:  # noqa: PLR0913, PLR0917 -- it calls itself
    if not isinstance(value, dict | list) or not value:
        return _leaf(key, value, path, find)
    entries = value.items() if isinstance(value, dict) else ((str(i), item) for i, item in enumerate(value))
    kids = "".join(
        _node(
            _name(name) if isinstance(value, dict) else "",
            item,
            _below(path, name) if isinstance(value, dict) else path,
            depth + 1,
            all_open,
            find,
        )
        for name, item in entries
    )
    left, right = "{}" if isinstance(value, dict) else "[]"
    count = f"{len(value)} {'key' if isinstance(value, dict) else 'item'}{'' if len(value) == 1 else 's'}"
    opened = " open" if all_open or depth < 1 else ""
    return (
        f'<details{opened}><summary>{key}<span class="p">{left}</span><i> {count} {right}</i></summary>'
        f'<div class="kids">{kids}</div><span class="p">{right}</span></details>'
    )


def _name(name: str) -> str:
    return f'<b>{escape(name)}</b><span class="p">: </span>'


def _below(path: str, name: str) -> str:
    plain = name.replace("_", "").replace("-", "").isalnum() and name.isascii()
    key = name if plain else '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{path}.{key}" if path else key


def _leaf(key: str, value: Any, path: str, find: str) -> str:
    text = written(value)
    kind = "s" if isinstance(value, str) else "w" if value is None or isinstance(value, bool) else "n"
    kind = "n" if isinstance(value, Figure) else kind
    acts = (
        '<button type="button" class="cp needs-script" title="Copy this value" aria-label="Copy this value"></button>'
    )
    if path and not isinstance(value, dict | list):
        sought = value if isinstance(value, str) else text
        address = escape(f"{find}add={quote('params.' + path, safe='')}&value={quote(sought, safe='')}")
        acts += f'<a class="only" href="{address}" title="Find this value here" aria-label="Find this value here"></a>'
    shown = f'<span class="{kind}">{escape(text, quote=False)}</span>'
    return f'<div class="leaf">{key}{shown}<span class="acts">{acts}</span></div>'
