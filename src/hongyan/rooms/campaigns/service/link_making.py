"""Links of one call of the API: allocated in one go, each row with its own outcome, kept for the lists.

Not for: links of number files, which have no rows (``plan``).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.rooms.campaigns.contracts import Link, LinkTask, NewLink
from hongyan.rooms.campaigns.errors import DomainUnknown, ShortCodeMissing
from hongyan.rooms.campaigns.store import links as store
from hongyan.rooms.short_links.contracts import DomainKind, DomainState, LinkKind, LinkPayload, LinkRange, RangeRequest
from hongyan.rooms.short_links.errors import CodeTaken
from hongyan.rooms.short_links.service import ShortLinksService

MAX_ROWS: Final = 100


@dataclass(frozen=True, slots=True)
class LinkWish:
    """What the links of a call have in common."""

    task: LinkTask
    domain: str
    domain_kind: DomainKind
    """CUSTOM: every row names its code (生成类型 2), and ``custom_url`` does not count."""
    days: int
    kind: LinkKind = LinkKind.INDIVIDUAL
    resolve_limit: int = 1


class LinkMaker:
    """Makes links and remembers them."""

    def __init__(self, *, links: ShortLinksService, keys: TenantKeys) -> None:
        """Stand on the room that numbers links; seal what is personal with the tenant's key."""
        self._links = links
        self._keys = keys

    async def make(
        self, uow: Uow, wish: LinkWish, rows: Sequence[NewLink], refused: Mapping[int, HongyanError]
    ) -> list[Link]:
        """Return one link per row, in order: made, or with the reason why not. Four statements, one of them COPY.

        ``refused`` are rows that something else speaks against already.
        """
        # Of 30,000 rows each of these takes a good part of a second: not on the loop that answers everybody.
        payloads, reasons = await asyncio.to_thread(self._prepare, wish, rows, refused)
        codes: dict[int, str] = {}
        link_range: LinkRange | None = None
        if payloads:
            wanted = _range_request(wish, list(payloads.values()))
            tenant_id = wish.task.tenant_id
            if wish.domain_kind is DomainKind.CUSTOM:
                chosen = {i: rows[i].custom_short_code or "" for i in payloads}
                link_range, taken = await self._links.claim_custom(uow, tenant_id, wanted, list(chosen.values()))
                codes = {i: code for i, code in chosen.items() if code not in taken}
                reasons |= {i: _taken(code, wish.domain) for i, code in chosen.items() if code in taken}
            else:
                link_range = await self._links.allocate_range(uow, tenant_id, wanted)
                codes = dict(zip(payloads, await self._links.codes(uow, link_range), strict=True))
        made = await asyncio.to_thread(_outcomes, wish, rows, link_range, list(payloads), codes, reasons)
        await store.insert_links(uow, await self._keys.sealer(uow, wish.task.tenant_id), made)
        return made

    def _prepare(
        self, wish: LinkWish, rows: Sequence[NewLink], refused: Mapping[int, HongyanError]
    ) -> tuple[dict[int, LinkPayload], dict[int, HongyanError]]:
        """Return what the links of the good rows carry, and why the others get none."""
        reasons: dict[int, HongyanError] = dict(refused)
        is_custom = wish.domain_kind is DomainKind.CUSTOM
        if is_custom:
            self._check_codes(wish.domain, rows, reasons)
        payloads: dict[int, LinkPayload] = {}
        for i, row in enumerate(rows):
            if i in reasons:
                continue
            try:
                payloads[i] = self._payload(row, i, is_custom=is_custom)
            except HongyanError as error:
                reasons[i] = error
        return payloads, reasons

    def _check_codes(self, domain: str, rows: Sequence[NewLink], reasons: dict[int, HongyanError]) -> None:
        """Refuse rows whose chosen code is missing, no code, or that of an earlier row."""
        seen: set[str] = set()
        for i, row in enumerate(rows):
            code = row.custom_short_code
            if i in reasons:
                continue
            if not code:
                reasons[i] = ShortCodeMissing("custom_short_code")
                continue
            try:
                self._links.check_custom_code(code)
            except HongyanError as error:
                reasons[i] = error
                continue
            if code in seen:
                reasons[i] = _taken(code, domain)
            seen.add(code)

    def _payload(self, row: NewLink, i: int, *, is_custom: bool) -> LinkPayload:
        url = None if is_custom or not row.custom_url else row.custom_url
        jump_url = self._links.check_jump_url(url, f"params[{i}].custom_url") if url else None
        return LinkPayload(jump_url=jump_url, params=dict(row.dync_params))


async def link_domain(
    links: ShortLinksService,
    uow: Uow,
    tenant_id: TenantId,
    name: str | None,
    field: str,
    kind: DomainKind = DomainKind.STANDARD,
) -> str:
    """Return the domain of a call's links: the named one of the tenant or public, or the preset public one.

    Raises:
        DomainUnknown: no active domain of that name and kind is the tenant's or public; custom codes name none.
    """
    wanted = name.strip().lower().removesuffix(".") if name else None
    for domain in await links.list_domains(uow, tenant_id):
        is_it = domain.name == wanted if wanted else domain.is_preset
        if is_it and domain.state is DomainState.ACTIVE and domain.kind is kind:
            return domain.name
    raise DomainUnknown(
        field,
        reason=f"no active {kind.value} domain {wanted or '(preset)'} is registered",
        reason_zh=f"没有可用的域名 {wanted or '（公共域名）'}",
    )


def _range_request(wish: LinkWish, payloads: Sequence[LinkPayload]) -> RangeRequest:
    return RangeRequest(
        count=len(payloads),
        valid_for=timedelta(days=wish.days),
        signatures=wish.task.signatures,
        card_template_id=wish.task.card_template_id,
        kind=wish.kind,
        domain=wish.domain,
        task_id=wish.task.task_id,
        resolve_limit=wish.resolve_limit,
        released_at=wish.task.created_at,
        payloads={offset: one for offset, one in enumerate(payloads) if one.jump_url or one.params},
        urls_are_checked=True,
    )


def _outcomes(
    wish: LinkWish,
    rows: Sequence[NewLink],
    link_range: LinkRange | None,
    good: Sequence[int],
    codes: Mapping[int, str],
    reasons: Mapping[int, HongyanError],
) -> list[Link]:
    """Return one link per row; ``good`` are the rows of the range, in the order of its offsets."""
    offsets = {i: offset for offset, i in enumerate(good)}
    return [
        _made(wish, row, link_range, offsets[i], codes[i])
        if link_range is not None and i in codes
        else _refused(wish, row, reasons[i])
        for i, row in enumerate(rows)
    ]


def _taken(code: str, domain: str) -> CodeTaken:
    return CodeTaken("custom_short_code", short_code=code, domain=domain)


def _made(wish: LinkWish, row: NewLink, link_range: LinkRange, offset: int, code: str) -> Link:
    return Link(
        task=wish.task,
        row=row,
        aim_url=f"{wish.domain}/{code}",
        code=code,
        range_id=link_range.range_id,
        offset=offset,
        expires_at=link_range.expires_at,
    )


def _refused(wish: LinkWish, row: NewLink, error: HongyanError) -> Link:
    return Link(task=wish.task, row=row, result_code=error.vendor_code, error_message=error.text("en"))
