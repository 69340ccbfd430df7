"""Text that a spreadsheet would run as a formula, made harmless.

A cell is taken for a formula where it begins with one of FIRST (OWASP, "CSV Injection"; the wide forms are what
East Asian editions accept). An apostrophe before it makes it text; nothing is removed.
``SQL`` is the same rule for the engine: a test holds the two against each other.
"""

FIRST = "=+-@\t\r\n＝＋－＠"  # the full-width four are U+FF1D, U+FF0B, U+FF0D, U+FF20
SQL = "if(match({0}, '^(?:[=+@\\\\t\\\\r\\\\n-]|＝|＋|－|＠)'), concat('\\'', {0}), {0})"


def guard(text: str) -> str:
    """Return the text with an apostrophe before it where a spreadsheet would take it for a formula."""
    return f"'{text}" if text and text[0] in FIRST else text


def guard_sql(expression: str) -> str:
    """Return an SQL expression (String) whose value is ``guard`` of the given one."""
    return SQL.format(expression)
