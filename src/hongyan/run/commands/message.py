"""``hongyan message show``: everything that is known of one message."""

from typing import Annotated

import typer

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import MessageId
from hongyan.kernel.phones import mask_phone
from hongyan.rooms.delivery.contracts import MessageLife
from hongyan.rooms.receipts.console_api import LifeView
from hongyan.run.commands.asking import ask
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import out, print_json
from hongyan.run.graph import Graph

app = typer.Typer(help="Single messages.", no_args_is_help=True)


@app.callback()
def root() -> None:
    """Look at single messages."""


@app.command("show")
def show(
    message_id: Annotated[int, typer.Argument(min=1, help="The message's id.")],
    data_dir: DataDir = None,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Tell a message's life: planned, attempted, answered, reported, doubted, final."""

    async def act(graph: Graph, uow: Uow) -> MessageLife:
        return await graph.receipts.get_life(uow, None, MessageId(message_id))

    life = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json(LifeView.of(life).model_dump(mode="json"))
        return
    view = life.view
    code = f" ({view.carrier_code})" if view.carrier_code else ""
    out.print(f"{view.message_id}: {view.state.value}{code}, {life.klass.name.lower()}, to {mask_phone(view.phone)}")
    out.print(f"  tenant {life.tenant_id}, task {view.task_id}, batch {life.batch_id}")
    for at, what in sorted(_events(life), key=lambda event: event[0]):
        out.print(f"  {at}  {what}")


def _events(life: MessageLife) -> list[tuple[str, str]]:
    """Return (time, what happened) in no order."""
    view = life.view
    form = "%Y-%m-%d %H:%M:%S.%f"
    told = [(view.planned_at, f"planned: {view.parts} parts, may be sent until {life.expires_at:%Y-%m-%d %H:%M:%S}")]
    for span in life.spans:
        told.append((span.opened_at, f"attempted over account {span.account_id} (epoch {span.epoch})"))
        if span.closed_at is not None:
            told.append((span.closed_at, f"attempt {span.span_id} closed"))
    for part in life.parts:
        ref = f", {part.carrier_ref}" if part.carrier_ref else ""
        said = f"part {part.part_no} answered: result {part.result}, id {part.carrier_msg_id}{ref}"
        told.append((part.at, said))
        told += [
            (report.received_at, f"part {part.part_no} reported: {report.stat}, done {report.done_time}")
            for report in part.reports
        ]
    for doubt in life.doubts:
        told.append((doubt.since, f"unknown on account {doubt.account_id}: {doubt.reason}"))
        if doubt.resent_at is not None:
            told.append((doubt.resent_at, f"sent once more by {doubt.ordered_by}"))
    if view.final_at is not None:
        told.append((view.final_at, f"final: {view.state.value}"))
    return [(at.strftime(form)[:-3], what) for at, what in told]
