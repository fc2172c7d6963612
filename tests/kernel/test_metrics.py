"""Metrics of one process do not mix with another's."""

import pytest

from hongyan.kernel.metrics import Metrics


def test_metrics_are_rendered_with_process_and_prefix() -> None:
    metrics = Metrics("worker")
    metrics.counter("jobs", "Jobs run.", ["name"]).labels("campaigns.plan").inc(3)
    metrics.gauge("queue", "Jobs waiting.").set(7)
    metrics.histogram("commit_seconds", "Commits.").observe(0.02)
    text = metrics.render().decode()
    for line in (
        'hongyan_jobs_total{name="campaigns.plan"} 3.0',
        "hongyan_queue 7.0",
        'hongyan_commit_seconds_bucket{le="0.025"} 1.0',
        'target_info{process="worker"} 1.0',
        "process_resident_memory_bytes",
    ):
        assert line in text


def test_asking_twice_gives_the_same_metric_and_registries_are_apart() -> None:
    one, other = Metrics("web"), Metrics("web")
    assert one.counter("calls", "Calls.") is one.counter("calls", "Calls.")
    one.counter("calls", "Calls.").inc()
    other.counter("calls", "Calls.")
    assert b"hongyan_calls_total 0.0" in other.render()


def test_one_name_is_one_kind() -> None:
    metrics = Metrics("web")
    metrics.counter("calls", "Calls.")
    with pytest.raises(TypeError, match="calls"):
        metrics.gauge("calls", "Calls.")
