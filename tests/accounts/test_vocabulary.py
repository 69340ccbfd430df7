"""The table of what Earwitness records about people says what the code does, and no more."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from earwitness.accounts import vocabulary

ROOM = Path(vocabulary.__file__).parent
CALL = re.compile(r'(?:\.note|\brecord|\brefused)\((?:[^()]|\([^()]*\))*?"(\w+)",\s*"(\w+)"')
NAMED = re.compile(r'event="(\w+)",\s*sub_event="(\w+)"')


def written() -> Iterator[tuple[str, str]]:
    """Return the pairs of event and sub event that stand in the code of this room."""
    for file in ROOM.rglob("*.py"):
        text = file.read_text(encoding="utf-8")
        for rule in (CALL, NAMED):
            yield from (match.groups() for match in rule.finditer(text))  # both have two groups


def test_every_pair_in_the_code_has_a_row() -> None:
    """A new act comes with its sentence."""
    rows = {(act.event, act.sub_event) for act in vocabulary.EVENTS}
    found = set(written())
    assert len(found) > 15
    assert found <= rows


@pytest.mark.parametrize("act", vocabulary.EVENTS, ids=lambda act: f"{act.event}.{act.sub_event}")
def test_every_row_is_recorded_somewhere(act: vocabulary.Act) -> None:
    """And no row is left of an act that is gone."""
    code = "".join(f.read_text(encoding="utf-8") for f in ROOM.parent.rglob("*.py") if f.name != "vocabulary.py")
    assert f'"{act.event}"' in code
    assert f'"{act.sub_event}"' in code
    assert act.sentence.endswith(".")
