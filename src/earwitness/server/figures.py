"""The figures of one house, for Prometheus: what was recorded, what waits, how requests go. Nobody is named in them."""

import shutil
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

from prometheus_client import REGISTRY, CollectorRegistry, Counter, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from earwitness import __version__

if TYPE_CHECKING:
    from earwitness.server.runtime import House

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)


class Figures:
    """Counts as things happen, and looks at the rest when asked. Each house has a registry of its own."""

    def __init__(self, house: "House") -> None:
        self._house = house
        self._registry = CollectorRegistry()
        self._recorded = Counter(
            "earwitness_rows_recorded", "Rows that were made durable.", ["log"], registry=self._registry
        )
        self._requests = Counter(
            "earwitness_requests", "Requests that were answered.", ["door", "status"], registry=self._registry
        )
        self._seconds = Histogram(
            "earwitness_request_seconds",
            "From a request's first byte to the head of its answer; at the door `record`, until durable.",
            ["door"],
            buckets=SECONDS,
            registry=self._registry,
        )
        self._registry.register(self)
        house.recorder.on_commit(self._committed)

    def _committed(self, _tenant: str, table: str, _stream: str, first: int, last: int) -> None:
        self._recorded.labels(table).inc(last - first + 1)

    def collect(self) -> Iterator[Metric]:
        """Yield what stands now. Called by the registry."""
        house = self._house
        yield InfoMetricFamily("earwitness", "What runs.", {"version": __version__})
        yield GaugeMetricFamily("earwitness_rows_waiting", "Rows that wait to be committed.", house.recorder.waiting)
        yield GaugeMetricFamily(
            "earwitness_disk_free_bytes", "Free under the data directory.", shutil.disk_usage(house.config.data).free
        )
        yield GaugeMetricFamily(
            "earwitness_switch_findings_waiting", "What switches told and is not recorded yet.", house.switches.waiting
        )
        links = GaugeMetricFamily("earwitness_switch_connected", "Whether a switch is heard.", labels=["switch"])
        for status in house.switches.statuses:
            links.add_metric([status.switch], float(status.state == "listening"))
        yield links

    def text(self) -> bytes:
        """Return everything in the text format of Prometheus, those of the process first."""
        return generate_latest(REGISTRY) + generate_latest(self._registry)

    def counted(self, app: ASGIApp, door: str) -> ASGIApp:
        """Return an application whose requests are counted as those of a door."""
        seconds = self._seconds.labels(door)
        by_status = {status: self._requests.labels(door, f"{status}xx") for status in range(1, 6)}

        async def answered(scope: Scope, receive: Receive, send: Send) -> None:
            began = time.perf_counter()

            async def passed(message: Message) -> None:
                if message["type"] == "http.response.start":
                    seconds.observe(time.perf_counter() - began)
                    by_status[message["status"] // 100].inc()
                await send(message)

            await app(scope, receive, passed)

        return answered
