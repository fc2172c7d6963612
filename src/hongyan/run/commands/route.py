"""``hongyan channel route|segments|ported``: which way a number takes and why, and what decides whose number it is."""

import asyncio
import csv
import io
import itertools
import sys
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import asynccontextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Annotated, Final, TextIO

import typer
from rich.table import Table as Grid

from hongyan.kernel.db.database import Uow
from hongyan.kernel.phones import Phone, is_mainland, normalise_phone
from hongyan.rooms.carriers.contracts import Carrier, RouteExplained, SignatureChannel
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.commands.refusals import refusing
from hongyan.run.connect import connected
from hongyan.run.graph import Graph

segments = typer.Typer(help="Number segments (号段): whose numbers they are.", no_args_is_help=True)
ported = typer.Typer(
    help="Numbers that moved to another carrier and kept their segment (携号转网).", no_args_is_help=True
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Number = Annotated[str, typer.Argument(metavar="PHONE", help="A mobile number, for example 13800138000.")]
_SLICE: Final = 50_000
"""Lines of one transaction."""
_SHOWN: Final = 5
"""Bad lines that are printed."""
_WORDS: Final = {
    "mobile": Carrier.MOBILE,
    "unicom": Carrier.UNICOM,
    "telecom": Carrier.TELECOM,
    "移动": Carrier.MOBILE,
    "联通": Carrier.UNICOM,
    "电信": Carrier.TELECOM,
    # China Broadnet runs on China Mobile's network.
    "广电": Carrier.MOBILE,
    "none": None,
}


def route(
    phone: Number,
    signature: Annotated[
        str | None, typer.Option(help="Id or channel number of a signature; absent: one without channels of its own.")
    ] = None,
    media: Annotated[bool, typer.Option("--media", help="For a video message.")] = False,
    data_dir: DataDir = None,
    as_json: AsJson = False,
) -> None:
    """Say which channel takes a number now, and why not the others: a dry run that sends nothing."""
    number = _phone(phone, as_json=as_json)

    async def act(graph: Graph, uow: Uow) -> RouteExplained | list[SignatureChannel]:
        tenant_id, signature_id = LINE_TENANT, None
        if signature is not None:
            found = await graph.carriers.search_signature(uow, signature)
            if len(found) != 1:
                return found
            tenant_id, signature_id = found[0].tenant_id, found[0].signature_id
        return await graph.carriers.explain_route(uow, tenant_id, signature_id, number, is_media=media)

    explained = ask(settings_of(data_dir), act, as_json=as_json)
    if not isinstance(explained, RouteExplained):
        what = "several signatures have" if explained else "no signature has"
        hint = "take the id or the whole channel number (通道号) that the console shows beside the signature"
        fail(f"--signature: {what} the id or channel number {signature}", hint=hint, as_json=as_json)
    if as_json:
        print_json(asdict(explained))
        return
    by = "ported" if explained.ported_carrier else "by its segment"
    owner = explained.ported_carrier or explained.segment_carrier
    out.print(f"{phone}: {owner.value if owner else 'no mainland segment'}{f' ({by})' if owner else ''}")
    table = Grid("channel", "why", "share", "phone shows")
    for one in explained.accounts:
        table.add_row(one.name, one.en, f"{one.share_percent:g} %" if one.share_percent else "", one.src_id)
    out.print(table)
    if explained.route is None:
        out.print("no channel takes it: it would end as refused (no_route)")


# --- segments ---------------------------------------------------------------------------------------------------------

Prefix = Annotated[str, typer.Argument(help="Three or four national digits, like 138 or 1703.")]


@segments.command("list")
def list_segments(data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """List all segments and which of them were set here."""

    async def act(graph: Graph, uow: Uow) -> list[tuple[str, Carrier, bool]]:
        return await graph.carriers.list_segments(uow)

    rows = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json([{"prefix": prefix, "carrier": carrier, "is_own": is_own} for prefix, carrier, is_own in rows])
        return
    table = Grid("segment", "carrier", "set")
    for prefix, carrier, is_own in rows:
        table.add_row(prefix, carrier.value, "here" if is_own else "built in")
    out.print(table)


@segments.command("set")
def set_segment(prefix: Prefix, carrier: Carrier, data_dir: DataDir = None) -> None:
    """Say whose numbers a segment holds; it goes before the built-in table."""

    async def act(graph: Graph, uow: Uow) -> None:
        await graph.carriers.set_segment(uow, prefix, carrier)
        await _note(graph, uow, "segment.set", prefix, carrier.value)

    ask(settings_of(data_dir), act)
    out.print(f"{prefix}: {carrier.value}")


@segments.command("reset")
def reset_segment(prefix: Prefix, data_dir: DataDir = None) -> None:
    """Go back to the built-in table for a segment."""

    async def act(graph: Graph, uow: Uow) -> bool:
        await _note(graph, uow, "segment.reset", prefix, None)
        return await graph.carriers.reset_segment(uow, prefix)

    if not ask(settings_of(data_dir), act):
        fail(f"the segment {prefix} was not set here", hint="`hongyan channel segments list` shows which are")
    out.print(f"{prefix}: as built in")


# --- ported numbers ---------------------------------------------------------------------------------------------------


@dataclass
class _Imported:
    """What became of a list."""

    lines: int = 0
    bad: int = 0
    bad_lines: list[str] = field(default_factory=list)
    """The first ones, by number: never the numbers in them."""


@ported.command("import")
def import_ported(
    file: Annotated[Path, typer.Argument(help="CSV: number, carrier (mobile, unicom, telecom, none); - is stdin.")],
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Take over a list of ported numbers, however long; the carrier none forgets a number. Repeatable."""
    settings = settings_of(data_dir)
    done = _Imported()

    async def run() -> None:
        async with connected(settings, "shell") as graph, _opened(file) as lines:
            rows = _rows(lines, done)
            while found := list(itertools.islice(rows, _SLICE)):
                async with graph.db.begin() as uow:
                    await graph.carriers.import_ported(uow, found)
                done.lines += len(found)
            async with graph.db.begin() as uow:
                await _note(graph, uow, "ported.import", file.name, str(done.lines))

    with refusing(as_json=as_json):
        try:
            asyncio.run(run())
        except (OSError, UnicodeDecodeError) as error:
            fail(f"cannot read {file}: {error}", hint="a CSV file in UTF-8: 13800138000,unicom", as_json=as_json)
    if as_json:
        print_json(asdict(done))
    else:
        out.print(f"{done.lines} numbers taken over, {done.bad} lines are no number and carrier")
        for line in done.bad_lines:
            out.print(f"  {line}")
    if done.bad:
        raise typer.Exit(1)


@ported.command("set")
def set_ported(
    phone: Number,
    carrier: Annotated[str, typer.Argument(help="mobile, unicom or telecom; none: back at its segment.")],
    data_dir: DataDir = None,
) -> None:
    """Say to which carrier one number moved."""
    number = _phone(phone)
    if carrier not in _WORDS:
        fail(f"{carrier} is no carrier", hint="mobile, unicom, telecom or none")

    async def act(graph: Graph, uow: Uow) -> None:
        await graph.carriers.set_ported(uow, number, _WORDS[carrier])

    ask(settings_of(data_dir), act)
    out.print(f"{phone}: {carrier}")


@ported.command("show")
def show_ported(
    phone: Annotated[str | None, typer.Argument(help="A mobile number; absent: how many there are.")] = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show where a number moved, or how many numbers moved where."""
    number = None if phone is None else _phone(phone, as_json=as_json)

    async def act(graph: Graph, uow: Uow) -> Carrier | dict[Carrier, int] | None:
        if number is not None:
            return await graph.carriers.find_ported(uow, number)
        return await graph.carriers.count_ported(uow)

    found = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        counts = {carrier.value: count for carrier, count in found.items()} if isinstance(found, dict) else None
        print_json(counts if counts is not None else {"phone": number, "carrier": found})
    elif isinstance(found, dict):
        out.print(", ".join(f"{carrier.value}: {count}" for carrier, count in found.items()) or "none")
    else:
        out.print(f"{phone}: {found.value if found else 'not ported'}")


@ported.command("clear")
def clear_ported(data_dir: DataDir = None) -> None:
    """Forget all ported numbers, before a whole list is taken over."""

    async def act(graph: Graph, uow: Uow) -> None:
        await graph.carriers.clear_ported(uow)
        await _note(graph, uow, "ported.clear", "all", None)

    ask(settings_of(data_dir), act)
    out.print("no number counts as ported")


def _rows(lines: Iterable[str], done: _Imported) -> Iterator[tuple[str, Carrier | None]]:
    """Read numbers and carriers; a first line of titles is passed over, and what is neither is counted."""
    for number, row in enumerate(csv.reader(lines), 1):
        if not row or not "".join(row).strip():
            continue
        phone = normalise_phone(row[0])
        word = row[1].strip().lower().removeprefix("中国") if len(row) > 1 else ""
        if phone is not None and is_mainland(phone) and word in _WORDS:
            yield phone, _WORDS[word]
        elif number > 1 or phone is not None:
            done.bad += 1
            if len(done.bad_lines) < _SHOWN:
                done.bad_lines.append(f"line {number}: {'no carrier' if phone else 'no mainland mobile number'}")


@asynccontextmanager
async def _opened(file: Path) -> AsyncIterator[TextIO]:
    if str(file) == "-":
        yield io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig")
        return
    with file.open(encoding="utf-8-sig", newline="") as lines:
        yield lines


def _phone(text: str, *, as_json: bool = False) -> Phone:
    phone = normalise_phone(text)
    if phone is None:
        fail(f"{text} is no mobile number", hint="13800138000, or +852… for other countries", as_json=as_json)
    return phone


async def _note(graph: Graph, uow: Uow, action: str, subject: str, value: str | None) -> None:
    after = None if value is None else {"value": value}
    await graph.identity.note(uow, shell_actor(), action, subject_kind="routing", subject_id=subject, after=after)
