"""What is printed: recorded text cannot act on a terminal, and programs get exactly what was recorded."""

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from earwitness.cli.output import json_text, plain, print_table, width

ATTACKS = ["\x1b[2J\x1b[H", "\x9b31m", "a\rb", "\u202eevil", "bell\x07", "\x00", "\u2066x\u2069", "line\u2028break"]


@pytest.mark.parametrize("text", ATTACKS)
def test_text_that_a_terminal_would_obey_is_shown_and_not_obeyed(text: str) -> None:
    shown = plain(text)
    assert shown.isprintable()
    assert "\\" in shown


@pytest.mark.parametrize("text", ATTACKS)
def test_json_on_a_terminal_is_harmless_too(text: str) -> None:
    shown = json_text({"comments": text})
    assert shown.isprintable()
    assert json.loads(shown) == {"comments": text}


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(), lambda c: st.lists(c) | st.dictionaries(st.text(), c)
    )
)
def test_printed_json_reads_back_as_the_value(value: object) -> None:
    assert json.loads(json_text(value)) == value


def test_numbers_are_printed_to_the_digit() -> None:
    """No float could hold some of them, and JSON has no word for infinity."""
    value = json.loads('{"sum":0.10,"huge":1e400,"big":123456789012345678901234567890}', parse_float=Decimal)
    assert json_text(value) == '{"sum":0.10,"huge":1E+400,"big":123456789012345678901234567890}'
    assert json_text({"sum": Decimal("0.10")}, indent=2) == '{\n  "sum": 0.10\n}'


def test_columns_line_up_with_wide_characters(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Name", "State"), [("漢字", "x"), ("Zoë", "y"), ("e\u0301", "z")])
    lines = capsys.readouterr().out.splitlines()
    assert len({width(line[: line.rindex(mark)]) for line, mark in zip(lines[1:], "xyz", strict=True)}) == 1


def test_a_table_that_goes_to_a_file_is_not_cut(capsys: pytest.CaptureFixture[str]) -> None:
    print_table(("Comments",), [("word " * 100,)])
    assert ("word " * 100).strip() in capsys.readouterr().out
