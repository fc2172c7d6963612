"""The second factor through the service: enrolment, sign-in, replay, lock-out, recovery, reset."""

import base64
from datetime import timedelta

import pytest
from sqlalchemy import select

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, HongyanError, InvalidInput, NotFound
from hongyan.kernel.ids import UserId
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.identity.contracts import Actor, Role, Session, system_actor
from hongyan.rooms.identity.errors import (
    PasswordChangeWanted,
    PasswordUnchanged,
    PasswordWrong,
    SecondFactorOff,
    SecondFactorOn,
    SecondFactorRefused,
    SecondFactorWanted,
    TooManyTries,
    WrongCode,
)
from hongyan.rooms.identity.rules.one_time_codes import code_at, step_of
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.tables import recovery_codes, second_factors
from support.identity import PASSWORD, Household, found_household

SYSTEM = system_actor()
STEP = timedelta(seconds=30)
NEW_PASSWORD = "Another-Pass-1"


@pytest.fixture
async def house(uow: Uow, identity: IdentityService) -> Household:
    return await found_household(uow, identity)


class App:
    """An authenticator app."""

    def __init__(self, secret: str, clock: FrozenClock) -> None:
        self.secret = base64.b32decode(secret)
        self.clock = clock

    def code(self) -> str:
        return code_at(self.secret, step_of(self.clock.now()))

    def next_code(self) -> str:
        self.clock.advance(STEP)
        return self.code()

    def wrong_code(self) -> str:
        near = {code_at(self.secret, step_of(self.clock.now()) + off) for off in (-1, 0, 1)}
        return next(code for code in ("000000", "111111", "222222", "333333") if code not in near)


async def enrol(uow: Uow, identity: IdentityService, actor: Actor, clock: FrozenClock) -> tuple[App, tuple[str, ...]]:
    enrolment = await identity.second_factors.begin(uow, actor, PASSWORD)
    app = App(enrolment.secret, clock)
    return app, await identity.second_factors.confirm(uow, actor, app.code())


async def try_in(uow: Uow, identity: IdentityService, code: str | None = None) -> HongyanError | Session:
    opened = await identity.sessions.sign_in(uow, "goose-admin", PASSWORD, code=code, address="192.0.2.1")
    return opened if isinstance(opened, HongyanError) else opened[0]


async def test_nothing_changes_until_a_code_is_confirmed(uow, identity, house: Household, clock) -> None:
    enrolment = await identity.second_factors.begin(uow, house.actor, PASSWORD)
    assert enrolment.uri.startswith("otpauth://totp/Hongyan%3Agoose%2Fgoose-admin?")
    assert isinstance(await try_in(uow, identity), Session)
    with pytest.raises(WrongCode):
        await identity.second_factors.confirm(uow, house.actor, App(enrolment.secret, clock).wrong_code())
    # begun anew, the first secret is worth nothing
    again = await identity.second_factors.begin(uow, house.actor, PASSWORD)
    with pytest.raises(WrongCode):
        await identity.second_factors.confirm(uow, house.actor, App(enrolment.secret, clock).code())
    codes = await identity.second_factors.confirm(uow, house.actor, App(again.secret, clock).code())
    assert len(codes) == 10
    state = await identity.second_factors.describe(uow, house.actor)
    assert (state.since, state.codes_left) == (clock.now(), 10)
    for late in (
        identity.second_factors.begin(uow, house.actor, PASSWORD),
        identity.second_factors.confirm(uow, house.actor, App(again.secret, clock).next_code()),
    ):
        with pytest.raises(SecondFactorOn):
            await late


async def test_enrolling_needs_the_password(uow: Uow, identity: IdentityService, house: Household) -> None:
    with pytest.raises(PasswordWrong):
        await identity.second_factors.begin(uow, house.actor, "wrong-wrong")
    with pytest.raises(SecondFactorOff):
        await identity.second_factors.confirm(uow, house.actor, "123456")


async def test_sign_in_needs_a_fresh_code(uow, identity, house: Household, clock: FrozenClock) -> None:
    app, _ = await enrol(uow, identity, house.actor, clock)
    assert isinstance(await try_in(uow, identity), SecondFactorWanted)
    # the code of the enrolment is used up
    assert isinstance(await try_in(uow, identity, app.code()), SecondFactorRefused)
    code = app.next_code()
    assert isinstance(await try_in(uow, identity, code), Session)
    assert isinstance(await try_in(uow, identity, code), SecondFactorRefused)
    assert isinstance(await try_in(uow, identity, app.next_code()), Session)


async def test_wrong_codes_lock_and_right_passwords_do_not_forgive_them(uow, identity, house, clock) -> None:
    app, _ = await enrol(uow, identity, house.actor, clock)
    for _ in range(5):
        assert isinstance(await try_in(uow, identity, app.wrong_code()), SecondFactorRefused)
        assert isinstance(await try_in(uow, identity), SecondFactorWanted | TooManyTries)
    locked = await try_in(uow, identity, app.next_code())
    assert isinstance(locked, TooManyTries)
    page = await identity.audit.list_entries(uow, house.actor, action="session.refuse")
    assert page.total == 5
    assert page.items[0].after == {"reason": "identity.second_factor_refused"}
    clock.advance(timedelta(minutes=15))
    assert isinstance(await try_in(uow, identity, app.next_code()), Session)


async def test_a_recovery_code_is_good_once_and_stored_hashed(uow, identity, house, clock: FrozenClock) -> None:
    _, codes = await enrol(uow, identity, house.actor, clock)
    assert isinstance(await try_in(uow, identity, codes[3].lower()), Session)
    assert isinstance(await try_in(uow, identity, codes[3]), SecondFactorRefused)
    assert (await identity.second_factors.describe(uow, house.actor)).codes_left == 9
    stored = [row.code_hash for row in await uow.execute(select(recovery_codes.c.code_hash))]
    assert all(code.encode() not in one for code in codes for one in stored)


async def test_the_secret_is_sealed_and_resealed(uow, identity, house, clock: FrozenClock) -> None:
    app, _ = await enrol(uow, identity, house.actor, clock)
    sealed = (await uow.execute(select(second_factors.c.sealed_secret))).scalar_one()
    assert app.secret not in sealed
    assert await identity.second_factors.reseal_all(uow, create_key_ring()) == 1
    assert (await uow.execute(select(second_factors.c.sealed_secret))).scalar_one() != sealed


async def test_switching_off_needs_a_code(uow, identity, house: Household, clock: FrozenClock) -> None:
    app, codes = await enrol(uow, identity, house.actor, clock)
    off = identity.second_factors.switch_off
    assert isinstance(await off(uow, house.actor, app.wrong_code()), WrongCode)
    assert isinstance(await try_in(uow, identity), SecondFactorWanted)
    assert await off(uow, house.actor, app.next_code()) is None
    assert isinstance(await try_in(uow, identity), Session)
    assert isinstance(await off(uow, house.actor, app.next_code()), SecondFactorOff)
    # enrolled again, the old recovery codes are worth nothing
    clock.advance(STEP)
    await enrol(uow, identity, house.actor, clock)
    assert isinstance(await try_in(uow, identity, codes[0]), SecondFactorRefused)


async def test_wrong_codes_of_who_is_signed_in_lock_too(uow, identity, house: Household, clock) -> None:
    app, _ = await enrol(uow, identity, house.actor, clock)
    for _ in range(5):
        assert isinstance(await identity.second_factors.switch_off(uow, house.actor, app.wrong_code()), WrongCode)
    refused = await identity.second_factors.switch_off(uow, house.actor, app.next_code())
    assert isinstance(refused, TooManyTries)
    assert isinstance(await try_in(uow, identity, app.code()), TooManyTries)


async def test_renewed_codes_replace_all_others(uow, identity, house: Household, clock: FrozenClock) -> None:
    app, old = await enrol(uow, identity, house.actor, clock)
    assert isinstance(await identity.second_factors.renew_codes(uow, house.actor, app.wrong_code()), WrongCode)
    new = await identity.second_factors.renew_codes(uow, house.actor, app.next_code())
    assert not isinstance(new, HongyanError)
    assert not set(new) & set(old)
    assert isinstance(await try_in(uow, identity, old[0]), SecondFactorRefused)
    assert isinstance(await try_in(uow, identity, new[0]), Session)


async def test_an_administrator_resets_others_of_the_own_account_only(uow, identity, house, clock) -> None:
    swan = await found_household(uow, identity, "swan", number=1)
    new = NewUser("lilei", PASSWORD, frozenset({Role.READ_ONLY}))
    user = await identity.people.create_user(uow, SYSTEM, house.tenant.id, new)
    await enrol(uow, identity, Actor(house.tenant.id, user.id, user.name, user.roles, "console"), clock)
    await enrol(uow, identity, house.actor, clock)
    reset = identity.second_factors.reset
    with pytest.raises(Forbidden):
        await reset(uow, swan.actor, house.tenant.id, user.id)
    with pytest.raises(Forbidden):
        await reset(uow, house.actor, house.tenant.id, house.admin.id)
    with pytest.raises(NotFound):
        await reset(uow, swan.actor, swan.tenant.id, user.id)
    assert await identity.second_factors.find_enrolled(uow, [user.id, swan.admin.id]) == {user.id}
    await reset(uow, house.actor, house.tenant.id, user.id)
    opened = await identity.sessions.sign_in(uow, "lilei", PASSWORD)
    assert not isinstance(opened, HongyanError)
    with pytest.raises(SecondFactorOff):
        await reset(uow, house.actor, house.tenant.id, user.id)
    with pytest.raises(NotFound):
        await reset(uow, house.actor, house.tenant.id, UserId("00000000-0000-0000-0000-00000000dead"))


async def test_a_temporary_password_is_replaced_at_sign_in(uow, identity, house: Household, clock) -> None:
    await identity.people.reset_password(uow, SYSTEM, house.tenant.id, house.admin.id, NEW_PASSWORD, is_temporary=True)

    async def enter(password: str, new: str | None = None) -> HongyanError | tuple[Session, str]:
        return await identity.sessions.sign_in(uow, "goose-admin", password, new_password=new)

    assert isinstance(await enter(NEW_PASSWORD), PasswordChangeWanted)
    assert isinstance(await enter(NEW_PASSWORD, NEW_PASSWORD), PasswordUnchanged)
    with pytest.raises(InvalidInput) as weak:
        await enter(NEW_PASSWORD, "short")
    assert weak.value.field == "new_password"
    assert not isinstance(await enter(NEW_PASSWORD, "My-Very-Own-9"), HongyanError)
    assert not isinstance(await enter("My-Very-Own-9"), HongyanError)
    assert isinstance(await enter(NEW_PASSWORD), HongyanError)


async def test_a_temporary_password_does_not_go_round_the_code(uow, identity, house: Household, clock) -> None:
    app, _ = await enrol(uow, identity, house.actor, clock)
    await identity.people.reset_password(uow, SYSTEM, house.tenant.id, house.admin.id, NEW_PASSWORD, is_temporary=True)
    sign_in = identity.sessions.sign_in
    wanted = await sign_in(uow, "goose-admin", NEW_PASSWORD, new_password="My-Very-Own-9")
    assert isinstance(wanted, SecondFactorWanted)
    # the password is still the temporary one
    assert isinstance(await sign_in(uow, "goose-admin", NEW_PASSWORD), PasswordChangeWanted)
    opened = await sign_in(uow, "goose-admin", NEW_PASSWORD, new_password="My-Very-Own-9", code=app.next_code())
    assert not isinstance(opened, HongyanError)
