"""``hongyan pace set|list|clear``: how fast single tenants and signatures may send, over all channels together."""

from dataclasses import asdict
from typing import Annotated
from uuid import UUID

import typer
from rich.table import Table as Grid

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import NotFound
from hongyan.kernel.ids import SignatureId, TenantId
from hongyan.rooms.delivery.contracts import GateKind, Pace
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.graph import Graph

app = typer.Typer(help="Paces of single tenants and signatures.", no_args_is_help=True)
Tenant = Annotated[str, typer.Argument(help="The tenant's account name, or its id.")]
Signature = Annotated[str | None, typer.Option(help="Id of one of its signatures; absent: the whole tenant.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("set")
def set_(
    tenant: Tenant,
    rate: Annotated[int, typer.Argument(min=1, max=100_000, help="Parts per second, over all channels.")],
    signature: Signature = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Set a pace, in force within two seconds."""

    async def act(graph: Graph, uow: Uow) -> Pace | None:
        tenant_id = await find_tenant(graph, uow, tenant)
        if tenant_id is None:
            return None
        actor, signature_id = shell_actor(), _signature(signature)
        pace = await graph.delivery.paces.set_pace(uow, tenant_id, rate, signature_id=signature_id, by=actor.user_name)
        after = {"signature_id": signature_id, "rate_per_s": rate}
        await graph.identity.note(uow, actor, "pace.set", subject_kind="tenant", subject_id=tenant_id, after=after)
        return pace

    pace = ask(settings_of(data_dir), act, as_json=as_json)
    if pace is None:
        no_tenant(tenant, as_json=as_json)
    elif as_json:
        print_json(_document(pace))
    else:
        out.print(f"{_what(pace)}: {pace.rate_per_s} parts/s")


@app.command("list")
def list_(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List all paces."""

    async def act(graph: Graph, uow: Uow) -> list[Pace]:
        return await graph.delivery.paces.list_paces(uow)

    paces = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json([_document(pace) for pace in paces])
        return
    table = Grid("tenant", "of", "parts/s", "set by", "at")
    for pace in paces:
        what = "all" if pace.kind is GateKind.TENANT else f"signature {pace.subject_id}"
        at = f"{pace.changed_at:%Y-%m-%d %H:%M:%S}"
        table.add_row(pace.tenant_id, what, str(pace.rate_per_s), pace.changed_by, at)
    out.print(table)


@app.command("clear")
def clear(tenant: Tenant, signature: Signature = None, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Take a pace away; nothing happens where there is none."""

    async def act(graph: Graph, uow: Uow) -> bool | None:
        tenant_id = await find_tenant(graph, uow, tenant)
        if tenant_id is None:
            return None
        signature_id = _signature(signature)
        was_set = await graph.delivery.paces.clear_pace(uow, tenant_id, signature_id=signature_id)
        if was_set:
            await graph.identity.note(
                uow,
                shell_actor(),
                "pace.clear",
                subject_kind="tenant",
                subject_id=tenant_id,
                after={"signature_id": signature_id},
            )
        return was_set

    was_set = ask(settings_of(data_dir), act, as_json=as_json)
    if was_set is None:
        no_tenant(tenant, as_json=as_json)
    elif as_json:
        print_json({"cleared": was_set})
    else:
        out.print("cleared" if was_set else "there was none")


async def find_tenant(graph: Graph, uow: Uow, name: str) -> TenantId | None:
    """Return the tenant with an account name or an id."""
    found = await graph.identity.tenants.find_tenant_by_domain(uow, name)
    if found is not None:
        return found.id
    try:
        return (await graph.identity.tenants.get_tenant(uow, TenantId(str(UUID(name))))).id
    except (ValueError, NotFound):
        return None


def no_tenant(name: str, *, as_json: bool) -> None:
    """End the command: nobody has this name."""
    fail(f"there is no tenant {name}", hint="it is the account name before the slash at sign-in", as_json=as_json)


def _signature(text: str | None) -> SignatureId | None:
    return None if text is None else SignatureId(text)


def _what(pace: Pace) -> str:
    whole = f"tenant {pace.tenant_id}"
    return whole if pace.kind is GateKind.TENANT else f"{whole}, signature {pace.subject_id}"


def _document(pace: Pace) -> dict[str, object]:
    return {**asdict(pace), "kind": pace.kind.value}
