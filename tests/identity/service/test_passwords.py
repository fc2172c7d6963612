"""Where nobody has the name, a password is checked as long as where somebody has."""

import pytest
from argon2 import PasswordHasher, extract_parameters
from argon2.exceptions import VerifyMismatchError

from hongyan.rooms.identity.service.passwords import Passwords, hash_of_nothing


async def test_a_password_is_right_or_wrong_and_without_a_hash_always_wrong() -> None:
    passwords = Passwords(memory_kib=64, passes=1)
    stored = await passwords.hash("correct horse")
    assert await passwords.verify(stored, "correct horse")
    assert not await passwords.verify(stored, "battery staple")
    assert not await passwords.verify(None, "correct horse")
    assert not await passwords.verify("not a hash", "correct horse")


def test_what_stands_for_nobodys_hash_costs_as_much_as_a_real_one_and_is_computed() -> None:
    hasher = PasswordHasher(time_cost=2, memory_cost=128, parallelism=1)
    nobodys = hash_of_nothing(hasher)
    assert extract_parameters(nobodys) == extract_parameters(hasher.hash("correct horse"))
    with pytest.raises(VerifyMismatchError):
        hasher.verify(nobodys, "correct horse")
    assert hash_of_nothing(hasher) != nobodys
