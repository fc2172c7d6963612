"""``hongyan limits show|set``: how many API requests per second single tenants may send."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer

from hongyan.kernel.settings import Settings
from hongyan.rooms.identity.contracts import TenantRates, system_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import connected

app = typer.Typer(help="API rates of single tenants.", no_args_is_help=True)
_WORDS = {"total": "all operations together", "send": "sends", "upload": "uploads", "list": "lists and others"}
Account = Annotated[str, typer.Argument(help="The tenant's account name.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("show")
def show(tenant: Account, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Show the rates of a tenant; what is not its own is the installation's."""
    _run(settings_of(data_dir), tenant, None, as_json=as_json)


@app.command("set")
def set_(
    tenant: Account,
    total: Annotated[int | None, typer.Option(min=0, help="Requests per second of all operations together.")] = None,
    send: Annotated[int | None, typer.Option(min=0, help="Of each sending operation.")] = None,
    upload: Annotated[int | None, typer.Option(min=0, help="Of each operation that takes a file.")] = None,
    list_: Annotated[int | None, typer.Option("--list", min=0, help="Of each other operation.")] = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Set the rates of a tenant, in force within two seconds; 0: no limit; no option: the installation's again."""
    _run(settings_of(data_dir), tenant, TenantRates(total, send, upload, list_), as_json=as_json)


def _run(settings: Settings, name: str, wanted: TenantRates | None, *, as_json: bool) -> None:
    with refusing(as_json=as_json):
        own = asyncio.run(_apply(settings, name, wanted))
    if own is None:
        fail(f"there is no tenant {name}", hint="it is the account name before the slash at sign-in", as_json=as_json)
    if as_json:
        print_json(asdict(own))
        return
    presets = {
        "total": settings.api_rate,
        "send": settings.api_send_rate,
        "upload": settings.api_upload_rate,
        "list": settings.api_list_rate,
    }
    for key, value in asdict(own).items():
        rate = presets[key] if value is None else value
        origin = "the installation's" if value is None else "its own"
        out.print(f"{_WORDS[key]}: {f'{rate}/s' if rate else 'no limit'} ({origin})")


async def _apply(settings: Settings, name: str, wanted: TenantRates | None) -> TenantRates | None:
    actor = system_actor()
    async with connected(settings, "limits") as graph, graph.db.begin() as uow:
        tenant = await graph.identity.tenants.find_tenant_by_domain(uow, name)
        if tenant is None:
            return None
        if wanted is not None:
            await graph.identity.rates.put(uow, actor, tenant.id, wanted)
        return await graph.identity.rates.get(uow, actor, tenant.id)
