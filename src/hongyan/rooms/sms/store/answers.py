"""Statements of auto-answers: they stand in the row of their signature and go with it."""

from sqlalchemy import select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, SmsAppId, TenantId
from hongyan.rooms.sms.contracts import Answer, AppStatus, AutoAnswers, SignatureStatus, SmsType
from hongyan.rooms.sms.tables import apps, signatures

_S = signatures.c


async def get_answers(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> AutoAnswers:
    """Return what a signature that is there answers."""
    statement = select(_S.answer_opt_out, _S.answer_other)
    row = (await uow.execute(statement.where(_S.tenant_id == tenant_id, _S.signature_id == signature_id))).one()
    return AutoAnswers(row.answer_opt_out, row.answer_other)


async def set_answers(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, answers: AutoAnswers) -> None:
    """Write what a signature answers."""
    await uow.execute(
        update(signatures)
        .where(_S.tenant_id == tenant_id, _S.signature_id == signature_id)
        .values(answer_opt_out=answers.opt_out, answer_other=answers.other)
    )


async def find_answer(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, *, is_refusal: bool) -> Answer | None:
    """Return what a usable signature of a usable app answers; ``None``: nothing."""
    text = (_S.answer_opt_out if is_refusal else _S.answer_other).label("answer")
    statement = (
        select(_S.app_id, apps.c.name.label("app_name"), _S.name, _S.type, _S.channel_number, text)
        .select_from(signatures.join(apps, apps.c.app_id == _S.app_id))
        .where(
            _S.tenant_id == tenant_id,
            _S.signature_id == signature_id,
            _S.status == SignatureStatus.REVIEW_PASSED.value,
            apps.c.status == AppStatus.LAUNCHED.value,
            text != "",
        )
    )
    row = (await uow.execute(statement)).one_or_none()
    if row is None:
        return None
    return Answer(
        app_id=SmsAppId(row.app_id),
        app_name=row.app_name,
        signature_id=signature_id,
        signature_name=row.name,
        signature_type=SmsType(row.type),
        channel_number=row.channel_number,
        text=row.answer,
    )
