"""``hongyan unknown list|policy|resend|give-up``: messages of which nobody knows whether the carrier took them."""

from dataclasses import asdict
from enum import StrEnum
from typing import Annotated

import typer
from rich.table import Table as Grid

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import AccountId, MessageId, TenantId
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import mask_phone
from hongyan.rooms.delivery.contracts import MessageClass, Policy, ResendAnswer, UnknownMessage
from hongyan.run.commands.asking import ask, shell_actor
from hongyan.run.commands.options import DataDir, settings_of
from hongyan.run.commands.output import fail, out, print_json
from hongyan.run.commands.pace import find_tenant, no_tenant
from hongyan.run.graph import Graph

app = typer.Typer(help="Messages of which nobody knows whether the carrier took them.", no_args_is_help=True)
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON.")]
Ids = Annotated[list[int], typer.Argument(min=1, help="Ids of messages, as `hongyan unknown list` shows them.")]


class ClassName(StrEnum):
    """Classes of messages."""

    CODE = "code"
    NOTICE = "notice"
    PROMOTION = "promotion"


@app.command("list")
def list_(
    channel: Annotated[str | None, typer.Option(help="Only those of this channel.")] = None,
    tenant: Annotated[str | None, typer.Option(help="Only those of this tenant (account name or id).")] = None,
    offset: Annotated[int, typer.Option(min=0)] = 0,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List unknown messages, the oldest first, with the reason and whether they may be sent once more."""

    async def act(graph: Graph, uow: Uow) -> tuple[str | None, Page[UnknownMessage] | None]:
        account_id: AccountId | None = None
        tenant_id: TenantId | None = None
        if channel is not None:
            accounts = {one.name: one.account_id for one in await graph.carriers.list_accounts(uow)}
            if channel not in accounts:
                return f"there is no channel {channel}", None
            account_id = accounts[channel]
        if tenant is not None:
            tenant_id = await find_tenant(graph, uow, tenant)
            if tenant_id is None:
                return None, None
        return None, await graph.delivery.unknowns.list_unknowns(
            uow, account_id=account_id, tenant_id=tenant_id, offset=offset, limit=limit
        )

    trouble, page = ask(settings_of(data_dir), act, as_json=as_json)
    if trouble is not None:
        fail(trouble, hint="`hongyan channel list` shows their names", as_json=as_json)
    if page is None:
        no_tenant(tenant or "", as_json=as_json)
        return
    if as_json:
        print_json({"items": [_document(one) for one in page.items], "total": page.total})
        return
    table = Grid("message", "tenant", "channel", "class", "number", "parts", "reason", "since", "send again")
    for one in page.items:
        table.add_row(
            str(one.message_id),
            one.tenant_id,
            str(one.account_id),
            one.klass.name.lower(),
            mask_phone(one.phone),
            f"{one.parts - one.missing}/{one.parts}",
            one.reason,
            f"{one.since:%Y-%m-%d %H:%M:%S}",
            "may be" if one.may_resend is ResendAnswer.RESENT else one.may_resend.value,
        )
    out.print(table)
    out.print(f"{page.total} unknown")


@app.command("policy")
def policy(
    klass: Annotated[ClassName | None, typer.Argument(help="Absent: show what holds.")] = None,
    resend: Annotated[
        bool | None, typer.Option("--resend/--never", help="Send unknown messages of the class once more, or never.")
    ] = None,
    data_dir: DataDir = None,
    *,
    as_json: AsJson = False,
) -> None:
    """Show or set whether unknown messages are sent once more after five minutes without a report; never by default."""
    if (klass is None) is not (resend is None):
        fail("say both: which class, and --resend or --never", as_json=as_json)

    async def act(graph: Graph, uow: Uow) -> list[Policy]:
        if klass is not None and resend is not None:
            actor = shell_actor()
            before = await graph.delivery.unknowns.set_policy(
                uow, MessageClass[klass.name], may_resend=resend, by=actor.user_name
            )
            await graph.identity.note(
                uow,
                actor,
                "unknown.policy",
                subject_kind="messages",
                subject_id=klass.value,
                before={"may_resend_unknown": before.may_resend_unknown},
                after={"may_resend_unknown": resend},
            )
        return await graph.delivery.unknowns.list_policies(uow)

    policies = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json([{**asdict(one), "klass": one.klass.name.lower()} for one in policies])
        return
    for one in policies:
        said = f", set by {one.changed_by}" if one.changed_by else ""
        out.print(f"{one.klass.name.lower()}: {'once more' if one.may_resend_unknown else 'never again'}{said}")


@app.command("resend")
def resend_(message_ids: Ids, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """Send unknown messages once more, whatever the policy says; the person may get them twice. Never a third time."""

    async def act(graph: Graph, uow: Uow) -> dict[MessageId, ResendAnswer]:
        actor = shell_actor()
        ids = [MessageId(one) for one in message_ids]
        answers = await graph.delivery.unknowns.resend(uow, ids, by=actor.user_name)
        resent = [one for one, answer in answers.items() if answer is ResendAnswer.RESENT]
        if resent:
            await graph.identity.note(
                uow, actor, "unknown.resend", subject_kind="messages", subject_id="messages", after={"messages": resent}
            )
        return answers

    answers = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json({str(message_id): answer.value for message_id, answer in answers.items()})
    else:
        for message_id, answer in answers.items():
            out.print(f"{message_id}: {answer.value}")
    if ResendAnswer.RESENT not in answers.values():
        raise typer.Exit(1)


@app.command("give-up")
def give_up(message_ids: Ids, data_dir: DataDir = None, *, as_json: AsJson = False) -> None:
    """End unknown messages now instead of after 72 hours; a late report no longer finds them."""

    async def act(graph: Graph, uow: Uow) -> int:
        ids = [MessageId(one) for one in message_ids]
        count = await graph.delivery.unknowns.give_up(uow, ids)
        if count:
            await graph.identity.note(
                uow,
                shell_actor(),
                "unknown.give_up",
                subject_kind="messages",
                subject_id="messages",
                after={"messages": list(ids), "count": count},
            )
        return count

    count = ask(settings_of(data_dir), act, as_json=as_json)
    if as_json:
        print_json({"count": count})
    else:
        out.print(f"{count} ended")


def _document(one: UnknownMessage) -> dict[str, object]:
    document = {**asdict(one), "klass": one.klass.name.lower(), "may_resend": one.may_resend.value}
    document["phone_masked"] = mask_phone(one.phone)
    del document["phone"]
    return document
