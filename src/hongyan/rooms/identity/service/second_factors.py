"""The second factor at sign-in: an authenticator app's code, or a recovery code where the phone is lost."""

import hashlib
import secrets
from collections.abc import Collection

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, HongyanError, NotFound
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.identity.contracts import Actor, Enrolment, Permission, SecondFactor, User
from hongyan.rooms.identity.errors import (
    PasswordWrong,
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRefused,
    SecondFactorWanted,
    TooManyTries,
    WrongCode,
)
from hongyan.rooms.identity.rules import lockouts as lock_rules
from hongyan.rooms.identity.rules import one_time_codes as rules
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.store import lockouts, people, tenants
from hongyan.rooms.identity.store import second_factors as store

_PURPOSE = "second factor"


class SecondFactorsService:
    """Enrols users, checks their codes, and switches the second factor off."""

    def __init__(self, *, clock: Clock, ring: KeyRing, audit: AuditLog, passwords: Passwords) -> None:
        """Seal secrets with ``ring``."""
        self._clock = clock
        self._ring = ring
        self._audit = audit
        self._passwords = passwords

    async def describe(self, uow: Uow, actor: Actor) -> SecondFactor:
        """Return how the actor's second factor stands."""
        row = await store.find_factor(uow, actor.user_id)
        since = None if row is None else row.confirmed_at
        return SecondFactor(since, await store.count_codes(uow, actor.user_id))

    async def begin(self, uow: Uow, actor: Actor, password: str) -> Enrolment:
        """Make a secret for the actor's app; it counts once :meth:`confirm` has seen a code of it.

        Raises:
            PasswordWrong: it is not the actor's: an unlocked screen alone must not be enough.
            SecondFactorOn: there is one already.
        """
        stored = await people.find_password_hash(uow, actor.tenant_id, actor.user_id)
        if not await self._passwords.verify(stored, password):
            raise PasswordWrong("password")
        secret = secrets.token_bytes(rules.SECRET_BYTES)
        sealed = self._ring.seal(_PURPOSE, secret)
        if not await store.put_factor(uow, actor.user_id, sealed, self._clock.now()):
            raise SecondFactorOn
        tenant = None if actor.tenant_id is None else await tenants.find_tenant(uow, actor.tenant_id)
        account = actor.user_name if tenant is None else f"{tenant.domain_name}/{actor.user_name}"
        return Enrolment(rules.secret_text(secret), rules.otpauth_uri(secret, account))

    async def confirm(self, uow: Uow, actor: Actor, code: str) -> tuple[str, ...]:
        """Switch the second factor on, and return the recovery codes, which are shown this once.

        Raises:
            SecondFactorOff: nothing was begun.
            SecondFactorOn: it is on already.
            WrongCode: the app's clock or secret is another one.
        """
        row = await store.find_factor(uow, actor.user_id, lock=True)
        if row is None:
            raise SecondFactorOff
        if row.confirmed_at is not None:
            raise SecondFactorOn
        now = self._clock.now()
        step = rules.matching_step(self._secret(row), code, now, after=row.last_step)
        if step is None or not await store.use_step(uow, actor.user_id, step):
            raise WrongCode("code")
        await store.confirm_factor(uow, actor.user_id, now)
        codes = await self._give_codes(uow, actor.user_id)
        await self._note(uow, actor, "second_factor.enable", actor.user_id, actor.tenant_id)
        return codes

    async def check_at_sign_in(self, uow: Uow, user: User, code: str | None) -> HongyanError | None:
        """Use up a code and return ``None`` when the user may pass, or why not."""
        row = await store.find_factor(uow, user.id)
        if row is None or row.confirmed_at is None:
            return None
        if not code:
            return SecondFactorWanted("code")
        return None if await self._use(uow, user.id, row, code) else SecondFactorRefused("code")

    async def switch_off(self, uow: Uow, actor: Actor, code: str) -> HongyanError | None:
        """Switch the actor's second factor off; returns the refusal, if any: commit in either case."""
        refused = await self._check(uow, actor, code)
        if refused is None:
            await store.delete_factor(uow, actor.user_id)
            await self._note(uow, actor, "second_factor.disable", actor.user_id, actor.tenant_id)
        return refused

    async def renew_codes(self, uow: Uow, actor: Actor, code: str) -> tuple[str, ...] | HongyanError:
        """Return new recovery codes in place of all old ones, or the refusal: commit in either case."""
        refused = await self._check(uow, actor, code)
        if refused is not None:
            return refused
        await self._note(uow, actor, "second_factor.renew_codes", actor.user_id, actor.tenant_id)
        return await self._give_codes(uow, actor.user_id)

    async def reset(self, uow: Uow, actor: Actor, tenant_id: TenantId | None, user_id: UserId) -> None:
        """Take the second factor from somebody who has lost it; they sign in with the password alone.

        Raises:
            Forbidden: the actor does not manage the people there, or it is their own.
            NotFound: no such user there.
            SecondFactorOff: the user has none.
        """
        actor.require(Permission.USER_EDIT)
        if user_id == actor.user_id or (actor.tenant_id is not None and actor.tenant_id != tenant_id):
            raise Forbidden(permission=Permission.USER_EDIT.value)
        if await people.find_user(uow, tenant_id, user_id) is None:
            raise NotFound(what="user", id=user_id)
        if not await store.delete_factor(uow, user_id):
            raise SecondFactorOff
        await self._note(uow, actor, "second_factor.reset", user_id, tenant_id)

    async def find_enrolled(self, uow: Uow, user_ids: Collection[UserId]) -> frozenset[UserId]:
        """Return which of these users have a second factor."""
        return await store.find_enrolled(uow, user_ids)

    async def reseal_all(self, uow: Uow, ring: KeyRing) -> int:
        """Seal every secret again with ``ring`` (rotation of the key ring); returns how many."""
        rows = await store.list_sealed(uow)
        for user_id, sealed in rows:
            await store.set_sealed(uow, user_id, ring.seal(_PURPOSE, self._ring.open(_PURPOSE, sealed)))
        return len(rows)

    async def _check(self, uow: Uow, actor: Actor, code: str) -> HongyanError | None:
        """Check a code of a second factor that is on; wrong ones count towards the lock-out."""
        now = self._clock.now()
        wait_s = lock_rules.wait_s(await lockouts.find_lock(uow, lock_rules.USER, actor.user_id), now)
        if wait_s:
            return TooManyTries(wait_s=wait_s)
        row = await store.find_factor(uow, actor.user_id)
        if row is None or row.confirmed_at is None:
            return SecondFactorOff()
        if await self._use(uow, actor.user_id, row, code):
            return None
        await lockouts.note_failure(uow, lock_rules.USER, actor.user_id, now)
        return WrongCode("code")

    async def _use(self, uow: Uow, user_id: UserId, row: store.SecondFactorRow, code: str) -> bool:
        recovery = rules.read_recovery_code(code)
        if recovery is not None:
            return await store.use_code(uow, user_id, _hash(user_id, recovery))
        step = rules.matching_step(self._secret(row), code, self._clock.now(), after=row.last_step)
        return step is not None and await store.use_step(uow, user_id, step)

    async def _give_codes(self, uow: Uow, user_id: UserId) -> tuple[str, ...]:
        codes = rules.new_recovery_codes()
        await store.replace_codes(uow, user_id, [_hash(user_id, one) for one in codes])
        return codes

    def _secret(self, row: store.SecondFactorRow) -> bytes:
        return self._ring.open(_PURPOSE, row.sealed_secret)

    async def _note(self, uow: Uow, actor: Actor, action: str, user_id: UserId, tenant_id: TenantId | None) -> None:
        await self._audit.note(uow, actor, action, subject_kind="user", subject_id=user_id, tenant_id=tenant_id)


def _hash(user_id: UserId, code: str) -> bytes:
    """Recovery codes are 79 random bits: one digest with the user as salt is enough."""
    return hashlib.sha256(f"{user_id}/{code}".encode()).digest()
