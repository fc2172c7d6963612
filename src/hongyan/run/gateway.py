"""The ``gateway`` process: live sessions with carriers. Many may run; each account is worked on by one at a time."""

import asyncio

from hongyan.rooms.gateways.service.door import GatewaysService
from hongyan.run.graph import Graph
from hongyan.run.health import Health


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve all enabled accounts until told to stop."""
    del health  # the database is checked for every process; an account without its carrier is no reason to restart
    gateways = GatewaysService(
        db=graph.db,
        clock=graph.clock,
        carriers=graph.carriers,
        delivery=graph.delivery,
        receipts=graph.receipts,
    )
    await gateways.run(graph.settings.gateway_id, stop)
