from datetime import timedelta

import pytest
from sqlalchemy import select

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, InvalidInput, NotFound
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.identity.contracts import Actor, KeyState, Role, Signer, UserState, system_actor
from hongyan.rooms.identity.errors import GatewayRefused, TooManyKeys
from hongyan.rooms.identity.service.access import require_project_scope
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.tables import access_keys, audit, tokens
from support.identity import PASSWORD, Household, found_household

SYSTEM = system_actor()


@pytest.fixture
async def house(uow: Uow, identity: IdentityService) -> Household:
    return await found_household(uow, identity)


async def add(uow: Uow, identity: IdentityService, house: Household, role: Role) -> Actor:
    new = NewUser(role.value, PASSWORD, frozenset({role}))
    user = await identity.people.create_user(uow, SYSTEM, house.tenant.id, new)
    return Actor(house.tenant.id, user.id, user.name, user.roles, "console")


async def signer_of(uow: Uow, identity: IdentityService, ak: str) -> Signer:
    signer = await identity.access.find_signer(uow, ak)
    assert signer is not None
    return signer


async def test_a_pair_has_the_vendors_shape_and_its_secret_is_sealed(uow, identity, house: Household) -> None:
    new = await identity.access.create_key(uow, house.actor, description="ci")
    assert (len(new.key.ak), len(new.sk)) == (20, 40)
    assert new.key.ak.isalnum()
    assert new.key.ak == new.key.ak.upper()
    statement = select(access_keys.c.sealed_sk).where(access_keys.c.ak == new.key.ak)
    assert new.sk.encode() not in (await uow.execute(statement)).scalar_one()
    signer = await signer_of(uow, identity, new.key.ak)
    assert (signer.sk, signer.user.id, signer.tenant) == (new.sk.encode(), house.admin.id, house.tenant)
    assert await identity.access.find_signer(uow, "NOBODY") is None
    logged = (await uow.execute(select(audit.c.action, audit.c.after).order_by(audit.c.id.desc()).limit(1))).one()
    assert logged.action == "access_key.create"
    assert new.sk not in str(logged.after)


async def test_a_user_holds_five_keys(uow: Uow, identity: IdentityService, house: Household) -> None:
    for _ in range(4):
        await identity.access.create_key(uow, house.actor)
    with pytest.raises(TooManyKeys, match="5"):
        await identity.access.create_key(uow, house.actor)
    await identity.access.delete_key(uow, house.actor, house.key.key.ak)
    await identity.access.create_key(uow, house.actor)
    assert len(await identity.access.list_keys(uow, house.actor)) == 5


async def test_a_description_is_short(uow: Uow, identity: IdentityService, house: Household) -> None:
    with pytest.raises(InvalidInput, match="description"):
        await identity.access.create_key(uow, house.actor, description="x" * 101)


async def test_a_rotated_key_has_another_secret(uow: Uow, identity: IdentityService, house: Household) -> None:
    new = await identity.access.rotate_key(uow, house.actor, house.key.key.ak)
    assert new.sk != house.key.sk
    assert (await signer_of(uow, identity, new.key.ak)).sk == new.sk.encode()


async def test_people_see_their_own_keys_and_administrators_all(uow, identity, house: Household) -> None:
    developer = await add(uow, identity, house, Role.DEVELOPER)
    reader = await add(uow, identity, house, Role.READ_ONLY)
    own = await identity.access.create_key(uow, developer)
    assert [key.ak for key in await identity.access.list_keys(uow, developer)] == [own.key.ak]
    names = {key.ak: key.user_name for key in await identity.access.list_keys(uow, house.actor)}
    assert names == {own.key.ak: Role.DEVELOPER.value, house.key.key.ak: house.admin.name}
    for refused in (
        identity.access.create_key(uow, reader),
        identity.access.list_keys(uow, reader),
        identity.access.create_key(uow, developer, user_id=house.admin.id),
    ):
        with pytest.raises(Forbidden):
            await refused
    for refused in (
        identity.access.delete_key(uow, developer, house.key.key.ak),
        identity.access.rotate_key(uow, developer, house.key.key.ak),
        identity.access.set_key_state(uow, developer, house.key.key.ak, KeyState.DISABLED),
    ):
        with pytest.raises(NotFound):
            await refused


async def test_keys_of_other_tenants_are_not_there(uow: Uow, identity: IdentityService, house: Household) -> None:
    swan = await found_household(uow, identity, "swan", number=1)
    with pytest.raises(NotFound):
        await identity.access.delete_key(uow, swan.actor, house.key.key.ak)
    with pytest.raises(NotFound):
        await identity.access.create_key(uow, swan.actor, user_id=house.admin.id)
    assert [key.ak for key in await identity.access.list_keys(uow, swan.actor)] == [swan.key.key.ak]


async def test_a_disabled_key_or_user_signs_nothing(uow: Uow, identity: IdentityService, house: Household) -> None:
    ak = house.key.key.ak
    assert identity.access.check_signer(await signer_of(uow, identity, ak)).ak == ak
    disabled = await identity.access.set_key_state(uow, house.actor, ak, KeyState.DISABLED)
    assert disabled.state is KeyState.DISABLED
    with pytest.raises(GatewayRefused, match="Get secretKey failed"):
        identity.access.check_signer(await signer_of(uow, identity, ak))
    await identity.access.set_key_state(uow, house.actor, ak, KeyState.ACTIVE)
    await add(uow, identity, house, Role.TE_ADMIN)
    await identity.people.set_state(uow, SYSTEM, house.tenant.id, house.admin.id, UserState.DISABLED)
    with pytest.raises(GatewayRefused, match="Get secretKey failed"):
        identity.access.check_signer(await signer_of(uow, identity, ak))
    with pytest.raises(GatewayRefused, match="Get secretKey failed"):
        identity.access.check_signer(None)


async def test_five_bad_signatures_lock_a_key_for_five_minutes(uow, identity, house, clock: FrozenClock) -> None:
    ak = house.key.key.ak
    for _ in range(5):
        signer = identity.access.check_signer(await signer_of(uow, identity, ak))
        await identity.access.note_bad_signature(uow, signer, house.actor)
    with pytest.raises(GatewayRefused, match="AK access failed to reach the limit,forbidden"):
        identity.access.check_signer(await signer_of(uow, identity, ak))
    assert (await uow.execute(select(audit.c.action).order_by(audit.c.id.desc()).limit(1))).scalar_one() == (
        "access_key.lock"
    )
    clock.advance(timedelta(minutes=5))
    identity.access.check_signer(await signer_of(uow, identity, ak))


async def test_a_good_signature_forgives_and_is_noted_once_a_minute(uow, identity, house, clock: FrozenClock) -> None:
    ak = house.key.key.ak
    await identity.access.note_bad_signature(uow, await signer_of(uow, identity, ak), house.actor)
    signer = await signer_of(uow, identity, ak)
    assert signer.failures == 1
    await identity.access.note_good_signature(uow, signer)
    signer = await signer_of(uow, identity, ak)
    assert (signer.failures, signer.last_used_at) == (0, clock.now())
    clock.advance(timedelta(seconds=59))
    assert not identity.access.needs_note(signer)
    await identity.access.note_good_signature(uow, signer)
    assert (await signer_of(uow, identity, ak)).last_used_at == signer.last_used_at
    clock.advance(timedelta(seconds=1))
    assert identity.access.needs_note(signer)
    await identity.access.note_good_signature(uow, signer)
    assert (await signer_of(uow, identity, ak)).last_used_at == clock.now()


async def test_a_token_is_stored_hashed_and_good_for_a_day(uow, identity, house, clock: FrozenClock) -> None:
    text, token = await identity.access.issue_token(uow, house.admin, house.tenant, "project")
    assert text.encode() not in (await uow.execute(select(tokens.c.token_hash))).scalar_one()
    clock.advance(timedelta(hours=23, minutes=59))
    found = identity.access.check_token(await identity.access.find_token(uow, text))
    assert (found.user.id, found.tenant, found.expires_at) == (house.admin.id, house.tenant, token.expires_at)
    clock.advance(timedelta(minutes=1))
    with pytest.raises(GatewayRefused, match=r"token expires, expires_at: 2026-11-23T08:00:00.000000Z"):
        identity.access.check_token(await identity.access.find_token(uow, text))
    with pytest.raises(GatewayRefused, match="decrypt token fail"):
        identity.access.check_token(await identity.access.find_token(uow, text + "x"))
    clock.advance(timedelta(days=1, seconds=1))
    await identity.sweep(uow)
    assert await identity.access.find_token(uow, text) is None


async def test_a_token_for_the_account_is_not_for_the_message_service(uow, identity, house: Household) -> None:
    _, domain = await identity.access.issue_token(uow, house.admin, house.tenant, "domain")
    _, project = await identity.access.issue_token(uow, house.admin, house.tenant, "project")
    require_project_scope(project)
    with pytest.raises(Forbidden):
        require_project_scope(domain)


async def test_secrets_move_to_another_ring(uow: Uow, identity: IdentityService, house: Household) -> None:
    ring = create_key_ring()
    assert await identity.access.reseal_all(uow, ring) == 1
    statement = select(access_keys.c.sealed_sk).where(access_keys.c.ak == house.key.key.ak)
    assert ring.open("access key", (await uow.execute(statement)).scalar_one()) == house.key.sk.encode()
