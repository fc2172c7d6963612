"""What codes stand for, kept in memory: domains, generations, high-water marks, ranges; and the reads beyond them.

A process that follows links calls ``start_watch``, so that a tap never waits for news; elsewhere the first use in each
second reads them. Not for: writing (``store.domains``, ``store.ranges``, ``store.days``).
"""

import asyncio
import contextlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final, NamedTuple

import structlog

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.short_links.contracts import (
    Domain,
    DomainId,
    DomainKind,
    DomainState,
    GenerationId,
    LinkPayload,
    LinkRange,
    LinkState,
    LinkView,
    RangeId,
)
from hongyan.rooms.short_links.rules import names
from hongyan.rooms.short_links.rules.codes import CodeSpace
from hongyan.rooms.short_links.rules.range_map import RangeMap
from hongyan.rooms.short_links.store import days, domains, ranges
from hongyan.rooms.short_links.store.jump_blocks import BLOCK_BITS, JumpBlocks, read_blocks
from hongyan.rooms.short_links.store.lookups import BatchedReads

log = structlog.get_logger(__name__)

LINK_KEY_PURPOSE: Final = "link key"
_WATCH_EVERY_S: Final = 1.0
_JUMP_BLOCKS: Final = 8
"""Blocks of jump URLs that one statement reads: 16,000 rows."""
_LINGER_S: Final = 0.05
_NUMBER_READ_PAUSE_S: Final = 0.1
"""Numbers above the high-water mark we know cost at most one read per 100 ms, however many are tried."""


@dataclass(frozen=True, slots=True)
class Generation:
    """A generation, ready to name numbers."""

    generation_id: GenerationId
    domain_id: DomainId
    space: CodeSpace
    is_active: bool


@dataclass(frozen=True, slots=True)
class _News:
    """Domains, generations and high-water marks at one moment."""

    domains: Mapping[DomainId, Domain]
    by_name: Mapping[str, Domain]
    preset: Domain | None
    generations: Mapping[DomainId, tuple[Generation, ...]]
    high_water: dict[GenerationId, int]


_NO_NEWS: Final = _News({}, {}, None, {}, {})
_NO_PAYLOAD: Final = LinkPayload()
_NO_XID: Final = 2**62
"""Above every transaction number: no changes yet, only where to begin."""


class Found(NamedTuple):
    """A code that stands for a link: its range, its offset, and whether it may be followed."""

    link_range: LinkRange
    offset: int
    state: LinkState


class LinkDirectory:
    """Finds what codes stand for: from memory when it can, else with a share of one read."""

    def __init__(self, db: Database, *, clock: Clock, keys: KeyRing) -> None:
        """Read from ``db`` in transactions of its own; open the keys of generations with ``keys``."""
        self._db = db
        self._clock = clock
        self._keys = keys
        self._news = _NO_NEWS
        self._news_at_s = float("-inf")
        self._next_xid: int | None = None
        self._refreshing = asyncio.Lock()
        self._spaces: dict[GenerationId, CodeSpace] = {}
        self._known = RangeMap()
        self._watch: asyncio.Task[None] | None = None
        self._woken = asyncio.Event()
        self._number_reads = BatchedReads(db.begin, self._read_numbers, pause_s=_NUMBER_READ_PAUSE_S)
        self._range_reads = BatchedReads(db.begin, self._read_ranges)
        self._custom_reads = BatchedReads(db.begin, _read_custom)
        self._payload_reads = BatchedReads(db.begin, _read_payloads)
        self._jump_blocks = JumpBlocks()
        self._jump_reads = BatchedReads(db.begin, read_blocks, readers=2, max_keys=_JUMP_BLOCKS)
        self._reads: tuple[BatchedReads[Any, Any], ...] = (
            self._number_reads,
            self._range_reads,
            self._custom_reads,
            self._payload_reads,
            self._jump_reads,
        )

    def find_known(self, code: str, host: str | None = None) -> Found | None:
        """Return a link that is in memory, without a read; ``None`` says nothing: ask ``find``. About 8 µs."""
        domain = self._domain_of(host)
        if domain is None:
            return None
        for generation in self._news.generations.get(domain.domain_id, ()):
            number = generation.space.find_number(code)
            if number is not None:
                link_range = self._known.find(generation.generation_id, number)
                if link_range is None:
                    return None
                state = names.state_of(link_range, domain.state, self._clock.now())
                return Found(link_range, number - link_range.first_no, state)
        return None

    async def find(self, code: str, host: str | None = None) -> Found | None:
        """Return the link that a code stands for, or ``None``.

        A host that is no domain of ours counts as the preset one. At most one read; those of taps that wait at the
        same time are one. Raises what the database driver raises when a read is needed and the database is away.
        """
        if self._watch is None or self._news is _NO_NEWS:
            await self._be_fresh()
        domain = self._domain_of(host)
        if domain is None or not names.is_code(code):
            return None
        hit: tuple[LinkRange, int] | None = None
        if domain.kind is DomainKind.CUSTOM:
            hit = await self._custom_reads.get((domain.domain_id, code))
        else:
            for generation in self._news.generations.get(domain.domain_id, ()):
                number = generation.space.find_number(code)
                if number is not None:
                    hit = await self._find_number(generation.generation_id, number)
                    break
        if hit is None:
            return None
        return Found(hit[0], hit[1], names.state_of(hit[0], domain.state, self._clock.now()))

    def has_levels(self, name: str) -> bool:
        """Tell whether a host with path levels is a domain, as far as memory knows: it is renewed all the time."""
        return name in self._news.by_name

    def is_shaped(self, code: str, host: str | None = None) -> bool:
        """Tell whether a text has the length and the first character of codes of a domain."""
        domain = self._domain_of(host)
        if domain is None or domain.kind is DomainKind.CUSTOM:
            return names.is_code(code)
        generations = self._news.generations.get(domain.domain_id, ())
        return any(generation.space.find_number(code) is not None for generation in generations)

    async def get_payload(self, link_range: LinkRange, offset: int) -> LinkPayload:
        """Return what is special about one link; one read, shared with others, where the range has payloads at all."""
        if not link_range.has_payloads:
            return _NO_PAYLOAD
        key = (days.day_of(link_range), link_range.range_id, offset)
        return await self._payload_reads.get(key) or _NO_PAYLOAD

    async def get_jump_url(self, link_range: LinkRange, offset: int) -> str | None:
        """Return where a tap on one link goes: its own URL, else its range's; ``None``: the card as a page."""
        if not link_range.has_payloads:
            return link_range.jump_url
        block = self._jump_blocks.find(link_range.range_id, offset)
        if block is None:
            key = (days.day_of(link_range), link_range.range_id, offset >> BLOCK_BITS)
            block = await self._jump_reads.get(key)
            self._jump_blocks.keep(link_range.range_id, offset, block)
        return block.find(offset) or link_range.jump_url

    async def find_link(self, code: str, domain: str | None = None) -> LinkView | None:
        """Return everything about the link that a code stands for, whatever its state, or ``None``."""
        found = await self.find(code, domain)
        if found is None:
            return None
        link_range = found.link_range
        payload = await self.get_payload(link_range, found.offset)
        return LinkView(
            code=code,
            domain=link_range.domain,
            range_id=link_range.range_id,
            offset=found.offset,
            tenant_id=link_range.tenant_id,
            task_id=link_range.task_id,
            kind=link_range.kind,
            card_template_id=link_range.card_template_id,
            signatures=link_range.signatures,
            resolve_limit=link_range.resolve_limit,
            released_at=link_range.released_at,
            expires_at=link_range.expires_at,
            state=found.state,
            params=payload.params,
            jump_url=payload.jump_url or link_range.jump_url,
        )

    async def refresh(self) -> None:
        """Read domains, high-water marks and changed ranges now; those who ask meanwhile share the next reading."""
        asked_s = self._clock.monotonic()
        async with self._refreshing:
            if self._news_at_s > asked_s:
                return
            started_s = self._clock.monotonic()
            async with self._db.begin() as uow:
                # Changes first: a range changed after this statement is named by the next one.
                since_xid = _NO_XID if self._next_xid is None else self._next_xid
                changed, next_xid = await ranges.list_changed(uow, since_xid)
                domain_list, rows = await domains.list_all(uow)
            for row in rows:
                if row.generation_id not in self._spaces:
                    key = self._keys.open(LINK_KEY_PURPOSE, row.sealed_key)
                    self._spaces[row.generation_id] = CodeSpace(key, length=row.length, first_chars=row.first_chars)
            of_domain: dict[DomainId, list[Generation]] = {}
            for row in rows:
                one = Generation(row.generation_id, row.domain_id, self._spaces[row.generation_id], row.is_active)
                of_domain.setdefault(row.domain_id, []).append(one)
            self._known.discard(changed)
            self._next_xid = next_xid
            self._news = _News(
                domains={domain.domain_id: domain for domain in domain_list},
                by_name={domain.name: domain for domain in domain_list},
                preset=next((domain for domain in domain_list if domain.is_preset), None),
                generations={domain_id: tuple(found) for domain_id, found in of_domain.items()},
                high_water={row.generation_id: row.next_no for row in rows},
            )
            self._news_at_s = started_s

    async def start_watch(self) -> None:
        """Read the news now and then once a second, or sooner when ``wake`` is called."""
        await self.refresh()
        for reads in self._reads:
            reads.linger_s = _LINGER_S
        self._watch = asyncio.create_task(self._keep_fresh())

    async def stop_watch(self) -> None:
        """End the watch."""
        if self._watch is not None:
            self._watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._watch
            self._watch = None
        for reads in self._reads:
            await reads.stop()

    def wake(self) -> None:
        """Let the watch read the news at once."""
        self._woken.set()

    async def find_active_generation(self, domain_id: DomainId) -> Generation | None:
        """Return the generation in which new links of a committed standard domain are numbered."""
        if self._watch is None:
            await self._be_fresh()
        if domain_id not in self._news.generations:
            await self.refresh()
        return next((one for one in self._news.generations.get(domain_id, ()) if one.is_active), None)

    async def peek_domain(self, name: str | None) -> Domain | None:
        """Return an active standard domain (``None``: the preset one) as it was a second ago, if it is known."""
        if self._watch is None:
            await self._be_fresh()
        domain = self._news.preset if name is None else self._news.by_name.get(name)
        is_usable = domain is not None and domain.kind is DomainKind.STANDARD and domain.state is DomainState.ACTIVE
        return domain if is_usable else None

    async def has_domain(self, name: str) -> bool:
        """Tell whether a host is a domain of ours, as it was a second ago."""
        if self._watch is None:
            await self._be_fresh()
        return name in self._news.by_name

    async def space(self, generation_id: GenerationId) -> CodeSpace:
        """Return the codes of a generation."""
        if generation_id not in self._spaces:
            await self.refresh()
        return self._spaces[generation_id]

    def forget(self) -> None:
        """Let the next use read the news."""
        self._news_at_s = float("-inf")
        self._woken.set()

    def _domain_of(self, host: str | None) -> Domain | None:
        news = self._news
        # A host that is not ours counts as the preset domain; a path below one is somebody's or nobody's.
        return news.preset if host is None else news.by_name.get(host, None if "/" in host else news.preset)

    async def _be_fresh(self) -> None:
        if self._clock.monotonic() - self._news_at_s >= _WATCH_EVERY_S:
            await self.refresh()

    async def _keep_fresh(self) -> None:
        while True:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_WATCH_EVERY_S):
                    await self._woken.wait()
            self._woken.clear()
            try:
                await self.refresh()
            # The edge of this task: what is in memory is served on, news come when the database is back.
            except Exception as error:  # noqa: BLE001
                log.warning("news of short links could not be read", error=str(error))

    async def _find_number(self, generation_id: GenerationId, number: int) -> tuple[LinkRange, int] | None:
        link_range = self._known.find(generation_id, number)
        if link_range is None:
            is_new = number >= self._news.high_water[generation_id]
            reads = self._number_reads if is_new else self._range_reads
            link_range = await reads.get((generation_id, number))
        return None if link_range is None else (link_range, number - link_range.first_no)

    async def _read_numbers(self, uow: Uow, keys: Sequence[tuple[GenerationId, int]]) -> Sequence[LinkRange | None]:
        """Read the high-water marks again; numbers above them are refused by arithmetic."""
        await self.refresh()
        high_water = self._news.high_water
        given_out = [key for key in keys if key[1] < high_water[key[0]]]
        found = dict(zip(given_out, await self._read_ranges(uow, given_out), strict=True))
        return [found.get(key) for key in keys]

    async def _read_ranges(self, uow: Uow, keys: Sequence[tuple[GenerationId, int]]) -> Sequence[LinkRange | None]:
        if not keys:
            return []
        news = self._news
        found = await ranges.find_ranges_of_numbers(uow, [key[0] for key in keys], [key[1] for key in keys])
        # News that came meanwhile may be about these ranges and did not find them in memory: then they are not kept.
        if news is self._news:
            for link_range in {one.range_id: one for one in found if one is not None}.values():
                self._known.add(link_range)
        return found


async def _read_custom(uow: Uow, keys: Sequence[tuple[DomainId, str]]) -> Sequence[tuple[LinkRange, int] | None]:
    return await ranges.find_custom(uow, [key[0] for key in keys], [key[1] for key in keys])


async def _read_payloads(uow: Uow, keys: Sequence[tuple[date, RangeId, int]]) -> Sequence[LinkPayload | None]:
    return await days.find_payloads(uow, [key[0] for key in keys], [key[1] for key in keys], [key[2] for key in keys])
