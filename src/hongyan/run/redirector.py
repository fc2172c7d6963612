"""The ``redirector`` process: taps on short links, the card as a page, and the doors of handsets, on the links port."""

import asyncio

from hongyan.rooms.short_links.public_web import Redirector
from hongyan.rooms.smart.public_web import public_apps
from hongyan.run.graph import Graph
from hongyan.run.health import Health
from hongyan.run.serve import serve


async def run(graph: Graph, health: Health, stop: asyncio.Event) -> None:
    """Serve until told to stop."""
