"""Password hashes: argon2id, computed off the event loop, a few at a time."""

import asyncio
import secrets
from base64 import b64encode

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from argon2.low_level import ARGON2_VERSION

_MEMORY_KIB = 32 * 1024
_PASSES = 3
_AT_ONCE = 2
"""A hash takes 32 MiB and tens of milliseconds of a core: more at once would only be a way to exhaust the machine."""


class Passwords:
    """Hashes and checks passwords."""

    def __init__(self, *, memory_kib: int = _MEMORY_KIB, passes: int = _PASSES) -> None:
        """Use argon2id with this cost for new hashes; old ones keep theirs."""
        self._hasher = PasswordHasher(time_cost=passes, memory_cost=memory_kib, parallelism=1)
        self._slots = asyncio.Semaphore(_AT_ONCE)
        self._nobody = hash_of_nothing(self._hasher)

    async def hash(self, password: str) -> str:
        """Return the hash of a password, with its salt and cost."""
        async with self._slots:
            return await asyncio.to_thread(self._hasher.hash, password)

    async def verify(self, stored_hash: str | None, password: str) -> bool:
        """Tell whether the password is right; without a hash the answer is no, after the same time."""
        async with self._slots:
            right = await asyncio.to_thread(self._verify, stored_hash or self._nobody, password)
        return right and stored_hash is not None

    def is_outdated(self, stored_hash: str) -> bool:
        """Tell whether a hash was made with another cost than new ones."""
        return self._hasher.check_needs_rehash(stored_hash)

    def _verify(self, stored_hash: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored_hash, password)
        except (VerificationError, InvalidHashError):
            return False


def hash_of_nothing(hasher: PasswordHasher) -> str:
    """Write down a hash that nothing was hashed for: checked as slowly as any other, made at once."""
    salt, digest = (
        b64encode(secrets.token_bytes(size)).rstrip(b"=").decode() for size in (hasher.salt_len, hasher.hash_len)
    )
    cost = f"m={hasher.memory_cost},t={hasher.time_cost},p={hasher.parallelism}"
    return f"$argon2id$v={ARGON2_VERSION}${cost}${salt}${digest}"
