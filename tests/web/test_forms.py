"""The form fields and the search box say the same."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.model.problem import BadQuery
from earwitness.search.grammar import parse
from earwitness.search.printer import to_text
from earwitness.web.activity.form import FORM
from earwitness.web.logs import forms

TEXTS = (
    "",
    "user:ana.pop",
    'event:login user:ana.pop,ben* "changed by"',
    "-user:ana.pop ip:10.0.0.0/8",
    "params.after.status:busy",
    'params."odd name".x:3..5',
    'object:"queue:support, north"',
    'comments:"called back"',
    "(user:a OR event:b) sub:c",
    "user:a user:b",
    "seq:>5 outcome:failure,denied",
)


@pytest.mark.parametrize("text", TEXTS)
def test_a_form_that_was_not_touched_says_what_its_text_says(text: str) -> None:
    """Drawing the form from a text and sending it back unchanged gives the canonical form of the same text."""
    sent = {field.name: forms.fill(text, FORM).fields.get(field.name, "") for field in FORM.fields}
    assert forms.merged(text, text, sent, FORM) == to_text(parse(text, "activity"))


@pytest.mark.parametrize("text", TEXTS)
def test_fields_and_rest_together_are_the_whole_text(text: str) -> None:
    """What the form shows and what only the box can say find the same rows as the text."""
    filled = forms.fill(text, FORM)
    again = forms.text_of(filled.fields, filled.rest, FORM)
    assert sorted(map(repr, items(again))) == sorted(map(repr, items(text)))


def items(text: str) -> tuple[object, ...]:
    tree = parse(text, "activity")
    return getattr(tree, "items", (tree,))


def test_the_form_shows_simple_terms_and_leaves_the_rest_to_the_box() -> None:
    """Terms that have a field stand in it; exclusions, words and repeated fields do not."""
    filled = forms.fill('user:ana.pop -event:login "hello there" ip:10.0.0.0/8 user:ben', FORM)
    assert filled.fields == {"user": "ana.pop", "ip": "10.0.0.0/8"}
    assert len(filled.rest) == 3


def test_a_changed_field_is_added_to_the_text_of_the_box() -> None:
    """Filling in a field leaves everything else that was written as it was."""
    assert forms.merged('"hello" -event:login', '"hello" -event:login', {"user": "ana.pop"}, FORM) == (
        "user:ana.pop hello -event:login"
    )


def test_a_changed_box_wins_over_fields_that_were_left_alone() -> None:
    """Somebody who edits the box does not have to clear the fields that were drawn from the old text."""
    assert forms.merged("user:ben", "user:ana", {"user": "ana", "event": ""}, FORM) == "user:ben"


def test_clearing_a_field_takes_its_term_away() -> None:
    """An emptied field demands nothing any more."""
    assert (
        forms.merged("user:ana event:login", "user:ana event:login", {"user": "", "event": "login"}, FORM)
        == "event:login"
    )


def test_values_between_commas_mean_either() -> None:
    """A person may write several users with spaces after the commas."""
    assert forms.merged("", "", {"user": " ana.pop , ben* "}, FORM) == "user:ana.pop,ben*"


def test_a_value_with_spaces_is_one_value() -> None:
    """What is typed into one field stays one value, whatever the language would make of it."""
    text = forms.merged("", "", {"object": "queue north (old) OR new"}, FORM)
    assert forms.fill(text, FORM).fields == {"object": '"queue north (old) OR new"'}


def test_a_phrase_with_a_comma_is_one_phrase() -> None:
    """Comments and Request Uri take the whole field as one phrase."""
    text = forms.merged("", "", {"comments": "yes, please"}, FORM)
    assert text == 'comments:"yes, please"'
    assert forms.fill(text, FORM).fields == {"comments": "yes, please"}


def test_params_have_a_path_and_a_value() -> None:
    """Both halves make one term; a path alone asks that something stands there, a value alone is found anywhere."""
    assert (
        forms.merged("", "", {"params_path": "after.status", "params_value": "busy"}, FORM)
        == "params.after.status:busy"
    )
    assert forms.merged("", "", {"params_path": "after.status"}, FORM) == "params.after.status:*"
    assert forms.merged("", "", {"params_value": "busy now"}, FORM) == '"busy now"'


def test_a_wrong_field_is_named() -> None:
    """An address that is none is told at its own field."""
    with pytest.raises(forms.Wrong) as caught:
        forms.merged("", "", {"ip": "10.0.0.999", "user": "ana"}, FORM)
    assert list(caught.value.fields) == ["ip"]


def test_a_mistake_in_the_box_is_told_with_its_place() -> None:
    """The mistake points at the character where it is."""
    with pytest.raises(BadQuery) as caught:
        forms.merged('user:ana "x', "", {}, FORM)
    assert caught.value.extra["position"] == 9


def test_a_chosen_value_replaces_the_one_before() -> None:
    """Choosing another user in the top values shows that user, not nobody."""
    assert forms.with_value("user:ana event:login", "user", "ben b", FORM) == 'event:login user:"ben b"'


def test_an_excluded_value_is_excluded_once() -> None:
    """Excluding twice writes it once."""
    once = forms.with_value("event:login", "user", "ana", FORM, exclude=True)
    assert once == "event:login -user:ana"
    assert forms.with_value(once, "user", "ana", FORM, exclude=True) == once


@given(st.text(min_size=1, max_size=40), st.sampled_from(["user", "event", "object", "source", "params.a.b"]))
def test_any_value_can_be_chosen_and_means_itself(value: str, name: str) -> None:
    """Whatever stands in the log can be demanded exactly: quotes, stars, commas and colons included."""
    try:
        text = forms.with_value("", name, value, FORM)
    except BadQuery:
        return  # NUL and lone surrogates cannot be searched, nor recorded
    tree = parse(text, "activity")
    assert [test.parts for test in tree.tests] == [(value,)]


@given(st.text(max_size=30), st.sampled_from([field.name for field in FORM.fields]))
def test_whatever_is_typed_into_a_field_is_searched_or_told(value: str, name: str) -> None:
    """No input of a field fails otherwise than with a sentence for that field."""
    try:
        text = forms.merged("", "", {name: value}, FORM)
    except forms.Wrong as wrong:
        text = ""
        sentences = list(wrong.fields.values())
    else:
        sentences = ["fine"]
    assert all(sentences)
    assert to_text(parse(text, "activity")) == text
