"""Statements of SMS templates, and the one read that a send needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, insert, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, SmsAppId, SmsTemplateId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.sms.contracts import (
    AppStatus,
    ListFilter,
    SignatureStatus,
    SmsTemplate,
    SmsType,
    TemplateStatus,
    VariableSpec,
    VariableType,
)
from hongyan.rooms.sms.tables import apps, signatures, templates

_COLUMNS = (
    templates.c.template_id,
    templates.c.tenant_id,
    templates.c.name,
    templates.c.type,
    templates.c.app_id,
    apps.c.name.label("app_name"),
    templates.c.signature_id,
    signatures.c.name.label("signature_name"),
    templates.c.content,
    templates.c.desc,
    templates.c.variables,
    templates.c.status,
    templates.c.review_id,
    templates.c.review_desc,
    templates.c.urge_count,
    templates.c.urged_at,
    templates.c.created_at,
)
_JOINED = templates.join(apps, apps.c.app_id == templates.c.app_id).join(
    signatures, signatures.c.signature_id == templates.c.signature_id
)


@dataclass(frozen=True, slots=True)
class TemplateInUse:
    """A template with the states of what it stands on."""

    template: SmsTemplate
    signature_type: SmsType
    signature_status: SignatureStatus
    channel_number: str
    app_status: AppStatus


_ORDERS = {
    # Numbers are given in the order of making.
    "-created_at": (templates.c.template_id.desc(),),
    "created_at": (templates.c.template_id,),
    "name": (templates.c.name, templates.c.template_id),
    "-name": (templates.c.name.desc(), templates.c.template_id),
}


def _variables(stored: list[dict[str, Any]]) -> tuple[VariableSpec, ...]:
    return tuple(VariableSpec(item["index"], VariableType(item["type"]), item["desc"]) for item in stored)


def _stored(variables: tuple[VariableSpec, ...]) -> list[dict[str, Any]]:
    ordered = sorted(variables, key=lambda spec: spec.index)
    return [{"index": spec.index, "type": spec.type.value, "desc": spec.desc} for spec in ordered]


def _template(row: Row[Any]) -> SmsTemplate:
    return SmsTemplate(
        template_id=SmsTemplateId(str(row.template_id)),
        tenant_id=row.tenant_id,
        name=row.name,
        type=SmsType(row.type),
        app_id=row.app_id,
        app_name=row.app_name,
        signature_id=row.signature_id,
        signature_name=row.signature_name,
        content=row.content,
        desc=row.desc,
        variables=_variables(row.variables),
        status=TemplateStatus(row.status),
        review_id=row.review_id,
        review_desc=row.review_desc,
        urge_count=row.urge_count,
        urged_at=row.urged_at,
        created_at=row.created_at,
    )


def _values(template: SmsTemplate) -> dict[str, Any]:
    return {
        "app_id": template.app_id,
        "signature_id": template.signature_id,
        "name": template.name,
        "type": template.type.value,
        "content": template.content,
        "desc": template.desc,
        "variables": _stored(template.variables),
    }


async def count_templates(uow: Uow, tenant_id: TenantId, app_id: SmsAppId) -> int:
    """Return how many templates an app carries."""
    found = await uow.execute(
        select(func.count())
        .select_from(templates)
        .where(templates.c.tenant_id == tenant_id, templates.c.app_id == app_id)
    )
    return int(found.scalar_one())


async def insert_template(uow: Uow, template: SmsTemplate) -> SmsTemplateId:
    """Write a new template and return its number (the one in ``template`` is not used)."""
    result = await uow.execute(
        insert(templates)
        .values(
            tenant_id=template.tenant_id,
            status=template.status.value,
            created_at=template.created_at,
            **_values(template),
        )
        .returning(templates.c.template_id)
    )
    return SmsTemplateId(str(result.scalar_one()))


async def update_template(uow: Uow, template: SmsTemplate) -> None:
    """Write what the customer filled in."""
    await _update(uow, template.tenant_id, template.template_id, _values(template))


async def set_status(
    uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId, status: TemplateStatus, review_desc: str = ""
) -> None:
    """Write a template's status and what the reviewer said."""
    await _update(uow, tenant_id, template_id, {"status": status.value, "review_desc": review_desc})


async def set_review(uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId, review_id: str) -> None:
    """Write which review decides about a template; urging starts again."""
    await _update(
        uow, tenant_id, template_id, {"review_id": review_id, "review_desc": "", "urge_count": 0, "urged_at": None}
    )


async def set_urging(
    uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId, count: int, urged_at: datetime | None
) -> None:
    """Write how often and when the desk was urged."""
    await _update(uow, tenant_id, template_id, {"urge_count": count, "urged_at": urged_at})


async def _update(uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId, values: Mapping[str, Any]) -> None:
    await uow.execute(
        update(templates)
        .where(templates.c.tenant_id == tenant_id, templates.c.template_id == int(template_id))
        .values(**values)
    )


async def find_template(
    uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId, *, lock: bool = False
) -> SmsTemplate | None:
    """Return a template; with ``lock`` nobody else changes it until the transaction ends."""
    statement = (
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(templates.c.tenant_id == tenant_id, templates.c.template_id == int(template_id))
    )
    row = (await uow.execute(statement.with_for_update(of=templates) if lock else statement)).first()
    return _template(row) if row else None


async def find_in_use(uow: Uow, template_id: SmsTemplateId) -> TemplateInUse | None:
    """Return a template of any tenant with the states it stands on: the service tells foreign from missing."""
    row = (
        await uow.execute(
            select(
                *_COLUMNS,
                signatures.c.type.label("signature_type"),
                signatures.c.status.label("signature_status"),
                signatures.c.channel_number,
                apps.c.status.label("app_status"),
            )
            .select_from(_JOINED)
            .where(templates.c.template_id == int(template_id))
        )
    ).first()
    if row is None:
        return None
    return TemplateInUse(
        _template(row),
        SmsType(row.signature_type),
        SignatureStatus(row.signature_status),
        row.channel_number,
        AppStatus(row.app_status),
    )


async def list_sendable(uow: Uow, tenant_id: TenantId) -> list[tuple[SmsTemplate, SmsType, str]]:
    """Return the active templates of usable signatures and apps with signature type and channel number, by name."""
    rows = await uow.execute(
        select(*_COLUMNS, signatures.c.type.label("signature_type"), signatures.c.channel_number)
        .select_from(_JOINED)
        .where(
            templates.c.tenant_id == tenant_id,
            templates.c.status == TemplateStatus.ACTIVE.value,
            signatures.c.status == SignatureStatus.REVIEW_PASSED.value,
            apps.c.status == AppStatus.LAUNCHED.value,
        )
        .order_by(templates.c.name, templates.c.template_id)
    )
    return [(_template(row), SmsType(row.signature_type), row.channel_number) for row in rows]


async def list_templates(
    uow: Uow, tenant_id: TenantId, wanted: ListFilter, offset: int, limit: int
) -> Page[SmsTemplate]:
    """Return a page of templates, newest first."""
    conditions: list[ColumnElement[bool]] = [templates.c.tenant_id == tenant_id]
    if wanted.app_name:
        conditions.append(apps.c.name == wanted.app_name)
    if wanted.item_id:
        conditions.append(templates.c.template_id == int(wanted.item_id))
    if wanted.name:
        conditions.append(templates.c.name.icontains(wanted.name, autoescape=True))
    if wanted.type:
        conditions.append(templates.c.type == wanted.type.value)
    if wanted.statuses:
        conditions.append(templates.c.status.in_(wanted.statuses))
    if wanted.begin:
        conditions.append(templates.c.created_at >= wanted.begin)
    if wanted.end:
        conditions.append(templates.c.created_at <= wanted.end)
    total = (await uow.execute(select(func.count()).select_from(_JOINED).where(*conditions))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(*conditions)
        .order_by(*_ORDERS[wanted.sort])
        .offset(offset)
        .limit(limit)
    )
    return Page(tuple(_template(row) for row in rows), total, offset, limit)


async def list_of_signature(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> list[SmsTemplate]:
    """Return all templates of a signature, locked, before they are removed with it."""
    rows = await uow.execute(
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(templates.c.tenant_id == tenant_id, templates.c.signature_id == signature_id)
        .order_by(templates.c.template_id)
        .with_for_update(of=templates)
    )
    return [_template(row) for row in rows]


async def delete_template(uow: Uow, tenant_id: TenantId, template_id: SmsTemplateId) -> None:
    """Remove a template."""
    await uow.execute(
        delete(templates).where(templates.c.tenant_id == tenant_id, templates.c.template_id == int(template_id))
    )
