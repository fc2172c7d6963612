"""``hongyan alarms``: what calls for an operator now, and what did."""

import asyncio
from dataclasses import asdict
from typing import Annotated

import typer
from rich.table import Table as Grid

from hongyan.kernel.settings import Settings
from hongyan.rooms.gateways.contracts import Alarm, AlarmKind
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import out, print_json
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import connected

_UNITS = {AlarmKind.UNKNOWN_MESSAGES: "messages", AlarmKind.NO_GATEWAY: "channels", AlarmKind.DISK_85: "%"}


def alarms(
    data_dir: DataDir = None,
    *,
    history: Annotated[bool, typer.Option("--history", help="Also those of the last 90 days that are over.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """List the alarms that hold. Each kind has a page in docs/runbooks that says what to do."""
    with refusing(as_json=as_json):
        found = asyncio.run(_list(settings_of(data_dir), with_cleared=history))
    if as_json:
        print_json([{**asdict(alarm), "kind": alarm.kind.value} for alarm in found])
        return
    if not found:
        out.print("no alarms")
        return
    table = Grid("alarm", "subject", "since", "value", "detail", "cleared")
    for alarm in found:
        table.add_row(
            alarm.kind.value,
            alarm.subject,
            f"{alarm.since:%Y-%m-%d %H:%M:%S}",
            f"{alarm.value:g} {_UNITS.get(alarm.kind, 's')}",
            alarm.detail,
            f"{alarm.cleared_at:%Y-%m-%d %H:%M:%S}" if alarm.cleared_at else "",
        )
    out.print(table)


async def _list(settings: Settings, *, with_cleared: bool) -> list[Alarm]:
    async with connected(settings, "alarms") as graph, graph.db.begin() as uow:
        return await graph.alarms.list_alarms(uow, with_cleared=with_cleared)
