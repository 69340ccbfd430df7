"""Masked viewers see no number, and the engine masks exactly as Python does."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from earwitness.search import masking
from earwitness.search.masking import mask, mask_json
from earwitness.store import Store
from tests.search.engine import evaluate

NUMBERS = [
    ("+442079460123", "+XXXXXXXXXXXX"),
    ("call +44 20 7946 0123 now", "call +XX XX XXXX XXXX now"),
    ("02079460123", "XXXXXXXXXXX"),
    ("0044 20 7946-0123", "XXXX XX XXXX-XXXX"),
    ("(555) 123-4567", "(XXX) XXX-XXXX"),
    ("+49 (0)30 1234567", "+XX (X)XX XXXXXXX"),
    ("555 - 123 - 4567", "XXX - XXX - XXXX"),
    ("555.123.4567", "XXX.XXX.XXXX"),
    ("01.23.45.67.89", "XX.XX.XX.XX.XX"),
    ("1234567", "XXXXXXX"),
    ("123456789012345", "XXXXXXXXXXXXXXX"),
    ("2125550123", "XXXXXXXXXX"),
    ("1632960123", "XXXXXXXXXX"),
    ("1769277733", "XXXXXXXXXX"),
    ("contacts:1632960123", "contacts:XXXXXXXXXX"),
    ("reach me at 1632960123", "reach me at XXXXXXXXXX"),
    ("442079460123", "XXXXXXXXXXXX"),
    ("5511987654321", "XXXXXXXXXXXXX"),
    ("+1769277733123", "+XXXXXXXXXXXXX"),
    ("00 1769277733123", "XX XXXXXXXXXXXXX"),
    ("17692777331234", "XXXXXXXXXXXXXX"),
    ("tel:442079460123;ext=5", "tel:XXXXXXXXXXXX;ext=5"),
    ("a442079460123b", "aXXXXXXXXXXXXb"),
    ("442079460123 442079460124", "XXXXXXXXXXXX XXXXXXXXXXXX"),
    ("442079460123,442079460124", "XXXXXXXXXXXX,XXXXXXXXXXXX"),
    ("020\u00a07946\u20110123", "XXX\u00a0XXXX\u2011XXXX"),
    ("٠٢٠٧٩٤٦٠١٢٣", "XXXXXXXXXXX"),
    ("０２０７９４６０１２３", "XXXXXXXXXXX"),
    ("5551234 2026-11-01", "XXXXXXX XXXX-XX-XX"),
    ("2026-11-01-1234567", "XXXX-XX-XX-XXXXXXX"),
    ("2026-13-01", "XXXX-XX-XX"),
    ("442079460123-1769277733.331", "XXXXXXXXXXXX-1769277733.331"),
    (
        "q-1001-442079460123-20261101-080000-1769277733.331.wav",
        "q-XXXX-XXXXXXXXXXXX-20261101-080000-1769277733.331.wav",
    ),
    ("2026-11-01 08:00:00 5551234567", "2026-11-01 08:00:00 XXXXXXXXXX"),
    ("SIP/1001-4420794601234", "SIP/XXXX-XXXXXXXXXXXXX"),
    ("442079460123-1234-1234-1234-123456789012", "XXXXXXXXXXXX-XXXX-XXXX-XXXX-XXXXXXXXXXXX"),
    ("x\n5551234567\n", "x\nXXXXXXXXXX\n"),
]

SURVIVORS = [
    "",
    "agent:1001",
    "123456",
    "ext 1001, 1002, 1003",
    "1769277733.331",
    "cdr:1769277733.331",
    "pbx1-1769277733.331",
    "0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60",
    "12345678-1234-4234-8234-123456789012",
    "2026-11-01",
    "2026-11-01T08:00:00Z",
    "2026-11-01T08:00:00.123456789+01:00",
    "2026-11-01 08:00:00",
    "from 2026-11-01 to 2026-11-05.",
    "2026-11-01 2026-11-05",
    "2026-11-01/2026-11-05",
    "2026-11-01..2026-11-05",
    "20261101T080000",
    "20261101-080000",
    "08:00:00.123456789",
    "/state?queue=sales-1&ts=1769277733123",
    "1769277733123",
    "1769277733123,1769277733124",
    "ts=1769277733",
    "start_time=1769277733&x",
    "createdAt: 1769277733",
    "1769277733123456",
    "1234567890123456",
    "10.20.30.40",
    "203.0.113.254",
    "2001:db8:85a3::8a2e:370:7334",
    "PJSIP/1001-00000012",
    "PJSIP/1001-00a3b4c5 answered",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/129.0.0.0",
    "4f2ab8d09c1e",
    "😀 １２３",
]

JSON = [
    ('{"a":442079460123}', '{"a":"XXXXXXXXXXXX"}'),
    ('{"a":-1234567.5e3,"b":true}', '{"a":"-XXXXXXX.5e3","b":true}'),
    ('{"a":[1001,2079460123]}', '{"a":[1001,"XXXXXXXXXX"]}'),
    ('{ "a" : 2079460123 }', '{ "a" : "XXXXXXXXXX" }'),
    ('{"ts":1769277733,"b":"+442079460123"}', '{"ts":1769277733,"b":"+XXXXXXXXXXXX"}'),
    ('{"b":"[2079460123,X]"}', '{"b":"[XXXXXXXXXX,X]"}'),
    ('{"b":"[2079460123,X]","c":2079460123}', '{"b":"[XXXXXXXXXX,X]","c":"XXXXXXXXXX"}'),
    ('{"2079460123":"X"}', '{"XXXXXXXXXX":"X"}'),
    (r'{"a":"\u00105551234567"}', r'{"a":"\u0010XXXXXXXXXX"}'),
    (r'{"a":"\\u1234567 \" 5551234567"}', r'{"a":"\\uXXXXXXX \" XXXXXXXXXX"}'),
    (r'{"a\\":2079460123}', r'{"a\\":"XXXXXXXXXX"}'),
    ('{"u":1769277733.331}', '{"u":1769277733.331}'),
]


@pytest.mark.parametrize(("text", "masked"), NUMBERS)
def test_numbers_are_masked(text: str, masked: str) -> None:
    """Every digit of a telephone number, however it is written, becomes X."""
    assert mask(text) == masked


@pytest.mark.parametrize("text", SURVIVORS)
def test_what_is_no_number_survives(text: str) -> None:
    """Uniqueids, UUIDs, times, epochs, addresses, channels and short numbers stay readable."""
    assert mask(text) == text


@pytest.mark.parametrize(("text", "masked"), JSON)
def test_masked_json_is_json(text: str, masked: str) -> None:
    """A bare number becomes a string of X; strings, keys and escapes stay what they are."""
    assert mask_json(text) == masked
    json.loads(masked)


PIECES = st.sampled_from(
    [
        *"0123456789",
        *' -()+.,:;/=_TZXx"\\\n\t',
        *"\u00a0\u2011\u200b٣۴５é😀ſK",
        "12",
        "555",
        "2079460123",
        "1769277733",
        "1769277733123",
        "1769277733.331",
        "2026-11-01",
        "08:00:00",
        "20261101-080000",
        "0190a3c8-5d3e-7c1a-9f00-1b2c3d4e5f60",
        "ts=",
        '"time":',
        "At: ",
        "PJSIP/1001-00000012",
        "\\u0010",
        '":',
        "{}",
    ]
)
TEXTS = st.lists(PIECES, max_size=14).map("".join) | st.text(st.characters(codec="utf-8"), max_size=30)
VALUES = st.recursive(
    TEXTS | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.booleans() | st.none(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)
FEW = settings(max_examples=40, deadline=None)


def in_engine(store: Store, expression: str, texts: list[str]) -> list[str]:
    """What the engine makes of each text."""
    sql = f"SELECT {expression} FROM (SELECT arrayJoin({{texts:Array(String)}}) AS text)"
    return [row[0] for row in evaluate(store, sql, {"texts": texts})]


def test_the_engine_masks_the_corpus_alike(store: Store) -> None:
    """The SQL gives for every case of the corpus what Python gives."""
    texts = [text for text, _ in NUMBERS] + SURVIVORS + [text for text, _ in JSON]
    assert in_engine(store, masking.sql("text"), texts) == [mask(text) for text in texts]
    assert in_engine(store, masking.sql_json("text"), texts) == [mask_json(text) for text in texts]


@FEW
@given(texts=st.lists(TEXTS.filter(lambda text: "\x00" not in text), min_size=1, max_size=30))
def test_the_engine_masks_any_text_alike(store: Store, texts: list[str]) -> None:
    """The SQL gives for any text what Python gives."""
    assert in_engine(store, masking.sql("text"), texts) == [mask(text) for text in texts]


@FEW
@given(values=st.lists(st.dictionaries(TEXTS, VALUES, min_size=1), min_size=1, max_size=20))
def test_the_engine_masks_any_json_alike_and_it_stays_json(store: Store, values: list[object]) -> None:
    """The SQL gives for any JSON object what Python gives, and that is JSON again."""
    texts = [json.dumps(value, ensure_ascii=False, separators=(",", ":")) for value in values]
    masked = [mask_json(text) for text in texts]
    assert in_engine(store, masking.sql_json("text"), texts) == masked
    for before, after in zip(texts, masked, strict=True):
        json.loads(after)
        assert len(after) >= len(before)


@given(text=TEXTS)
def test_masking_twice_is_masking_once(text: str) -> None:
    """Nothing of a masked text is left to mask: what is recorded of a search can be shown again."""
    assert mask(mask(text)) == mask(text)


@given(
    before=TEXTS.filter(lambda text: not text[-4:].strip(" ()-\t").endswith(tuple("0123456789٣۴５３"))),
    digits=st.from_regex(r"[1-9][0-9]{6,14}", fullmatch=True),
    after=TEXTS.filter(lambda text: not text[:1].isdigit()),
)
def test_a_number_with_a_plus_is_masked_in_any_company(before: str, digits: str, after: str) -> None:
    """No text around an international number keeps one of its digits readable."""
    masked = mask(f"{before}+{digits}{after}")
    start = len(before) + 1
    assert masked[start : start + len(digits)] == "X" * len(digits)
