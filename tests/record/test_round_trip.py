"""What a sender writes into params reaches the disk and comes back, byte for byte, through the real engine."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from earwitness.record import Recorder, take_in
from earwitness.store import Store
from tests.conftest import ask, new_tenant

WORDS = st.text(max_size=12).filter(lambda text: "\0" not in text)
NUMBERS = st.sampled_from(
    ["0", "-0", "1.50", "1e400", "-1E+5", "123456789012345678901234567890", "0.1000000000000000055"]
)
LEAVES = st.one_of(WORDS.map(json.dumps), WORDS.map(lambda w: json.dumps(w, ensure_ascii=False)), NUMBERS)
JSON_TEXT = st.recursive(
    LEAVES
    | st.sampled_from(["null", "true", "{}", "[]", '"\\ud83d\\ude00"', '"\\/ \\" \\\\ \\u001f"', '"{\\"a\\":1}"']),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda parts: "[" + ",".join(parts) + "]")
        | st.lists(st.tuples(WORDS, inner), max_size=3).map(
            lambda pairs: "{" + ",".join(f"{json.dumps(key)}:{value}" for key, value in pairs) + "}"
        )
    ),
    max_leaves=10,
)


@pytest.fixture(scope="module")
def recorder(store: Store) -> Iterator[Recorder]:
    made = Recorder(store)
    made.start()
    yield made
    made.stop()


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(JSON_TEXT, WORDS), min_size=1, max_size=12))
def test_no_params_break_a_block(recorder: Recorder, store: Store, events: list[tuple[str, str]]) -> None:
    """Whatever JSON it is, the events beside it are recorded too, and every value is the one that was sent."""
    tenant = new_tenant()
    lines = [
        f'{{"username":"a","event":"b","comments":{json.dumps(comments)},"params":{{"x":{value}}}}}'.encode()
        for value, comments in events
    ]
    outcome = recorder.submit(tenant, take_in(lines, b"\n".join(lines), recorder.sender(tenant))).result(60)
    assert (outcome.recorded, outcome.rejected) == (len(events), [])
    sql = "SELECT params, comments, redactions FROM events WHERE tenant = {tenant:String} ORDER BY seq"
    for (value, comments), (params, kept, redactions) in zip(events, ask(store, sql, tenant=tenant), strict=True):
        if not redactions:
            assert _exactly(params) == _exactly(f'{{"x":{value}}}')
            assert kept == comments


def _exactly(text: str) -> Any:
    """Read JSON with numbers as they are written, and objects as their pairs."""
    return json.loads(text, parse_float=str, parse_int=str, object_pairs_hook=list)
