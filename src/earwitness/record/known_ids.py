"""Which ids may be in the log already: a Bloom filter over all of them, so that new events cost no look-up.

It says "new" with certainty and "known" with an error of about 2 in a million; every "known" is looked up in the store.
"""

import functools
import hashlib
import threading
from collections.abc import Sequence

import numpy as np

Keys = np.ndarray[tuple[int], np.dtype[np.uint64]]

_PROBES = 14
_BITS = 28  # per id; with 14 probes (1 - e^-0.5)^14 = 2.1e-6 when full
_LEAST = 1 << 18  # ids in the first generation
_MOST = 150_000_000  # ids in one generation: its bits must be counted in 32 bits
_U32 = np.uint64(32)


def _mixed(value: Keys) -> Keys:
    """The finaliser of SplitMix64 (Steele, Lea, Flood 2014): every bit of the input moves every bit of the output."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@functools.lru_cache(maxsize=4096)
def _salt(tenant: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(tenant.encode(), digest_size=8).digest(), "big"))


def keys_of_many(batches: Sequence[tuple[str, int]], ids: Sequence[str]) -> Keys:
    """Return one 64-bit key for each UUID (as text, with hyphens); they belong, in turn, to so many tenants: (tenant,
    how many of the ids)."""
    salts = np.repeat(
        np.array([_salt(tenant) for tenant, _ in batches], dtype=np.uint64), [count for _, count in batches]
    )
    return _keys(salts, _halves(ids))


def _halves(ids: Sequence[str]) -> np.ndarray[tuple[int, int], np.dtype[np.uint64]]:
    raw = np.frombuffer(bytes.fromhex("".join(ids).replace("-", "")), dtype=">u8")
    return raw.astype(np.uint64).reshape(-1, 2)


def keys_of_binary(tenant: str, rows: bytes) -> Keys:
    """Return one 64-bit key for each UUID in the engine's RowBinary (two little-endian halves, the high one first)."""
    return _keys(_salt(tenant), np.frombuffer(rows, dtype="<u8").reshape(-1, 2))


def _keys(salt: np.uint64 | Keys, halves: np.ndarray[tuple[int, int], np.dtype[np.uint64]]) -> Keys:
    return _mixed(_mixed(halves[:, 0] ^ salt) ^ halves[:, 1])


class _Generation:
    """One filter of fixed size."""

    def __init__(self, capacity: int) -> None:
        self.capacity = min(max(capacity, _LEAST), _MOST)
        self.size = np.uint64(self.capacity * _BITS)
        self.bits = np.zeros(self.capacity * _BITS // 8 + 1, dtype=np.uint8)
        self.count = 0

    def _places(self, keys: Keys, step: Keys, probe: int) -> Keys:
        spread = (keys + np.uint64(probe) * step) >> _U32
        return (spread * self.size) >> _U32

    def maybe(self, keys: Keys) -> np.ndarray[tuple[int], np.dtype[np.intp]]:
        left = np.arange(len(keys))
        step = _mixed(keys) | np.uint64(1)
        for probe in range(_PROBES):
            places = self._places(keys[left], step[left], probe)
            bit = np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
            left = left[(self.bits[places >> np.uint64(3)] & bit) != 0]
            if not len(left):
                break
        return left

    def add(self, keys: Keys) -> None:
        step = _mixed(keys) | np.uint64(1)
        for probe in range(_PROBES):
            places = self._places(keys, step, probe)
            bit = np.uint8(1) << (places & np.uint64(7)).astype(np.uint8)
            bytes_ = (places >> np.uint64(3)).astype(np.intp)
            while len(bytes_):  # of several bits for one byte the last alone is kept: what is missing goes again
                self.bits[bytes_] |= bit
                missing = (self.bits[bytes_] & bit) == 0
                bytes_, bit = bytes_[missing], bit[missing]
        self.count += len(keys)


class KnownIds:
    """All ids of one table. Safe to use from several threads."""

    def __init__(self) -> None:
        """An empty filter, not ready: until ``ready`` is set, every id must be looked up."""
        self.ready = threading.Event()
        self._lock = threading.Lock()
        self._generations = [_Generation(_LEAST)]

    def expect(self, count: int) -> None:
        """Make room for ``count`` ids and a quarter more."""
        with self._lock:
            self._generations.append(_Generation(count + count // 4))

    def maybe(self, keys: Keys) -> list[int]:
        """Return, in order, the places of those keys that may be known."""
        with self._lock:
            found = [generation.maybe(keys) for generation in self._generations if generation.count]
        return sorted(set(np.concatenate(found).tolist())) if found else []

    def add(self, keys: Keys) -> None:
        """Add keys; a filter that is full is followed by another, half as large as all so far."""
        with self._lock:
            newest = self._generations[-1]
            if newest.count + len(keys) > newest.capacity:
                total = sum(generation.count for generation in self._generations)
                newest = _Generation(max(total // 2, len(keys)))
                self._generations.append(newest)
            newest.add(keys)

    @property
    def memory(self) -> int:
        """Bytes that the filter takes."""
        return sum(generation.bits.nbytes for generation in self._generations)
