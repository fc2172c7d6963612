"""``hongyan answer show|set``: what signatures answer by themselves to texts from phones."""

from dataclasses import asdict, replace
from typing import Annotated

import typer

from hongyan.kernel.db.database import Uow
from hongyan.rooms.sms.contracts import AutoAnswers
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import out, print_json
from hongyan.run.commands.pace import find_tenant, no_tenant
from hongyan.run.graph import Graph

app = typer.Typer(help="Auto-answers of signatures.", no_args_is_help=True)
Tenant = Annotated[str, typer.Argument(help="The tenant's account name, or its id.")]
Signature = Annotated[str, typer.Argument(help="Id of one of its signatures.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command("show")
def show(tenant: Tenant, signature: Signature, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Show what a signature answers to opt-outs and to other texts."""

    async def act(graph: Graph, uow: Uow) -> AutoAnswers | None:
        tenant_id = await find_tenant(graph, uow, tenant)
        return None if tenant_id is None else await graph.sms.answers.get_answers_of(uow, tenant_id, signature)

    _print(ask(settings_of(data_dir), act, as_json=as_json), tenant, as_json=as_json)


@app.command("set")
def set_(
    tenant: Tenant,
    signature: Signature,
    opt_out: Annotated[
        str | None, typer.Option(help="Answer to R, TD, 退订 … without 【signature】; empty: none; absent: as it is.")
    ] = None,
    other: Annotated[str | None, typer.Option(help="Answer to any other text; empty: none; absent: as it is.")] = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Set the answers of a signature, in force for what comes from now on; each number has one a day at most."""

    async def act(graph: Graph, uow: Uow) -> AutoAnswers | None:
        tenant_id = await find_tenant(graph, uow, tenant)
        if tenant_id is None:
            return None
        answers = await graph.sms.answers.get_answers_of(uow, tenant_id, signature)
        if opt_out is not None:
            answers = replace(answers, opt_out=opt_out)
        if other is not None:
            answers = replace(answers, other=other)
        return await graph.sms.answers.set_answers_of(uow, shell_actor(), tenant_id, signature, answers)

    _print(ask(settings_of(data_dir), act, as_json=as_json), tenant, as_json=as_json)


def _print(answers: AutoAnswers | None, tenant: str, *, as_json: bool) -> None:
    if answers is None:
        no_tenant(tenant, as_json=as_json)
    elif as_json:
        print_json(asdict(answers))
    else:
        out.print(f"opt-outs: {answers.opt_out or 'no answer'}", markup=False)
        out.print(f"other texts: {answers.other or 'no answer'}", markup=False)
