"""Our own door for a tenant's link domains, under ``/v1/hongyan/link-domains``."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.once import Once
from hongyan.rooms.campaigns.service.link_domains import LinkDomainDocument, LinkDomains, LinkDomainsDocument, describe
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.short_links.contracts import DomainKind, DomainState

_MAX_ID = 2**63 - 1


class NewLinkDomain(BaseModel):
    """Body of the registration: a host name, with a port when it has one; its links have generated or chosen codes."""

    model_config = ConfigDict(
        extra="ignore", json_schema_extra={"examples": [{"domain": "s.example.com", "kind": "standard"}]}
    )

    domain: str = Field(min_length=1, max_length=100)
    kind: DomainKind = DomainKind.STANDARD


def domains_router(*, db: Database, auth: Auth, domains: LinkDomains, once: Once) -> APIRouter:
    """Return the router of ``/v1/hongyan/link-domains``."""
    router = APIRouter(prefix="/v1/hongyan/link-domains", tags=["hongyan"])
    Signed = Annotated[Actor, Depends(auth.vendor)]  # noqa: N806 - a type

    @router.post("", operation_id="hongyan_register_link_domain", response_model=LinkDomainDocument)
    async def register(request: Request, body: NewLinkDomain, actor: Signed) -> dict[str, Any]:
        """Register a link domain of one's own; it can be used when the review desk has approved it."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**describe(await domains.register(uow, actor, body.domain, body.kind))}

        return await once.run(request, actor.tenant(Permission.LINK_DOMAIN_EDIT), act)

    @router.get("", operation_id="hongyan_list_link_domains")
    async def list_domains(
        actor: Signed,
        kind: DomainKind | None = None,
        state: DomainState | None = None,
        domain: Annotated[str | None, Query(max_length=100)] = None,
    ) -> LinkDomainsDocument:
        """List one's own link domains and the public ones; ``domain`` is a part of the name."""
        async with db.begin() as uow:
            found = await domains.list(uow, actor, kind=kind, state=state, name=domain)
        return {"items": [describe(one) for one in found], "total": len(found)}

    @router.delete("/{domain_id}", operation_id="hongyan_disable_link_domain", response_model=LinkDomainDocument)
    async def disable(
        request: Request, actor: Signed, domain_id: Annotated[int, Path(ge=1, le=_MAX_ID)]
    ) -> dict[str, Any]:
        """Take a link domain out of use for good; its links are dead within two seconds."""

        async def act(uow: Uow) -> dict[str, Any]:
            return {**describe(await domains.disable(uow, actor, domain_id))}

        return await once.run(request, actor.tenant(Permission.LINK_DOMAIN_EDIT), act)

    return router
