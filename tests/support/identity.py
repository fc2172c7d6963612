"""A house of people for tests: tenants, users and keys made through the service, and an application in front of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from fastapi import APIRouter, FastAPI

from hongyan.kernel.clock import Clock
from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.app import create_app
from hongyan.kernel.ids import RandomIds
from hongyan.kernel.jobs.queue import Jobs
from hongyan.kernel.keys.ring import create_key_ring
from hongyan.rooms.identity.console_api.auth import ConsoleAuth
from hongyan.rooms.identity.console_api.router import console_router
from hongyan.rooms.identity.contracts import (
    Actor,
    Auth,
    AuthDoors,
    NewAccessKey,
    RealName,
    Role,
    Service,
    Tenant,
    User,
    system_actor,
)
from hongyan.rooms.identity.service.door import IdentityService
from hongyan.rooms.identity.service.passwords import Passwords
from hongyan.rooms.identity.service.people import NewUser
from hongyan.rooms.identity.service.tenants import NewTenant
from hongyan.rooms.identity.vendor_api.auth import VendorAuth
from hongyan.rooms.identity.vendor_api.router import error_handlers, vendor_router

PASSWORD = "Wild-Goose-2026"
_CREDIT_CODES = ("91350100M000100Y43", "91440300708461136T", "91110000802100433B")


def cheap_identity(clock: Clock, database_url: str) -> IdentityService:
    """Return the service with hashes that cost nothing."""
    return IdentityService(
        clock=clock,
        ids=RandomIds(),
        ring=create_key_ring(),
        jobs=Jobs(database_url),
        passwords=Passwords(memory_kib=8, passes=1),
    )


@dataclass(frozen=True, slots=True)
class Household:
    """A verified tenant with smart messages opened, its administrator, and the administrator's key."""

    tenant: Tenant
    admin: User
    actor: Actor
    key: NewAccessKey


async def found_household(
    uow: Uow, identity: IdentityService, name: str = "goose", *, number: int = 0, role: Role = Role.TE_ADMIN
) -> Household:
    """Make a tenant called ``name`` (one of three credit codes) whose first user holds ``role``."""
    system = system_actor()
    new = NewTenant(f"{name}科技有限公司", name, _CREDIT_CODES[number], name, f"{name}@example.com")
    tenant = await identity.tenants.create_tenant(uow, system, new)
    await identity.tenants.set_real_name(uow, system, tenant.id, RealName.VERIFIED)
    tenant = await identity.tenants.open_service(uow, system_actor(tenant.id), Service.SMART)
    admin = await identity.people.create_user(
        uow, system, tenant.id, NewUser(f"{name}-admin", PASSWORD, frozenset({role}))
    )
    actor = Actor(tenant.id, admin.id, admin.name, admin.roles, "console")
    key = await identity.access.create_key(uow, system_actor(tenant.id), user_id=admin.id, description="tests")
    return Household(tenant, admin, actor, key)


def identity_app(
    db: Database,
    identity: IdentityService,
    clock: Clock,
    *,
    vendor_routers: Sequence[APIRouter] = (),
    console_routers: Sequence[APIRouter] = (),
    secure: bool = False,
    proofs: VendorAuth | None = None,
) -> FastAPI:
    """Return an application with identity's doors and the given routers; ``proofs`` where the routers share them."""
    vendor, console = proofs or VendorAuth(db, identity, clock), ConsoleAuth(db, identity, secure=secure)
    doors: Auth = AuthDoors(vendor.vendor, console.console)
    return create_app(
        version="0",
        vendor_routers=[vendor_router(db, identity, vendor), *vendor_routers],
        console_routers=[console_router(db, identity, doors, console, demo=True), *console_routers],
        error_handlers=error_handlers(),
    )


def vendor_doors(db: Database, identity: IdentityService, clock: Clock) -> Auth:
    """Return the dependencies for a router under test."""
    console = ConsoleAuth(db, identity, secure=False)
    return AuthDoors(VendorAuth(db, identity, clock).vendor, console.console)
