from typing import Any

import pytest
from sqlalchemy import select, text

from hongyan.kernel.clock import FrozenClock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.errors import Forbidden, InvalidInput, NotFound
from hongyan.kernel.ids import TenantId
from hongyan.rooms.identity.contracts import Actor, RealName, Role, Service, TenantSort, TenantState, system_actor
from hongyan.rooms.identity.errors import EmailMissing, NameTaken, RealNameMissing, ServiceNotOpened, TenantSuspended
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.service.tenants import NewTenant
from hongyan.rooms.identity.tables import audit
from support.identity import PASSWORD, cheap_identity, found_household

SYSTEM = system_actor()
GOOSE = NewTenant("鸿雁科技有限公司", "鸿雁", "91350100M000100Y43", "goose")


async def admin_of(uow: Uow, identity: IdentityService, tenant_id: TenantId, role: Role = Role.TE_ADMIN) -> Actor:
    user = await identity.people.create_user(uow, SYSTEM, tenant_id, NewUser(role.value, PASSWORD, frozenset({role})))
    return Actor(tenant_id, user.id, user.name, user.roles, "console")


async def test_a_new_tenant_has_one_project_and_nothing_opened(uow: Uow, identity: IdentityService) -> None:
    tenant = await identity.tenants.create_tenant(uow, SYSTEM, GOOSE)
    assert (tenant.real_name, tenant.state, tenant.services) == (RealName.NONE, TenantState.ACTIVE, frozenset())
    assert tenant.project.name == "cn-north-4"
    assert len(tenant.project.id) == len(tenant.domain_id) == 32
    assert (tenant.zone, tenant.language) == ("Asia/Shanghai", "zh-CN")
    assert await identity.get_tenant(uow, tenant.id) == tenant
    assert await identity.tenants.find_tenant_by_domain(uow, "GOOSE") == tenant


@pytest.mark.parametrize(
    "other",
    [
        NewTenant("另一家公司", "另一家", "91440300708461136T", "GooSe"),
        NewTenant("另一家公司", "另一家", "91350100m000100y43", "swan"),
    ],
)
async def test_account_name_and_credit_code_are_taken_once(
    uow: Uow, identity: IdentityService, other: NewTenant
) -> None:
    await identity.tenants.create_tenant(uow, SYSTEM, GOOSE)
    with pytest.raises(NameTaken):
        await identity.tenants.create_tenant(uow, SYSTEM, other)


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"zone": "Asia/Nowhere"}, "zone"),
        ({"language": "fr"}, "language"),
        ({"credit_code": "1"}, "credit_code"),
        ({"contact_email": "x"}, "email"),
    ],
)
async def test_a_field_that_breaks_its_rule_is_named(uow, identity: IdentityService, change: dict, field: str) -> None:
    values = {name: getattr(GOOSE, name) for name in NewTenant.__slots__} | change
    with pytest.raises(InvalidInput) as refused:
        await identity.tenants.create_tenant(uow, SYSTEM, NewTenant(**values))
    assert refused.value.field == field


async def test_a_service_needs_verification_and_an_address_and_brings_sms(uow: Uow, identity: IdentityService) -> None:
    tenant = await identity.tenants.create_tenant(uow, SYSTEM, GOOSE)
    admin = await admin_of(uow, identity, tenant.id)
    with pytest.raises(RealNameMissing):
        await identity.tenants.open_service(uow, admin, Service.SMART)
    await identity.tenants.set_real_name(uow, SYSTEM, tenant.id, RealName.VERIFIED)
    with pytest.raises(EmailMissing):
        await identity.tenants.open_service(uow, admin, Service.SMART)
    await identity.tenants.bind_email(uow, admin, tenant.id, "a@goose.cn")
    with pytest.raises(ServiceNotOpened, match="smart"):
        await identity.require_service(uow, tenant.id, Service.SMART)
    opened = await identity.tenants.open_service(uow, admin, Service.SMART)
    assert opened.services == {Service.SMART, Service.SMS}
    assert await identity.tenants.open_service(uow, admin, Service.SMART) == opened
    assert await identity.require_service(uow, tenant.id, Service.SMS) == opened
    with pytest.raises(ServiceNotOpened):
        await identity.require_service(uow, tenant.id, Service.BASIC)


@pytest.mark.parametrize("role", [Role.CAMPAIGN_OPERATOR, Role.DEVELOPER, Role.READ_ONLY])
async def test_only_the_administrator_opens_services(uow: Uow, identity: IdentityService, role: Role) -> None:
    house = await found_household(uow, identity)
    actor = await admin_of(uow, identity, house.tenant.id, role)
    with pytest.raises(Forbidden, match="hongyan:service:open"):
        await identity.tenants.open_service(uow, actor, Service.BASIC)
    with pytest.raises(Forbidden):
        await identity.tenants.bind_email(uow, actor, house.tenant.id, "b@goose.cn")


async def test_people_of_a_tenant_administer_no_tenants(uow: Uow, identity: IdentityService) -> None:
    house = await found_household(uow, identity)
    other = await found_household(uow, identity, "swan", number=1)
    for refused in (
        identity.tenants.create_tenant(uow, house.actor, GOOSE),
        identity.tenants.set_real_name(uow, house.actor, house.tenant.id, RealName.NONE),
        identity.tenants.set_state(uow, house.actor, house.tenant.id, TenantState.ACTIVE),
        identity.tenants.bind_email(uow, house.actor, other.tenant.id, "b@goose.cn"),
        identity.tenants.list_tenants(uow, house.actor),
    ):
        with pytest.raises(Forbidden):
            await refused


async def test_a_suspension_closes_the_gate_in_the_same_transaction(db: Database, clock: FrozenClock) -> None:
    identity = cheap_identity(clock, db.url)
    async with db.begin() as uow:
        house = await found_household(uow, identity)
        await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.SUSPENDED, reason="abuse")
        await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.SUSPENDED, reason="again")
        with pytest.raises(TenantSuspended):
            await identity.require_service(uow, house.tenant.id, Service.SMART)
        await identity.tenants.set_state(uow, SYSTEM, house.tenant.id, TenantState.ACTIVE)
        await identity.require_service(uow, house.tenant.id, Service.SMART)
    async with db.begin() as uow:
        jobs = (await uow.execute(text("SELECT task_name, args FROM procrastinate_jobs ORDER BY id"))).all()
    gate = {"tenant_id": house.tenant.id, "kind": "tenant", "subject_id": house.tenant.id}
    assert [tuple(job) for job in jobs] == [
        ("delivery.close_gate", {**gate, "reason": "abuse"}),
        ("delivery.open_gate", {**gate, "reason": "suspended"}),
    ]


async def test_tenants_are_listed_and_searched(uow: Uow, identity: IdentityService) -> None:
    for number, name in enumerate(("goose", "swan_x", "swan")):
        await found_household(uow, identity, name, number=number)

    async def found(**filters: Any) -> list[str]:
        page = await identity.tenants.list_tenants(uow, SYSTEM, **filters)
        return sorted(tenant.domain_name for tenant in page.items)

    assert await found() == ["goose", "swan", "swan_x"]
    assert await found(search="SWAN") == ["swan", "swan_x"]
    assert await found(search="n_x") == ["swan_x"]
    assert await found(search="%") == []
    assert await found(search="91350100m000100y43") == ["goose"]
    assert await found(state=TenantState.SUSPENDED) == []

    async def ordered(sort: TenantSort) -> list[str]:
        page = await identity.tenants.list_tenants(uow, SYSTEM, sort=sort)
        return [tenant.legal_name for tenant in page.items]

    by_name = await ordered("legal_name")
    assert len(by_name) == 3
    assert await ordered("-legal_name") == by_name[::-1]
    page = await identity.tenants.list_tenants(uow, SYSTEM, offset=1, limit=1)
    assert (len(page.items), page.total) == (1, 3)


async def test_an_unknown_tenant_is_not_found(uow: Uow, identity: IdentityService) -> None:
    with pytest.raises(NotFound):
        await identity.get_tenant(uow, TenantId("00000000-0000-4000-8000-000000000000"))


async def test_who_did_what_is_written_down(uow: Uow, identity: IdentityService) -> None:
    house = await found_household(uow, identity)
    await identity.tenants.bind_email(uow, house.actor, house.tenant.id, "new@goose.cn")
    last = (await uow.execute(select(*audit.c).order_by(audit.c.id.desc()).limit(1))).one()
    assert (last.action, last.user_name, last.via) == ("tenant.bind_email", "goose-admin", "console")
    assert last.tenant_id == house.tenant.id
    assert (last.before, last.after) == ({"contact_email": "goose@example.com"}, {"contact_email": "new@goose.cn"})
