"""What is offered while somebody types."""

from earwitness.web.activity.form import FORM
from earwitness.web.logs import suggestions

NAMES = {"user": ["ana.pop", "Ana María", "ben"], "event": ["login", "logout"]}


def values(field: str, prefix: str) -> list[tuple[str, int]]:
    return [(name, 7) for name in NAMES[field] if name.lower().startswith(prefix.lower())]


def put(offer: suggestions.Offer, text: str) -> str:
    return text[: offer.start] + offer.text + text[offer.end :]


def test_a_field_offers_values_for_the_part_between_the_commas() -> None:
    """Taking an offer replaces that part and leaves the others."""
    text = "ben, an, x*"
    offers = suggestions.in_field("user", text, 7, values, FORM)
    assert [put(offer, text) for offer in offers] == ["ben, ana.pop, x*", 'ben, "Ana María", x*']


def test_the_box_offers_fields_where_a_word_begins() -> None:
    """Each stands with the sentence that says what it is."""
    offers = suggestions.in_box("login -ev", 9, values, FORM)
    assert [(offer.label, put(offer, "login -ev")) for offer in offers] == [("event:", "login -event:")]
    assert offers[0].beside == "What was done."


def test_the_box_offers_values_behind_a_field() -> None:
    """Behind a comma as well; a name with spaces is quoted."""
    text = "event:login user:ben,an"
    assert [put(offer, text) for offer in suggestions.in_box(text, len(text), values, FORM)] == [
        "event:login user:ben,ana.pop ",
        'event:login user:ben,"Ana María" ',
    ]


def test_nothing_is_offered_where_nothing_fits() -> None:
    """Unknown fields, quoted text and fields without names offer nothing."""
    for text in ("nonsense:a", '"user:a', "ip:10", "user:a ", ""):
        assert suggestions.in_box(text, len(text), values, FORM) == []
    assert suggestions.in_field("comments", "x", 1, values, FORM) == []


def test_offers_are_escaped() -> None:
    """A name is text, whatever it looks like."""
    html = suggestions.markup([suggestions.Offer("<b>", "<i>", '"><script>', 0, 1)])
    assert "<b>" not in html
    assert "<script>" not in html
