"""One real NATS server per test process: ``nats_server`` (session), ``nats_url``; tests that stop it use ``own_nats``."""

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from hongyan.kernel.embedded.nats import EmbeddedNats


def _run() -> Iterator[EmbeddedNats]:
    folder = Path(tempfile.mkdtemp(prefix="hy-nats-", dir="/tmp"))
    server = EmbeddedNats(folder / "data", sync_always=False)
    with (folder / "log").open("wb") as log:
        server.start(log=log)
        try:
            yield server
        finally:
            server.stop()
            shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture(scope="session")
def nats_server() -> Iterator[EmbeddedNats]:
    """Run a server for all tests of this process: name streams and subjects apart."""
    yield from _run()


@pytest.fixture
def nats_url(nats_server: EmbeddedNats) -> str:
    """Address of the shared server, with credentials."""
    return nats_server.url


@pytest.fixture
def own_nats() -> Iterator[EmbeddedNats]:
    """A server of this test's own, which it may stop and start."""
    yield from _run()
