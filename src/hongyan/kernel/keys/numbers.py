"""Phone numbers sealed under their tenant's key: deterministic, so look-up and dedupe work on sealed values.

AES-SIV (RFC 5297) with a 64-byte key per tenant; the tenant key itself is sealed by the ring. Source: ADR 0012.
"""

import secrets
from collections.abc import Iterable

from cryptography.hazmat.primitives.ciphers.aead import AESSIV
from sqlalchemy import Column, DateTime, LargeBinary, Table, Uuid, func, select
from sqlalchemy.dialects.postgresql import insert

from hongyan.kernel.db.database import Uow
from hongyan.kernel.db.metadata import metadata
from hongyan.kernel.ids import TenantId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.kernel.phones import Phone

_PURPOSE = "tenant key"
_KEY_BYTES = 64
_TEXT = [b"text"]
"""Bound to sealed texts, so that one is never taken for a number."""

tenant_keys = Table(
    "kernel_tenant_keys",
    metadata,
    Column("tenant_id", Uuid(as_uuid=False), primary_key=True),
    Column("sealed_key", LargeBinary, nullable=False),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=func.now()),
)


class NumberSealer:
    """Seals and opens the numbers of one tenant."""

    __slots__ = ("_siv",)

    def __init__(self, key: bytes) -> None:
        """Use a 64-byte key."""
        self._siv = AESSIV(key)

    def seal(self, phone: str) -> bytes:
        """Return the sealed number (canonical digits in, 16 bytes longer out); the same each time."""
        return self._siv.encrypt(phone.encode("ascii"), None)

    def seal_all(self, phones: Iterable[str]) -> list[bytes]:
        """Seal many, in order. About 2 µs each."""
        encrypt = self._siv.encrypt
        return [encrypt(phone.encode("ascii"), None) for phone in phones]

    def open(self, sealed: bytes) -> Phone:
        """Return the number.

        Raises:
            cryptography.exceptions.InvalidTag: sealed under another tenant's key, or changed.
        """
        return Phone(self._siv.decrypt(bytes(sealed), None).decode("ascii"))

    def seal_text(self, text: str) -> bytes:
        """Return any text of a person sealed (a customer's own mark, values of a card); the same each time."""
        return self._siv.encrypt(text.encode(), _TEXT)

    def open_text(self, sealed: bytes) -> str:
        """Return what :meth:`seal_text` sealed.

        Raises:
            cryptography.exceptions.InvalidTag: sealed under another tenant's key, or changed.
        """
        return self._siv.decrypt(bytes(sealed), _TEXT).decode()


class TenantKeys:
    """The number sealers of all tenants, created on first use and kept in memory."""

    def __init__(self, ring: KeyRing) -> None:
        """Open and seal tenant keys with ``ring``."""
        self._ring = ring
        self._sealers: dict[TenantId, NumberSealer] = {}

    async def sealer(self, uow: Uow, tenant_id: TenantId) -> NumberSealer:
        """Return the tenant's sealer, making its key when it has none yet (two makers at once agree on one).

        It is remembered once the transaction is durable: the key that it found may be one of its own making.
        """
        known = self._sealers.get(tenant_id)
        if known is not None:
            return known
        sealed = await self._find(uow, tenant_id)
        if sealed is None:
            fresh = self._ring.seal(_PURPOSE, secrets.token_bytes(_KEY_BYTES))
            await uow.execute(
                insert(tenant_keys).values(tenant_id=tenant_id, sealed_key=fresh).on_conflict_do_nothing()
            )
            sealed = await self._find(uow, tenant_id)
            if sealed is None:
                msg = "the tenant key just written is not there"
                raise RuntimeError(msg)
        sealer = NumberSealer(self._ring.open(_PURPOSE, sealed))

        async def remember() -> None:
            self._sealers[tenant_id] = sealer

        uow.after_commit(remember)
        return sealer

    async def open_all(self, uow: Uow) -> int:
        """Open every tenant key, remembering none; returns how many.

        Raises:
            KeyRingError: one does not open with this ring.
        """
        sealed = (await uow.execute(select(tenant_keys.c.sealed_key))).scalars().all()
        for key in sealed:
            self._ring.open(_PURPOSE, key)
        return len(sealed)

    async def reseal_all(self, uow: Uow, ring: KeyRing) -> int:
        """Seal every tenant key again with ``ring`` (key rotation); returns how many."""
        rows = (await uow.execute(select(tenant_keys.c.tenant_id, tenant_keys.c.sealed_key))).all()
        for row in rows:
            again = ring.seal(_PURPOSE, self._ring.open(_PURPOSE, row.sealed_key))
            await uow.execute(
                tenant_keys.update().where(tenant_keys.c.tenant_id == row.tenant_id).values(sealed_key=again)
            )
        return len(rows)

    @staticmethod
    async def _find(uow: Uow, tenant_id: TenantId) -> bytes | None:
        statement = select(tenant_keys.c.sealed_key).where(tenant_keys.c.tenant_id == tenant_id)
        return (await uow.execute(statement)).scalar_one_or_none()
