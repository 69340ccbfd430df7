"""Text that a spreadsheet would run as a formula, made harmless.

A cell is taken for a formula where it begins with one of FIRST (OWASP, "CSV Injection"; the wide forms are what
East Asian editions accept). A spreadsheet that divides at semicolons or tabs, as most of Europe's do, begins a cell
behind each of those and behind each line end too, whatever is quoted. An apostrophe there makes it text; nothing is
removed. ``guard_sql`` is the same rule for the engine: a test holds the two against each other.
"""

import re

FIRST = "=+-@＝＋－＠"  # the full-width four are U+FF1D, U+FF0B, U+FF0D, U+FF20
# As Python and RE2 read them alike, the engine being RE2. Of a blank at the beginning some readers make nothing.
_CELL, _WITH_MARK = r"(^|[;\t\r\n])([=+@-]|＝|＋|－|＠)", r"\1'\2"
_BLANK, _BEHIND_MARK = r"^([\t\r\n])", r"'\1"


def guard(text: str) -> str:
    """Return the text with an apostrophe wherever a spreadsheet would take what follows for a formula."""
    return re.sub(_BLANK, _BEHIND_MARK, re.sub(_CELL, _WITH_MARK, text))


def guard_sql(expression: str) -> str:
    """Return an SQL expression (String) whose value is ``guard`` of the given one."""
    return _SQL.replace("TEXT", expression)


def _literal(text: str) -> str:
    return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'"


_SQL = (  # few values match: the others are not copied
    f"if(match(TEXT, {_literal(f'{_CELL}|{_BLANK}')}), replaceRegexpOne("
    f"replaceRegexpAll(TEXT, {_literal(_CELL)}, {_literal(_WITH_MARK)}), "
    f"{_literal(_BLANK)}, {_literal(_BEHIND_MARK)}), TEXT)"
)
