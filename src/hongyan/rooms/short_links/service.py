"""The door of short links: domains, ranges, codes, and what a code stands for.

Not for: HTTP (``public_web``), who may send what (``campaigns``).
"""

import asyncio
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Final

from hongyan.kernel.bus.contracts import Bus
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import InvalidInput, NotFound
from hongyan.kernel.ids import TaskId, TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.short_links.contracts import (
    SUBJECT_CHANGED,
    Domain,
    DomainId,
    DomainKind,
    DomainState,
    GenerationId,
    LinkRange,
    LinkTaps,
    LinkView,
    RangeId,
    RangeRequest,
    TapBatch,
)
from hongyan.rooms.short_links.errors import ChunkDiffers, CodesExhausted, CodeTaken, DomainExists, DomainUnusable
from hongyan.rooms.short_links.rules import names
from hongyan.rooms.short_links.rules.codes import ALPHABET, KEY_BYTES, MAX_LENGTH
from hongyan.rooms.short_links.store import days, domains, ranges
from hongyan.rooms.short_links.store.directory import LINK_KEY_PURPOSE, Generation, LinkDirectory

JUMP_AFTER_RESTORE: Final = 10**9
"""How far a restore moves every counter: more links than were made between a backup and its loss."""
DEFAULT_LENGTH: Final = 7
"""62^7 codes: at 100 million live ones a guess hits with 2.8e-5."""
_RESERVED_NUMBERS: Final = 50_000
"""Numbers that a process takes at once, so that not every chunk pays a commit for its counter; unused ones are lost."""
_PAYLOAD_DAYS: Final = 7
_TAP_DAYS: Final = 180
_BATCH_DAYS: Final = 8


class ShortLinksService:
    """Use cases of short links."""

    def __init__(self, db: Database, *, clock: Clock, keys: KeyRing, bus: Bus | None = None) -> None:
        """``db`` serves the counter's own transactions and the reads of taps; all else runs in the caller's."""
        self._db = db
        self._clock = clock
        self._keys = keys
        self._bus = bus
        self._partitioned: set[date] = set()
        self._reserves: dict[GenerationId, range] = {}
        self._taking = asyncio.Lock()
        self.directory = LinkDirectory(db, clock=clock, keys=keys)
        """What codes stand for, in memory: for the redirector, which watches it."""

    # --- domains and generations ---------------------------------------------------------------------------------

    async def ensure_preset_domain(self, uow: Uow, name: str) -> Domain:
        """Make ``name`` the public domain that links get by default; repeating changes nothing."""
        name = names.normalise_domain(name)
        known = await domains.find_domain(uow, name)
        if known is None:
            known = await domains.insert_domain(
                uow, None, name, DomainKind.STANDARD, DomainState.ACTIVE, is_preset=False
            )
            if known is None:  # another process was faster; its transaction has ended
                return await self.ensure_preset_domain(uow, name)
            await self._add_generation(uow, known.domain_id, DEFAULT_LENGTH, ALPHABET)
        if known.tenant_id is not None or known.kind is not DomainKind.STANDARD:
            raise DomainUnusable("domain", domain=name)
        await domains.set_preset(uow, known.domain_id)
        self._tell_changed(uow)
        return known

    async def create_domain(
        self,
        uow: Uow,
        tenant_id: TenantId | None,
        name: str,
        kind: DomainKind,
        *,
        state: DomainState = DomainState.REVIEWING,
    ) -> Domain:
        """Register a tenant's own domain, or one for everybody; a standard one gets its first generation at once.

        Raises:
            DomainExists: the name is registered, whoever owns it.
            InvalidInput: no host name.
        """
        name = names.normalise_domain(name)
        await self._check_host(uow, tenant_id, name)
        domain = await domains.insert_domain(uow, tenant_id, name, kind, state, is_preset=False)
        if domain is None:
            raise DomainExists("domain", domain=name)
        if kind is DomainKind.STANDARD:
            await self._add_generation(uow, domain.domain_id, DEFAULT_LENGTH, ALPHABET)
        return domain

    async def hand_in_domain(self, uow: Uow, tenant_id: TenantId, name: str, kind: DomainKind) -> Domain:
        """Register a tenant's own domain for review; a rejected one of its own may come again with the same kind.

        Raises:
            DomainExists: the name is registered.
            InvalidInput: no host name.
        """
        known = await domains.find_domain(uow, names.normalise_domain(name))
        if known is None or (known.tenant_id, known.kind, known.state) != (tenant_id, kind, DomainState.REJECTED):
            return await self.create_domain(uow, tenant_id, name, kind)
        await self._check_host(uow, tenant_id, known.name)
        await self.set_domain_state(uow, known.domain_id, DomainState.REVIEWING)
        return await self.get_domain(uow, tenant_id, known.domain_id)

    async def list_domains(self, uow: Uow, tenant_id: TenantId | None) -> tuple[Domain, ...]:
        """Return the tenant's domains and those for everybody, or only those."""
        return await domains.list_domains(uow, tenant_id)

    async def get_domain(self, uow: Uow, tenant_id: TenantId | None, domain_id: DomainId) -> Domain:
        """Return one of the tenant's own domains, or of those for everybody; it is locked until the commit.

        Raises:
            NotFound: the tenant has none with that id.
        """
        await domains.lock_domain(uow, domain_id)
        found = await domains.find_own_domain(uow, tenant_id, domain_id)
        if found is None:
            raise NotFound("domain_id", what="Link domain", id=domain_id)
        return found

    async def set_domain_state(self, uow: Uow, domain_id: DomainId, state: DomainState) -> None:
        """Activate, reject or disable a domain; links of a disabled one are dead within 2 s."""
        await domains.set_state(uow, domain_id, state)
        self._tell_changed(uow)

    async def make_preset(self, uow: Uow, domain_id: DomainId) -> Domain:
        """Let new links be made on this domain for everybody when none is named; links that exist stay where they are.

        Raises:
            NotFound: no domain for everybody has that id.
            DomainUnusable: it is not active.
        """
        for one in await domains.list_domains(uow, None):  # in one order, so that two who choose wait for each other
            await domains.lock_domain(uow, one.domain_id)
        chosen = await self.get_domain(uow, None, domain_id)
        if chosen.state is not DomainState.ACTIVE or chosen.kind is not DomainKind.STANDARD:
            raise DomainUnusable("domain", domain=chosen.name)
        await domains.set_preset(uow, domain_id)
        self._tell_changed(uow)
        return await self.get_domain(uow, None, domain_id)

    async def rotate_generation(
        self, uow: Uow, domain_id: DomainId, *, length: int | None = None, first_chars: str | None = None
    ) -> GenerationId:
        """Number new links with a fresh key; links that exist keep theirs.

        Without arguments the new codes get the first characters that are free at the shortest length from seven on.

        Raises:
            InvalidInput: the first characters are in use at that length, or no code set is left.
        """
        await domains.lock_domain(uow, domain_id)
        _, rows = await domains.list_all(uow)
        used: dict[int, set[str]] = {}
        for row in rows:
            if row.domain_id == domain_id:
                used.setdefault(row.length, set()).update(row.first_chars)
        lengths = (length,) if length is not None else range(DEFAULT_LENGTH, MAX_LENGTH + 1)
        for candidate in lengths:
            taken = used.get(candidate, set())
            free = "".join(char for char in first_chars or ALPHABET if char not in taken)
            if free and (first_chars is None or free == first_chars):
                generation_id = await self._add_generation(uow, domain_id, candidate, free)
                self._tell_changed(uow)
                return generation_id
        raise InvalidInput(
            "first_chars", reason="are in use by another generation", reason_zh="首字符已被其他代短码使用"
        )

    async def jump_counters(self, uow: Uow, by: int = JUMP_AFTER_RESTORE) -> int:
        """Move every counter forward after a restore, so that no code given out since the backup is given out again."""
        self._reserves.clear()
        await ranges.after_restore(uow, by)
        return await domains.jump_counters(uow, by)

    async def reseal_keys(self, uow: Uow, ring: KeyRing) -> int:
        """Seal the keys of all generations with ``ring`` (key rotation); return how many."""
        rows = await domains.list_sealed_keys(uow)
        for generation_id, sealed in rows:
            await domains.set_sealed_key(
                uow, generation_id, ring.seal(LINK_KEY_PURPOSE, self._keys.open(LINK_KEY_PURPOSE, sealed))
            )
        return len(rows)

    # --- ranges --------------------------------------------------------------------------------------------------

    async def allocate_range(self, uow: Uow, tenant_id: TenantId, request: RangeRequest) -> LinkRange:
        """Give out consecutive links on a standard domain. Key: (task, chunk), when there is a task.

        The counter moves in a short transaction of its own, so planners do not wait for each other; when the caller's
        transaction is rolled back, the numbers stay unused.

        Raises:
            InvalidInput, DomainUnusable, CodesExhausted, ChunkDiffers.
        """
        jump_url, urls = _checked(request)
        domain = await self._usable_domain(uow, tenant_id, request.domain, DomainKind.STANDARD)
        generation = await self.directory.find_active_generation(domain.domain_id)
        if generation is None:
            raise DomainUnusable("domain", domain=domain.name)
        first_no = await self._take_numbers(domain, generation, request.count)
        place = ranges.Place(domain.domain_id, generation.generation_id, first_no)
        return await self._insert(uow, tenant_id, request, place, domain.name, jump_url, urls)

    async def allocate_custom(
        self, uow: Uow, tenant_id: TenantId, request: RangeRequest, codes: Sequence[str]
    ) -> LinkRange:
        """Give out chosen codes on a custom domain of the tenant, all or none; offset i has ``codes[i]``.

        Raises:
            InvalidInput: a code breaks the rule; CodeTaken: it is in use; DomainUnusable.
        """
        for index, code in enumerate(codes):
            if code in codes[:index]:
                raise CodeTaken("custom_short_code", short_code=code, domain=request.domain)
        link_range, taken = await self.claim_custom(uow, tenant_id, request, codes)
        if taken:
            raise CodeTaken("custom_short_code", short_code=min(taken), domain=link_range.domain)
        return link_range

    async def claim_custom(
        self, uow: Uow, tenant_id: TenantId, request: RangeRequest, codes: Sequence[str]
    ) -> tuple[LinkRange, frozenset[str]]:
        """Give out those of some chosen codes (all different) that are free; offset i has ``codes[i]``.

        Returns the range and the codes that were taken: their offsets stand for nothing.

        Raises:
            InvalidInput: a code breaks the rule; DomainUnusable.
        """
        jump_url, urls = _checked(request)
        if len(codes) != request.count:
            raise InvalidInput("params", reason="one code per link", reason_zh="短码数量与短链数量不一致")
        for code in codes:
            names.check_custom_code(code)
        domain = await self._usable_domain(uow, tenant_id, request.domain, DomainKind.CUSTOM)
        place = ranges.Place(domain.domain_id, None, 0)
        link_range = await self._insert(uow, tenant_id, request, place, domain.name, jump_url, urls)
        return link_range, frozenset(
            await ranges.insert_custom_codes(uow, domain.domain_id, link_range.range_id, codes)
        )

    @staticmethod
    def check_custom_code(code: str) -> None:
        """Refuse what cannot be a chosen code.

        Raises:
            InvalidInput: not 3–10 letters and digits, or a reserved word.
        """
        names.check_custom_code(code)

    @staticmethod
    def check_jump_url(url: str, field: str = "jump_url") -> str:
        """Return a jump URL as it will be stored, for rooms that take one long before they take links.

        Raises:
            InvalidInput: not an absolute http(s) URL, too long, or with control characters or a user name.
        """
        return names.normalise_jump_url(url, field)

    async def codes(self, uow: Uow, link_range: LinkRange) -> list[str]:
        """Return the codes of a range in offset order. About 0.3 s per million."""
        if link_range.generation_id is None:
            return await ranges.list_custom_codes(uow, link_range.range_id)
        space = await self.directory.space(link_range.generation_id)
        return space.codes(link_range.first_no, link_range.count)

    async def release_range(self, uow: Uow, tenant_id: TenantId, range_id: RangeId, at: datetime) -> datetime:
        """Start the validity of a range; a second release changes nothing. Returns when its links expire.

        Raises:
            NotFound: no such range of this tenant.
        """
        expires_at = await ranges.release_range(uow, tenant_id, range_id, at)
        if expires_at is None:
            raise NotFound(what="link range", id=range_id)
        self._tell_changed(uow)
        return expires_at

    async def close_range(self, uow: Uow, tenant_id: TenantId, range_id: RangeId) -> None:
        """Take links back: dead within 2 s after the commit.

        Raises:
            NotFound: no such range of this tenant.
        """
        if not await ranges.close_range(uow, tenant_id, range_id, self._clock.now()):
            raise NotFound(what="link range", id=range_id)
        self._tell_changed(uow)

    async def get_range(self, uow: Uow, tenant_id: TenantId, range_id: RangeId) -> LinkRange:
        """Return one range.

        Raises:
            NotFound: no such range of this tenant.
        """
        found = await ranges.find_range(uow, tenant_id, range_id)
        if found is None:
            raise NotFound(what="link range", id=range_id)
        return found

    async def list_ranges(self, uow: Uow, tenant_id: TenantId, task_id: TaskId) -> tuple[LinkRange, ...]:
        """Return the ranges of a task by chunk."""
        return await ranges.list_task_ranges(uow, tenant_id, task_id)

    # --- following a code ----------------------------------------------------------------------------------------

    async def find_link(self, code: str, domain: str | None = None) -> LinkView | None:
        """Return everything about the link that a code stands for, whatever its state, or ``None``.

        ``domain`` is the host it was asked on; one that is not ours, or ``None``, counts as the preset domain.
        """
        return await self.directory.find_link(code, domain)

    async def find_owner(self, domain: str, code: str) -> TenantId | None:
        """Return whose link ``domain/code`` is, whatever its state; ``None`` when no link of ours reads like that."""
        if not await self.directory.has_domain(domain):
            return None
        found = await self.directory.find(code, domain)
        return None if found is None else found.link_range.tenant_id

    # --- taps and days -------------------------------------------------------------------------------------------

    async def fold_taps(self, uow: Uow, batch: TapBatch) -> bool:
        """Add taps to the ledger; tells whether the batch was new. Key: its id."""
        await self.ensure_partitions(uow, first=datetime.fromtimestamp(batch.at_ms / 1000, UTC).date(), count=1)
        return await days.fold_taps(uow, batch)

    async def taps(self, uow: Uow, tenant_id: TenantId, link_range: LinkRange) -> dict[int, LinkTaps]:
        """Return how often the links of a range were tapped, by offset."""
        return await days.list_taps(uow, tenant_id, link_range)

    async def ensure_partitions(self, uow: Uow, *, first: date | None = None, count: int = 3) -> None:
        """Have partitions for ``count`` days from ``first`` (today) on."""
        start = first or self._clock.now().astimezone(UTC).date()
        wanted = {start + timedelta(days=n) for n in range(count)}
        if wanted <= self._partitioned:
            return
        await days.ensure_partitions(uow, start, count)

        async def remember() -> None:
            self._partitioned |= wanted

        uow.after_commit(remember)

    async def drop_expired(self, uow: Uow) -> list[str]:
        """Drop whole days that nobody needs any more; return the names of the partitions."""
        dropped = await days.drop_days(
            uow,
            self._clock.now().astimezone(UTC).date(),
            payload_days=_PAYLOAD_DAYS,
            tap_days=_TAP_DAYS,
            batch_days=_BATCH_DAYS,
        )
        self._partitioned.clear()
        return dropped

    # --- inside --------------------------------------------------------------------------------------------------

    async def _check_host(self, uow: Uow, tenant_id: TenantId | None, name: str) -> None:
        """Let path levels stand below what is one's own, public, or nobody's; and nothing above others' levels.

        Levels of tenants may stand below a host that the platform makes public. What was turned down is nobody's.
        """
        await domains.lock_host(uow, name.partition("/")[0])
        if await domains.has_neighbours(uow, tenant_id, name):
            raise DomainExists("domain", domain=name)

    async def _add_generation(self, uow: Uow, domain_id: DomainId, length: int, first_chars: str) -> GenerationId:
        sealed = self._keys.seal(LINK_KEY_PURPOSE, secrets.token_bytes(KEY_BYTES))
        return await domains.insert_generation(uow, domain_id, sealed, length, first_chars)

    async def _usable_domain(self, uow: Uow, tenant_id: TenantId, name: str | None, kind: DomainKind) -> Domain:
        if kind is DomainKind.STANDARD:
            known = await self.directory.peek_domain(name)
            if known is not None and known.tenant_id in {None, tenant_id}:
                return known
        if name is None:
            domain = await domains.find_preset_domain(uow)
        else:
            domain = await domains.find_domain(uow, names.normalise_domain(name))
        is_usable = (
            domain is not None
            and domain.kind is kind
            and domain.state is DomainState.ACTIVE
            and domain.tenant_id in {None, tenant_id}
        )
        if domain is None or not is_usable:
            raise DomainUnusable("domain", domain=name or "(preset)")
        return domain

    async def _take_numbers(self, domain: Domain, generation: Generation, count: int) -> int:
        """Take numbers out of this process's reserve; fill it in a transaction of its own when it is too small."""
        space = generation.space
        own_paths = [number for word in names.RESERVED_PATHS if (number := space.find_number(word)) is not None]
        async with self._taking:
            while True:
                reserve = self._reserves.get(generation.generation_id)
                if reserve is None or len(reserve) < count:
                    reserve = await self._reserve(domain, generation, count)
                first_no = reserve.start
                self._reserves[generation.generation_id] = range(first_no + count, reserve.stop)
                # A code that is a path of our own would never be reached: such a stretch stays unused.
                if not any(first_no <= number < first_no + count for number in own_paths):
                    return first_no

    async def _reserve(self, domain: Domain, generation: Generation, count: int) -> range:
        for wanted in (max(count, _RESERVED_NUMBERS), count):
            async with self._db.begin() as own:
                first_no = await domains.advance_counter(own, generation.generation_id, wanted, generation.space.size)
            if first_no is not None:
                return range(first_no, first_no + wanted)
        raise CodesExhausted("domain", domain=domain.name)

    async def _insert(
        self,
        uow: Uow,
        tenant_id: TenantId,
        request: RangeRequest,
        place: ranges.Place,
        domain: str,
        jump_url: str | None,
        urls: Mapping[int, str | None],
    ) -> LinkRange:
        now = self._clock.now()
        range_id = await ranges.insert_range(uow, tenant_id, request, place, jump_url=jump_url, now=now)
        if range_id is None:
            return await self._get_chunk_range(uow, tenant_id, request)
        if request.payloads:
            day = now.astimezone(UTC).date()
            await self.ensure_partitions(uow, first=day, count=1)
            await days.insert_payloads(uow, day, range_id, request.payloads, urls)
        return ranges.new_range(tenant_id, request, place, range_id=range_id, domain=domain, jump_url=jump_url, now=now)

    @staticmethod
    async def _get_chunk_range(uow: Uow, tenant_id: TenantId, request: RangeRequest) -> LinkRange:
        """Return what a chunk was given before; the numbers just taken stay unused."""
        task_id, chunk_no = request.task_id, request.chunk_no
        known = None if task_id is None else await ranges.find_chunk_range(uow, tenant_id, task_id, chunk_no)
        if known is None or known.count != request.count:
            raise ChunkDiffers(task_id=task_id, chunk_no=chunk_no, count=known.count if known else 0)
        return known

    def _tell_changed(self, uow: Uow) -> None:
        async def tell() -> None:
            self.directory.forget()
            if self._bus is not None:
                await self._bus.hint(SUBJECT_CHANGED)

        uow.after_commit(tell)


def _checked(request: RangeRequest) -> tuple[str | None, dict[int, str | None]]:
    """Refuse a wish that breaks a rule; return its jump URLs, common and personal, as they stand in a header."""
    names.check_request(request)
    common = None if request.jump_url is None else names.normalise_jump_url(request.jump_url)
    personal = {offset: payload.jump_url for offset, payload in request.payloads.items()}
    if not request.urls_are_checked:
        personal = {offset: url and names.normalise_jump_url(url) for offset, url in personal.items()}
    return common, personal
