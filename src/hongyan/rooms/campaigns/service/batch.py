"""The vendor's send operation: at most 100 recipients, planned in the request's own transaction.

A request is taken whole or not at all, but for chosen codes (生成类型 2): a row whose code is taken is left out.

Source: api.md of the requirements §5.5; ADR 0004 (no job per call).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TaskId
from hongyan.kernel.phones import Phone, normalise_phone
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import (
    Content,
    Fallback,
    Link,
    LinkTask,
    NewLink,
    ParseCounts,
    Task,
    TaskState,
)
from hongyan.rooms.campaigns.errors import PhonesInvalid
from hongyan.rooms.campaigns.service.admission import Channel, variable_specs
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.campaigns.service.link_making import LinkMaker, LinkWish, link_domain
from hongyan.rooms.campaigns.service.plan import chunk_of, no_route
from hongyan.rooms.campaigns.store import tasks as store
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import MessageState, PlannedMessage
from hongyan.rooms.identity.contracts import Actor, Permission
from hongyan.rooms.rendering.service import CompiledTemplate
from hongyan.rooms.short_links.contracts import DomainKind
from hongyan.rooms.sms.service.door import SmsService

MAX_RECIPIENTS = 100


@dataclass(frozen=True, slots=True)
class Recipient:
    """One row of ``resolve_task.params``."""

    cust_flag: str
    sms_params: tuple[str, ...] = ()
    dync_params: Mapping[str, str] = field(default_factory=dict)
    custom_url: str | None = None
    custom_short_code: str | None = None


@dataclass(frozen=True, slots=True)
class Batch:
    """A request of the vendor's operation, parsed."""

    task_name: str
    channel: Channel
    card_template_id: str
    domain: str | None
    validity_days: int
    recipients: tuple[Recipient, ...]
    domain_kind: DomainKind = DomainKind.STANDARD
    """CUSTOM: every recipient's link has a code that the request names."""


@dataclass(frozen=True, slots=True)
class Accepted:
    """What became of it: the task, its links in the order of the recipients, and how many are sent."""

    task: Task
    links: list[Link]
    send_count: int


class BatchSend:
    """Accepts and plans a batch in one go."""

    def __init__(self, *, rooms: Rooms, maker: LinkMaker, carriers: CarriersService, sms: SmsService) -> None:
        """Stand on the rooms below."""
        self._r = rooms
        self._maker = maker
        self._carriers = carriers
        self._sms = sms

    async def send(self, uow: Uow, actor: Actor, batch: Batch) -> Accepted:
        """Accept the batch whole or not at all.

        Raises:
            HongyanError: names the field (``resolve_task.params[3].sms_params[0]``) and says what is wrong.
        """
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        now = self._r.clock.now()
        name = rules.check_name(batch.task_name)
        validity = rules.check_validity(batch.validity_days, "resolve_task.expiration_time")
        tenant, content = await self._r.admission.admit(uow, tenant_id, batch.channel, batch.card_template_id)
        phones = _phones(batch.recipients)
        _check_values(self._sms, content, batch.recipients)
        cards = ((f"resolve_task.params[{i}].dync_params", one.dync_params) for i, one in enumerate(batch.recipients))
        await self._r.admission.check_card_values(uow, tenant_id, content, cards)
        self._check_urls(batch)
        domain = await link_domain(
            self._r.links, uow, tenant_id, batch.domain, "resolve_task.domain", batch.domain_kind
        )
        opted_out = await self._r.audience.find_opted_out(uow, tenant_id, phones, signature=content.signature_id)
        task_id = TaskId(self._r.ids.uuid())
        rows = [
            NewLink(row.cust_flag, row.dync_params, row.custom_url, row.custom_short_code) for row in batch.recipients
        ]
        common = LinkTask(
            task_id=task_id,
            tenant_id=tenant_id,
            name=name,
            is_send=True,
            card_template_id=CardTemplateId(batch.card_template_id),
            card_template_name=content.card_template_name,
            signatures=(content.signature_name,),
            created_by=actor.user_name,
            created_at=now,
        )
        links = await self._maker.make(uow, LinkWish(common, domain, batch.domain_kind, validity), rows, {})
        messages = _messages(content, batch.recipients, phones, links, opted_out)
        send_count = sum(message.ended is None for message in messages)
        task = Task(
            id=task_id,
            tenant_id=tenant_id,
            name=name,
            state=TaskState.RUNNING if messages else TaskState.REFUSED,
            reason=None if messages else "no_links",
            source="api",
            content=content,
            fallback=Fallback.SMS,
            validity_days=validity,
            jump_url=None,
            domain=domain,
            is_trial=False,
            number_file_id=None,
            send_at=None,
            start_when_ready=True,
            counts=ParseCounts(
                rows=len(phones),
                imported=send_count,
                invalid=len(phones) - len(messages),
                opted_out=len(messages) - send_count,
                capable=send_count,
                submitted=send_count,
            ),
            next_chunk=1,
            chunks=1,
            created_by=actor.user_name,
            created_at=now,
            started_at=now,
            finished_at=None if messages else now,
        )
        await store.insert_task(uow, task)
        if messages:
            route = await self._carriers.router(uow, tenant_id, content.signature_id, phones) or no_route
            await self._r.delivery.plan_chunk(uow, chunk_of(task, tenant, 0, messages, now), route)
        if messages and not send_count:
            await self._r.jobs.defer(
                uow,
                "campaigns.task_settled",
                {"tenant_id": tenant_id, "task_id": task.id},
                at=now + timedelta(seconds=1),
            )
        return Accepted(task, links, send_count)

    def _check_urls(self, batch: Batch) -> None:
        for i, row in enumerate(batch.recipients):
            if row.custom_url and batch.domain_kind is DomainKind.STANDARD:
                self._r.links.check_jump_url(row.custom_url, f"resolve_task.params[{i}].custom_url")


def _messages(
    content: Content, recipients: Sequence[Recipient], phones: Sequence[Phone], links: Sequence[Link], out: set[Phone]
) -> list[PlannedMessage]:
    """Return the messages of those who have a link; who opted out has a row that ended."""
    template = CompiledTemplate(content.sms_text, link_index=content.link_index, signature=content.signature_name)
    messages = []
    for i, (row, phone, link) in enumerate(zip(recipients, phones, links, strict=True)):
        if link.aim_url is None:
            continue
        text, parts = template.render(list(row.sms_params), link.aim_url)
        messages.append(
            PlannedMessage(
                i,
                phone,
                text,
                parts,
                link_code=link.code,
                cust_flag=row.cust_flag,
                ended=MessageState.SUPPRESSED if phone in out else None,
                reason="opted_out" if phone in out else None,
            )
        )
    return messages


def _phones(recipients: tuple[Recipient, ...]) -> list[Phone]:
    """Return the canonical numbers, each one once.

    Raises:
        PhonesInvalid: none, too many, one that is no number, or the same number twice.
    """
    where = "resolve_task.params"
    if not recipients:
        raise PhonesInvalid(where, reason="is empty", reason_zh="不能为空")
    if len(recipients) > MAX_RECIPIENTS:
        raise PhonesInvalid(
            where,
            reason=f"has {len(recipients)} rows, at most {MAX_RECIPIENTS}",
            reason_zh=f"共 {len(recipients)} 行，最多 {MAX_RECIPIENTS} 行",
        )
    seen: dict[Phone, int] = {}
    for i, row in enumerate(recipients):
        phone = normalise_phone(row.cust_flag)
        if phone is None:
            raise PhonesInvalid(f"{where}[{i}].cust_flag", reason="is no mobile number", reason_zh="不是有效的手机号码")
        if phone in seen:
            raise PhonesInvalid(
                f"{where}[{i}].cust_flag",
                reason=f"is the number of row {seen[phone]} again",
                reason_zh=f"与第 {seen[phone]} 行号码重复",
            )
        seen[phone] = i
    return list(seen)


def _check_values(sms: SmsService, content: Content, recipients: tuple[Recipient, ...]) -> None:
    """Check every row's values against the rules of the SMS template's variables.

    Raises:
        HongyanError: another number of values than variables, or a value breaks its rule.
    """
    specs = variable_specs(content)
    for i, row in enumerate(recipients):
        sms.check_values(specs, row.sms_params, f"resolve_task.params[{i}].sms_params")
