"""SQL of templates. A tenant sees its own templates and the platform's (``tenant_id`` null) only."""

from datetime import datetime
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Row, and_, func, insert, or_, select, update

from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, VideoTemplateId
from hongyan.kernel.paging import Page
from hongyan.rooms.video_sms.contracts import Element, TemplateFilter, TemplateState, VideoTemplate
from hongyan.rooms.video_sms.tables import templates, tpl_ids

_T = templates.c


async def next_tpl_id(uow: Uow) -> VideoTemplateId:
    """Take the next id of a tenant's template."""
    return VideoTemplateId(str((await uow.execute(select(tpl_ids.next_value()))).scalar_one()))


async def insert_template(uow: Uow, template: VideoTemplate) -> None:
    """Write a new template."""
    values = {name: getattr(template, name) for name in _T.keys()}  # noqa: SIM118 - a collection of columns
    values |= {
        "state": template.state.value,
        "elements": msgspec.to_builtins(template.elements),
        "params": list(template.params),
    }
    await uow.execute(insert(templates).values(values))


async def find_template(
    uow: Uow, tenant_id: TenantId | None, tpl_id: str, *, lock: bool = False
) -> VideoTemplate | None:
    """Return a template that the tenant may see; ``lock`` keeps others from changing it until the commit."""
    statement = select(*templates.c).where(_seen_by(tenant_id), _T.tpl_id == tpl_id)
    row = (await uow.execute(statement.with_for_update() if lock else statement)).one_or_none()
    return None if row is None else _template(row)


async def find_by_token(uow: Uow, tpl_id: str, token: str) -> VideoTemplate | None:
    """Return the template that a preview's address names."""  # cross-tenant: the token is the proof
    statement = select(*templates.c).where(_T.tpl_id == tpl_id, _T.preview_token == token)
    row = (await uow.execute(statement)).one_or_none()
    return None if row is None else _template(row)


async def list_templates(
    uow: Uow, tenant_id: TenantId | None, wanted: TemplateFilter, *, offset: int, limit: int
) -> Page[VideoTemplate]:
    """Return a page of what the tenant may see, in the order that is wanted, then by id."""
    where = and_(_seen_by(tenant_id), *_conditions(wanted))
    total = (await uow.execute(select(func.count()).select_from(templates).where(where))).scalar_one()
    column = _T.name if wanted.sort.endswith("name") else _T.created_at
    order = (column.desc() if wanted.sort.startswith("-") else column.asc(), _T.tpl_id)
    rows = (await uow.execute(select(*templates.c).where(where).order_by(*order).offset(offset).limit(limit))).all()
    return Page(tuple(_template(row) for row in rows), total, offset, limit)


async def update_template(uow: Uow, tpl_id: VideoTemplateId, **values: object) -> None:
    """Set columns of one template; enums are stored by value."""
    plain = {key: getattr(value, "value", value) for key, value in values.items()}
    await uow.execute(update(templates).where(_T.tpl_id == tpl_id).values(plain))


async def list_expired(uow: Uow, now: datetime, *, limit: int) -> list[VideoTemplate]:
    """Return and lock usable or disabled templates of all tenants whose days are over."""  # cross-tenant: clockwork
    states = (TemplateState.USABLE.value, TemplateState.DISABLED.value)
    statement = (
        select(*templates.c)
        .where(_T.valid_until < now, _T.state.in_(states))
        .order_by(_T.tpl_id)
        .limit(limit)
        .with_for_update(skip_locked=True)
    )
    return [_template(row) for row in (await uow.execute(statement)).all()]


def _seen_by(tenant_id: TenantId | None) -> ColumnElement[bool]:
    public = _T.tenant_id.is_(None)
    return public if tenant_id is None else or_(_T.tenant_id == tenant_id, public)


def _conditions(wanted: TemplateFilter) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    if wanted.tpl_id is not None:
        conditions.append(_T.tpl_id == wanted.tpl_id)
    if wanted.name is not None:
        conditions.append(_T.name.contains(wanted.name, autoescape=True))
    if wanted.is_public is not None:
        conditions.append(_T.tenant_id.is_(None) if wanted.is_public else _T.tenant_id.is_not(None))
    if wanted.has_params is not None:
        count = func.cardinality(_T.params)
        conditions.append(count > 0 if wanted.has_params else count == 0)
    if wanted.begin is not None:
        conditions.append(_T.created_at >= wanted.begin)
    if wanted.end is not None:
        conditions.append(_T.created_at <= wanted.end)
    if wanted.states:
        conditions.append(_T.state.in_([state.value for state in wanted.states]))
    return conditions


def _template(row: Row[Any]) -> VideoTemplate:
    values = dict(row._mapping)  # noqa: SLF001 - the documented name
    values["state"] = TemplateState(row.state)
    values["elements"] = msgspec.convert(row.elements, tuple[Element, ...])
    values["params"] = tuple(row.params)
    return VideoTemplate(**values)
