"""``hongyan up | web | worker | gateway | redirector | migrate | init``: starting things."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated

import setproctitle
import typer

from hongyan.kernel.db.migrate import migrate as migrate_schema
from hongyan.kernel.keys.ring import KeyRingError, load_or_create_key_ring
from hongyan.kernel.log import configure_log
from hongyan.kernel.metrics import Metrics
from hongyan.kernel.settings import Settings
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.identity.errors import OperatorExists
from hongyan.run import demo, gateway, redirector, web, worker
from hongyan.run.commands.output import fail, out
from hongyan.run.connect import connected
from hongyan.run.graph import Graph
from hongyan.run.health import Health
from hongyan.run.up import Extra, UpError
from hongyan.run.up import up as run_up

DataDir = Annotated[
    Path | None, typer.Option("--data-dir", help="All state lies here (default: var, or HONGYAN_DATA_DIR).")
]
Main = Callable[[Graph, Health, asyncio.Event], Awaitable[None]]


def settings_of(data_dir: Path | None = None, **values: object) -> Settings:
    """Return the environment's settings with the options of the command in front."""
    given = {key: value for key, value in values.items() if value is not None}
    if data_dir is not None:
        given["data_dir"] = data_dir
    return Settings().model_copy(update=given).absolute()


def up(
    data_dir: DataDir = None,
    *,
    with_demo: Annotated[
        bool, typer.Option("--demo", help="Add simulators and a tenant that is ready to send.")
    ] = False,
    host: Annotated[str | None, typer.Option(help="Address to listen on (default 127.0.0.1).")] = None,
    port: Annotated[int | None, typer.Option(help="Console and API (default 8080).", min=1, max=65535)] = None,
    links_port: Annotated[
        int | None, typer.Option(help="Short links and handsets (default 8081).", min=1, max=65535)
    ] = None,
) -> None:
    """Start everything on this machine; stop with Ctrl-C."""
    settings = settings_of(data_dir, host=host, port=port, links_port=links_port, demo=with_demo or None)
    setproctitle.setproctitle("hongyan up")
    if with_demo:
        # The simulators are private targets, and the demo is for one machine.
        settings = settings.model_copy(update={"allow_private_targets": True})
    configure_log(process="up", fmt=settings.log_format, level=settings.log_level)
    try:
        code = asyncio.run(run_up(settings, before=_prepare, after=_demo if with_demo else None))
    except UpError as error:
        fail(str(error))
    raise typer.Exit(code)


async def _prepare(settings: Settings) -> list[Extra]:
    """Make today's partitions before anybody writes, and name the demo's simulators."""
    async with connected(settings, "prepare") as graph, graph.db.begin() as uow:
        await graph.delivery.ensure_partitions(uow)
        await graph.receipts.ensure_partitions(uow)
        await graph.short_links.ensure_partitions(uow)
    if not settings.demo:
        return []
    ports = demo.demo_ports(settings.data_dir)
    commands = demo.simulator_commands(settings)
    return [
        Extra("simulator-carriers", commands["simulator-carriers"], ports.carriers[0]),
        Extra("simulator-handsets", commands["simulator-handsets"], ports.handset),
    ]


async def _demo(settings: Settings) -> None:
    async with connected(settings, "demo") as graph:
        await demo.prepare(graph)


def _process(name: str, main: Main) -> None:
    """Run one process of ours until it is told to stop."""
    settings = settings_of()
    setproctitle.setproctitle(f"hongyan {name}")
    configure_log(process=name, fmt=settings.log_format, level=settings.log_level)
    try:
        asyncio.run(_run(name, settings, main))
    except KeyRingError as error:
        fail(str(error))


async def _run(name: str, settings: Settings, main: Main) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    async with connected(settings, name) as graph:
        health = Health(Metrics(name), {"database": graph.db.ping})
        async with health.serving(settings.health_port):
            await main(graph, health, stop)


def run_web() -> None:
    """Run the console and the API alone."""
    _process("web", web.run)


def run_worker() -> None:
    """Run the background jobs alone."""
    _process("worker", worker.run)


def run_gateway() -> None:
    """Run the carrier sessions alone."""
    _process("gateway", gateway.run)


def run_redirector() -> None:
    """Run the short links and the handsets' doors alone."""
    _process("redirector", redirector.run)


def migrate(data_dir: DataDir = None) -> None:
    """Bring the database named by HONGYAN_DATABASE_URL to the newest schema (`up` does it by itself)."""
    settings = settings_of(data_dir)
    if settings.database_url is None:
        fail("HONGYAN_DATABASE_URL is not set", hint="without it, `hongyan up` starts and migrates its own database")
    state = migrate_schema(settings.database_url)
    out.print(f"schema is at {state.current}")


def init(data_dir: DataDir = None) -> None:
    """Make the key ring and the first operator of a production installation; prints the password once."""
    settings = settings_of(data_dir)
    load_or_create_key_ring(settings.key_path)
    try:
        password = asyncio.run(_first_operator(settings))
    except OperatorExists as error:
        fail(error.text("en"))
    out.print(f"operator: operator\npassword: {password}\n[dim]It is not shown again.[/]")


async def _first_operator(settings: Settings) -> str:
    async with connected(settings, "init") as graph, graph.db.begin() as uow:
        _, password = await graph.identity.people.create_first_operator(uow, system_actor(), "operator")
        return password
