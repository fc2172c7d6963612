"""``hongyan web | worker | gateway | redirector``.

One process of ours, as ``hongyan up`` starts them or alone on a machine.
"""

import asyncio
import importlib
import signal
from collections.abc import Awaitable, Callable
from typing import cast

import setproctitle
import uvloop

from hongyan.kernel.keys.ring import KeyRingError
from hongyan.kernel.log import configure_log
from hongyan.kernel.metrics import Metrics
from hongyan.kernel.settings import Settings
from hongyan.run.collector import leave_alone_what_stays
from hongyan.run.commands.options import settings_of
from hongyan.run.commands.output import fail
from hongyan.run.connect import connected
from hongyan.run.graph import Graph
from hongyan.run.health import Health

Main = Callable[[Graph, Health, asyncio.Event], Awaitable[None]]


def _process(name: str) -> None:
    """Run one process of ours until it is told to stop; only its own module is loaded."""
    main = cast("Main", importlib.import_module(f"hongyan.run.{name}").run)
    settings = settings_of()
    setproctitle.setproctitle(f"hongyan {name}")
    configure_log(process=name, fmt=settings.log_format, level=settings.log_level)
    try:
        uvloop.run(_run(name, settings, main))
    except KeyRingError as error:
        fail(str(error))


async def _run(name: str, settings: Settings, main: Main) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with connected(settings, name) as graph:
        leave_alone_what_stays()
        health = Health(Metrics(name), {"database": graph.db.ping})
        async with health.serving(settings.health_port):
            await main(graph, health, stop)


def run_web() -> None:
    """Run the console and the API alone."""
    _process("web")


def run_worker() -> None:
    """Run the background jobs alone."""
    _process("worker")


def run_gateway() -> None:
    """Run the carrier sessions alone."""
    _process("gateway")


def run_redirector() -> None:
    """Run the short links and the handsets' doors alone."""
    _process("redirector")
