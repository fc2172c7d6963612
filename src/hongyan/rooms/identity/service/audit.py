"""The audit log: who did what, to what, from where, with what effect."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.paging import Page
from hongyan.rooms.identity.contracts import Actor, AuditEntry, AuditFilter, Permission, Role
from hongyan.rooms.identity.store import audit as store


class AuditLog:
    """Adds entries in the transaction of the act itself, and lists them."""

    def __init__(self, clock: Clock) -> None:
        """Take times from ``clock``."""
        self._clock = clock

    async def note(
        self,
        uow: Uow,
        actor: Actor,
        action: str,
        *,
        subject_kind: str,
        subject_id: str,
        tenant_id: TenantId | None = None,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> None:
        """Add an entry; ``action`` is ``noun.verb``.

        ``tenant_id`` is whose log it goes to: by default the actor's own tenant. ``before`` and ``after`` are plain
        JSON values and must hold no secret and no phone number in clear.
        """
        await store.insert_entry(
            uow,
            actor,
            tenant_id=tenant_id or actor.tenant_id,
            at=self._clock.now(),
            action=action,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=None if before is None else dict(before),
            after=None if after is None else dict(after),
        )

    async def list_entries(
        self,
        uow: Uow,
        actor: Actor,
        *,
        action: str | None = None,
        user_id: UserId | None = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        offset: int = 0,
        limit: int = 20,
    ) -> Page[AuditEntry]:
        """Return what :meth:`find_entries` does, by the filters that other rooms need."""
        wanted = AuditFilter(action=action, user_id=user_id, begin=begin, end=end)
        return await self.find_entries(uow, actor, wanted, offset=offset, limit=limit)

    async def find_entries(
        self, uow: Uow, actor: Actor, wanted: AuditFilter, *, offset: int, limit: int
    ) -> Page[AuditEntry]:
        """Return the newest entries first: those of the actor's tenant; the platform's operator sees all.

        Raises:
            Forbidden: the actor may not read the log.
        """
        actor.require(Permission.AUDIT_LIST)
        everybody = _sees_everybody(actor)
        return await store.list_entries(
            uow, actor.tenant_id, everybody=everybody, wanted=wanted, offset=offset, limit=limit
        )

    async def read_entries(
        self, uow: Uow, actor: Actor, wanted: AuditFilter, *, below: int | None, limit: int
    ) -> tuple[AuditEntry, ...]:
        """Return the newest entries whose id is below another (``None``: any), to read a long log in pieces.

        Raises:
            Forbidden: the actor may not read the log.
        """
        actor.require(Permission.AUDIT_LIST)
        everybody = _sees_everybody(actor)
        return await store.read_entries(
            uow, actor.tenant_id, everybody=everybody, wanted=wanted, below=below, limit=limit
        )

    async def list_words(self, uow: Uow, actor: Actor) -> tuple[list[str], list[str]]:
        """Return the actions and the kinds of subject that the latest entries hold, for filters.

        Raises:
            Forbidden: the actor may not read the log.
        """
        actor.require(Permission.AUDIT_LIST)
        return await store.list_words(uow, actor.tenant_id, everybody=_sees_everybody(actor))


def _sees_everybody(actor: Actor) -> bool:
    return actor.tenant_id is None and Role.PLATFORM_OPERATOR in actor.roles
