"""The door of carriers: accounts for the command line, channel numbers for signatures, routes for planning.

Not for: live sessions (``gateways``) nor messages (``delivery``).
"""

import re
from collections.abc import Callable
from typing import Final

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import InvalidInput
from hongyan.kernel.ids import AccountId, SignatureId, TenantId
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.numbers import TenantKeys
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.carriers import rules, store
from hongyan.rooms.carriers.contracts import (
    MEDIA_PROTOCOLS,
    Account,
    Carrier,
    NewAccount,
    Protocol,
    Route,
    SignatureChannel,
    Trouble,
)
from hongyan.rooms.carriers.errors import AccountExists, AccountNotFound

LINE_TENANT: Final = TenantId("00000000-0000-0000-0000-000000000000")
"""Whose key seals numbers that no tenant owns yet: carriers' reports, uplinks, ported numbers."""

_PURPOSE = "carrier secret"
_NAME = re.compile(r"[a-z0-9][a-z0-9_-]{0,39}", re.ASCII)
_DIGITS = re.compile(r"\d{3,16}", re.ASCII)
_MM7_LOGIN = re.compile(r"[!-9;-~]{1,64}", re.ASCII)
"""No colon: it is also the user of a Basic authentication."""
_MM7_SCHEMA = re.compile(r"REL-[56]-MM7-1-\d", re.ASCII)
_PREFIX = re.compile(r"1[3-9]\d{1,2}", re.ASCII)
_MAX_LOGIN_CHARS = 6
_MAX_WINDOW = 1024
_MAX_CONNECTIONS = 64
_MAX_PORT = 65535
_MAX_RATE = 100_000


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
        _check(new)
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
            return rules.Router(accounts, channel, await store.list_segments(uow), None)
        sealer = await self._keys.sealer(uow, LINE_TENANT)
        return rules.Router(
            accounts, channel, await store.list_segments(uow), lambda phone: moved.get(sealer.seal(phone))
        )

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
        return rules.trouble_of_stat(code)
    number, short = int(code), 3
    return rules.trouble_of_result(number) if len(code) <= short else rules.trouble_of_mm7(number)


def _check(new: NewAccount) -> None:
    """Refuse values out of range, naming the field."""
    is_mm7 = new.protocol is Protocol.MM7
    is_login = (
        bool(_MM7_LOGIN.fullmatch(new.login))
        if is_mm7
        else 1 <= len(new.login) <= _MAX_LOGIN_CHARS and new.login.isascii()
    )
    is_listening = new.listen_port is not None and 1 <= new.listen_port <= _MAX_PORT
    checks = (
        ("name", bool(_NAME.fullmatch(new.name)), "1-40 of a-z, 0-9, _ and -", "1-40 位小写字母、数字、_ 或 -"),
        ("host", bool(new.host) and " " not in new.host, "a host name or an address", "应为主机名或地址"),
        ("port", 1 <= new.port <= _MAX_PORT, "1-65535", "1-65535"),
        ("account", is_login, f"1-{64 if is_mm7 else 6} characters", f"1-{64 if is_mm7 else 6} 个字符"),
        ("secret", bool(new.secret), "must not be empty", "不能为空"),
        ("source", bool(_DIGITS.fullmatch(new.src_number)), "3-16 digits", "3-16 位数字"),
        ("rate", new.rate_per_s is None or 1 <= new.rate_per_s <= _MAX_RATE, "1-100000 per second", "每秒 1-100000"),
        ("window", 1 <= new.window_pdus <= _MAX_WINDOW, "1-1024", "1-1024"),
        ("connections", 1 <= new.connections <= _MAX_CONNECTIONS, "1-64", "1-64"),
        ("heartbeat", new.heartbeat_s >= 1, "at least 1 second", "至少 1 秒"),
        ("response_timeout", new.response_timeout_s >= 1, "at least 1 second", "至少 1 秒"),
        ("listen_port", is_listening is is_mm7, "a port for mm7, and none for others", "仅 mm7 需要，1-65535"),
        (
            "mm7_schema",
            new.mm7_schema is None or (is_mm7 and bool(_MM7_SCHEMA.fullmatch(new.mm7_schema))),
            "a release like REL-6-MM7-1-4, for mm7",
            "仅用于 mm7，例如 REL-6-MM7-1-4",
        ),
    )
    for field, is_good, en, zh in checks:
        if not is_good:
            raise InvalidInput(field, reason=en, reason_zh=zh)


def is_throttled(result: int) -> bool:
    """Tell whether a submit result asks us to slow down: certain not taken, worth another try."""
    return result == rules.RESULT_THROTTLED


def is_in_doubt(result: int) -> bool:
    """Tell whether a submit result leaves open if the carrier took the part: never sent again."""
    return result == rules.RESULT_REPEATED
