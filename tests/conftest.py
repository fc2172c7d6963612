"""Fixtures for every test: real servers, started once per process when a test first asks for them."""

import os

# Tests that run side by side choose their ports from slices of their own: a port is chosen before its owner listens.
if (worker := os.environ.get("PYTEST_XDIST_WORKER", "")).removeprefix("gw").isdigit():
    _first = 12_000 + int(worker.removeprefix("gw")) % 4 * 5_000
    os.environ.setdefault("HONGYAN_QUIET_PORTS", f"{_first}-{_first + 4_999}")

pytest_plugins = [
    "support.postgres",
    "support.nats",
    "support.installation",
    "support.doors",
    "support.cloud",
    "support.video_requests",
    "support.domains",
    "support.accounts",
    "support.holdings",
]
