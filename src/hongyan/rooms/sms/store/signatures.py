"""Statements of SMS signatures."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Row, delete, func, select, update
from sqlalchemy.dialects.postgresql import insert as upsert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import SignatureId, SmsAppId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.sms.contracts import (
    ListFilter,
    Signature,
    SignatureForm,
    SignatureSource,
    SignatureStatus,
    SmsType,
)
from hongyan.rooms.sms.tables import apps, signatures

_COLUMNS = (
    signatures.c.signature_id,
    signatures.c.tenant_id,
    signatures.c.app_id,
    apps.c.name.label("app_name"),
    signatures.c.name,
    signatures.c.type,
    signatures.c.licence_file_id,
    signatures.c.source,
    signatures.c.involves_third_party,
    signatures.c.attorney_file_id,
    signatures.c.source_title,
    signatures.c.apply_desc,
    signatures.c.status,
    signatures.c.channel_number,
    signatures.c.review_id,
    signatures.c.review_desc,
    signatures.c.urge_count,
    signatures.c.urged_at,
    signatures.c.created_at,
)
_JOINED = signatures.join(apps, apps.c.app_id == signatures.c.app_id)

_ORDERS = {
    "-created_at": (signatures.c.created_at.desc(),),
    "created_at": (signatures.c.created_at,),
    "name": (signatures.c.name,),
    "-name": (signatures.c.name.desc(),),
}


def _signature(row: Row[Any]) -> Signature:
    form = SignatureForm(
        name=row.name,
        type=SmsType(row.type),
        app_id=row.app_id,
        licence_file_id=row.licence_file_id,
        source=SignatureSource(row.source),
        involves_third_party=row.involves_third_party,
        attorney_file_id=row.attorney_file_id,
        source_title=row.source_title,
        apply_desc=row.apply_desc,
    )
    return Signature(
        signature_id=row.signature_id,
        tenant_id=row.tenant_id,
        form=form,
        app_name=row.app_name,
        status=SignatureStatus(row.status),
        channel_number=row.channel_number,
        review_id=row.review_id,
        review_desc=row.review_desc,
        urge_count=row.urge_count,
        urged_at=row.urged_at,
        created_at=row.created_at,
    )


def _form_values(form: SignatureForm, name_key: str) -> dict[str, Any]:
    return {
        "app_id": form.app_id,
        "name": form.name,
        "name_key": name_key,
        "type": form.type.value,
        "licence_file_id": form.licence_file_id,
        "source": form.source.value,
        "involves_third_party": form.involves_third_party,
        "attorney_file_id": form.attorney_file_id,
        "source_title": form.source_title,
        "apply_desc": form.apply_desc,
    }


async def count_signatures(uow: Uow, tenant_id: TenantId, app_id: SmsAppId) -> int:
    """Return how many signatures an app carries."""
    found = await uow.execute(
        select(func.count())
        .select_from(signatures)
        .where(signatures.c.tenant_id == tenant_id, signatures.c.app_id == app_id)
    )
    return int(found.scalar_one())


async def count_foreign(uow: Uow, tenant_id: TenantId, name_key: str) -> int:
    """Return how many signatures of other tenants have the same name; a warning for the reviewer."""
    found = await uow.execute(
        select(func.count())
        .select_from(signatures)
        .where(signatures.c.name_key == name_key, signatures.c.tenant_id != tenant_id)
    )
    return int(found.scalar_one())


async def list_holders(uow: Uow, name_key: str) -> set[str]:
    """Return the tenants that have a usable signature of a name."""
    found = await uow.execute(
        select(signatures.c.tenant_id).where(
            signatures.c.name_key == name_key, signatures.c.status == SignatureStatus.REVIEW_PASSED.value
        )
    )
    return {row.tenant_id for row in found}


async def insert_signature(
    uow: Uow,
    tenant_id: TenantId,
    signature_id: SignatureId,
    form: SignatureForm,
    name_key: str,
    created_at: datetime,
) -> bool:
    """Write a new signature that waits for review; return false when its name and type are taken."""
    statement = upsert(signatures).values(
        signature_id=signature_id,
        tenant_id=tenant_id,
        status=SignatureStatus.PENDING_REVIEW.value,
        created_at=created_at,
        **_form_values(form, name_key),
    )
    result = await uow.execute(statement.on_conflict_do_nothing().returning(signatures.c.signature_id))
    return result.first() is not None


async def is_taken(uow: Uow, tenant_id: TenantId, name_key: str, kind: SmsType, except_id: SignatureId) -> bool:
    """Tell whether another signature of the tenant has the name and the type."""
    found = await uow.execute(
        select(signatures.c.signature_id).where(
            signatures.c.tenant_id == tenant_id,
            signatures.c.name_key == name_key,
            signatures.c.type == kind.value,
            signatures.c.signature_id != except_id,
        )
    )
    return found.first() is not None


async def update_form(
    uow: Uow, tenant_id: TenantId, signature_id: SignatureId, form: SignatureForm, name_key: str
) -> None:
    """Write a signature's form."""
    await _update(uow, tenant_id, signature_id, _form_values(form, name_key))


async def set_status(
    uow: Uow, tenant_id: TenantId, signature_id: SignatureId, status: SignatureStatus, review_desc: str = ""
) -> None:
    """Write a signature's status and what the reviewer said."""
    await _update(uow, tenant_id, signature_id, {"status": status.value, "review_desc": review_desc})


async def set_review(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, review_id: str) -> None:
    """Write which review decides about a signature; urging starts again."""
    await _update(
        uow, tenant_id, signature_id, {"review_id": review_id, "review_desc": "", "urge_count": 0, "urged_at": None}
    )


async def set_channel(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, channel_number: str) -> None:
    """Write the number that phones show as the sender."""
    await _update(uow, tenant_id, signature_id, {"channel_number": channel_number})


async def set_urging(
    uow: Uow, tenant_id: TenantId, signature_id: SignatureId, count: int, urged_at: datetime | None
) -> None:
    """Write how often and when the desk was urged."""
    await _update(uow, tenant_id, signature_id, {"urge_count": count, "urged_at": urged_at})


async def _update(uow: Uow, tenant_id: TenantId, signature_id: SignatureId, values: Mapping[str, Any]) -> None:
    await uow.execute(
        update(signatures)
        .where(signatures.c.tenant_id == tenant_id, signatures.c.signature_id == signature_id)
        .values(**values)
    )


async def find_signature(
    uow: Uow, tenant_id: TenantId, signature_id: SignatureId, *, lock: bool = False
) -> Signature | None:
    """Return a signature; with ``lock`` nobody else changes it until the transaction ends."""
    statement = (
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(signatures.c.tenant_id == tenant_id, signatures.c.signature_id == signature_id)
    )
    row = (await uow.execute(statement.with_for_update(of=signatures) if lock else statement)).first()
    return _signature(row) if row else None


async def list_signatures(
    uow: Uow, tenant_id: TenantId, wanted: ListFilter, offset: int, limit: int
) -> Page[Signature]:
    """Return a page of signatures, newest first."""
    conditions: list[ColumnElement[bool]] = [signatures.c.tenant_id == tenant_id]
    if wanted.app_name:
        conditions.append(apps.c.name == wanted.app_name)
    if wanted.item_id:
        conditions.append(signatures.c.signature_id == wanted.item_id)
    if wanted.name:
        conditions.append(signatures.c.name.icontains(wanted.name, autoescape=True))
    if wanted.type:
        conditions.append(signatures.c.type == wanted.type.value)
    if wanted.statuses:
        conditions.append(signatures.c.status.in_(wanted.statuses))
    if wanted.begin:
        conditions.append(signatures.c.created_at >= wanted.begin)
    if wanted.end:
        conditions.append(signatures.c.created_at <= wanted.end)
    total = (await uow.execute(select(func.count()).select_from(_JOINED).where(*conditions))).scalar_one()
    rows = await uow.execute(
        select(*_COLUMNS)
        .select_from(_JOINED)
        .where(*conditions)
        .order_by(*_ORDERS[wanted.sort], signatures.c.signature_id)
        .offset(offset)
        .limit(limit)
    )
    return Page(tuple(_signature(row) for row in rows), total, offset, limit)


async def delete_signature(uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> None:
    """Remove a signature whose templates are gone."""
    await uow.execute(
        delete(signatures).where(signatures.c.tenant_id == tenant_id, signatures.c.signature_id == signature_id)
    )
