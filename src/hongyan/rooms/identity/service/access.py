"""Access to the API: AK/SK pairs, and tokens for those who do not sign."""

import hashlib
import secrets
import string
from dataclasses import replace
from datetime import timedelta

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, InvalidInput, NotFound
from hongyan.kernel.ids import TenantId, UserId
from hongyan.kernel.keys.ring import KeyRing
from hongyan.rooms.identity.contracts import (
    AccessKey,
    Actor,
    KeyState,
    NewAccessKey,
    Permission,
    Signer,
    Tenant,
    TenantState,
    Token,
    TokenScope,
    User,
    UserState,
)
from hongyan.rooms.identity.errors import GatewayRefused, TenantSuspended, TooManyKeys
from hongyan.rooms.identity.rules import lockouts as lock_rules
from hongyan.rooms.identity.service.audit import AuditLog
from hongyan.rooms.identity.store import access as store
from hongyan.rooms.identity.store import lockouts, people

MAX_KEYS = 5
TOKEN_LIFETIME = timedelta(hours=24)
_PURPOSE = "access key"
_AK_CHARS = 20
_SK_CHARS = 40
_AK_ALPHABET = string.ascii_uppercase + string.digits
_SK_ALPHABET = string.ascii_letters + string.digits
_DESCRIPTION_CHARS = 100
_TOKEN_BYTES = 48
_TOUCH_EVERY = timedelta(minutes=1)


class AccessService:
    """Makes access keys and tokens, and finds who stands behind them."""

    def __init__(self, *, clock: Clock, ring: KeyRing, audit: AuditLog) -> None:
        """Seal secrets with ``ring``."""
        self._clock = clock
        self._ring = ring
        self._audit = audit

    async def create_key(
        self, uow: Uow, actor: Actor, *, description: str = "", user_id: UserId | None = None
    ) -> NewAccessKey:
        """Make a pair for the actor, or for another user of the tenant; the secret is in the answer and nowhere else.

        Raises:
            Forbidden: the actor may not hold keys, or may not make them for others.
            TooManyKeys: the user holds five.
        """
        tenant_id = actor.tenant()
        owner = await self._owner(uow, actor, tenant_id, user_id or actor.user_id)
        if len(description) > _DESCRIPTION_CHARS:
            limit = _DESCRIPTION_CHARS
            raise InvalidInput("description", reason=f"at most {limit} characters", reason_zh=f"最多{limit}个字符")
        if await store.count_keys(uow, tenant_id, owner.id) >= MAX_KEYS:
            raise TooManyKeys(limit=MAX_KEYS)
        ak, sk = _random(_AK_ALPHABET, _AK_CHARS), _random(_SK_ALPHABET, _SK_CHARS)
        key = AccessKey(ak, owner.id, owner.name, tenant_id, KeyState.ACTIVE, description, self._clock.now(), None)
        await store.insert_key(uow, key, self._ring.seal(_PURPOSE, sk.encode()))
        await self._note(uow, actor, "access_key.create", key)
        return NewAccessKey(key, sk)

    async def list_keys(self, uow: Uow, actor: Actor) -> tuple[AccessKey, ...]:
        """Return the actor's keys, or all of the tenant for who manages its people."""
        tenant_id = actor.tenant(Permission.ACCESS_KEY_OWN)
        everybody = actor.may(Permission.USER_EDIT)
        return await store.list_keys(uow, tenant_id, None if everybody else actor.user_id)

    async def set_key_state(self, uow: Uow, actor: Actor, ak: str, state: KeyState) -> AccessKey:
        """Disable a key (in force everywhere within two seconds), or enable it again."""
        key = await self._get_key(uow, actor, ak)
        await store.set_key_state(uow, key.tenant_id, ak, state)
        changed = replace(key, state=state)
        await self._note(uow, actor, "access_key.set_state", changed)
        return changed

    async def rotate_key(self, uow: Uow, actor: Actor, ak: str) -> NewAccessKey:
        """Give a key another secret; the old one ends within two seconds.

        Who needs both for a while makes a second key and disables the first one later.
        """
        key = await self._get_key(uow, actor, ak)
        sk = _random(_SK_ALPHABET, _SK_CHARS)
        await store.set_sealed_sk(uow, key.tenant_id, ak, self._ring.seal(_PURPOSE, sk.encode()))
        await self._note(uow, actor, "access_key.rotate", key)
        return NewAccessKey(key, sk)

    async def delete_key(self, uow: Uow, actor: Actor, ak: str) -> None:
        """Remove a key for ever."""
        key = await self._get_key(uow, actor, ak)
        await store.delete_key(uow, key.tenant_id, ak)
        await self._note(uow, actor, "access_key.delete", key)

    async def find_signer(self, uow: Uow, ak: str) -> Signer | None:
        """Return who signs with a key, the secret opened."""
        found = await store.find_signer(uow, ak)
        if found is None:
            return None
        signer, sealed = found
        return replace(signer, sk=self._ring.open(_PURPOSE, sealed))

    def check_signer(self, signer: Signer | None) -> Signer:
        """Return the signer when the key may be tried at all, before any signature is compared.

        Raises:
            GatewayRefused: no such key, disabled, its user is, or it is locked after failures.
        """
        if signer is None or signer.key_state is not KeyState.ACTIVE or signer.user.state is not UserState.ACTIVE:
            raise GatewayRefused(detail="Get secretKey failed")
        if signer.locked_until is not None and signer.locked_until > self._clock.now():
            raise GatewayRefused(detail="AK access failed to reach the limit,forbidden")
        return signer

    async def note_bad_signature(self, uow: Uow, signer: Signer, actor: Actor) -> None:
        """Count a wrong signature; the fifth in a row locks the key for five minutes."""
        lock = await lockouts.note_failure(uow, lock_rules.ACCESS_KEY, signer.ak, self._clock.now())
        if lock.locked_until is not None:
            until = {"locked_until": lock.locked_until.isoformat()}
            await self._audit.note(
                uow, actor, "access_key.lock", subject_kind="access_key", subject_id=signer.ak, after=until
            )

    def needs_note(self, signer: Signer) -> bool:
        """Tell whether a good signature changes what is stored about the key."""
        used = signer.last_used_at
        return signer.failures > 0 or used is None or self._clock.now() - used >= _TOUCH_EVERY

    async def note_good_signature(self, uow: Uow, signer: Signer) -> None:
        """Forget failures and note the use, at most once a minute."""
        now = self._clock.now()
        if signer.failures:
            await lockouts.forgive(uow, lock_rules.ACCESS_KEY, signer.ak)
        await store.touch_key(uow, signer.ak, at=now, not_since=now - _TOUCH_EVERY)

    async def issue_token(self, uow: Uow, user: User, tenant: Tenant, scope: TokenScope) -> tuple[str, Token]:
        """Return a new token's text, which is shown this once, and what it stands for; it is good for 24 hours."""
        text = secrets.token_urlsafe(_TOKEN_BYTES)
        now = self._clock.now()
        token = Token(user, tenant, scope, now, now + TOKEN_LIFETIME)
        await store.insert_token(
            uow,
            token_hash=_hash(text),
            user_id=user.id,
            scope=scope,
            issued_at=token.issued_at,
            expires_at=token.expires_at,
        )
        return text, token

    async def find_token(self, uow: Uow, text: str) -> Token | None:
        """Return what a token stands for, expired or not."""
        return await store.find_token(uow, _hash(text))

    def check_token(self, token: Token | None) -> Token:
        """Return the token when it is good now.

        Raises:
            GatewayRefused: unknown, its user is disabled, or it expired.
        """
        if token is None or token.user.state is not UserState.ACTIVE:
            raise GatewayRefused(detail="decrypt token fail")
        if token.expires_at <= self._clock.now():
            expired = token.expires_at.strftime("%Y-%m-%dT%H:%M:%S.%fZ")
            raise GatewayRefused(detail=f"token expires, expires_at: {expired}")
        return token

    async def reseal_all(self, uow: Uow, ring: KeyRing) -> int:
        """Seal every secret again with ``ring`` (rotation of the key ring); returns how many."""
        rows = await store.list_sealed(uow)
        for tenant_id, ak, sealed in rows:
            await store.set_sealed_sk(uow, tenant_id, ak, ring.seal(_PURPOSE, self._ring.open(_PURPOSE, sealed)))
        return len(rows)

    async def delete_expired(self, uow: Uow) -> None:
        """Remove tokens a day after their end, and old counts of failures (repeating it changes nothing)."""
        yesterday = self._clock.now() - timedelta(days=1)
        await store.delete_expired_tokens(uow, yesterday)
        await lockouts.delete_old(uow, yesterday)

    async def _owner(self, uow: Uow, actor: Actor, tenant_id: TenantId, user_id: UserId) -> User:
        actor.require(Permission.ACCESS_KEY_OWN if user_id == actor.user_id else Permission.USER_EDIT)
        # Locked: two requests at once must not make a sixth key.
        owner = await people.find_user(uow, tenant_id, user_id, lock=True)
        if owner is None:
            raise NotFound(what="user", id=user_id)
        return owner

    async def _get_key(self, uow: Uow, actor: Actor, ak: str) -> AccessKey:
        tenant_id = actor.tenant(Permission.ACCESS_KEY_OWN)
        key = await store.find_key(uow, tenant_id, ak)
        if key is None or (key.user_id != actor.user_id and not actor.may(Permission.USER_EDIT)):
            raise NotFound(what="access key", id=ak)
        return key

    async def _note(self, uow: Uow, actor: Actor, action: str, key: AccessKey) -> None:
        after = {"user_id": key.user_id, "state": key.state.value, "description": key.description}
        await self._audit.note(
            uow, actor, action, subject_kind="access_key", subject_id=key.ak, tenant_id=key.tenant_id, after=after
        )


def require_active(tenant: Tenant) -> None:
    """Let an active tenant pass.

    Raises:
        TenantSuspended: the operator has suspended it.
    """
    if tenant.state is not TenantState.ACTIVE:
        raise TenantSuspended


def require_project_scope(token: Token) -> None:
    """Let a project-scoped token pass: the message service takes no other.

    Raises:
        Forbidden: the token is for the account as a whole.
    """
    if token.scope != "project":
        raise Forbidden(permission="a project-scoped token")


def _random(alphabet: str, chars: int) -> str:
    return "".join(secrets.choice(alphabet) for _ in range(chars))


def _hash(text: str) -> bytes:
    return hashlib.sha256(text.encode()).digest()
