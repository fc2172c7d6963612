"""Reaching an installation.

Its database, its bus and its object graph, for a process or for a command beside a running ``up``.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.embedded.nats import EmbeddedNats
from hongyan.kernel.embedded.postgres import EmbeddedPostgres
from hongyan.kernel.settings import Settings
from hongyan.run.graph import Graph, build_graph


def database_url(settings: Settings) -> str:
    """Return the database of the installation: the one set, or the embedded one of its data directory."""
    return settings.database_url or EmbeddedPostgres(settings.data_dir / "postgres", settings.data_dir / "run").url()


def nats_url(settings: Settings) -> str:
    """Return the bus of the installation: the one set, or the embedded one of its data directory."""
    return settings.nats_url or EmbeddedNats(settings.data_dir / "nats").url


@asynccontextmanager
async def connected(settings: Settings, name: str) -> AsyncIterator[Graph]:
    """Yield the object graph, connected; close everything afterwards. ``name`` is shown at the bus."""
    bus = NatsBus(nats_url(settings), name=name)
    await bus.open()
    graph = build_graph(settings, database_url(settings), bus)
    try:
        yield graph
    finally:
        await bus.close()
        await graph.db.close()
