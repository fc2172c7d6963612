"""``hongyan channel add|list|show|enable|disable|remove|pause|resume|drain|tune``: the carrier accounts."""

import sys
from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any

import typer
from rich.table import Table as Grid

from hongyan.kernel.db.database import Uow
from hongyan.rooms.carriers.contracts import NO_OPTIONS, Account, Carrier, Flow, Health, NewAccount, Protocol
from hongyan.run.commands import channel_options as opts
from hongyan.run.commands import route
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import err, fail, out, print_json
from hongyan.run.graph import Graph

app = typer.Typer(help="Carrier accounts.", no_args_is_help=True)
app.command("route")(route.route)
app.add_typer(route.segments, name="segments")
app.add_typer(route.ported, name="ported")

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Name = Annotated[str, typer.Argument(help="The channel, as `hongyan channel list` shows it.")]
_SGIP_PORT = 8801
"""Where an SP listens by the SGIP standard."""


@app.command("add")
def add(
    name: Annotated[str, typer.Argument(help="1-40 of a-z, 0-9, _ and -.")],
    protocol: Annotated[Protocol, typer.Option()],
    host: Annotated[str, typer.Option()],
    port: Annotated[int, typer.Option(min=1, max=65535)],
    account: Annotated[str, typer.Option(help="Login: SP id, ClientID, system_id; mm7: VASPID.")],
    secret: opts.SecretAlways,
    source: Annotated[str, typer.Option("--source", "--src", help="Access number, for example 10690000.")],
    carrier: Annotated[Carrier, typer.Option(help="Whose phones it reaches.")] = Carrier.ANY,
    rate: opts.Rate = None,
    window: opts.Window = None,
    connections: opts.Connections = None,
    heartbeat: opts.Heartbeat = None,
    response_timeout: opts.ResponseTimeout = None,
    priority: opts.Priority = None,
    weight: opts.Weight = None,
    cost: opts.Cost = None,
    group: opts.Group = None,
    serves: opts.Serves = None,
    listen_port: opts.ListenPort = None,
    check_server_digest: Annotated[bool, typer.Option(help="CMPP, SMGP: check what the server proves.")] = True,
    mm7_schema: Annotated[str | None, typer.Option(help="mm7: release of the centre, like REL-6-MM7-1-4.")] = None,
    service_id: opts.ServiceId = None,
    corp_id: opts.CorpId = None,
    node: opts.Node = None,
    split_binds: opts.SplitBinds = None,
    system_type: opts.SystemType = None,
    receipt_ids: opts.ReceiptIdsOption = None,
    tls: opts.Tls = None,
    tls_ca: opts.TlsCa = None,
    coding: opts.Coding = None,
    ref_bits: opts.RefBits = None,
    carrier_signature: opts.CarrierSignatureOption = None,
    fee_type: opts.FeeType = None,
    fee_code: opts.FeeCode = None,
    has_query: opts.HasQuery = None,
    sends_validity: opts.SendsValidity = None,
    codes: opts.Codes = None,
    stats: opts.Stats = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Add a channel; the gateway connects within seconds."""
    given = locals()
    if listen_port is None and protocol is Protocol.SGIP12:
        listen_port = _SGIP_PORT
    new = NewAccount(
        name=name,
        protocol=protocol,
        host=host,
        port=port,
        login=account,
        secret=_secret(secret),
        src_number=source,
        carrier=carrier,
        check_server_digest=check_server_digest,
        listen_port=listen_port,
        mm7_schema=mm7_schema,
        options=opts.wire_of(given, NO_OPTIONS),
        **opts.tuning_of({**given, "host": None, "port": None, "listen_port": None}),
    )

    async def act(graph: Graph, uow: Uow) -> Account:
        added = await graph.carriers.add_account(uow, new)
        await _note(graph, uow, "channel.create", name, {"protocol": protocol.value, "host": host, "port": port})
        return added

    _show([ask(settings_of(data_dir), act, as_json=as_json)], {}, as_json=as_json)


@app.command("list")
def list_(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List the channels and how they are."""
    accounts, health = ask(settings_of(data_dir), _read, as_json=as_json)
    _show(accounts, health, as_json=as_json)


@app.command("show")
def show(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Show one channel: settings, health, errors of the last five minutes."""
    accounts, health = ask(settings_of(data_dir), _read, as_json=as_json)
    account = next((one for one in accounts if one.name == name), None)
    if account is None:
        fail(f"there is no channel {name}", hint="`hongyan channel list` shows them", as_json=as_json)
    document = _document(account, health.get(account.account_id))
    if as_json:
        print_json(document)
        return
    table = Grid(show_header=False)
    for key, value in {**document, **document.pop("options"), **(document.pop("health") or {})}.items():
        table.add_row(key, str(value))
    out.print(table)


@app.command("enable")
def enable(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Let a channel send."""
    _set_enabled(name, data_dir, is_enabled=True, as_json=as_json)


@app.command("disable")
def disable(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Stop a channel and log out; what it has not attempted takes others of its group, or waits."""
    _set_enabled(name, data_dir, is_enabled=False, as_json=as_json)


@app.command("pause")
def pause(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Send nothing over a channel within two seconds; it stays logged in, and reports come in."""
    _set_flow(name, data_dir, Flow.PAUSED, as_json=as_json)


@app.command("resume")
def resume(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Let a paused or draining channel send again."""
    _set_flow(name, data_dir, Flow.RUNNING, as_json=as_json)


@app.command("drain")
def drain(name: Name, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Send what is queued, plan nothing new, then pause."""
    _set_flow(name, data_dir, Flow.DRAINING, as_json=as_json)


@app.command("tune")
def tune(
    name: Name,
    host: opts.Host = None,
    port: opts.Port = None,
    listen_port: opts.ListenPort = None,
    secret: opts.Secret = None,
    rate: opts.Rate = None,
    window: opts.Window = None,
    connections: opts.Connections = None,
    heartbeat: opts.Heartbeat = None,
    response_timeout: opts.ResponseTimeout = None,
    priority: opts.Priority = None,
    weight: opts.Weight = None,
    cost: opts.Cost = None,
    group: opts.Group = None,
    serves: opts.Serves = None,
    service_id: opts.ServiceId = None,
    corp_id: opts.CorpId = None,
    node: opts.Node = None,
    split_binds: opts.SplitBinds = None,
    system_type: opts.SystemType = None,
    receipt_ids: opts.ReceiptIdsOption = None,
    tls: opts.Tls = None,
    tls_ca: opts.TlsCa = None,
    coding: opts.Coding = None,
    ref_bits: opts.RefBits = None,
    carrier_signature: opts.CarrierSignatureOption = None,
    fee_type: opts.FeeType = None,
    fee_code: opts.FeeCode = None,
    has_query: opts.HasQuery = None,
    sends_validity: opts.SendsValidity = None,
    codes: opts.Codes = None,
    stats: opts.Stats = None,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Change a channel while it works; what is not named stays. Rate, window and routing need no new login."""
    given = locals()
    changes = opts.tuning_of(given)

    async def act(graph: Graph, uow: Uow) -> tuple[Account, dict[str, Any]]:
        old = next((one.options for one in await graph.carriers.list_accounts(uow) if one.name == name), NO_OPTIONS)
        wire = opts.wire_of(given, old)
        wanted = changes if wire == old else {**changes, "options": wire}
        tuned = await graph.carriers.tune(uow, name, **wanted)
        after = {**changes, **({"options": asdict(wire)} if wire != old else {})}
        if secret is not None:
            await graph.carriers.set_secret(uow, name, _secret(secret))
            after |= {"secret": "changed"}
        if after:
            await _note(graph, uow, "channel.tune", name, after)
        return tuned, after

    tuned, wanted = ask(settings_of(data_dir), act, as_json=as_json)
    if not wanted:
        fail("nothing to change", hint="name an option: `hongyan channel tune --help` shows them", as_json=as_json)
    _show([tuned], {}, as_json=as_json)


@app.command("remove")
def remove(
    name: Name,
    data_dir: DataDir = None,
    *,
    force: Annotated[bool, typer.Option("--force", help="Even if messages wait for it: they expire.")] = False,
    as_json: AsJson = False,
) -> None:
    """Remove a disabled channel that holds nothing more."""

    async def act(graph: Graph, uow: Uow) -> str | None:
        account = next((one for one in await graph.carriers.list_accounts(uow) if one.name == name), None)
        if account is not None and account.is_enabled:
            return "enabled"
        if account is not None and not force and await graph.delivery.has_waiting(uow, account.account_id):
            return "waited for"
        await graph.carriers.remove_account(uow, name)
        await _note(graph, uow, "channel.delete", name, {})
        return None

    match ask(settings_of(data_dir), act, as_json=as_json):
        case "enabled":
            hint = f"`hongyan channel disable {name}` first, and wait until what it holds is sent"
            fail(f"the channel {name} is enabled: what it has not sent would be stranded", hint=hint, as_json=as_json)
        case "waited for":
            hint = (
                f"put it into the group of another (`hongyan channel tune {name} --group …`), or --force: they expire"
            )
            fail(f"messages wait for the channel {name}", hint=hint, as_json=as_json)
    _done({"name": name, "removed": True}, f"removed {name}", as_json=as_json)


def _secret(text: str) -> str:
    return sys.stdin.readline().rstrip("\n") if text == "-" else text


def _set_enabled(name: str, data_dir: Any, *, is_enabled: bool, as_json: bool) -> None:
    word = "enable" if is_enabled else "disable"

    async def act(graph: Graph, uow: Uow) -> list[Carrier]:
        await graph.carriers.set_enabled(uow, name, is_enabled=is_enabled)
        await _note(graph, uow, f"channel.{word}", name, {})
        return [] if is_enabled else await graph.carriers.list_uncovered(uow, name)

    bare = ask(settings_of(data_dir), act, as_json=as_json)
    _done({"name": name, "is_enabled": is_enabled, "uncovered": bare}, f"{word}d {name}", as_json=as_json)
    _warn(bare)


def _set_flow(name: str, data_dir: Any, flow: Flow, *, as_json: bool) -> None:
    async def act(graph: Graph, uow: Uow) -> list[Carrier]:
        await graph.carriers.set_flow(uow, name, flow)
        await _note(graph, uow, "channel.flow", name, {"flow": flow.value})
        return await graph.carriers.list_uncovered(uow, name) if flow is Flow.DRAINING else []

    bare = ask(settings_of(data_dir), act, as_json=as_json)
    _done({"name": name, "flow": flow.value, "uncovered": bare}, f"{name} is {flow.value}", as_json=as_json)
    _warn(bare)


def _warn(uncovered: list[Carrier]) -> None:
    if uncovered:
        numbers = ", ".join(uncovered)
        err.print(f"no other channel takes numbers of {numbers}: new messages to them end as refused (no_route)")


async def _note(graph: Graph, uow: Uow, action: str, name: str, after: Mapping[str, Any]) -> None:
    await graph.identity.note(uow, shell_actor(), action, subject_kind="channel", subject_id=name, after=after)


async def _read(graph: Graph, uow: Uow) -> tuple[list[Account], dict[int, Health]]:
    accounts = await graph.carriers.list_accounts(uow)
    return accounts, {health.account_id: health for health in await graph.carriers.list_health(uow)}


def _document(account: Account, health: Health | None) -> dict[str, Any]:
    return {**asdict(account), "health": None if health is None else asdict(health)}


def _done(document: dict[str, Any], text: str, *, as_json: bool) -> None:
    if as_json:
        print_json(document)
    else:
        out.print(text)


def _show(accounts: list[Account], health: Mapping[int, Health], *, as_json: bool) -> None:
    if as_json:
        print_json([_document(account, health.get(account.account_id)) for account in accounts])
        return
    table = Grid(
        "name", "protocol", "address", "account", "src", "carrier", "rate/s", "window", "conns", "group", "state"
    )
    for one in accounts:
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
            one.group or "-",
            _state(one, health.get(one.account_id)),
        )
    out.print(table)


def _state(account: Account, health: Health | None) -> str:
    """Say in a few words what the channel does."""
    if not account.is_enabled:
        return "disabled"
    words = [] if account.flow is Flow.RUNNING else [account.flow.value]
    if health is not None:
        words.append(f"{health.state.value} {health.reason}".strip())
        age_s = (datetime.now(UTC) - health.at).total_seconds()
        if age_s > 60:  # noqa: PLR2004 - a minute
            words.append(f"(seen {age_s / 60:.0f} min ago)")
    return " ".join(words) or "enabled"
