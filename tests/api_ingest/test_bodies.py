"""Bodies are taken in whole, bounded and cut right, or refused with a sentence."""

import gzip
import tracemalloc
from collections.abc import Callable

import pytest
import zstandard

from earwitness.api.ingest import bodies
from earwitness.model.problem import Malformed, TooLarge, Unavailable, UnsupportedMedia

JSON, NDJSON = "application/json", "application/x-ndjson"


def pack_zstd(content: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(content)


@pytest.mark.parametrize(("pack", "unpack"), [(gzip.compress, bodies.unpack_gzip), (pack_zstd, bodies.unpack_zstd)])
def test_what_was_packed_comes_back_also_in_several_members(
    pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]
) -> None:
    first, second = b'{"event":"call"}\n' * 9000, "Zoë 🎧".encode()
    assert unpack(pack(first) + pack(second)) == first + second


@pytest.mark.parametrize(("pack", "unpack"), [(gzip.compress, bodies.unpack_gzip), (pack_zstd, bodies.unpack_zstd)])
def test_a_bomb_is_refused_without_being_unpacked(
    pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes]
) -> None:
    bomb = pack(bytes(300_000_000))
    tracemalloc.start()
    with pytest.raises(TooLarge, match="64 MiB"):
        unpack(bomb)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 3 * bodies.MAX_BYTES


@pytest.mark.parametrize(("pack", "unpack"), [(gzip.compress, bodies.unpack_gzip), (pack_zstd, bodies.unpack_zstd)])
@pytest.mark.parametrize("spoil", [lambda packed: packed[:-5], lambda packed: b"not packed at all"])
def test_a_body_cut_off_or_not_packed_is_said_to_be(
    pack: Callable[[bytes], bytes], unpack: Callable[[bytes], bytes], spoil: Callable[[bytes], bytes]
) -> None:
    with pytest.raises(Malformed, match=r"ends too early|not valid"):
        unpack(spoil(pack(b"x" * 100_000)))


def test_an_array_is_cut_into_its_elements_whatever_its_layout() -> None:
    cut = bodies.cut(b'[ {"a": "}, {"},\r\n\t{"b": [1, 2]} , 3]', JSON)
    assert [bytes(item) for item in cut.items] == [b'{"a": "}, {"}', b'{"b": [1, 2]}', b"3"]


def test_lines_keep_their_numbers_and_blank_ones_are_passed_over() -> None:
    cut = bodies.cut(b'{"a":1}\r\n\n  \n{"b":2}\n', NDJSON)
    assert [cut.place(0), cut.place(1)] == ["line 1", "line 4"]
    assert [bytes(item).strip() for item in cut.items] == [b'{"a":1}', b'{"b":2}']


@pytest.mark.parametrize(
    ("body", "says"),
    [
        (b"", "empty"),
        (b" \n", "empty"),
        (b"42", "neither an object nor an array"),
        (b'"text"', "neither an object nor an array"),
        (b'[{"a":1},\n {"b":2]', "line 2, column 8"),
        (b"[1, 2", "ends too early at line 1, column 6"),
    ],
)
def test_what_is_no_json_is_pointed_at(body: bytes, says: str) -> None:
    with pytest.raises(Malformed, match=says):
        bodies.cut(body, JSON)


def test_more_than_ten_thousand_events_are_too_many() -> None:
    line = b'{"a":1}\n'
    assert len(bodies.cut(line * bodies.MAX_ITEMS, NDJSON).items) == bodies.MAX_ITEMS
    with pytest.raises(TooLarge, match="10,000"):
        bodies.cut(line * (bodies.MAX_ITEMS + 1), NDJSON)


@pytest.mark.parametrize(
    "sent", ["text/plain", "application/x-www-form-urlencoded", "", "application/json; charset=utf-16"]
)
def test_other_media_types_are_told_what_to_send(sent: str) -> None:
    with pytest.raises(UnsupportedMedia, match="Send"):
        bodies.media_type(sent)


@pytest.mark.parametrize("sent", ["application/json", "Application/JSON ; charset=UTF-8", "application/x-ndjson"])
def test_our_media_types_are_taken_however_they_are_written(sent: str) -> None:
    assert bodies.media_type(sent) in {JSON, NDJSON}


def test_bodies_under_way_share_a_bounded_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """When it is full, the next piece is refused with a time to come back; what ends gives its part back."""
    monkeypatch.setattr(bodies, "MAX_HELD", 10)
    with bodies.Room() as first:
        first.take(6)
        with bodies.Room() as second:
            second.take(4)
            with pytest.raises(Unavailable) as refused:
                second.take(1)
            assert refused.value.retry_after
        first.take(4)
    assert bodies.Room.held == 0
