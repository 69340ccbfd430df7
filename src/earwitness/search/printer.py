"""A tree as search text: the canonical form, which ``parse`` turns into the same tree again."""

import re
from typing import assert_never

from earwitness.search.tree import And, Between, Compare, Everything, Match, Not, Or, Term, Test, Tree, Words

# Text of these characters needs no quotes as a word; in a value a colon may stand too.
_PLAIN = re.compile(r"[\w@/+#%&=;~$!?'\[\]{}|^.-]+")
_PLAIN_IN_VALUE = re.compile(r"[\w@/+#%&=;~$!?'\[\]{}|^.:-]+")
_PLAIN_MOMENT = re.compile(r"[\w:+-]+(\.\w+)?")


def to_text(tree: Tree) -> str:
    """Return the search text of a tree."""
    match tree:
        case Everything():
            return ""
        case Words(text):
            return text if _plain_word(text) else _quoted(text)
        case Term(field, tests, path):
            name = ".".join((field, *(_key(key) for key in path)))
            return f"{name}:{','.join(_test(test) for test in tests)}"
        case Not(item):
            inner = to_text(item)
            return f"-({inner})" if isinstance(item, And | Or) else f"-{inner}"
        case And(items):
            return " ".join(f"({to_text(item)})" if isinstance(item, Or) else to_text(item) for item in items)
        case Or(items):
            return " OR ".join(to_text(item) for item in items)
    assert_never(tree)


def _plain_word(text: str) -> bool:
    return bool(_PLAIN.fullmatch(text)) and not text.startswith("-") and text not in ("OR", "AND")


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _key(key: str) -> str:
    return key if re.fullmatch(r"[\w$@-]+", key) else _quoted(key)


def _test(test: Test) -> str:
    match test:
        case Match(parts):
            printed = [part if not part or _plain_value(part) else _quoted(part) for part in parts]
            return "*".join(printed) or '""'
        case Compare(op, value):
            return f"{'' if op == '=' else op}{_comparable(value)}"
        case Between(low, high):
            return f"{_comparable(low)}..{_comparable(high)}"
    assert_never(test)


def _plain_value(part: str) -> bool:
    return (
        bool(_PLAIN_IN_VALUE.fullmatch(part))
        and ".." not in part
        and not part.startswith(".")
        and not part.endswith(".")
    )


def _comparable(value: str) -> str:
    return value if _PLAIN_MOMENT.fullmatch(value) or _plain_value(value) else _quoted(value)
