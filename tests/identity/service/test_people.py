import pytest

from hongyan.kernel.db.database import Uow
from hongyan.kernel.errors import Forbidden, HongyanError, NotFound
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, Permission, Role, User, UserState, system_actor
from hongyan.rooms.identity.errors import LastAdmin, NameTaken, NotSignedIn, OperatorExists, PasswordWrong
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from support.identity import PASSWORD, found_household

SYSTEM = system_actor()


async def add(
    uow: Uow, identity: IdentityService, tenant_id: TenantId | None, name: str, *roles: Role
) -> tuple[User, Actor]:
    user = await identity.people.create_user(uow, SYSTEM, tenant_id, NewUser(name, PASSWORD, frozenset(roles)))
    return user, Actor(tenant_id, user.id, name, user.roles, "console")


async def test_a_name_is_taken_once_per_tenant_in_any_case(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    swan = await found_household(uow, identity, "swan", number=1)
    await add(uow, identity, goose.tenant.id, "lilei", Role.DEVELOPER)
    await add(uow, identity, swan.tenant.id, "lilei", Role.DEVELOPER)
    await add(uow, identity, None, "lilei", Role.REVIEWER)
    for tenant_id, role in ((goose.tenant.id, Role.DEVELOPER), (None, Role.REVIEWER)):
        with pytest.raises(NameTaken):
            await add(uow, identity, tenant_id, "LiLei", role)


async def test_an_administrator_manages_the_own_people_only(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    swan = await found_household(uow, identity, "swan", number=1)
    new = NewUser("han", PASSWORD, frozenset({Role.READ_ONLY}))
    user = await identity.people.create_user(uow, goose.actor, goose.tenant.id, new)
    page = await identity.people.list_users(uow, goose.actor, goose.tenant.id)
    assert ([one.name for one in page.items], page.total) == (["goose-admin", "han"], 2)
    for refused in (
        identity.people.create_user(uow, goose.actor, swan.tenant.id, new),
        identity.people.create_user(uow, goose.actor, None, new),
        identity.people.list_users(uow, goose.actor, swan.tenant.id),
        identity.people.set_roles(uow, goose.actor, swan.tenant.id, swan.admin.id, {Role.READ_ONLY}),
        identity.people.set_state(uow, goose.actor, swan.tenant.id, swan.admin.id, UserState.DISABLED),
        identity.people.reset_password(uow, goose.actor, swan.tenant.id, swan.admin.id, "Another-Pass-1"),
    ):
        with pytest.raises(Forbidden):
            await refused
    with pytest.raises(NotFound):
        await identity.people.get_user(uow, swan.tenant.id, user.id)
    with pytest.raises(NotFound):
        await identity.people.set_roles(uow, swan.actor, swan.tenant.id, user.id, {Role.DEVELOPER})


@pytest.mark.parametrize("role", [Role.CAMPAIGN_OPERATOR, Role.DEVELOPER, Role.READ_ONLY])
async def test_others_manage_nobody(uow: Uow, identity: IdentityService, role: Role) -> None:
    goose = await found_household(uow, identity)
    _, actor = await add(uow, identity, goose.tenant.id, "other", role)
    with pytest.raises(Forbidden):
        await identity.people.set_roles(uow, actor, goose.tenant.id, actor.user_id, {Role.TE_ADMIN})


async def test_an_operator_makes_a_tenants_administrator(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    _, operator = await add(uow, identity, None, "operator", Role.PLATFORM_OPERATOR)
    new = NewUser("second", PASSWORD, frozenset({Role.TE_ADMIN}))
    user = await identity.people.create_user(uow, operator, goose.tenant.id, new)
    assert user.tenant_id == goose.tenant.id


async def test_the_last_administrator_stays(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    where, admin = goose.tenant.id, goose.admin.id
    with pytest.raises(LastAdmin):
        await identity.people.set_state(uow, goose.actor, where, admin, UserState.DISABLED)
    with pytest.raises(LastAdmin):
        await identity.people.set_roles(uow, goose.actor, where, admin, {Role.DEVELOPER})
    second, _ = await add(uow, identity, where, "second", Role.TE_ADMIN)
    changed = await identity.people.set_roles(uow, goose.actor, where, admin, {Role.DEVELOPER})
    assert changed.roles == {Role.DEVELOPER}
    with pytest.raises(LastAdmin):
        await identity.people.set_state(uow, SYSTEM, where, second.id, UserState.DISABLED)
    enabled = await identity.people.set_state(uow, SYSTEM, where, second.id, UserState.ACTIVE)
    assert enabled.state is UserState.ACTIVE


async def test_a_changed_password_ends_sessions_and_tokens(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    opened = await identity.sessions.sign_in(uow, "goose-admin", PASSWORD)
    assert not isinstance(opened, HongyanError)
    text, _ = await identity.access.issue_token(uow, goose.admin, goose.tenant, "project")
    with pytest.raises(PasswordWrong):
        await identity.people.change_password(uow, goose.actor, "wrong", "Another-Pass-1")
    await identity.people.change_password(uow, goose.actor, PASSWORD, "Another-Pass-1")
    with pytest.raises(NotSignedIn):
        await identity.sessions.find_session(uow, opened[1])
    assert await identity.access.find_token(uow, text) is None
    assert isinstance(await identity.sessions.sign_in(uow, "goose-admin", PASSWORD), HongyanError)
    assert not isinstance(await identity.sessions.sign_in(uow, "goose-admin", "Another-Pass-1"), HongyanError)


async def test_a_reset_password_works(uow: Uow, identity: IdentityService) -> None:
    goose = await found_household(uow, identity)
    await identity.people.reset_password(uow, SYSTEM, goose.tenant.id, goose.admin.id, "Another-Pass-1")
    assert not isinstance(await identity.sessions.sign_in(uow, "goose-admin", "Another-Pass-1"), HongyanError)


async def test_the_first_operator_is_made_once(uow: Uow, identity: IdentityService) -> None:
    operator, password = await identity.people.create_first_operator(uow, SYSTEM, "root")
    assert (operator.tenant_id, operator.roles) == (None, {Role.PLATFORM_OPERATOR})
    opened = await identity.sessions.sign_in(uow, "root", password)
    assert not isinstance(opened, HongyanError)
    assert opened[0].tenant is None
    with pytest.raises(OperatorExists):
        await identity.people.create_first_operator(uow, SYSTEM, "root2")


@pytest.mark.parametrize(
    ("role", "may", "may_not"),
    [
        (Role.TE_ADMIN, Permission.CALLBACK_CREATE, Permission.REVIEW_DECIDE),
        (Role.CAMPAIGN_OPERATOR, Permission.SEND_TASK_CREATE, Permission.PORT_DELETE),
        (Role.DEVELOPER, Permission.SEND_TASK_CREATE, Permission.CONSOLE_LIST),
        (Role.READ_ONLY, Permission.SEND_TASK_LIST, Permission.SEND_TASK_CREATE),
        (Role.PLATFORM_OPERATOR, Permission.CHANNEL_EDIT, Permission.SEND_TASK_CREATE),
        (Role.REVIEWER, Permission.REVIEW_DECIDE, Permission.TENANT_EDIT),
    ],
)
def test_roles_permit(role: Role, may: Permission, may_not: Permission) -> None:
    actor = Actor(None, SYSTEM.user_id, "x", frozenset({role}), "console")
    actor.require(may)
    with pytest.raises(Forbidden, match=may_not.value):
        actor.require(may_not)


def test_an_actor_of_the_platform_has_no_tenant() -> None:
    with pytest.raises(Forbidden):
        system_actor().tenant()
    assert system_actor(TenantId("t")).tenant(Permission.SERVICE_OPEN) == "t"
