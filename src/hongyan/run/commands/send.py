"""``hongyan send``.

A client of our own API that uploads a file of numbers, sends a smart message to them and shows what became of it.
"""

import asyncio
import os
from collections.abc import AsyncIterator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

import httpx
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn, TimeRemainingColumn
from rich.table import Table as Grid

from hongyan.rooms.campaigns.contracts import Fallback
from hongyan.run.client import ApiClient, ApiRefusedError
from hongyan.run.commands.output import err, fail, out, print_json

_CHUNK_BYTES = 256 * 1024
_POLL_S = 0.3
_NEEDED = ("HONGYAN_ENDPOINT", "HONGYAN_PROJECT_ID", "HONGYAN_AK", "HONGYAN_SK")
_COUNTS = (
    ("imported", "导入号码总数 imported"),
    ("invalid", "无效号码数 invalid"),
    ("capable", "可解析号码数 can show the card"),
    ("incapable", "不可解析号码数 cannot"),
    ("submitted", "提交发送信息号码数 submitted"),
)


def send(
    file: Annotated[Path, typer.Option("--file", help="Numbers: xlsx, csv or txt.")],
    card: Annotated[str, typer.Option("--card", help="Card template id, for example 600000001.")],
    sms_template: Annotated[str, typer.Option("--sms-template", help="SMS template id, for example 15010661.")],
    fallback: Annotated[
        Fallback,
        typer.Option("--fallback", help="For phones that cannot show the card: none, sms (text and link), basic."),
    ] = Fallback.NONE,
    video_template: Annotated[
        str | None, typer.Option("--video-template", help="With --fallback basic: a video template without parameters.")
    ] = None,
    at: Annotated[datetime | None, typer.Option("--at", help="Send at this local time instead of now.")] = None,
    name: Annotated[str | None, typer.Option("--name", help="Task name, at most 30 characters.")] = None,
    validity_days: Annotated[int, typer.Option("--validity-days", help="Days the links live, 1-7.")] = 7,
    jump_url: Annotated[str | None, typer.Option("--jump-url", help="Where a tap on the plain link goes.")] = None,
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Stay until the last report.")] = True,
    env_file: Annotated[Path | None, typer.Option("--env-file", help="KEY=VALUE lines, such as var/demo.env.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON object.")] = False,
) -> None:
    """Send a smart message to every number of a file and show what becomes of it."""
    values = read_env(env_file)
    if not file.is_file():
        fail(f"there is no file {file}", as_json=as_json)
    body = {
        "name": name or f"{file.stem[:14]} {datetime.now().astimezone():%m-%d %H:%M:%S}"[:30],
        "card_template_id": card,
        "sms_template_id": sms_template,
        "fallback": fallback.value,
        "basic_template_id": video_template,
        "send_at": at.astimezone().isoformat() if at else None,
        "validity_days": validity_days,
        "jump_url": jump_url,
    }
    try:
        document = asyncio.run(_send(values, file, body, wait=wait, quiet=as_json))
    except ApiRefusedError as error:
        hint = f"request {error.request_id}" if error.request_id else None
        fail(f"{file.name}: {error}", hint=hint, as_json=as_json)
    except httpx.TransportError as error:
        fail(
            f"cannot reach {values['HONGYAN_ENDPOINT']} ({type(error).__name__})",
            hint="is `hongyan up` running? The address is HONGYAN_ENDPOINT.",
            as_json=as_json,
        )
    if as_json:
        print_json(document)
    else:
        _print(document)
    if document["state"] == "refused":
        fail(f"{file.name}: the task was refused: {document['reason']}", as_json=False)


def read_env(env_file: Path | None) -> dict[str, str]:
    """Return the four values from the environment, or from a file of KEY=VALUE lines."""
    values = {key: os.environ[key] for key in _NEEDED if key in os.environ}
    if env_file is not None:
        if not env_file.is_file():
            fail(f"there is no file {env_file}", hint="`hongyan up --demo` writes demo.env into its data directory")
        pairs = (line.partition("=") for line in env_file.read_text().splitlines() if "=" in line)
        values |= {key.strip(): value.strip() for key, _, value in pairs}
    missing = [key for key in _NEEDED if not values.get(key)]
    if missing:
        fail(f"{', '.join(missing)} not set", hint="set them in the environment or name a file with --env-file")
    return values


async def _send(values: dict[str, str], file: Path, body: dict[str, Any], *, wait: bool, quiet: bool) -> dict[str, Any]:
    client = ApiClient(
        values["HONGYAN_ENDPOINT"],
        project_id=values["HONGYAN_PROJECT_ID"],
        ak=values["HONGYAN_AK"],
        sk=values["HONGYAN_SK"],
    )
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TimeRemainingColumn(),
    )
    async with client:
        with Progress(*columns, console=err, disable=quiet) as bars:
            number_file = await _upload(client, file, bars)
            await _parsed(client, number_file, bars)
            task = await client.call(
                "POST", "/v1/hongyan/send-tasks", body={**body, "number_file_id": number_file["file_id"]}
            )
            return await _watch(client, task, bars, wait=wait)


async def _upload(client: ApiClient, file: Path, bars: Progress) -> dict[str, Any]:
    bar = bars.add_task("upload", total=file.stat().st_size)

    async def chunks() -> AsyncIterator[bytes]:
        with file.open("rb") as source:
            while chunk := source.read(_CHUNK_BYTES):
                bars.advance(bar, len(chunk))
                yield chunk

    return await client.call("POST", "/v1/hongyan/number-files", query={"name": file.name}, stream=chunks())


async def _parsed(client: ApiClient, number_file: dict[str, Any], bars: Progress) -> None:
    bar = bars.add_task("read numbers", total=None)
    path = f"/v1/hongyan/number-files/{number_file['file_id']}"
    while True:
        number_file = await client.call("GET", path)
        bars.update(bar, completed=number_file["counts"]["imported"])
        if number_file["state"] == "failed":
            raise ApiRefusedError(400, number_file["failure_code"], number_file["failure_en"], "")
        if number_file["state"] == "parsed":
            total = number_file["counts"]["imported"]
            bars.update(bar, completed=total, total=total)
            return
        await asyncio.sleep(_POLL_S)


async def _watch(client: ApiClient, task: dict[str, Any], bars: Progress, *, wait: bool) -> dict[str, Any]:
    check = bars.add_task("ask which phones can show the card", total=None)
    sending = None
    async for current in client.events(f"/v1/hongyan/send-tasks/{task['task_id']}/progress"):
        task = current
        counts, states = task["counts"], task["states"]
        bars.update(check, completed=counts["capable"] + counts["incapable"])
        if task["state"] not in {"draft", "parsing"}:
            total = counts["capable"] + counts["incapable"]
            bars.update(check, completed=total, total=total)
            if sending is None:
                sending = bars.add_task("send", total=total)
            ended = sum(
                n for state, n in states.items() if state not in {"held", "queued", "attempted", "submitted", "unknown"}
            )
            bars.update(sending, completed=ended, description=f"send ({task['state']})")
            if not wait or task["state"] == "scheduled":
                return task
    return task


def _print(document: dict[str, Any]) -> None:
    table = Grid(title=f"{document['name']}: {document['state']}", show_header=False)
    for key, label in _COUNTS:
        table.add_row(label, f"{document['counts'][key]:,}")
    for key in ("duplicates", "opted_out"):
        if document["counts"][key]:
            table.add_row(key, f"{document['counts'][key]:,}")
    table.add_section()
    for state, n in sorted(document["states"].items()):
        table.add_row(state, f"{n:,}")
    if document["resolved"]:
        table.add_row("cards shown", f"{document['resolved']:,}")
    out.print(table)
    out.print(f"task {document['task_id']}")
