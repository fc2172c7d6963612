"""The door of carriers: accounts for the command line, channel numbers for signatures, routes for planning.

Not for: live sessions (``gateways``) nor messages (``delivery``).
"""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Unpack

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.carriers import store
from hongyan.rooms.carriers.contracts import (
    MEDIA_PROTOCOLS,
    Account,
    Carrier,
    Flow,
    Health,
    NewAccount,
    Route,
    SignatureChannel,
    Trouble,
    Tuning,
)
from hongyan.rooms.carriers.errors import AccountExists, AccountNotFound
from hongyan.rooms.carriers.rules import checks, trouble
from hongyan.rooms.carriers.rules.routing import Router

LINE_TENANT: Final = TenantId("00000000-0000-0000-0000-000000000000")
"""Whose key seals numbers that no tenant owns yet: carriers' reports, uplinks, ported numbers."""

_PURPOSE = "carrier secret"
_PREFIX = re.compile(r"1[3-9]\d{1,2}", re.ASCII)


class CarriersService:
    """Use cases of carriers."""

    def __init__(self, *, clock: Clock, ring: KeyRing, keys: TenantKeys, jobs: Jobs) -> None:
        """Seal secrets with ``ring`` and numbers with ``keys``."""
        self._clock = clock
        self._ring = ring
        self._keys = keys
        self._jobs = jobs

    # --- accounts -----------------------------------------------------------------------------------------------------

    async def add_account(self, uow: Uow, new: NewAccount) -> Account:
        """Add an enabled account, and give numbers to signatures that waited for one.

        Raises:
            InvalidInput: a value is out of range.
            AccountExists: the name is taken.
        """
        new = checks.complete(new)
        checks.check(new)
        if new.listen_port is not None and new.listen_port in {a.listen_port for a in await store.list_accounts(uow)}:
            raise InvalidInput("listen_port", reason="another channel listens there", reason_zh="其他通道已监听该端口")
        sealed = self._ring.seal(_PURPOSE, new.secret.encode())
        account = await store.insert_account(uow, new, sealed, self._clock.now())
        if account is None:
            raise AccountExists("name", name=new.name)
        waiting = [] if account.protocol in MEDIA_PROTOCOLS else await store.list_waiting(uow)
        for tenant_id, signature_id, extension in waiting:
            await self._give_number(uow, tenant_id, signature_id, account.src_number + extension)
        return account

    async def list_accounts(self, uow: Uow) -> list[Account]:
        """Return all accounts, enabled or not."""
        return await store.list_accounts(uow)

    async def set_enabled(self, uow: Uow, name: str, *, is_enabled: bool) -> None:
        """Enable or disable an account; gateways follow within two seconds.

        Raises:
            AccountNotFound: no such account.
        """
        if not await store.update_account(uow, name, at=self._clock.now(), is_enabled=is_enabled):
            raise AccountNotFound("name", what="channel", id=name, name=name)

    async def move_account(self, uow: Uow, name: str, *, host: str, port: int, listen_port: int | None = None) -> None:
        """Give an account another address; gateways log in there (and listen) within two seconds.

        Raises:
            AccountNotFound: no such account.
        """
        if not await store.update_account(
            uow, name, at=self._clock.now(), host=host, port=port, listen_port=listen_port
        ):
            raise AccountNotFound("name", what="channel", id=name, name=name)

    async def remove_account(self, uow: Uow, name: str) -> None:
        """Remove an account; what it has not sent stays with it until it expires, so disable it and wait first.

        Raises:
            AccountNotFound: no such account.
        """
        now = self._clock.now()
        if not await store.update_account(uow, name, at=now, is_enabled=False, removed_at=now):
            raise AccountNotFound("name", what="channel", id=name, name=name)

    async def set_flow(self, uow: Uow, name: str, flow: Flow) -> None:
        """Pause an account, let it drain or let it run; gateways follow within two seconds, without a new login.

        Raises:
            AccountNotFound: no such account.
        """
        if not await store.update_account(uow, name, at=self._clock.now(), flow=flow):
            raise AccountNotFound("name", what="channel", id=name, name=name)

    async def tune(self, uow: Uow, name: str, **changes: Unpack[Tuning]) -> Account:
        """Change what may change while an account works; what is not named stays.

        Gateways follow within two seconds: rate, window and routing without a new login, the others by one.

        Raises:
            AccountNotFound: no such account.
            InvalidInput: a value is out of range.
        """
        account = next((a for a in await store.list_accounts(uow) if a.name == name), None)
        if account is None:
            raise AccountNotFound("name", what="channel", id=name, name=name)
        tuned = replace(account, changed_at=self._clock.now(), **changes)
        checks.check_tuned(tuned)
        await store.write_tuned(uow, tuned)
        return tuned

    # --- health -------------------------------------------------------------------------------------------------------

    async def note_health(self, uow: Uow, health: Health) -> None:
        """Write how an account is doing; only what the newest epoch says counts."""
        await store.upsert_health(uow, health)

    async def list_health(self, uow: Uow) -> list[Health]:
        """Return what gateways noted last, also of accounts that nobody holds any more: look at ``at``."""
        return await store.list_health(uow)

    async def open_secret(self, uow: Uow, account_id: AccountId) -> str:
        """Return the login secret of an account, for its session."""
        return self._ring.open(_PURPOSE, await store.get_sealed_secret(uow, account_id)).decode()

    async def reseal_all(self, uow: Uow, ring: KeyRing) -> int:
        """Seal every secret again with ``ring`` (key rotation); returns how many."""
        secrets = await store.list_sealed_secrets(uow)
        for account_id, sealed in secrets:
            await store.update_sealed_secret(uow, account_id, ring.seal(_PURPOSE, self._ring.open(_PURPOSE, sealed)))
        return len(secrets)

    # --- channel numbers ----------------------------------------------------------------------------------------------

    async def provision_signature(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> str | None:
        """Give a signature its channel number and say so by job ``sms.channel_provisioned``; repeatable.

        Without any account it waits for the first one: ``None``.
        """
        extension, number = await store.ensure_channel(uow, tenant_id, signature_id)
        if number is None:
            accounts = [a for a in await store.list_accounts(uow) if a.protocol not in MEDIA_PROTOCOLS]
            general = [a for a in accounts if a.serves is None] or accounts
            if not general:
                return None
            number = general[0].src_number + extension
        await self._give_number(uow, tenant_id, signature_id, number)
        return number

    async def release_signature(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> None:
        """Take the channel number of a deleted signature back; repeatable."""
        await store.delete_channel(uow, tenant_id, signature_id)

    async def find_channel(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId) -> SignatureChannel | None:
        """Return the channel of a signature, once it has a number."""
        return await store.find_channel(uow, tenant_id, signature_id)

    async def find_channel_of_number(self, uow: Uow, account: Account, dest_id: str) -> SignatureChannel | None:
        """Return whose number a phone has answered to; ``dest_id`` is what the phone's owner dialled."""
        extension = dest_id.removeprefix(account.src_number)
        if extension == dest_id or not extension or account.protocol in MEDIA_PROTOCOLS:
            return None
        return await store.find_channel_by_extension(uow, extension)

    async def _give_number(self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId, number: str) -> None:
        await store.update_channel_number(uow, tenant_id, signature_id, number)
        await self._jobs.defer(
            uow,
            "sms.channel_provisioned",
            {"tenant_id": tenant_id, "signature_id": signature_id, "channel_num": number},
        )

    # --- routes -------------------------------------------------------------------------------------------------------

    async def router(
        self, uow: Uow, tenant_id: TenantId, signature_id: SignatureId
    ) -> Callable[[str], Route | None] | None:
        """Return the function number → route for a signature as things stand; ``None``: it has no channel number."""
        channel = await store.find_channel(uow, tenant_id, signature_id)
        if channel is None:
            return None
        accounts = [a for a in await store.list_accounts(uow) if a.is_enabled and a.protocol not in MEDIA_PROTOCOLS]
        return await self._router(uow, accounts, channel)

    async def media_router(self, uow: Uow, tenant_id: TenantId) -> Callable[[str], Route | None]:
        """Return the function number → route for video messages: accounts that carry media, by the number's carrier."""
        accounts = [a for a in await store.list_accounts(uow) if a.is_enabled and a.protocol in MEDIA_PROTOCOLS]
        # These show their own sender number: no signature has an extension on them.
        return await self._router(uow, accounts, SignatureChannel(tenant_id, SignatureId(""), "", ""))

    async def _router(
        self, uow: Uow, accounts: list[Account], channel: SignatureChannel
    ) -> Callable[[str], Route | None]:
        moved = await store.list_ported(uow)
        if not moved:
            return Router(accounts, channel, await store.list_segments(uow), None)
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        return Router(accounts, channel, await store.list_segments(uow), lambda phone: moved.get(sealer.seal(phone)))

    async def set_segment(self, uow: Uow, prefix: str, carrier: Carrier) -> None:
        """Assign a segment of three or four national digits to a carrier.

        Raises:
            InvalidInput: not such a prefix.
        """
        if not _PREFIX.fullmatch(prefix):
            raise InvalidInput("prefix", reason="three or four digits, like 138 or 1703", reason_zh="应为三或四位号段")
        await store.upsert_segment(uow, prefix, carrier)

    async def set_ported(self, uow: Uow, phone: str, carrier: Carrier | None) -> None:
        """Note that a number (canonical digits) moved to a carrier; ``None``: back to its segment."""
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        await store.upsert_ported(uow, sealer.seal(phone), carrier)


def explain_code(code: str) -> Trouble | None:
    """Return what a message's carrier code means (submit results are digits, report states text); DELIVRD: ``None``."""
    if code == "DELIVRD":
        return None
    if not (code.isascii() and code.isdigit()):
        return trouble.trouble_of_stat(code)
    number, short = int(code), 3
    return trouble.trouble_of_result(number) if len(code) <= short else trouble.trouble_of_mm7(number)


def is_throttled(result: int) -> bool:
    """Tell whether a submit result asks us to slow down: certain not taken, worth another try."""
    return result == trouble.RESULT_THROTTLED


def is_in_doubt(result: int) -> bool:
    """Tell whether a submit result leaves open if the carrier took the part: never sent again."""
    return result == trouble.RESULT_REPEATED
