"""Resolve tasks: links that a customer sends itself, by whatever way. Source: api.md of the requirements §5.4."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Link, LinkTask, NewLink, ResolveTask
from hongyan.rooms.campaigns.errors import (
    GroupWithParams,
    ResolvingTimesInvalid,
    RowsEmpty,
    RowsTooMany,
    SignLength,
    SignMissing,
)
from hongyan.rooms.campaigns.service.desk import Rooms
from hongyan.rooms.campaigns.service.link_making import MAX_ROWS, LinkMaker, LinkWish, link_domain
from hongyan.rooms.campaigns.store import links as store
from hongyan.rooms.enterprises.contracts import Scene
from hongyan.rooms.enterprises.errors import FilingMissing
from hongyan.rooms.enterprises.service import EnterprisesService
from hongyan.rooms.identity.contracts import Actor, Permission, Service
from hongyan.rooms.short_links.contracts import DomainKind, LinkKind
from hongyan.rooms.smart.contracts import CardTemplate
from hongyan.rooms.smart.service.door import SmartService

MAX_SIGN_CHARS: Final = 18
_MAX_SIGNS: Final = 5
MAX_DAYS: Final = {LinkKind.INDIVIDUAL: 7, LinkKind.GROUP: 180}


@dataclass(frozen=True, slots=True)
class ResolveWish:
    """A request for links, parsed; without a name the task is called after the time."""

    card_template_id: str
    signs: tuple[str, ...]
    resolving_times: int
    kind: LinkKind
    domain_kind: DomainKind
    domain: str | None
    days: int
    rows: Sequence[NewLink]
    name: str | None = None
    max_rows: int = MAX_ROWS
    refused: Mapping[int, HongyanError] = field(default_factory=dict)
    """Rows that something speaks against already."""


class ResolveTasks:
    """Makes links that somebody else sends."""

    def __init__(self, *, rooms: Rooms, maker: LinkMaker, enterprises: EnterprisesService, smart: SmartService) -> None:
        """Stand on the rooms below."""
        self._r = rooms
        self._maker = maker
        self._enterprises = enterprises
        self._smart = smart

    async def create(self, uow: Uow, actor: Actor, wish: ResolveWish) -> tuple[ResolveTask, list[Link]]:
        """Make the links; a row that breaks a rule gets none and says why, the others get theirs.

        Raises:
            HongyanError: what is wrong with the call as a whole, with its field.
        """
        tenant_id = actor.tenant(Permission.RESOLVE_TASK_CREATE)
        now = self._r.clock.now()
        await self._r.identity.require_service(uow, tenant_id, Service.SMART)
        await self._require_filed(uow, tenant_id)
        signs = _check_signs(wish.signs)
        _check_shape(wish)
        card = await self._smart.get_active_template(uow, tenant_id, wish.card_template_id)
        rules.check_card_signs(card.sms_signs, signs, "sms_signs")
        if wish.kind is LinkKind.GROUP and card.params:
            raise GroupWithParams("aim_code_type", tpl_id=card.tpl_id)
        domain = await self._domain(uow, tenant_id, wish)
        task = ResolveTask(
            task_id=TaskId(self._r.ids.uuid()),
            tenant_id=tenant_id,
            kind=wish.kind,
            resolving_times=1 if wish.kind is LinkKind.INDIVIDUAL else wish.resolving_times,
            domain=domain,
            validity_days=wish.days,
            created_at=now,
        )
        await store.insert_resolve_task(uow, task, card.tpl_id)
        common = LinkTask(
            task_id=task.task_id,
            tenant_id=tenant_id,
            name=rules.default_name(now) if wish.name is None else rules.check_name(wish.name, "name"),
            is_send=False,
            card_template_id=card.tpl_id,
            card_template_name=card.name,
            signatures=signs,
            created_by=actor.user_name,
            created_at=now,
        )
        wanted = LinkWish(common, domain, wish.domain_kind, wish.days, wish.kind, task.resolving_times)
        wrong = await asyncio.to_thread(self._wrong_rows, card, wish)
        return task, await self._maker.make(uow, wanted, wish.rows, wrong)

    def check_custom_url(self, url: str) -> str:
        """Return a jump URL that many links share as it will be stored.

        Raises:
            InvalidInput: it is none, with the field ``custom_url``.
        """
        return self._r.links.check_jump_url(url, "custom_url")

    async def note_download(self, uow: Uow, actor: Actor, task_id: TaskId) -> None:
        """Write down who took a task's links with whole marks, which may be phone numbers."""
        await self._r.identity.note(
            uow, actor, "campaigns.download_links", subject_kind="resolve_task", subject_id=task_id
        )

    async def _require_filed(self, uow: Uow, tenant_id: TenantId) -> None:
        """Let pass who filed for links, or for sends, which include them."""
        try:
            await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_SEND)
        except FilingMissing:
            await self._enterprises.require_filed(uow, tenant_id, Scene.SMART_LINKS)

    async def _domain(self, uow: Uow, tenant_id: TenantId, wish: ResolveWish) -> str:
        return await link_domain(self._r.links, uow, tenant_id, wish.domain, "domain", wish.domain_kind)

    def _wrong_rows(self, card: CardTemplate, wish: ResolveWish) -> dict[int, HongyanError]:
        """Return the rows whose values the card cannot take, and those refused before."""
        wrong: dict[int, HongyanError] = dict(wish.refused)
        if wish.kind is LinkKind.GROUP:
            return wrong
        for i, row in enumerate(wish.rows):
            if i in wrong:
                continue
            try:
                self._smart.check_values(card, row.dync_params)
            except HongyanError as error:
                wrong[i] = error
        return wrong


def _check_signs(signs: Sequence[str]) -> tuple[str, ...]:
    """Return 1–5 signatures without brackets.

    Raises:
        SignMissing: none, or an empty one (KM.00001075).
        SignLength: longer than 18 characters (KM.00001076), or more than five.
    """
    plain = tuple(dict.fromkeys(sign.strip().strip("【】[]").strip() for sign in signs))
    if not plain or not all(plain):
        raise SignMissing("sms_signs")
    for i, sign in enumerate(plain):
        if len(sign) > MAX_SIGN_CHARS:
            raise SignLength(f"sms_signs[{i}]", length=len(sign))
    return plain


def _check_shape(wish: ResolveWish) -> None:
    """Check what depends on the kind of links.

    Raises:
        RowsEmpty, RowsTooMany: KM.90016415, KM.90016416.
        ResolvingTimesInvalid: a group link that one phone uses up.
        ValidityInvalid: longer than the kind allows.
        GroupWithParams: values of people for a link that all share.
    """
    if not wish.rows:
        raise RowsEmpty("params")
    limit = 1 if wish.kind is LinkKind.GROUP else wish.max_rows
    if len(wish.rows) > limit:
        raise RowsTooMany("params", count=len(wish.rows), limit=limit)
    if wish.kind is LinkKind.GROUP and wish.resolving_times < 2:  # noqa: PLR2004 - "群发: 2 and more"
        raise ResolvingTimesInvalid(
            "resolving_times", reason="must be 2 or more for group links", reason_zh="群发短链的最大解析条数至少为 2"
        )
    rules.check_validity(wish.days, "expiration_time", MAX_DAYS[wish.kind])
    if wish.kind is LinkKind.GROUP and any(row.dync_params for row in wish.rows):
        raise GroupWithParams("params[0].dync_params", tpl_id=wish.card_template_id)
