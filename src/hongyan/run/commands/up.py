"""``hongyan up``: everything on this machine."""

import asyncio
from typing import Annotated

import setproctitle
import typer

from hongyan.kernel.log import configure_log
from hongyan.kernel.settings import Settings
from hongyan.run import demo
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail
from hongyan.run.connect import connected
from hongyan.run.parts import Extra
from hongyan.run.up import UpError
from hongyan.run.up import up as run_up


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
        allow = ",".join(filter(None, (settings.callback_allow, "127.0.0.0/8,::1")))
        settings = settings.model_copy(update={"allow_private_targets": True, "callback_allow": allow})
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
    ports = demo.demo_ports(settings.data_dir, (settings.port, settings.links_port))
    commands = demo.simulator_commands(settings)
    return [
        Extra("simulator-carriers", commands["simulator-carriers"], ports.carriers[0]),
        Extra("simulator-mmsc", commands["simulator-mmsc"], ports.media_inbox),
        Extra("simulator-handsets", commands["simulator-handsets"], ports.handset),
    ]


async def _demo(settings: Settings) -> None:
    async with connected(settings, "demo") as graph:
        await demo.prepare(graph)
