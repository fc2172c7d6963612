"""SQL of signatures, tenant first."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import ColumnElement, Row, Text, cast, delete, func, select, text, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, VideoSignatureId
from hongyan.kernel.paging import Page
from hongyan.rooms.video_sms.contracts import (
    SignatureFilter,
    TemplateState,
    VideoSignature,
    VideoSignatureForm,
    VideoSignatureState,
)
from hongyan.rooms.video_sms.tables import signatures, templates

_S, _T = signatures.c, templates.c


def _values(form: VideoSignatureForm, name_key: str) -> dict[str, object]:
    return {
        "name": form.name,
        "name_key": name_key,
        "involves_third_party": form.involves_third_party,
        "authorisation_id": form.authorisation_id,
        "material_id": form.material_id,
        "apply_desc": form.apply_desc,
    }


def _signature(row: Row[Any]) -> VideoSignature:
    form = VideoSignatureForm(
        name=row.name,
        involves_third_party=row.involves_third_party,
        authorisation_id=row.authorisation_id,
        material_id=row.material_id,
        apply_desc=row.apply_desc,
    )
    return VideoSignature(
        signature_id=row.signature_id,
        tenant_id=row.tenant_id,
        form=form,
        state=VideoSignatureState(row.state),
        review_id=row.review_id,
        review_desc=row.review_desc,
        created_at=row.created_at,
    )


async def lock_tenant(uow: Uow, tenant_id: TenantId) -> None:
    """Let one transaction at a time count and name a tenant's signatures: limits hold under concurrency too."""
    statement = text("SELECT pg_advisory_xact_lock(hashtext('video_sms'), hashtext(:tenant))")
    await uow.execute(statement, {"tenant": tenant_id})


async def count_signatures(uow: Uow, tenant_id: TenantId) -> int:
    """Return how many signatures a tenant has."""
    found = await uow.execute(select(func.count()).select_from(signatures).where(_S.tenant_id == tenant_id))
    return int(found.scalar_one())


async def count_foreign(uow: Uow, tenant_id: TenantId, name_key: str) -> int:
    """Return how many signatures of other tenants have the same name; a warning for the reviewer."""
    where = (_S.name_key == name_key, _S.tenant_id != tenant_id)
    return int((await uow.execute(select(func.count()).select_from(signatures).where(*where))).scalar_one())


async def is_taken(uow: Uow, tenant_id: TenantId, name_key: str, except_id: VideoSignatureId | None = None) -> bool:
    """Tell whether a signature of the tenant, another than ``except_id``, has the name."""
    where: list[ColumnElement[bool]] = [_S.tenant_id == tenant_id, _S.name_key == name_key]
    if except_id is not None:
        where.append(_S.signature_id != except_id)
    return (await uow.execute(select(_S.signature_id).where(*where))).first() is not None


async def is_approved(uow: Uow, tenant_id: TenantId, name: str) -> bool:
    """Tell whether the tenant has an approved signature of exactly this name."""
    where = (_S.tenant_id == tenant_id, _S.name == name, _S.state == VideoSignatureState.APPROVED.value)
    return (await uow.execute(select(_S.signature_id).where(*where))).first() is not None


async def insert_signature(uow: Uow, signature: VideoSignature, name_key: str) -> None:
    """Write a new signature."""
    values = {
        "signature_id": signature.signature_id,
        "tenant_id": signature.tenant_id,
        "state": signature.state.value,
        "created_at": signature.created_at,
        **_values(signature.form, name_key),
    }
    await uow.execute(insert(signatures).values(values))


async def update_form(
    uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId, form: VideoSignatureForm, name_key: str
) -> None:
    """Write a signature's form."""
    await _update(uow, tenant_id, signature_id, _values(form, name_key))


async def set_state(
    uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId, state: VideoSignatureState, review_desc: str = ""
) -> None:
    """Write a signature's state and what the reviewer said."""
    await _update(uow, tenant_id, signature_id, {"state": state.value, "review_desc": review_desc})


async def set_review(uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId, review_id: str) -> None:
    """Write that a signature waits for the decision of a review."""
    values = {"review_id": review_id, "review_desc": "", "state": VideoSignatureState.REVIEWING.value}
    await _update(uow, tenant_id, signature_id, values)


async def _update(uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId, values: Mapping[str, object]) -> None:
    mine = (_S.tenant_id == tenant_id, _S.signature_id == signature_id)
    await uow.execute(update(signatures).where(*mine).values(values))


async def find_signature(
    uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId, *, lock: bool = False
) -> VideoSignature | None:
    """Return a signature; with ``lock`` nobody else changes it until the transaction ends."""
    statement = select(*_S).where(_S.tenant_id == tenant_id, _S.signature_id == signature_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _signature(row)


async def list_signatures(
    uow: Uow, tenant_id: TenantId, wanted: SignatureFilter, *, offset: int, limit: int
) -> Page[VideoSignature]:
    """Return a page of signatures in the order that is wanted, then by id."""
    where: list[ColumnElement[bool]] = [_S.tenant_id == tenant_id]
    if wanted.name:
        where.append(_S.name.icontains(wanted.name, autoescape=True))
    if wanted.states:
        where.append(_S.state.in_([state.value for state in wanted.states]))
    if wanted.begin is not None:
        where.append(_S.created_at >= wanted.begin)
    if wanted.end is not None:
        where.append(_S.created_at <= wanted.end)
    total = (await uow.execute(select(func.count()).select_from(signatures).where(*where))).scalar_one()
    column = _S.name if wanted.sort.endswith("name") else _S.created_at
    order = (column.desc() if wanted.sort.startswith("-") else column.asc(), _S.signature_id)
    rows = (await uow.execute(select(*_S).where(*where).order_by(*order).offset(offset).limit(limit))).all()
    return Page(tuple(_signature(row) for row in rows), total, offset, limit)


async def delete_signature(uow: Uow, tenant_id: TenantId, signature_id: VideoSignatureId) -> None:
    """Remove a signature."""
    await uow.execute(delete(signatures).where(_S.tenant_id == tenant_id, _S.signature_id == signature_id))


async def list_templates(uow: Uow, tenant_id: TenantId, signature_ids: list[str], limit: int) -> tuple[int, list[str]]:
    """Return how many templates carry these signatures and are not expired, and the names of the newest."""
    names = select(_S.name).where(_S.tenant_id == tenant_id, cast(_S.signature_id, Text).in_(signature_ids))
    where = (
        _T.tenant_id == tenant_id,
        _T.signature.in_(names),
        _T.state != TemplateState.EXPIRED.value,
    )
    count = (await uow.execute(select(func.count()).select_from(templates).where(*where))).scalar_one()
    newest = select(_T.name).where(*where).order_by(_T.created_at.desc(), _T.tpl_id).limit(limit)
    return int(count), list((await uow.execute(newest)).scalars())
