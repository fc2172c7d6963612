"""The door of carriers: accounts for the command line, channel numbers for signatures, routes for planning.

Not for: live sessions (``gateways``) nor messages (``delivery``).
"""

import asyncio
import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Final, Unpack

from hongyan.kernel.bus.contracts import Bus
from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.paging import Page
from hongyan.kernel.phones import is_mainland
from hongyan.rooms.carriers.contracts import (
    MEDIA_PROTOCOLS,
    SUBJECT_CHANGED,
    Account,
    Carrier,
    Flow,
    Health,
    NewAccount,
    NumberSort,
    PickRoute,
    Protocol,
    Route,
    RouteExplained,
    RouteNumber,
    RouteVerdict,
    SignatureChannel,
    SignatureKey,
    SignatureNumber,
    Trouble,
    Tuning,
)
from hongyan.rooms.carriers.errors import AccountExists, AccountNotFound, NumberNotFound, NumberTaken
from hongyan.rooms.carriers.rules import checks, trouble
from hongyan.rooms.carriers.rules.explaining import explain
from hongyan.rooms.carriers.rules.routing import SEGMENTS, Router, carrier_of, is_unwell, pick, reach_of
from hongyan.rooms.carriers.rules.standing_in import stand_in_shares, uncovered
from hongyan.rooms.carriers.rules.standing_in import stand_ins as rules_stand_ins
from hongyan.rooms.carriers.store import accounts as accounts_store
from hongyan.rooms.carriers.store import channels as channels_store
from hongyan.rooms.carriers.store import numbers as numbers_store

LINE_TENANT: Final = TenantId("00000000-0000-0000-0000-000000000000")
"""Whose key seals numbers that no tenant owns yet: carriers' reports, uplinks, ported numbers."""

_PURPOSE = "carrier secret"
_NAMED: Final[Mapping[Protocol, str]] = {
    Protocol.SGIP12: "sgip:{}",
    Protocol.SMGP30: "smgp:{}",
    Protocol.SMPP34: "smpp:0x{:02x}",
}
"""Protocols whose results are named with them, as :func:`explain_code` takes them."""
_PREFIX = re.compile(r"1[3-9]\d{1,2}", re.ASCII)
_SEAL_HERE: Final = 1_000
"""Sealing costs about 2 µs a number: more of them are sealed beside the loop, which must stay free for others."""


class CarriersService:
    """Use cases of carriers."""

    def __init__(self, *, clock: Clock, ring: KeyRing, keys: TenantKeys, jobs: Jobs, bus: Bus | None = None) -> None:
        """Seal secrets with ``ring`` and numbers with ``keys``; without ``bus`` gateways find changes by their poll."""
        self._clock = clock
        self._ring = ring
        self._keys = keys
        self._jobs = jobs
        self._bus = bus

    # --- accounts -----------------------------------------------------------------------------------------------------

    async def add_account(self, uow: Uow, new: NewAccount) -> Account:
        """Add an enabled account, and give numbers to signatures that waited for one.

        Raises:
            InvalidInput: a value is out of range.
            AccountExists: the name is taken.
        """
        new = checks.complete(new)
        checks.check(new)
        await self._check_listen_port(uow, new.listen_port)
        sealed = self._ring.seal(_PURPOSE, new.secret.encode())
        account = await accounts_store.insert_account(uow, new, sealed, self._clock.now())
        if account is None:
            raise AccountExists("name", name=new.name)
        self._tell_changed(uow)
        waiting = [] if account.protocol in MEDIA_PROTOCOLS else await channels_store.list_waiting(uow)
        for tenant_id, signature_id, extension in waiting:
            await self._give_number(uow, tenant_id, signature_id, account.src_number + extension)
        return account

    async def list_accounts(self, uow: Uow) -> list[Account]:
        """Return all accounts, enabled or not."""
        return await accounts_store.list_accounts(uow)

    async def set_enabled(self, uow: Uow, name: str, *, is_enabled: bool) -> None:
        """Enable or disable an account; gateways follow within two seconds.

        Raises:
            AccountNotFound: no such account.
        """
        await self._change(uow, name, is_enabled=is_enabled)

    async def move_account(self, uow: Uow, name: str, *, host: str, port: int, listen_port: int | None = None) -> None:
        """Give an account another address; gateways log in there (and listen) within two seconds.

        Raises:
            AccountNotFound: no such account.
        """
        await self._change(uow, name, host=host, port=port, listen_port=listen_port)

    async def remove_account(self, uow: Uow, name: str) -> None:
        """Remove an account; what it has not sent stays with it until it expires, so disable it and wait first.

        Raises:
            AccountNotFound: no such account.
        """
        await accounts_store.delete_health(uow, name)
        await self._change(uow, name, is_enabled=False, removed_at=self._clock.now())

    async def set_flow(self, uow: Uow, name: str, flow: Flow) -> None:
        """Pause an account, let it drain or let it run; gateways follow within two seconds, without a new login.

        Raises:
            AccountNotFound: no such account.
        """
        await self._change(uow, name, flow=flow)

    async def _change(self, uow: Uow, name: str, **values: bool | int | str | datetime | None) -> None:
        if not await accounts_store.update_account(uow, name, at=self._clock.now(), **values):
            raise AccountNotFound("name", what="channel", id=name, name=name)
        self._tell_changed(uow)

    def _tell_changed(self, uow: Uow) -> None:
        async def tell() -> None:
            if self._bus is not None:
                await self._bus.hint(SUBJECT_CHANGED)

        uow.after_commit(tell)

    async def finish_drain(self, uow: Uow, account_id: AccountId) -> bool:
        """Pause an account that has nothing left to send; not one that an operator has let run again meanwhile."""
        return await accounts_store.pause_drained(uow, account_id, self._clock.now())

    async def tune(self, uow: Uow, name: str, **changes: Unpack[Tuning]) -> Account:
        """Change what may change while an account works; what is not named stays.

        Gateways follow within two seconds: rate, window and routing without a new login, the others by one.

        Raises:
            AccountNotFound: no such account.
            InvalidInput: a value is out of range.
        """
        account = await accounts_store.lock_account(uow, name)
        if account is None:
            raise AccountNotFound("name", what="channel", id=name, name=name)
        tuned = replace(account, changed_at=self._clock.now(), **changes)
        checks.check_tuned(tuned)
        if tuned.listen_port != account.listen_port:
            await self._check_listen_port(uow, tuned.listen_port)
        await accounts_store.write_tuned(uow, tuned)
        self._tell_changed(uow)
        return tuned

    async def set_secret(self, uow: Uow, name: str, secret: str) -> None:
        """Give an account another secret; gateways log in anew with it.

        Raises:
            AccountNotFound: no such account.
            InvalidInput: its protocol cannot carry it.
        """
        account = await accounts_store.lock_account(uow, name)
        if account is None:
            raise AccountNotFound("name", what="channel", id=name, name=name)
        checks.check_secret(account.protocol, secret)
        sealed = self._ring.seal(_PURPOSE, secret.encode())
        await accounts_store.update_sealed_secret(uow, account.account_id, sealed, at=self._clock.now())
        self._tell_changed(uow)

    @staticmethod
    async def _check_listen_port(uow: Uow, port: int | None) -> None:
        if port is not None and port in {account.listen_port for account in await accounts_store.list_accounts(uow)}:
            raise InvalidInput("listen_port", reason="another channel listens there", reason_zh="其他通道已监听该端口")

    # --- health -------------------------------------------------------------------------------------------------------

    async def note_health(self, uow: Uow, health: Health) -> None:
        """Write how an account is doing; only what the newest epoch says counts."""
        await accounts_store.upsert_health(uow, health)

    async def list_health(self, uow: Uow) -> list[Health]:
        """Return what gateways noted last, also of accounts that nobody holds any more: look at ``at``."""
        return await accounts_store.list_health(uow)

    async def stamp(self, uow: Uow) -> object:
        """Return something that is another once a channel was changed, is otherwise than it was or falls silent.

        Gateways write every two seconds that all is as before: that alone is nothing new, for pages that look.
        """
        return await accounts_store.stamp(uow, self._clock.now())

    async def open_secret(self, uow: Uow, account_id: AccountId) -> str:
        """Return the login secret of an account, for its session."""
        return self._ring.open(_PURPOSE, await accounts_store.get_sealed_secret(uow, account_id)).decode()

    async def reseal_all(self, uow: Uow, ring: KeyRing) -> int:
        """Seal every secret again with ``ring`` (key rotation); returns how many."""
        secrets = await accounts_store.list_sealed_secrets(uow)
        for account_id, sealed in secrets:
            await accounts_store.update_sealed_secret(
                uow, account_id, ring.seal(_PURPOSE, self._ring.open(_PURPOSE, sealed))
            )
        return len(secrets)

    # --- channel numbers ----------------------------------------------------------------------------------------------

    async def provision_signature(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> str | None:
        """Give a signature its channel number and say so by job ``sms.channel_provisioned``; repeatable.

        Without any account it waits for the first one: ``None``.
        """
        extension, number = await channels_store.ensure_channel(uow, tenant_id, signature_id)
        if number is None:
            accounts = [a for a in await accounts_store.list_accounts(uow) if a.protocol not in MEDIA_PROTOCOLS]
            general = [a for a in accounts if a.serves is None] or accounts
            if not general:
                return None
            number = general[0].src_number + extension
        await self._give_number(uow, tenant_id, signature_id, number)
        return number

    async def release_signature(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> None:
        """Take the channel number of a deleted signature back; repeatable."""
        await channels_store.delete_channel(uow, tenant_id, signature_id)

    async def find_channel(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> SignatureChannel | None:
        """Return the channel of a signature, once it has a number."""
        return await channels_store.find_channel(uow, tenant_id, signature_id)

    async def find_channel_of_number(self, uow: Uow, account: Account, dest_id: str) -> SignatureChannel | None:
        """Return whose number a phone has answered to; ``dest_id`` is what the phone's owner dialled."""
        extension = dest_id.removeprefix(account.src_number)
        if extension == dest_id or not extension or account.protocol in MEDIA_PROTOCOLS:
            return None
        return await channels_store.find_channel_by_extension(uow, extension)

    async def list_numbers(
        self,
        uow: Uow,
        *,
        is_waiting: bool | None,
        search: str | None,
        sort: NumberSort | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Page[SignatureNumber]:
        """Return signatures' channel numbers over all tenants, those that wait for one first unless sorted."""
        return await channels_store.list_numbers(
            uow, is_waiting=is_waiting, search=search, sort=sort, offset=offset, limit=limit
        )

    async def assign_number(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, number: str
    ) -> tuple[str | None, SignatureNumber]:
        """Give a signature a channel number by hand; returns the one before, and what it has now. Repeatable.

        Channels that serve certain numbers serve the new one instead of the old one.

        Raises:
            NumberNotFound: the signature waits for none and has none.
            InvalidInput: no channel's access number with an extension behind it, or too long for a channel.
            NumberTaken: another signature has the extension.
        """
        place = await channels_store.find_number(uow, tenant_id, signature_id, lock=True)
        if place is None:
            raise NumberNotFound(what="signature", id=signature_id)
        accounts = await accounts_store.list_accounts(uow)
        extension = checks.check_number(number, [a for a in accounts if a.protocol not in MEDIA_PROTOCOLS])
        if await channels_store.is_extension_taken(uow, extension, (tenant_id, signature_id)):
            raise NumberTaken("channel_number", extension=extension)
        before = place.channel_number
        place = replace(place, extension=extension, channel_number=number)
        await channels_store.update_place(uow, place)
        for account in accounts:
            if before is not None and before != number and before in (account.serves or ()):
                serves = tuple(number if one == before else one for one in account.serves or ())
                await self.tune(uow, account.name, serves=serves)
        await self._give_number(uow, tenant_id, signature_id, number)
        return before, place

    async def _give_number(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, number: str) -> None:
        await channels_store.update_channel_number(uow, tenant_id, signature_id, number)
        await self._jobs.defer(
            uow,
            "sms.channel_provisioned",
            {"tenant_id": tenant_id, "signature_id": signature_id, "channel_num": number},
        )

    # --- routes -------------------------------------------------------------------------------------------------------

    async def router(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, phones: Collection[str]
    ) -> RouteNumber | None:
        """Return the way of a signature's numbers as things stand; ``None``: it has no channel number.

        ``phones`` (canonical digits) are those that will be asked for: of ported numbers only theirs are looked up.
        """
        return (await self.routers(uow, {(tenant_id, signature_id): phones}))[tenant_id, signature_id]

    async def routers(
        self, uow: Uow, wanted: Mapping[SignatureKey, Collection[str]]
    ) -> dict[SignatureKey, RouteNumber | None]:
        """Do the same for many signatures at once: two statements, and a third where there are ported numbers."""
        ways, unwell = await self._ways(uow)
        channels = await channels_store.find_channels(uow, list(wanted))
        moved = await self._moved(uow, ways, [phone for phones in wanted.values() for phone in phones])
        accounts = [a for a in ways.accounts if a.protocol not in MEDIA_PROTOCOLS]
        return {
            key: Router(accounts, channels[key], ways.segments, moved, unwell) if key in channels else None
            for key in wanted
        }

    async def media_router(self, uow: Uow, tenant_id: TenantId, phones: Collection[str]) -> RouteNumber:
        """Return the way of video messages: accounts that carry media, by the number's carrier."""
        ways, unwell = await self._ways(uow)
        accounts = [a for a in ways.accounts if a.protocol in MEDIA_PROTOCOLS]
        moved = await self._moved(uow, ways, phones)
        return Router(accounts, _no_channel(tenant_id), ways.segments, moved, unwell)

    async def explain_route(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId | None, phone: str, *, is_media: bool = False
    ) -> RouteExplained:
        """Say which account takes a number (canonical digits) and why, as planning would do it now.

        ``None`` stands for a signature that no account serves in particular.
        """
        ways, unwell = await self._ways(uow)
        channel: SignatureChannel | None = _no_channel(tenant_id)
        if signature_id is not None and not is_media:
            channel = await channels_store.find_channel(uow, tenant_id, signature_id)
        ported = (await self._moved(uow, ways, [phone])).get(phone)
        segment = carrier_of(phone, {**SEGMENTS, **ways.segments})
        shown = channel or _no_channel(tenant_id)
        reach = reach_of(phone, ported or segment)
        explained = explain(ways.accounts, shown, reach, unwell, phone, is_media=is_media)
        routes = [
            Route(account.account_id, one.src_id, account.rate_per_s)
            for one in explained
            for account in ways.accounts
            if channel and one.verdict is RouteVerdict.CHOSEN and one.account_id == account.account_id
        ]
        return RouteExplained(
            phone=phone,
            segment_carrier=segment,
            ported_carrier=ported,
            channel_number=None if channel is None else channel.channel_number,
            route=routes[0] if routes else None,
            accounts=tuple(explained),
        )

    async def search_signature(self, uow: Uow, text: str) -> list[SignatureChannel]:
        """Return the channels (at most two) of the signature with this id or channel number, of any tenant."""
        return await channels_store.search_channels(uow, text)

    async def list_uncovered(self, uow: Uow, name: str) -> list[Carrier]:
        """Return whose numbers nobody takes when this account takes none: new messages to them would be refused."""
        accounts = await accounts_store.list_accounts(uow)
        account = next((one for one in accounts if one.name == name), None)
        return [] if account is None else uncovered(account, accounts)

    async def stand_ins(self, uow: Uow, account: Account) -> list[Account]:
        """Return who stands in for an account in trouble: well accounts of its group that reach all it reaches."""
        ways, unwell = await self._ways(uow)
        return rules_stand_ins(account, ways.accounts, unwell)

    async def stand_in_routes(
        self, uow: Uow, account: Account, keys: Collection[SignatureKey]
    ) -> dict[SignatureKey, PickRoute]:
        """Return for signatures how their waiting messages leave over stand-ins; without the key nobody can."""
        ways, unwell = await self._ways(uow)
        others = rules_stand_ins(account, ways.accounts, unwell)
        if account.protocol in MEDIA_PROTOCOLS:
            channels = {key: _no_channel(key[0]) for key in keys}
        else:
            channels = await channels_store.find_channels(uow, list(keys))
        found = {key: stand_in_shares(account, others, channel) for key, channel in channels.items()}
        return {key: partial(pick, shares) for key, shares in found.items() if shares}

    async def _ways(self, uow: Uow) -> tuple[accounts_store.Ways, frozenset[AccountId]]:
        ways, now = await accounts_store.get_ways(uow), self._clock.now()
        return ways, frozenset(
            a.account_id for a in ways.accounts if is_unwell(a, ways.troubles.get(a.account_id), now)
        )

    async def _moved(self, uow: Uow, ways: accounts_store.Ways, phones: Collection[str]) -> dict[str, Carrier]:
        """Return where those of the numbers live that have moved."""
        mainland = [phone for phone in phones if is_mainland(phone)] if ways.has_ported else []
        if not mainland:
            return {}
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        if len(mainland) > _SEAL_HERE:
            sealed = await asyncio.to_thread(sealer.seal_all, mainland)
        else:
            sealed = sealer.seal_all(mainland)
        found = await numbers_store.find_ported(uow, sealed)
        return {phone: found[number] for phone, number in zip(mainland, sealed, strict=True) if number in found}

    # --- segments and ported numbers ----------------------------------------------------------------------------------

    async def list_segments(self, uow: Uow) -> list[tuple[str, Carrier, bool]]:
        """Return (prefix, carrier, whether an operator has set it), by prefix."""
        own = await numbers_store.list_segments(uow)
        return [(prefix, carrier, prefix in own) for prefix, carrier in sorted({**SEGMENTS, **own}.items())]

    async def set_segment(self, uow: Uow, prefix: str, carrier: Carrier) -> None:
        """Assign a segment of three or four national digits to a carrier.

        Raises:
            InvalidInput: not such a prefix.
        """
        if not _PREFIX.fullmatch(prefix):
            raise InvalidInput("prefix", reason="three or four digits, like 138 or 1703", reason_zh="应为三或四位号段")
        await numbers_store.upsert_segment(uow, prefix, carrier)

    async def reset_segment(self, uow: Uow, prefix: str) -> bool:
        """Go back to the built-in table for one segment; tells whether an operator had set it."""
        return await numbers_store.delete_segment(uow, prefix)

    async def import_ported(self, uow: Uow, lines: Sequence[tuple[str, Carrier | None]]) -> None:
        """Note where many numbers (canonical digits) live; ``None``: back at their segment. Repeatable.

        One slice of a list: 50,000 take about a second.
        """
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        sealed = await asyncio.to_thread(sealer.seal_all, [phone for phone, _ in lines])
        carriers = [carrier for _, carrier in lines]
        await numbers_store.copy_ported(uow, list(zip(sealed, carriers, strict=True)))

    async def find_ported(self, uow: Uow, phone: str) -> Carrier | None:
        """Return where a number (canonical digits) went; ``None``: it is at its segment."""
        number = (await self._keys.sealer(uow, LINE_TENANT)).seal(phone)
        return (await numbers_store.find_ported(uow, [number])).get(number)

    async def count_ported(self, uow: Uow) -> dict[Carrier, int]:
        """Count the ported numbers per carrier they went to."""
        return await numbers_store.count_ported(uow)

    async def clear_ported(self, uow: Uow) -> None:
        """Forget all ported numbers."""
        await numbers_store.clear_ported(uow)

    async def set_ported(self, uow: Uow, phone: str, carrier: Carrier | None) -> None:
        """Note that a number (canonical digits) moved to a carrier; ``None``: back to its segment."""
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        await numbers_store.upsert_ported(uow, sealer.seal(phone), carrier)


def _no_channel(tenant_id: TenantId) -> SignatureChannel:
    """Stand for a signature without extension: messages with media show the account's own number."""
    return SignatureChannel(tenant_id, SignatureId(""), "", "")


def explain_result(protocol: Protocol, result: int) -> Trouble | None:
    """Return what the answer to one part means; ``None`` where the carrier took it, which every driver notes as 0."""
    if result == 0:
        return None
    name = _NAMED.get(protocol)
    return explain_code(str(result) if name is None else name.format(result))


def explain_code(code: str) -> Trouble | None:
    """Return what a message's carrier code means; DELIVRD: ``None``.

    Submit results are digits (CMPP, MM7) or name their protocol (``sgip:27``); report states are text.
    """
    if code == "DELIVRD":
        return None
    if not (code.isascii() and code.isdigit()):
        return trouble.trouble_of_named(code) or trouble.trouble_of_stat(code)
    number, short = int(code), 3
    return trouble.trouble_of_result(number) if len(code) <= short else trouble.trouble_of_mm7(number)
