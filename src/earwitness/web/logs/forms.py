"""The form fields beside the search box: they say the same as its text; the canonical printer keeps them in step.

The pages of both logs have such a form, each with fields of its own.
"""

from collections.abc import Mapping
from typing import NamedTuple

from earwitness.model.problem import BadQuery
from earwitness.search.grammar import parse
from earwitness.search.printer import to_text
from earwitness.search.tree import And, Everything, Term, Test, Tree, all_of

PREFIX = "f."


class Field(NamedTuple):
    """name: in the form, a search field or a half of ``params``; suggests: whether values are offered; choices: (value,
    label) of a list to choose from, empty where anything may be typed."""

    name: str
    label: str
    placeholder: str
    suggests: bool
    several: bool = True  # values separated by commas mean either; else the whole text is one phrase
    choices: tuple[tuple[str, str], ...] = ()
    least: bool = False  # the value is the lowest that passes


class Form(NamedTuple):
    """stream: the log that is searched; path: of its page; fields: in their order there."""

    stream: str
    path: str
    fields: tuple[Field, ...]

    def field(self, name: str) -> Field | None:
        """Return the field that says a search field, None where the form has none for it."""
        return next((field for field in self.fields if field.name == name), None)


_PARAMS = frozenset({"params_path", "params_value"})


class Filled(NamedTuple):
    """A search as the form shows it: what stands in the fields, and the rest, which only the box can say."""

    fields: dict[str, str]
    rest: tuple[Tree, ...]


def fill(text: str, form: Form) -> Filled:
    """Return how the form shows a search text; raises BadQuery as ``parse`` does."""
    tree = parse(text, form.stream)
    items: tuple[Tree, ...] = tree.items if isinstance(tree, And) else () if isinstance(tree, Everything) else (tree,)
    fields: dict[str, str] = {}
    rest: list[Tree] = []
    for item in items:
        shown = _shown(item, form) if isinstance(item, Term) else None
        if shown and not shown.keys() & fields.keys():
            fields |= shown
        else:
            rest.append(item)
    return Filled(fields, tuple(rest))


def _shown(term: Term, form: Form) -> dict[str, str] | None:
    """Return form field -> text of a term, None where the form has no place for it."""
    printed = to_text(term)
    if term.field == "params":
        value = to_text(Term("params", term.tests)).removeprefix("params:")
        path = printed.removeprefix("params.").removesuffix(f":{value}")
        return {"params_path": path, "params_value": value}
    field = form.field(term.field)
    if field is None or (len(term.tests) > 1 and not field.several):
        return None
    value = printed.partition(":")[2]
    if field.least:
        return {term.field: value.removeprefix(">=")} if value.startswith(">=") else None
    if field.choices and value not in {name for name, _ in field.choices}:
        return None
    if not field.several:
        value = _unquoted(value)
    return {term.field: value}


def _unquoted(value: str) -> str:
    if len(value) > 1 and value[0] == value[-1] == '"' and '"' not in value[1:-1] and "\\" not in value:
        return value[1:-1]
    return value


def shown_fields(text: str, form: Form) -> dict[str, str]:
    """Return what stands in each field of the form for a search text, empty ones included."""
    filled = fill(text, form).fields
    return {field.name: filled.get(field.name, "") for field in form.fields}


class Wrong(Exception):  # noqa: N818 -- it carries what is wrong, by field
    """Some form fields cannot be understood: ``fields`` holds a sentence for each."""

    def __init__(self, fields: dict[str, str]) -> None:
        super().__init__("some form fields cannot be understood")
        self.fields = fields


def text_of(fields: Mapping[str, str], rest: tuple[Tree, ...], form: Form) -> str:
    """Return the canonical search text of form fields and the rest; raises Wrong."""
    terms: list[Tree] = []
    wrong: dict[str, str] = {}
    for field in form.fields:
        value = fields.get(field.name, "").strip()
        if value and field.name not in _PARAMS:
            try:
                terms.append(_term(field.name, f">={value}" if field.least else value, form, several=field.several))
            except BadQuery as problem:
                wrong[field.name] = problem.detail
    path, value = fields.get("params_path", "").strip(), fields.get("params_value", "").strip()
    try:
        if path:
            terms.append(_term(f"params.{path.removeprefix('params.')}", value or "*", form, several=True))
        elif value:
            terms.append(parse(quoted_exactly(value), form.stream))  # at no path in particular: wherever it stands
    except BadQuery as problem:
        wrong["params_path" if path else "params_value"] = problem.detail
    if wrong:
        raise Wrong(wrong)
    return to_text(all_of([*terms, *rest]))


def _term(name: str, value: str, form: Form, *, several: bool) -> Tree:
    """Return the term of one form field: each value as the language reads it, or quoted where it would not."""
    tests: list[Test] = []
    for piece in _pieces(value) if several else [value]:
        term = _readable(name, piece, form)
        tests += term.tests
    return Term(term.field, tuple(tests), term.path)


def _readable(name: str, piece: str, form: Form) -> Term:
    try:
        tree = parse(f"{name}:{piece}", form.stream)
    except BadQuery:
        tree = Everything()
    if not isinstance(tree, Term) or len(tree.tests) > 1:
        tree = parse(f"{name}:{quoted(piece)}", form.stream)
    if not isinstance(tree, Term):
        raise BadQuery("This cannot be read: put it in quotes.")
    return tree


def quoted(text: str) -> str:
    """Return a text in quotes, its asterisks outside of them, so that they go on to mean anything."""
    parts = ['"' + part.replace("\\", "\\\\").replace('"', '\\"') + '"' if part else "" for part in text.split("*")]
    return "*".join(parts)


def _pieces(value: str) -> list[str]:
    """Return the values that commas outside quotes divide."""
    pieces, inside = [""], False
    for sign in value:
        if sign == '"':
            inside = not inside
        if sign == "," and not inside:
            pieces.append("")
        else:
            pieces[-1] += sign
    return [piece.strip() for piece in pieces if piece.strip()]


def merged(q: str, was: str, given: Mapping[str, str], form: Form) -> str:
    """Return the canonical text of a submitted form.

    q: the box; was: the text from which the form was drawn; given: what the fields hold now. A field that was changed
    counts on top of the box; a field that was left alone says nothing, so that an edited box is what counts.
    """
    try:
        before = fill(was, form).fields
    except BadQuery:
        before = {}
    changed = {name: value for name, value in given.items() if value.strip() != before.get(name, "")}
    filled = fill(q, form)
    if not changed:
        return to_text(parse(q, form.stream))
    return text_of(filled.fields | changed, filled.rest, form)


def with_value(q: str, name: str, value: str, form: Form, *, exclude: bool = False) -> str:
    """Return the text that also demands (or excludes) one exact value of a field; an equal demand is not made twice.

    name: a search field or ``params.PATH``. Demanding a value of a field that already has one replaces it.
    """
    tree = parse(f"{name}:{quoted_exactly(value)}", form.stream)
    current = parse(q, form.stream)
    items: list[Tree] = list(current.items) if isinstance(current, And) else [current]
    if exclude:
        tree = parse(f"-({to_text(tree)})", form.stream)
    elif isinstance(tree, Term):
        items = [i for i in items if not (isinstance(i, Term) and (i.field, i.path) == (tree.field, tree.path))]
    return to_text(all_of([*(item for item in items if item != tree), tree]))


def without_value(q: str, name: str, form: Form) -> str:
    """Return the text without its demands on a field."""
    current = parse(q, form.stream)
    items: list[Tree] = list(current.items) if isinstance(current, And) else [current]
    return to_text(all_of([item for item in items if not (isinstance(item, Term) and item.field == name)]))


def quoted_exactly(text: str) -> str:
    """Return a text in quotes in which nothing has a meaning."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def shown_value(name: str, value: str, form: Form) -> str:
    """Return one exact value as the form and the text show it, quoted only where it must be."""
    return to_text(parse(f"{name}:{quoted_exactly(value)}", form.stream)).partition(":")[2]
