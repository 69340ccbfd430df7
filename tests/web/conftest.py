"""The pages as Django serves them, over a real log: people, a recorder, a reader."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from earwitness.accounts import recorder as accounts_recorder
from earwitness.deliver import means
from earwitness.deliver.wire.guard import Guard
from earwitness.record import Recorder
from earwitness.search import Reader
from earwitness.server import runtime
from earwitness.server.config import Config
from earwitness.store import Store
from tests.cast import HOME, Cast, cast, log, password_hash

__all__ = ["cast", "log", "password_hash"]


@pytest.fixture(scope="session")
def recorder(store: Store) -> Iterator[Recorder]:
    """The write door, open."""
    opened = Recorder(store)
    opened.start()
    yield opened
    opened.stop()


@dataclass
class Pages:
    """The pages of one house, and what was recorded while they were looked at."""

    cast: Cast
    recorder: Recorder
    acts: list[dict[str, Any]] = field(default_factory=list)

    def record(self, **event: Any) -> int:
        """Put an event of the home tenant into the log; it is no act of the pages."""
        return self.recorder.record_own(HOME, **({"username": "ana.pop", "event": "page_test"} | event))

    def take_down(self, tenant: str, **event: Any) -> int:
        """Record what the pages do, and remember it."""
        seq = self.recorder.record_own(tenant, **event)
        self.acts.append({"tenant": tenant, "seq": seq, **event})
        return seq

    def client(self, name: str) -> Client:
        """Return a browser in which somebody is signed in."""
        client = self.cast.client(name)
        self.acts.clear()
        return client

    def named(self, event: str) -> list[dict[str, Any]]:
        """Return the acts of one kind."""
        return [act for act in self.acts if act["event"] == event]


@pytest.fixture
def pages(
    cast: Cast, store: Store, recorder: Recorder, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Pages]:
    """Open the pages over the real log of this process."""
    opened = Pages(cast, recorder)
    reader = Reader(store, secret=b"a secret of the tests")
    house = runtime.House(Config(data=tmp_path), store, recorder, reader)
    monkeypatch.setattr(runtime._Current, "house", house)
    accounts_recorder.set_recorder(opened.take_down)
    means.use(means.Means(reader, tmp_path / "exports", "", Guard(), ""))
    yield opened
    means.use(None)
    accounts_recorder.set_recorder(None)
