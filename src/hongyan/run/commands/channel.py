"""``hongyan channel add|list|enable|disable|remove``: the carrier accounts of an installation."""

import asyncio
import re
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table as Grid

from hongyan.kernel.db.database import Uow
from hongyan.kernel.settings import Settings
from hongyan.rooms.carriers.contracts import Account, Carrier, NewAccount, Protocol
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import connected
from hongyan.run.graph import Graph

app = typer.Typer(help="Carrier accounts.", no_args_is_help=True)
_RATE = re.compile(r"(\d+)(?:/s)?")
Act = Callable[[Graph, Uow], Awaitable[object]]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


def _do(settings: Settings, act: Act) -> object:
    async def run() -> object:
        async with connected(settings, "channel") as graph, graph.db.begin() as uow:
            return await act(graph, uow)

    with refusing():
        return asyncio.run(run())


@app.command("add")
def add(
    name: str,
    protocol: Annotated[Protocol, typer.Option()],
    host: Annotated[str, typer.Option()],
    port: Annotated[int, typer.Option(min=1, max=65535)],
    account: Annotated[str, typer.Option(help="SP id, the Source_Addr of the login; mm7: VASPID.")],
    secret: Annotated[str, typer.Option(help="Shared secret; sealed before it is stored.")],
    src: Annotated[str, typer.Option(help="Access number, for example 10690000.")],
    carrier: Annotated[Carrier, typer.Option()] = Carrier.ANY,
    rate: Annotated[str | None, typer.Option(help="Parts per second, for example 200/s; absent: no limit.")] = None,
    window: Annotated[int, typer.Option(min=1, max=1024)] = 16,
    connections: Annotated[int, typer.Option(min=1, max=64)] = 1,
    serves: Annotated[str, typer.Option(help="all, or channel numbers with commas.")] = "all",
    listen_port: Annotated[
        int | None, typer.Option(min=1, max=65535, help="Where the carrier brings reports and replies (mm7).")
    ] = None,
    mm7_schema: Annotated[str | None, typer.Option(help="Release of the centre, like REL-6-MM7-1-4.")] = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add an account; the gateway connects within seconds."""
    match = _RATE.fullmatch(rate) if rate else None
    if rate and not match:
        fail(f"--rate {rate} is no rate", hint="write it like 200/s")
    new = NewAccount(
        name=name,
        protocol=protocol,
        host=host,
        port=port,
        login=account,
        secret=secret,
        src_number=src,
        carrier=carrier,
        rate_per_s=int(match[1]) if match else None,
        window_pdus=window,
        connections=connections,
        serves=None if serves == "all" else tuple(part.strip() for part in serves.split(",")),
        listen_port=listen_port,
        mm7_schema=mm7_schema,
    )

    async def act(graph: Graph, uow: Uow) -> Account:
        return await graph.carriers.add_account(uow, new)

    added = _do(settings_of(data_dir), act)
    _show([added], as_json=as_json)


@app.command("list")
def list_(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List the accounts."""

    async def act(graph: Graph, uow: Uow) -> list[Account]:
        return await graph.carriers.list_accounts(uow)

    accounts = _do(settings_of(data_dir), act)
    _show(accounts if isinstance(accounts, list) else [], as_json=as_json)


@app.command("enable")
def enable(name: str, data_dir: DataDir = None) -> None:
    """Let an account send."""
    _set(name, data_dir, is_enabled=True)


@app.command("disable")
def disable(name: str, data_dir: DataDir = None) -> None:
    """Stop an account; what it has not attempted waits or takes other accounts."""
    _set(name, data_dir, is_enabled=False)


@app.command("remove")
def remove(name: str, data_dir: DataDir = None) -> None:
    """Remove a disabled account."""

    async def act(graph: Graph, uow: Uow) -> bool:
        is_enabled = any(one.name == name and one.is_enabled for one in await graph.carriers.list_accounts(uow))
        if not is_enabled:
            await graph.carriers.remove_account(uow, name)
        return not is_enabled

    if not _do(settings_of(data_dir), act):
        hint = f"`hongyan channel disable {name}` first, and wait until what it holds is sent"
        fail(f"the channel {name} is enabled: what it has not sent would be stranded", hint=hint)
    out.print(f"removed {name}")


def _set(name: str, data_dir: DataDir, *, is_enabled: bool) -> None:
    async def act(graph: Graph, uow: Uow) -> None:
        await graph.carriers.set_enabled(uow, name, is_enabled=is_enabled)

    _do(settings_of(data_dir), act)
    out.print(f"{'enabled' if is_enabled else 'disabled'} {name}")


def _show(accounts: list[object], *, as_json: bool) -> None:
    rows = [account for account in accounts if isinstance(account, Account)]
    if as_json:
        print_json([asdict(account) for account in rows])
        return
    table = Grid("name", "protocol", "address", "account", "src", "carrier", "rate/s", "window", "conns", "state")
    for one in rows:
        table.add_row(
            one.name,
            one.protocol.value,
            f"{one.host}:{one.port}",
            one.login,
            one.src_number,
            one.carrier.value,
            str(one.rate_per_s or "-"),
            str(one.window_pdus),
            str(one.connections),
            "enabled" if one.is_enabled else "disabled",
        )
    out.print(table)
