"""Signing in to the console: passwords, lock-outs, sessions and their tokens."""

import asyncio
import hashlib
import hmac
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError, NotFound
from hongyan.kernel.ids import Ids
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.identity.contracts import Actor, OpenSession, OwnSession, Session, TenantState, User, UserState
from hongyan.rooms.identity.errors import (
    CsrfRefused,
    NotSignedIn,
    PasswordChangeWanted,
    PasswordUnchanged,
    SecondFactorRefused,
    SignInBusy,
    SignInRefused,
    TenantSuspended,
    TooManyTries,
)
from hongyan.rooms.identity.rules import lockouts as rules
from hongyan.rooms.identity.rules import names
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.service.second_factors import SecondFactorsService
from hongyan.rooms.identity.store import access, lockouts, people, tenants
from hongyan.rooms.identity.store import sessions as store

IDLE = timedelta(hours=12)
LIFETIME = timedelta(days=7)
ROTATE_AFTER = timedelta(hours=1)
_GRACE = timedelta(seconds=60)
_TOUCH_EVERY = timedelta(minutes=1)
_TOKEN_BYTES = 32
_CSRF_PURPOSE = "csrf token"
_NAME_CHARS = 130
_AGENT_CHARS = 200
_AT_ONCE = 4
_MAX_WAITING = 64


class SessionsService:
    """Checks passwords, opens sessions and finds them again."""

    def __init__(
        self,
        *,
        clock: Clock,
        ids: Ids,
        ring: KeyRing,
        audit: AuditLog,
        passwords: Passwords,
        second_factors: SecondFactorsService,
    ) -> None:
        """Seal CSRF tokens with ``ring``."""
        self._clock = clock
        self._ids = ids
        self._ring = ring
        self._audit = audit
        self._passwords = passwords
        self._second_factors = second_factors
        self._turns = asyncio.Semaphore(_AT_ONCE)
        self._waiting = 0

    @asynccontextmanager
    async def turn(self) -> AsyncIterator[None]:
        """Wait for a turn to check a password; the edge takes it *before* it opens a transaction.

        A hash takes long on purpose: a flood of sign-ins must wait without holding the database's connections.

        Raises:
            SignInBusy: too many wait already.
        """
        if self._waiting >= _MAX_WAITING:
            raise SignInBusy
        self._waiting += 1
        try:
            await self._turns.acquire()
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()

    async def check_password(
        self,
        uow: Uow,
        login: str,
        password: str,
        *,
        code: str | None = None,
        new_password: str | None = None,
        domain_name: str | None = None,
        address: str | None = None,
        request_id: str | None = None,
    ) -> User | HongyanError:
        """Return the user whose name and password these are, or why not.

        ``login`` is a user's name, or ``account/name`` where two accounts have a user of that name. ``code`` is that of
        the second factor where the user has one; ``new_password`` takes the place of a temporary password. The refusal
        is *returned*: the transaction must be committed in either case, for it counts the failures.

        Raises:
            InvalidInput: the new password is too weak.
        """
        now = self._clock.now()
        account, slash, name = login[:_NAME_CHARS].partition("/")
        if slash and domain_name is None:
            domain_name = account
        found = await people.find_by_login(uow, name if slash else login[:_NAME_CHARS], domain_name)
        user = found.user if found else None
        subject = user.id if user else f"{domain_name or ''}/{login[:_NAME_CHARS]}".casefold()
        waits = [rules.wait_s(await lockouts.find_lock(uow, rules.USER, subject), now)]
        if address:
            waits.append(rules.wait_s(await lockouts.find_lock(uow, rules.ADDRESS, address), now))
        if max(waits):
            return TooManyTries(wait_s=max(waits))
        right = await self._passwords.verify(found.password_hash if found else None, password)
        refused: HongyanError | None
        if not right or found is None or found.user.state is not UserState.ACTIVE:
            refused = SignInRefused()
        else:
            refused = await self._check_further(uow, found, code, password, new_password)
        if isinstance(refused, SignInRefused | SecondFactorRefused):
            await lockouts.note_failure(uow, rules.USER, subject, now)
            if address:
                await lockouts.note_failure(uow, rules.ADDRESS, address, now)
            if user is not None:
                await self._note_refusal(uow, user, refused, address, request_id)
        if refused is not None or found is None:
            return refused or SignInRefused()
        await lockouts.forgive(uow, rules.USER, subject)
        if found.must_change_password and new_password is not None:
            await self._replace_password(uow, found.user, new_password, address, request_id)
        elif self._passwords.is_outdated(found.password_hash):
            fresh = await self._passwords.hash(password)
            await people.update_user(uow, found.user.tenant_id, found.user.id, {"password_hash": fresh})
        return found.user

    async def sign_in(
        self,
        uow: Uow,
        login: str,
        password: str,
        *,
        code: str | None = None,
        new_password: str | None = None,
        address: str | None = None,
        agent: str | None = None,
        request_id: str | None = None,
    ) -> tuple[Session, str] | HongyanError:
        """Open a session and return it with its token (for the cookie), or why not; commit in either case.

        The rest is as for :meth:`check_password`; ``agent`` is what the browser calls itself.
        """
        user = await self.check_password(
            uow, login, password, code=code, new_password=new_password, address=address, request_id=request_id
        )
        if isinstance(user, HongyanError):
            return user
        tenant = None if user.tenant_id is None else await tenants.find_tenant(uow, user.tenant_id)
        if tenant is not None and tenant.state is not TenantState.ACTIVE:
            return TenantSuspended()
        now = self._clock.now()
        token, csrf = secrets.token_urlsafe(_TOKEN_BYTES), secrets.token_urlsafe(_TOKEN_BYTES)
        session = Session(self._ids.uuid(), user, tenant, csrf, now + LIFETIME)
        await store.insert_session(
            uow,
            session_id=session.id,
            user_id=user.id,
            token_hash=_hash(token),
            sealed_csrf=self._ring.seal(_CSRF_PURPOSE, csrf.encode()),
            at=now,
            address=address,
            agent=None if agent is None else agent[:_AGENT_CHARS],
        )
        await people.note_sign_in(uow, user.id, now)
        actor = actor_of(session, address, request_id)
        await self._audit.note(uow, actor, "session.sign_in", subject_kind="user", subject_id=user.id)
        return session, token

    async def find_session(self, uow: Uow, token: str) -> OpenSession:
        """Return the session of a cookie, with a new token when the old one is an hour old or the roles have changed.

        Raises:
            NotSignedIn: no such session, or it ended.
            TenantSuspended: the account was suspended meanwhile.
        """
        now, token_hash = self._clock.now(), _hash(token)
        row = await store.find_session(uow, token_hash)
        if row is None or _ended(row, token_hash, now):
            raise NotSignedIn
        if row.tenant is not None and row.tenant.state is not TenantState.ACTIVE:
            raise TenantSuspended
        csrf = self._ring.open(_CSRF_PURPOSE, row.sealed_csrf).decode()
        session = Session(row.id, row.user, row.tenant, csrf, row.created_at + LIFETIME)
        new_token = None
        if row.token_hash == token_hash and (row.rotate or now - row.rotated_at >= ROTATE_AFTER):
            fresh = secrets.token_urlsafe(_TOKEN_BYTES)
            rotated = await store.rotate_session(
                uow, row.id, old_hash=token_hash, new_hash=_hash(fresh), at=now, previous_until=now + _GRACE
            )
            new_token = fresh if rotated else None
        elif now - row.seen_at >= _TOUCH_EVERY:
            await store.touch_session(uow, row.id, now)
        return OpenSession(session, new_token)

    async def is_valid(self, uow: Uow, session: Session) -> bool:
        """Tell whether a session goes on as it was: not ended, its account active, its user's roles the same."""
        row = await store.find_session_by_id(uow, session.id)
        if row is None or _ended(row, row.token_hash, self._clock.now()) or row.user.roles != session.user.roles:
            return False
        return row.tenant is None or row.tenant.state is TenantState.ACTIVE

    async def sign_out(self, uow: Uow, session: Session, actor: Actor) -> None:
        """End a session."""
        await store.delete_session(uow, session.id)
        await self._audit.note(uow, actor, "session.sign_out", subject_kind="user", subject_id=actor.user_id)

    async def list_own(self, uow: Uow, session: Session) -> tuple[OwnSession, ...]:
        """Return the sessions of a session's user, the last used first."""
        now = self._clock.now()
        return await store.list_sessions(uow, session.user.id, seen_after=now - IDLE, created_after=now - LIFETIME)

    async def end_own(self, uow: Uow, actor: Actor, session_id: str) -> None:
        """End one of the actor's sessions.

        Raises:
            NotFound: it is none of theirs.
        """
        if not await store.delete_own(uow, actor.user_id, session_id):
            raise NotFound(what="session", id=session_id)
        await self._audit.note(uow, actor, "session.end", subject_kind="user", subject_id=actor.user_id)

    async def end_others(self, uow: Uow, session: Session, actor: Actor) -> int:
        """End every session of the actor but this one; returns how many."""
        count = await store.delete_others(uow, actor.user_id, session.id)
        if count:
            whose = actor.user_id
            after = {"count": count}
            await self._audit.note(uow, actor, "session.end", subject_kind="user", subject_id=whose, after=after)
        return count

    async def delete_ended(self, uow: Uow) -> None:
        """Remove sessions that have ended (repeating it changes nothing)."""
        now = self._clock.now()
        await store.delete_ended(uow, seen_before=now - IDLE, created_before=now - LIFETIME)

    async def _check_further(
        self, uow: Uow, found: people.Login, code: str | None, password: str, new_password: str | None
    ) -> HongyanError | None:
        """Check what else a right password needs; the code comes last, for it is used up."""
        if found.must_change_password:
            if new_password is None:
                return PasswordChangeWanted("new_password")
            if new_password == password:
                return PasswordUnchanged("new_password")
            names.check_password(new_password, found.user.name, field="new_password")
        return await self._second_factors.check_at_sign_in(uow, found.user, code)

    async def _replace_password(
        self, uow: Uow, user: User, new: str, address: str | None, request_id: str | None
    ) -> None:
        """Set the password that its user has chosen in place of a temporary one."""
        values = {"password_hash": await self._passwords.hash(new), "must_change_password": False}
        await people.update_user(uow, user.tenant_id, user.id, values)
        await store.delete_sessions(uow, user.id)
        await access.delete_tokens(uow, user.id)
        actor = _actor(user, address, request_id)
        await self._audit.note(uow, actor, "user.change_password", subject_kind="user", subject_id=user.id)

    async def _note_refusal(
        self, uow: Uow, user: User, refused: HongyanError, address: str | None, request_id: str | None
    ) -> None:
        """Tell the user's account that somebody tried; the lock-outs bound how often."""
        actor = _actor(user, address, request_id)
        after = {"reason": refused.code}
        await self._audit.note(uow, actor, "session.refuse", subject_kind="user", subject_id=user.id, after=after)


def check_csrf(session: Session, header: str | None) -> None:
    """Let a write pass that carries the session's CSRF token.

    Raises:
        CsrfRefused: none, or another one.
    """
    if not hmac.compare_digest((header or "").encode(), session.csrf_token.encode()):
        raise CsrfRefused


def actor_of(session: Session, address: str | None, request_id: str | None) -> Actor:
    """Return who acts in a session."""
    return _actor(session.user, address, request_id)


def _actor(user: User, address: str | None, request_id: str | None) -> Actor:
    return Actor(user.tenant_id, user.id, user.name, user.roles, "console", address, request_id)


def _ended(row: store.SessionRow, token_hash: bytes, now: datetime) -> bool:
    replaced = row.token_hash != token_hash and (row.previous_until is None or row.previous_until <= now)
    stale = now - row.seen_at >= IDLE or now - row.created_at >= LIFETIME
    return replaced or stale or row.user.state is not UserState.ACTIVE


def _hash(token: str) -> bytes:
    """Tokens are 256 random bits: one plain digest is enough."""
    return hashlib.sha256(token.encode()).digest()
