"""Auto-answers: a text from a phone is answered with what its signature says, as a message like any other.

Off until a tenant writes an answer. Each text is answered at most once, each number at most once a day per signature.
Not for: the opt-out itself (``receipts``, ``audience``), nor the texts of answers (``sms``). Source: ADR 0020.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Final

import structlog

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import SignatureId, SmsTemplateId, TaskId, TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.wishes import is_refusal
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Content, Fallback, ParseCounts, Task, TaskState
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.campaigns.service.plan import chunk_of, no_route
from hongyan.rooms.campaigns.store import answers as store
from hongyan.rooms.campaigns.store import tasks as task_store
from hongyan.rooms.carriers.service import CarriersService
from hongyan.rooms.delivery.contracts import PlannedMessage
from hongyan.rooms.rendering.service import CompiledTemplate
from hongyan.rooms.sms.contracts import Answer
from hongyan.rooms.sms.service.door import SmsService

log = structlog.get_logger(__name__)

SOURCE: Final = "answer"
"""What such tasks have as their source."""
_NAMES: Final[Mapping[bool, str]] = MappingProxyType({True: "自动回复-退订确认", False: "自动回复"})
_ONE: Final = ParseCounts(rows=1, imported=1, capable=1, submitted=1)
_NO_TEMPLATE: Final = SmsTemplateId("")


class Answers:
    """Job ``campaigns.answer_uplink``."""

    def __init__(self, *, rooms: Rooms, carriers: CarriersService, sms: SmsService, keys: TenantKeys) -> None:
        """Stand on the rooms below."""
        self._r = rooms
        self._carriers = carriers
        self._sms = sms
        self._keys = keys

    async def answer(
        self,
        uow: Uow,
        *,
        uplink_id: str,
        tenant_id: TenantId,
        signature_id: SignatureId,
        sealed: bytes,
        text: str,
        received_at: datetime,
    ) -> TaskId | None:
        """Answer a text where its signature wants that; returns the task of the answer.

        Key: the uplink, which is also the id of the task.
        """
        refuses = is_refusal(text)
        found = await self._sms.answers.find_answer(uow, tenant_id, signature_id, is_refusal=refuses)
        if found is None:
            return None
        now = self._r.clock.now()
        phone = (await self._keys.sealer(uow, tenant_id)).open(sealed)
        if not rules.may_answer(phone, received_at, now):
            return None
        # Only the confirmation of an opt-out may go to a number that has opted out.
        if not refuses and await self._r.audience.find_opted_out(uow, tenant_id, [phone], signature=signature_id):
            return None
        try:
            tenant = await self._r.admission.admit_answer(uow, tenant_id)
        except HongyanError as error:
            log.info("uplink is not answered", uplink_id=uplink_id, reason=error.code)
            return None
        if not await store.take_turn(uow, tenant_id, signature_id, sealed, uplink_id, now, rules.ANSWER_REST):
            return None
        task = _task(TaskId(uplink_id), tenant_id, found, now, refuses=refuses)
        await task_store.insert_task(uow, task)
        whole, parts = CompiledTemplate(found.text, link_index=None, signature=found.signature_name).render((), None)
        chunk = chunk_of(task, tenant, 0, [PlannedMessage(0, phone, whole, parts)], now)
        route = await self._carriers.router(uow, tenant_id, signature_id, [phone]) or no_route
        await self._r.delivery.plan_chunk(uow, replace(chunk, confirms_opt_out=refuses), route)
        return task.id

    async def forget(self, uow: Uow) -> int:
        """Forget whom nothing keeps from the next answer any more; returns how many. Repeatable."""
        return await store.delete_old(uow, self._r.clock.now() - rules.ANSWER_REST)


def _task(task_id: TaskId, tenant_id: TenantId, answer: Answer, now: datetime, *, refuses: bool) -> Task:
    """Return a task of one message that is planned with it: a notice, whatever the signature's kind."""
    content = Content(
        app_id=answer.app_id,
        app_name=answer.app_name,
        signature_id=answer.signature_id,
        signature_name=answer.signature_name,
        signature_type=answer.signature_type.value,
        channel_number=answer.channel_number,
        sms_template_id=_NO_TEMPLATE,
        sms_text=answer.text,
        link_index=0,
        variable_types=(),
        is_promotion=False,
        card_template_id=None,
        card_template_name="",
        card_params=(),
        card_vendors=(),
    )
    return Task(
        id=task_id,
        tenant_id=tenant_id,
        name=_NAMES[refuses],
        state=TaskState.RUNNING,
        reason=None,
        source=SOURCE,
        content=content,
        fallback=Fallback.SMS,
        validity_days=1,
        jump_url=None,
        domain="",
        is_trial=False,
        number_file_id=None,
        send_at=None,
        start_when_ready=True,
        counts=_ONE,
        next_chunk=1,
        chunks=1,
        created_by="auto-answer",
        created_at=now,
        started_at=now,
        finished_at=None,
    )
