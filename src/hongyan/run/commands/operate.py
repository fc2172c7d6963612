"""``hongyan doctor | backup | restore | openapi``: looking after an installation."""

import asyncio
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Annotated

import typer
from rich.table import Table as Grid

from hongyan.kernel.bus.nats import NatsBus
from hongyan.kernel.clock import SystemClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.documents import openapi_of, vendor_openapi
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import create_key_ring, load_key_ring, load_or_create_key_ring
from hongyan.kernel.settings import Settings
from hongyan.rooms.campaigns.service.clockwork import hold_restored
from hongyan.rooms.campaigns.service.video import hold_restored as hold_restored_videos
from hongyan.rooms.delivery.service import DeliveryService
from hongyan.rooms.gateways.service.leases import jump_epochs
from hongyan.rooms.short_links.service import ShortLinksService
from hongyan.run.backup import backup as make_backup
from hongyan.run.backup import restore as use_backup
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import out, print_json
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import database_url, nats_url
from hongyan.run.doctor import Check, Count, Invariant, Level, run_checks
from hongyan.run.graph import build_graph
from hongyan.run.web import VERSION, routers_of

_NOWHERE = "postgresql:///none"
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
_COLOURS = {Level.OK: "green", Level.WARN: "yellow", Level.FAIL: "red"}


def doctor(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Check every dependency and the books, and say how to repair what is wrong; exits 1 when something fails."""
    settings = settings_of(data_dir)

    with refusing(as_json=as_json):
        checks = asyncio.run(_checks(settings))
    if as_json:
        print_json([asdict(check) for check in checks])
    else:
        table = Grid("check", "state", "finding", "what to do")
        for check in checks:
            colour = _COLOURS[check.level]
            table.add_row(check.name, f"[{colour}]{check.level.value}[/]", check.message, check.fix or "")
        out.print(table)
    if any(check.level is Level.FAIL for check in checks):
        raise typer.Exit(1)


async def _checks(settings: Settings) -> list[Check]:
    invariants: dict[str, Invariant] = {}
    count_unknown: Count | None = None
    if settings.key_path.exists():
        ring = load_key_ring(settings.key_path)
        url = database_url(settings)
        delivery = DeliveryService(clock=SystemClock(), keys=TenantKeys(ring), jobs=Jobs(url))

        async def books(uow: Uow) -> list[str]:
            return [f"task {found.task_id}: {found.what}" for found in await delivery.check_invariants(uow)]

        async def unknown(uow: Uow) -> int:
            return sum((await delivery.count_unknowns(uow)).values())

        invariants["messages"], count_unknown = books, unknown
    return await run_checks(
        settings,
        database_url=database_url(settings),
        nats_url=nats_url(settings),
        count_unknown=count_unknown,
        invariants=invariants,
    )


def backup(
    target: Annotated[Path | None, typer.Argument(help="File to write (default: hongyan-<time>.tar here).")] = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Write database, files and key ring of a running installation into one file."""
    settings = settings_of(data_dir)
    file = target or Path(f"hongyan-{datetime.now(UTC):%Y%m%d-%H%M%S}.tar")
    with refusing(as_json=as_json):
        manifest = asyncio.run(make_backup(settings, database_url(settings), file))
    if as_json:
        print_json({"file": str(file), "bytes": manifest.total_bytes, "schema": manifest.schema})
    else:
        out.print(f"wrote {file} ({manifest.total_bytes:,} bytes). It holds the key ring: keep it closed.")


def restore(
    source: Annotated[Path, typer.Argument(help="A file that `hongyan backup` wrote.")],
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Build an installation in an empty data directory; unfinished tasks stay paused until somebody resumes each."""
    settings = settings_of(data_dir)
    with refusing(as_json=as_json):
        manifest = asyncio.run(use_backup(settings, source, [_recover]))
    if as_json:
        print_json({"schema": manifest.schema, "created_at": manifest.created_at})
    else:
        out.print(f"restored the state of {manifest.created_at}; start it with `hongyan up`")


async def _recover(uow: Uow) -> None:
    """Jump over what may have happened since the backup: link counters, account epochs, unfinished tasks."""
    clock, keys = SystemClock(), create_key_ring()
    # The services run in the restore's own transaction; nothing of theirs connects.
    links = ShortLinksService(Database(_NOWHERE), clock=clock, keys=keys)
    delivery = DeliveryService(clock=clock, keys=TenantKeys(keys), jobs=Jobs(_NOWHERE))
    await links.jump_counters(uow)
    await jump_epochs(uow)
    await hold_restored(uow, delivery)
    await hold_restored_videos(uow, delivery)


def openapi(
    *, vendor: Annotated[bool, typer.Option(help="The vendor's doors instead of the console's back end.")] = False
) -> None:
    """Print an OpenAPI document: the one that the console's client is generated from, or the API's."""
    with TemporaryDirectory() as folder:
        settings = settings_of(Path(folder))
        load_or_create_key_ring(settings.key_path)
        graph = build_graph(settings, _NOWHERE, NatsBus("nats://127.0.0.1:1", name="openapi"))
        vendor_routers, console_routers = routers_of(graph)
        if vendor:
            print_json(vendor_openapi(vendor_routers, version=VERSION))
        else:
            print_json(openapi_of(console_routers, title="Hongyan console", version=VERSION))
