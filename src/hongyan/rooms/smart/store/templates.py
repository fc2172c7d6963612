"""All SQL of the smart room. A tenant sees its own templates and the platform's (``tenant_id`` null) only."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, Select, and_, func, or_, select, update
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import CardTemplateId, TenantId
from hongyan.kernel.paging import Page
from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.smart.contracts import (
    AuditState,
    CardTemplate,
    Element,
    FactoryInfo,
    FactoryState,
    NewTemplate,
    TemplateFilter,
    TemplateParam,
    TemplateState,
    TemplateUse,
)
from hongyan.rooms.smart.tables import factories, templates, tpl_ids, versions

_SHOWN = (
    templates.c.tpl_id,
    templates.c.tenant_id,
    templates.c.name,
    templates.c.scene,
    templates.c.card_id,
    templates.c.sub_type,
    templates.c.match_type,
    templates.c.description,
    templates.c.audit_state,
    templates.c.audit_desc,
    templates.c.state,
    templates.c.disable_desc,
    templates.c.disabled_at,
    templates.c.version,
    templates.c.use_id,
    templates.c.sms_signs,
    templates.c.sms_template,
    templates.c.desk_passed_at,
    templates.c.created_at,
    templates.c.updated_at,
    versions.c.elements,
    versions.c.params,
)
_SORTS = {"created_at": templates.c.created_at, "updated_at": templates.c.updated_at, "name": templates.c.name}


async def next_tpl_id(uow: Uow) -> CardTemplateId:
    """Take the next id of a tenant's template."""
    return CardTemplateId(str((await uow.execute(select(tpl_ids.next_value()))).scalar_one()))


async def insert_template(
    uow: Uow, tenant_id: TenantId | None, tpl_id: CardTemplateId, new: NewTemplate, audit: AuditState, now: datetime
) -> None:
    """Write a new template in version 1, enabled, at no vendor yet."""
    await uow.execute(
        insert(templates).values(
            tpl_id=tpl_id,
            tenant_id=tenant_id,
            name=new.name,
            scene=new.scene,
            card_id=new.card_id,
            sub_type=new.sub_type,
            match_type=1,
            description=new.description,
            audit_state=audit.value,
            audit_desc="",
            state=TemplateState.ENABLED.value,
            disable_desc="",
            version=1,
            use_id=None if new.use is None else new.use.value,
            sms_signs=list(new.sms_signs),
            sms_template=new.sms_template,
            created_at=now,
            updated_at=now,
        )
    )
    await _insert_version(uow, tpl_id, 1, new, now)
    rows = [
        {
            "tpl_id": tpl_id,
            "vendor": vendor.value,
            "state": FactoryState.NOT_ENABLED.value,
            "reason": "",
            "updated_at": now,
        }
        for vendor in sorted(new.vendors)
    ]
    if rows:
        await uow.execute(insert(factories), rows)


async def insert_version(uow: Uow, tpl_id: CardTemplateId, version: int, new: NewTemplate, now: datetime) -> None:
    """Make ``version`` the newest of a template."""
    await _insert_version(uow, tpl_id, version, new, now)
    values = {"name": new.name, "scene": new.scene, "description": new.description, "version": version}
    await uow.execute(update(templates).where(templates.c.tpl_id == tpl_id).values(**values, updated_at=now))


async def _insert_version(uow: Uow, tpl_id: CardTemplateId, version: int, new: NewTemplate, now: datetime) -> None:
    await uow.execute(
        insert(versions).values(
            tpl_id=tpl_id,
            version=version,
            elements=msgspec.to_builtins(new.elements),
            params=msgspec.to_builtins(new.params),
            created_at=now,
        )
    )


async def find_template(
    uow: Uow, tenant_id: TenantId | None, tpl_id: str, *, lock: bool = False
) -> CardTemplate | None:
    """Return a template that the tenant may see; ``lock`` holds its row until the transaction ends."""
    statement = _select().where(_seen_by(tenant_id), templates.c.tpl_id == tpl_id)
    found = await _load(uow, statement.with_for_update(of=templates) if lock else statement)
    return found[0] if found else None


async def find_any(uow: Uow, tpl_id: str, *, lock: bool = False) -> CardTemplate | None:
    """Return a template whoever it belongs to: for what vendors say, and for previews with a key."""
    statement = _select().where(templates.c.deleted_at.is_(None), templates.c.tpl_id == tpl_id)
    found = await _load(uow, statement.with_for_update(of=templates) if lock else statement)
    return found[0] if found else None


async def list_templates(
    uow: Uow, tenant_id: TenantId | None, wanted: TemplateFilter, *, offset: int, limit: int
) -> Page[CardTemplate]:
    """Return a page of what the tenant may see, in the wanted order, then by id."""
    where = and_(_seen_by(tenant_id), *_conditions(wanted))
    joined = templates.join(versions, _newest())
    total = (await uow.execute(select(func.count()).select_from(joined).where(where))).scalar_one()
    column = _SORTS[wanted.sort.removeprefix("-")]
    order = (column.desc() if wanted.sort.startswith("-") else column.asc(), templates.c.tpl_id)
    items = await _load(uow, _select().where(where).order_by(*order).offset(offset).limit(limit))
    return Page(tuple(items), total, offset, limit)


async def set_factory_state(
    uow: Uow,
    tpl_id: str,
    vendor: Vendor,
    state: FactoryState,
    version: int,
    now: datetime,
    *,
    answer: RegistrationState,
    reason: str = "",
) -> bool:
    """Write what a vendor made of a template unless it is about an older version, or nothing new.

    Returns whether its state or answer changed.
    """
    values = {
        "state": state.value,
        "version": version,
        "answer": answer.value,
        "reason": reason,
        "updated_at": now,
    }
    statement = insert(factories).values(tpl_id=tpl_id, vendor=vendor.value, **values)
    newer = or_(factories.c.version.is_(None), factories.c.version < version)
    other = or_(factories.c.state != state.value, factories.c.answer.is_distinct_from(answer.value))
    same = and_(factories.c.version == version, other)
    key = [factories.c.tpl_id, factories.c.vendor]
    statement = statement.on_conflict_do_update(index_elements=key, set_=values, where=or_(newer, same))
    return (await uow.execute(statement.returning(factories.c.version))).first() is not None


async def set_audit(
    uow: Uow, tpl_id: str, state: AuditState, now: datetime, *, desc: str = "", desk_passed: bool = False
) -> None:
    """Write where the audit of a template stands; ``desk_passed``: our own review has just passed it."""
    values: dict[str, Any] = {"audit_state": state.value, "audit_desc": desc, "updated_at": now}
    if desk_passed:
        values["desk_passed_at"] = now
    await uow.execute(update(templates).where(templates.c.tpl_id == tpl_id).values(**values))


async def set_review(uow: Uow, tpl_id: str, review_id: str) -> None:
    """Remember which submission on the review desk decides about a template."""
    await uow.execute(update(templates).where(templates.c.tpl_id == tpl_id).values(review_id=review_id))


async def find_review_id(uow: Uow, tenant_id: TenantId, tpl_id: str) -> str | None:
    """Return the submission on the review desk that decides, or decided, about a tenant's template."""
    where = (templates.c.tenant_id == tenant_id, templates.c.tpl_id == tpl_id)
    return (await uow.execute(select(templates.c.review_id).where(*where))).scalar_one_or_none()


async def list_review_ids(uow: Uow, tenant_id: TenantId, tpl_ids: Collection[str]) -> dict[str, str]:
    """Return the last submission of each of a tenant's templates that has one, by template."""
    rows = await uow.execute(
        select(templates.c.tpl_id, templates.c.review_id).where(
            templates.c.tenant_id == tenant_id, templates.c.tpl_id.in_(tpl_ids), templates.c.review_id.is_not(None)
        )
    )
    return {row.tpl_id: row.review_id for row in rows}


async def list_scenes(uow: Uow, tenant_id: TenantId | None) -> tuple[str, ...]:
    """Return what the templates that the tenant may see are for, each scene once."""
    statement = select(templates.c.scene).where(_seen_by(tenant_id)).distinct().order_by(templates.c.scene).limit(200)
    return tuple((await uow.execute(statement)).scalars())


async def is_under_review(uow: Uow, tenant_id: TenantId, tpl_id: str, review_id: str) -> bool:
    """Tell whether this submission is the one that decides about the tenant's template."""
    where = (templates.c.tenant_id == tenant_id, templates.c.tpl_id == tpl_id, templates.c.review_id == review_id)
    return (await uow.execute(select(templates.c.tpl_id).where(*where))).first() is not None


async def delete_template(uow: Uow, tenant_id: TenantId, tpl_id: str, now: datetime) -> bool:
    """Take a tenant's template out of every list; returns whether it was there."""
    statement = (
        update(templates)
        .where(templates.c.tenant_id == tenant_id, templates.c.tpl_id == tpl_id, templates.c.deleted_at.is_(None))
        .values(deleted_at=now, updated_at=now)
    )
    return (await uow.execute(statement)).rowcount == 1


async def set_state(
    uow: Uow, tenant_id: TenantId | None, tpl_id: str, state: TemplateState, reason: str, now: datetime
) -> bool:
    """Enable or disable a template of exactly this owner; returns whether that changed something."""
    is_off = state is TemplateState.DISABLED
    owner = templates.c.tenant_id.is_(None) if tenant_id is None else templates.c.tenant_id == tenant_id
    statement = (
        update(templates)
        .where(owner, templates.c.tpl_id == tpl_id, templates.c.state != state.value)
        .values(state=state.value, disable_desc=reason, disabled_at=now if is_off else None, updated_at=now)
    )
    return (await uow.execute(statement)).rowcount == 1


def _newest() -> ColumnElement[bool]:
    return and_(versions.c.tpl_id == templates.c.tpl_id, versions.c.version == templates.c.version)


def _select() -> Select[Any]:
    return select(*_SHOWN).select_from(templates.join(versions, _newest()))


def _seen_by(tenant_id: TenantId | None) -> ColumnElement[bool]:
    public = templates.c.tenant_id.is_(None)
    owned = public if tenant_id is None else or_(templates.c.tenant_id == tenant_id, public)
    return and_(owned, templates.c.deleted_at.is_(None))


def _conditions(wanted: TemplateFilter) -> list[ColumnElement[bool]]:
    conditions = list(_kinds(wanted))
    if wanted.tpl_id is not None:
        conditions.append(templates.c.tpl_id == wanted.tpl_id)
    if wanted.name is not None:
        conditions.append(templates.c.name.contains(wanted.name, autoescape=True))
    if wanted.is_public is not None:
        conditions.append(templates.c.tenant_id.is_(None) if wanted.is_public else templates.c.tenant_id.is_not(None))
    if wanted.has_params is not None:
        count = func.jsonb_array_length(versions.c.params)
        conditions.append(count > 0 if wanted.has_params else count == 0)
    if wanted.begin is not None:
        conditions.append(templates.c.created_at >= wanted.begin)
    if wanted.end is not None:
        conditions.append(templates.c.created_at <= wanted.end)
    if wanted.scene is not None:
        conditions.append(templates.c.scene.contains(wanted.scene, autoescape=True))
    if wanted.audit_states:
        conditions.append(templates.c.audit_state.in_([state.value for state in wanted.audit_states]))
    if wanted.state is not None:
        conditions.append(templates.c.state == wanted.state.value)
    if wanted.vendors:
        names = [vendor.value for vendor in wanted.vendors]
        at_vendor = select(factories.c.tpl_id).where(factories.c.vendor.in_(names))
        conditions.append(templates.c.tpl_id.in_(at_vendor))
    return conditions


def _kinds(wanted: TemplateFilter) -> Iterator[ColumnElement[bool]]:
    """Yield the conditions about the layout and how phones know a card."""
    if wanted.card_ids:
        yield templates.c.card_id.in_(sorted(wanted.card_ids))
    if wanted.without_card_ids:
        yield templates.c.card_id.not_in(sorted(wanted.without_card_ids))
    if wanted.match_type is not None:
        yield templates.c.match_type == wanted.match_type


async def _load(uow: Uow, statement: Select[Any]) -> list[CardTemplate]:
    rows = (await uow.execute(statement)).all()
    if not rows:
        return []
    statement = (
        select(
            factories.c.tpl_id,
            factories.c.vendor,
            factories.c.state,
            factories.c.version,
            factories.c.answer,
            factories.c.reason,
        )
        .where(factories.c.tpl_id.in_([row.tpl_id for row in rows]))
        .order_by(factories.c.vendor)
    )
    by_template: dict[str, list[FactoryInfo]] = {}
    for row in await uow.execute(statement):
        answer = None if row.answer is None else RegistrationState(row.answer)
        info = FactoryInfo(Vendor(row.vendor), FactoryState(row.state), row.version, answer, row.reason)
        by_template.setdefault(row.tpl_id, []).append(info)
    return [_template(row, by_template) for row in rows]


def _template(row: Row[Any], by_template: Mapping[str, Sequence[FactoryInfo]]) -> CardTemplate:
    return CardTemplate(
        tpl_id=CardTemplateId(row.tpl_id),
        tenant_id=None if row.tenant_id is None else TenantId(row.tenant_id),
        name=row.name,
        scene=row.scene,
        card_id=row.card_id,
        sub_type=row.sub_type,
        match_type=row.match_type,
        description=row.description,
        audit_state=AuditState(row.audit_state),
        audit_desc=row.audit_desc,
        state=TemplateState(row.state),
        disable_desc=row.disable_desc,
        disabled_at=row.disabled_at,
        version=row.version,
        elements=msgspec.convert(row.elements, tuple[Element, ...]),
        params=msgspec.convert(row.params, tuple[TemplateParam, ...]),
        factories=tuple(by_template.get(row.tpl_id, ())),
        created_at=row.created_at,
        updated_at=row.updated_at,
        use=None if row.use_id is None else TemplateUse(row.use_id),
        sms_signs=tuple(row.sms_signs),
        sms_template=row.sms_template,
        desk_passed_at=row.desk_passed_at,
    )
