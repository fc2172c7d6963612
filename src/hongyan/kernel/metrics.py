"""Numbers for Prometheus: one registry per process, handed around like the clock; names begin with ``hongyan_``.

Not for: counts that customers see (those are rows) nor logs.
"""

from collections.abc import Sequence
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.platform_collector import PlatformCollector
from prometheus_client.process_collector import ProcessCollector

_T = TypeVar("_T")

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
"""Buckets for times of requests and transactions."""
SIZES = (1, 4, 16, 64, 256, 1024, 4096, 16384, 65536)
"""Buckets for batches."""


class Metrics:
    """The registry of one process. Asking twice for one name returns the same metric."""

    def __init__(self, process: str) -> None:
        """Label everything with the process's name; memory, processor time and descriptors come along."""
        self._registry = CollectorRegistry(target_info={"process": process})
        ProcessCollector(registry=self._registry)
        PlatformCollector(registry=self._registry)
        self._known: dict[str, Counter | Gauge | Histogram] = {}

    def counter(self, name: str, text: str, labels: Sequence[str] = ()) -> Counter:
        """Return the counter ``hongyan_<name>_total``."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Counter(f"hongyan_{name}", text, labels, registry=self._registry)
        return _typed(name, known, Counter)

    def gauge(self, name: str, text: str, labels: Sequence[str] = ()) -> Gauge:
        """Return the gauge ``hongyan_<name>``."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Gauge(f"hongyan_{name}", text, labels, registry=self._registry)
        return _typed(name, known, Gauge)

    def histogram(
        self, name: str, text: str, labels: Sequence[str] = (), *, buckets: Sequence[float] = SECONDS
    ) -> Histogram:
        """Return the histogram ``hongyan_<name>`` with upper bounds ``buckets``."""
        known = self._known.get(name)
        if known is None:
            known = self._known[name] = Histogram(
                f"hongyan_{name}", text, labels, buckets=tuple(buckets), registry=self._registry
            )
        return _typed(name, known, Histogram)

    def render(self) -> bytes:
        """Return everything in Prometheus' text format (:data:`CONTENT_TYPE`)."""
        return generate_latest(self._registry)


def _typed(name: str, metric: object, kind: type[_T]) -> _T:
    if not isinstance(metric, kind):
        msg = f"the metric {name} is not a {kind.__name__}"
        raise TypeError(msg)
    return metric
