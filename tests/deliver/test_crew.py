"""What waits for receivers is worked on side by side: one that hangs keeps no other, and no tenant takes all."""

import threading
from types import SimpleNamespace
from typing import Any

from earwitness.deliver.crew import AT_ONCE, Crew


def row(number: int, tenant: int = 1) -> Any:
    return SimpleNamespace(pk=number, tenant_id=tenant, _meta=SimpleNamespace(label="Message"))


def test_a_tenant_whose_receivers_hang_keeps_no_other_waiting() -> None:
    """A few of each tenant at a time; the rest of them waits its turn, and is not begun twice."""
    crew, free, done = Crew(workers=AT_ONCE + 1), threading.Event(), []
    hanging = threading.Semaphore(0)

    def hang(number: int) -> None:
        hanging.release()
        free.wait(60)
        done.append(number)

    for number in range(AT_ONCE + 3):
        assert crew.begin(row(number), lambda number=number: hang(number))
        assert not crew.begin(row(number), lambda: done.append(-1))
    for _ in range(AT_ONCE):
        assert hanging.acquire(timeout=60)
    assert not hanging.acquire(blocking=False)
    came = threading.Event()
    assert crew.begin(row(99, tenant=2), came.set)
    assert came.wait(60)
    assert done == []
    free.set()
    for _ in range(3):
        assert hanging.acquire(timeout=60)
    crew.end()
    assert sorted(done) == list(range(AT_ONCE + 3))


def test_work_that_fails_gives_its_place_back() -> None:
    """And the same row can be worked on again."""
    crew, came = Crew(workers=1), threading.Semaphore(0)

    def fail() -> None:
        came.release()
        raise RuntimeError("on purpose")

    for _ in range(AT_ONCE * 2):
        while not crew.begin(row(1), fail):
            pass
        assert came.acquire(timeout=60)
    crew.end()
