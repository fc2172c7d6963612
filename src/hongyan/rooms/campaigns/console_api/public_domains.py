"""The console's doors of the platform's own link domains: list, add, default, use, handset vendors, checks."""

from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from hongyan.kernel.db.database import Database
from hongyan.rooms.campaigns.console_api.link_domains import DomainCheckView
from hongyan.rooms.campaigns.service.public_domains import PublicDomain, PublicDomains
from hongyan.rooms.handsets.contracts import Registration, RegistrationState, Vendor
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.short_links.contracts import DomainState

_Id = Annotated[int, Path(ge=1, le=2**63 - 1)]
VendorSaid = Literal["waiting", "enabled", "rejected", "disabled", "failed", "absent"]
"""What a vendor made of a domain; ``absent``: never handed in there."""
_SAID: dict[RegistrationState, VendorSaid] = {
    RegistrationState.SUBMITTED: "waiting",
    RegistrationState.ACTIVE: "enabled",
    RegistrationState.REJECTED: "rejected",
    RegistrationState.DISABLED: "disabled",
    RegistrationState.FAILED: "failed",
}


class DomainAtVendorView(BaseModel):
    """What a connected handset vendor made of a domain."""

    vendor: Vendor
    verdict: VendorSaid
    reason: str

    @classmethod
    def of(cls, vendor: Vendor, said: Registration | None) -> Self:
        """Return a vendor's word, or that it was never asked."""
        if said is None:
            return cls(vendor=vendor, verdict="absent", reason="")
        return cls(vendor=vendor, verdict=_SAID[said.state], reason=said.reason or "")


class PublicDomainView(BaseModel):
    """A domain for everybody."""

    domain_id: int
    domain: str
    state: DomainState
    is_preset: bool
    created_at: datetime
    at_vendors: list[DomainAtVendorView]

    @classmethod
    def of(cls, found: PublicDomain) -> Self:
        """Return a row."""
        domain = found.domain
        return cls(
            domain_id=domain.domain_id,
            domain=domain.name,
            state=domain.state,
            is_preset=domain.is_preset,
            created_at=domain.created_at,
            at_vendors=[DomainAtVendorView.of(vendor, said) for vendor, said in found.at_vendors.items()],
        )


class PublicDomainList(BaseModel):
    """All domains for everybody: there are few."""

    items: list[PublicDomainView]
    total: int


class NewPublicDomain(BaseModel):
    """The form: a host name, with a port when it has one."""

    domain: str = Field(max_length=200, pattern=r"^[^\x00]*$")


class DomainUse(BaseModel):
    """Whether a domain is in use."""

    is_active: bool


def public_domains_console(*, db: Database, auth: Auth, domains: PublicDomains) -> APIRouter:
    """Return the router of ``/console/api/public-link-domains``."""
    router = APIRouter(prefix="/console/api/public-link-domains", tags=["public domains"])
    SignedIn = Annotated[Actor, Depends(auth.console)]  # noqa: N806 - a type

    @router.get("", operation_id="console_list_public_domains")
    async def list_domains(actor: SignedIn) -> PublicDomainList:
        """List the domains for everybody, the default one first."""
        async with db.begin() as uow:
            found = await domains.list(uow, actor)
        return PublicDomainList(items=[PublicDomainView.of(one) for one in found], total=len(found))

    @router.post("", status_code=201, operation_id="console_add_public_domain")
    async def add(actor: SignedIn, wanted: NewPublicDomain) -> PublicDomainView:
        """Add a domain for everybody; it can be used at once."""
        async with db.begin() as uow:
            return PublicDomainView.of(await domains.add(uow, actor, wanted.domain))

    @router.post("/{domain_id}/preset", operation_id="console_preset_public_domain")
    async def make_preset(actor: SignedIn, domain_id: _Id) -> PublicDomainView:
        """Let new links be made there when no domain is named."""
        async with db.begin() as uow:
            return PublicDomainView.of(await domains.make_preset(uow, actor, domain_id))

    @router.put("/{domain_id}/use", operation_id="console_use_public_domain")
    async def use(actor: SignedIn, domain_id: _Id, wanted: DomainUse) -> PublicDomainView:
        """Take a domain out of use, its links with it, or use it again."""
        async with db.begin() as uow:
            return PublicDomainView.of(await domains.set_active(uow, actor, domain_id, is_active=wanted.is_active))

    @router.post("/{domain_id}/submit", operation_id="console_submit_public_domain")
    async def submit(actor: SignedIn, domain_id: _Id) -> PublicDomainView:
        """Hand a domain in at the connected handset vendors once more."""
        async with db.begin() as uow:
            return PublicDomainView.of(await domains.hand_in_again(uow, actor, domain_id))

    @router.post("/{domain_id}/check", operation_id="console_check_public_domain")
    async def check(actor: SignedIn, domain_id: _Id) -> DomainCheckView:
        """Look a domain up and ask it, now."""
        async with db.begin() as uow:
            found = await domains.get(uow, actor, domain_id)
        return DomainCheckView.of(await domains.check(found))

    return router
