"""The table of events is laid out as docs/decisions say."""

import json

import pytest

from earwitness.store import Store
from tests.conftest import ask, new_tenant
from tests.store.test_store import line

WITHIN = "SELECT count() FROM events WHERE tenant = {tenant:String} AND "
WORD = WITHIN + "hasAllTokens(search_words, [lowerUTF8({word:String})])"
PART = WITHIN + "search_words LIKE concat('%', lowerUTF8({word:String}), '%')"


@pytest.mark.parametrize("field", ["comments", "event_object", "request_uri"])
def test_it_knows_whole_words_of_each_text(store: Store, field: str) -> None:
    """A word of four characters or more is found whatever its case; a part of it is not a word."""
    tenant = new_tenant()
    store.insert_lines("events", line(tenant, 1, **{field: "x-Garcia_442079460123/end"}))
    assert ask(store, WORD, tenant=tenant, word="gARCIA") == [(1,)]
    assert ask(store, WORD, tenant=tenant, word="442079460123") == [(1,)]
    assert ask(store, WORD, tenant=tenant, word="42079460123") == [(0,)]
    assert ask(store, PART, tenant=tenant, word="42079460123") == [(1,)]


@pytest.mark.parametrize("word", ["İSTANBUL", "ΟΔΟΣ", "日本語東京", "Müller", "neue", "zweite"])
def test_it_knows_the_words_of_params_in_every_script(store: Store, word: str) -> None:
    """Letters of any script, words beside typographic quotes, after an escaped line break and after a backslash."""
    tenant = new_tenant()
    value = {"a": "„Müller“ İstanbul οδος 日本語東京", "b": "erste\nzweite", "c": "c:\\neue"}
    store.insert_lines("events", line(tenant, 1, params=json.dumps(value, ensure_ascii=False)))
    assert ask(store, WORD, tenant=tenant, word=word) == [(1,)]
    assert ask(store, PART, tenant=tenant, word=word) == [(1,)]


def test_its_words_are_answered_by_the_index(store: Store) -> None:
    """Neither fresh rows nor merged ones are read for a word: the index covers what an insert brings."""
    tenant = new_tenant()
    store.insert_lines("events", line(tenant, 1, comments="onceuponatime"))
    plan = ask(store, "EXPLAIN actions = 1 " + WORD, tenant=tenant, word="onceuponatime")
    assert any("__text_index_words" in row[0] for row in plan)
    bare = ask(
        store,
        "SELECT count() FROM system.parts WHERE table = 'events' AND active AND rows > 0"
        " AND secondary_indices_compressed_bytes = 0",
    )
    assert bare == [(0,)]


def test_a_block_is_one_part_in_one_file(store: Store) -> None:
    """What an insert writes is one part, packed into one file: it is there whole or not at all, after few syncs."""
    tenant = new_tenant()
    store.insert_lines("events", b"".join(line(tenant, seq) for seq in range(1, 501)))
    parts = ask(store, "SELECT uniqExact(_part), any(_part) FROM events WHERE tenant = {t:String}", t=tenant)
    assert parts[0][0] == 1
    storage = ask(
        store,
        "SELECT part_storage_type, level FROM system.parts WHERE table = 'events' AND name = {n:String}",
        n=parts[0][1],
    )
    assert storage == [("Packed", 0)] or storage[0][1] > 0, "merged already: nothing to see"


def test_an_embedded_store_rewrites_large_parts_in_little_memory(store: Store) -> None:
    """Erasing a row builds the word index of its part anew; the engine's default for that is more than it may use."""
    engine = ask(store, "SELECT engine_full FROM system.tables WHERE database = currentDatabase() AND name = 'events'")
    assert "text_index_max_memory_usage_before_flush = 67108864" in engine[0][0]
