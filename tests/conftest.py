"""Fixtures for every test: real servers, started once per process when a test first asks for them."""

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
