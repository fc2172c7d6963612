import asyncio
import dataclasses
from datetime import timedelta

import pytest
from sqlalchemy import func, select

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import HongyanError
from hongyan.rooms.identity.contracts import Role, Session, TenantState, UserState, system_actor
from hongyan.rooms.identity.errors import (
    CsrfRefused,
    NotSignedIn,
    SignInBusy,
    SignInRefused,
    TenantSuspended,
    TooManyTries,
)
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.service.sessions import check_csrf
from hongyan.rooms.identity.store import people
from hongyan.rooms.identity.tables import sessions
from support.identity import PASSWORD, Household, found_household
from support.waiting import until

SYSTEM = system_actor()


@pytest.fixture
async def house(uow: Uow, identity: IdentityService) -> Household:
    return await found_household(uow, identity)


async def sign_in(uow: Uow, identity: IdentityService, login: str = "goose-admin") -> tuple[Session, str]:
    opened = await identity.sessions.sign_in(uow, login, PASSWORD, address="192.0.2.1")
    assert not isinstance(opened, HongyanError)
    return opened


async def test_a_session_is_found_by_its_token_only(uow: Uow, identity: IdentityService, house: Household) -> None:
    session, token = await sign_in(uow, identity)
    assert (session.user.id, session.tenant) == (house.admin.id, house.tenant)
    found = await identity.sessions.find_session(uow, token)
    assert found.new_token is None
    assert (found.session.id, found.session.csrf_token) == (session.id, session.csrf_token)
    stored = (await uow.execute(select(sessions.c.token_hash, sessions.c.sealed_csrf))).one()
    assert token.encode() not in stored.token_hash
    assert session.csrf_token.encode() not in stored.sealed_csrf
    for other in ("", token[:-1], session.csrf_token):
        with pytest.raises(NotSignedIn):
            await identity.sessions.find_session(uow, other)


@pytest.mark.parametrize("login", ["goose-admin", "GOOSE-admin", "goose/goose-admin", "Goose/Goose-Admin"])
async def test_names_are_taken_in_any_case(uow, identity: IdentityService, house: Household, login: str) -> None:
    session, _ = await sign_in(uow, identity, login)
    assert session.user.id == house.admin.id


async def test_a_name_of_two_accounts_needs_the_account(uow, identity: IdentityService, house: Household) -> None:
    swan = await found_household(uow, identity, "swan", number=1)
    for tenant in (house.tenant, swan.tenant):
        new = NewUser("lilei", PASSWORD, frozenset({Role.DEVELOPER}))
        await identity.people.create_user(uow, SYSTEM, tenant.id, new)
    assert isinstance(await identity.sessions.sign_in(uow, "lilei", PASSWORD), SignInRefused)
    session, _ = await sign_in(uow, identity, "swan/lilei")
    assert session.tenant == swan.tenant


async def test_no_tenant_shuts_out_an_operator_by_name(uow, identity: IdentityService, house: Household) -> None:
    for tenant_id, role in ((None, Role.PLATFORM_OPERATOR), (house.tenant.id, Role.DEVELOPER)):
        await identity.people.create_user(uow, SYSTEM, tenant_id, NewUser("operator", PASSWORD, frozenset({role})))
    session, _ = await sign_in(uow, identity, "operator")
    assert session.tenant is None
    session, _ = await sign_in(uow, identity, "goose/operator")
    assert session.tenant == house.tenant


async def test_a_flood_of_sign_ins_waits_and_then_is_turned_away(identity: IdentityService) -> None:
    done = asyncio.Event()
    inside: list[int] = []

    async def one(number: int) -> None:
        async with identity.sessions.turn():
            inside.append(number)
            await done.wait()

    tasks = [asyncio.create_task(one(number)) for number in range(68)]
    await until(lambda: len(inside) == 4)
    with pytest.raises(SignInBusy):
        await one(68)
    done.set()
    await asyncio.gather(*tasks)
    assert sorted(inside) == list(range(68))


async def test_idle_twelve_hours_ends_a_session(uow, identity, house: Household, clock: FrozenClock) -> None:
    _, token = await sign_in(uow, identity)
    clock.advance(timedelta(hours=11, minutes=59))
    token = (await identity.sessions.find_session(uow, token)).new_token or ""
    clock.advance(timedelta(hours=12))
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, token)
    await identity.sweep(uow)
    assert (await uow.execute(select(func.count()).select_from(sessions))).scalar_one() == 0


async def test_seven_days_end_a_session_in_use(uow, identity, house: Household, clock: FrozenClock) -> None:
    _, token = await sign_in(uow, identity)
    for _ in range(16):
        clock.advance(timedelta(hours=10))
        token = (await identity.sessions.find_session(uow, token)).new_token or token
    clock.advance(timedelta(hours=8))
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, token)


async def test_a_token_is_replaced_every_hour_once(uow, identity, house: Household, clock: FrozenClock) -> None:
    session, token = await sign_in(uow, identity)
    clock.advance(timedelta(minutes=59))
    assert (await identity.sessions.find_session(uow, token)).new_token is None
    clock.advance(timedelta(minutes=1))
    renewed = await identity.sessions.find_session(uow, token)
    assert renewed.new_token not in {None, token}
    assert renewed.session.csrf_token == session.csrf_token
    # A request that was under way with the old token is served, without another replacement; a minute later it is not.
    late = await identity.sessions.find_session(uow, token)
    assert (late.session.id, late.new_token) == (session.id, None)
    clock.advance(timedelta(seconds=60))
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, token)
    assert (await identity.sessions.find_session(uow, renewed.new_token or "")).session.id == session.id


async def test_other_roles_replace_the_token_and_count_at_once(uow, identity, house: Household) -> None:
    new = NewUser("han", PASSWORD, frozenset({Role.READ_ONLY}))
    user = await identity.people.create_user(uow, SYSTEM, house.tenant.id, new)
    _, token = await sign_in(uow, identity, "han")
    await identity.people.set_roles(uow, house.actor, house.tenant.id, user.id, {Role.DEVELOPER})
    found = await identity.sessions.find_session(uow, token)
    assert found.session.user.roles == {Role.DEVELOPER}
    assert found.new_token is not None


async def test_a_disabled_user_is_out(uow: Uow, identity: IdentityService, house: Household) -> None:
    await identity.people.create_user(
        uow, SYSTEM, house.tenant.id, NewUser("han", PASSWORD, frozenset({Role.TE_ADMIN}))
    )
    _, token = await sign_in(uow, identity)
    await identity.people.set_state(uow, SYSTEM, house.tenant.id, house.admin.id, UserState.DISABLED)
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, token)
    assert isinstance(await identity.sessions.sign_in(uow, "goose-admin", PASSWORD), SignInRefused)


async def test_a_session_goes_on_as_it_was_until_something_of_it_changes(
    uow: Uow, identity: IdentityService, house: Household, clock: FrozenClock
) -> None:
    session, token = await sign_in(uow, identity)
    assert await identity.sessions.is_valid(uow, session)
    # a new token is no other session, and asking does not keep it alive
    clock.advance(timedelta(hours=2))
    session = (await identity.sessions.find_session(uow, token)).session
    clock.advance(timedelta(hours=11))
    assert await identity.sessions.is_valid(uow, session)
    clock.advance(timedelta(hours=1))
    assert not await identity.sessions.is_valid(uow, session)
    # nor with other roles, nor of a suspended account, nor once it is over
    session, token = await sign_in(uow, identity)
    other = dataclasses.replace(session, user=dataclasses.replace(session.user, roles=frozenset({Role.READ_ONLY})))
    assert not await identity.sessions.is_valid(uow, other)
    await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.SUSPENDED)
    assert not await identity.sessions.is_valid(uow, session)
    await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.ACTIVE)
    assert await identity.sessions.is_valid(uow, session)
    await identity.sessions.sign_out(uow, session, house.actor)
    assert not await identity.sessions.is_valid(uow, session)


async def test_a_suspended_tenant_is_told_so(uow: Uow, identity: IdentityService, house: Household) -> None:
    _, token = await sign_in(uow, identity)
    await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.SUSPENDED)
    with pytest.raises(TenantSuspended):
        await identity.sessions.find_session(uow, token)
    assert isinstance(await identity.sessions.sign_in(uow, "goose-admin", PASSWORD), TenantSuspended)


async def test_signing_out_ends_the_session(uow: Uow, identity: IdentityService, house: Household) -> None:
    session, token = await sign_in(uow, identity)
    await identity.sessions.sign_out(uow, session, house.actor)
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, token)


@pytest.mark.parametrize("login", ["goose-admin", "nobody-there"])
async def test_five_wrong_passwords_lock_whether_the_name_exists_or_not(
    uow: Uow, identity: IdentityService, house: Household, clock: FrozenClock, login: str
) -> None:
    for _ in range(5):
        assert isinstance(await identity.sessions.sign_in(uow, login, "wrong-wrong"), SignInRefused)
    refused = await identity.sessions.sign_in(uow, login, PASSWORD)
    assert isinstance(refused, TooManyTries)
    assert refused.params == {"wait_s": 900}
    clock.advance(timedelta(minutes=15))
    again = await identity.sessions.sign_in(uow, login, "wrong-wrong")
    assert isinstance(again, SignInRefused)


async def test_a_right_password_starts_the_count_again(uow: Uow, identity: IdentityService, house: Household) -> None:
    for _ in range(3):
        for _ in range(4):
            assert isinstance(await identity.sessions.sign_in(uow, "goose-admin", "wrong"), SignInRefused)
        await sign_in(uow, identity)


async def test_an_address_that_tries_many_names_is_locked(uow: Uow, identity: IdentityService, house) -> None:
    for number in range(30):
        tried = await identity.sessions.sign_in(uow, f"user{number}", "wrong", address="203.0.113.9")
        assert isinstance(tried, SignInRefused)
    refused = await identity.sessions.sign_in(uow, "goose-admin", PASSWORD, address="203.0.113.9")
    assert isinstance(refused, TooManyTries)
    await sign_in(uow, identity)


async def test_an_old_hash_is_made_anew(uow: Uow, identity: IdentityService, house: Household) -> None:
    old = await Passwords(memory_kib=16, passes=2).hash(PASSWORD)
    await people.update_user(uow, house.tenant.id, house.admin.id, {"password_hash": old})
    await sign_in(uow, identity)
    stored = await people.find_password_hash(uow, house.tenant.id, house.admin.id)
    assert stored is not None
    assert stored.startswith("$argon2id$v=19$m=8,t=1,p=1$")


async def test_a_damaged_hash_lets_nobody_in(uow: Uow, identity: IdentityService, house: Household) -> None:
    await people.update_user(uow, house.tenant.id, house.admin.id, {"password_hash": "plain"})
    assert isinstance(await identity.sessions.sign_in(uow, "goose-admin", "plain"), SignInRefused)


async def test_writes_need_the_sessions_own_csrf_token(uow: Uow, identity: IdentityService, house: Household) -> None:
    first, _ = await sign_in(uow, identity)
    second, _ = await sign_in(uow, identity)
    check_csrf(first, first.csrf_token)
    for header in (None, "", second.csrf_token, "é"):
        with pytest.raises(CsrfRefused):
            check_csrf(first, header)
