"""Accounts: list, details, the wizard's form, changes, freezing."""

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query

from hongyan.kernel.db.database import Database
from hongyan.rooms.identity.contracts import Actor, Auth
from hongyan.rooms.service_accounts.console_api.bodies import (
    AccountReasonBody,
    NewServiceAccountBody,
    ServiceAccountChangeBody,
    own_fields,
    reason_of,
)
from hongyan.rooms.service_accounts.console_api.views import (
    AccountFormGuide,
    ApprovalName,
    CreatedServiceAccount,
    Limit,
    Offset,
    ProvinceView,
    ServiceAccountDetail,
    ServiceAccountList,
    ServiceAccountView,
    StateName,
    Word,
    state_of,
    verdict_of,
)
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Pub
from hongyan.rooms.service_accounts.contracts.lists import AccountSort, PubFilter, Window
from hongyan.rooms.service_accounts.rules.regions import CITIES
from hongyan.rooms.service_accounts.service.door import ServiceAccountsService

Key = Annotated[str, Path(max_length=64, pattern=r"^[^\x00]*$")]


def accounts_router(db: Database, service: ServiceAccountsService, auth: Auth) -> APIRouter:
    """Return the endpoints of accounts."""
    router = APIRouter(prefix="/console/api/service-accounts", tags=["service accounts"])
    caller = Annotated[Actor, Depends(auth.console)]
    accounts = service.accounts

    @router.get("/form", operation_id="console_show_account_guide")
    async def form(actor: caller) -> AccountFormGuide:
        """Return what the forms begin with: the company, its filed industry, the regions."""
        async with db.begin() as uow:
            tenant, is_filed, industry = await accounts.guide(uow, actor)
        provinces = [ProvinceView(name=name, cities=list(cities)) for name, cities in CITIES.items()]
        return AccountFormGuide(company=tenant.legal_name, is_filed=is_filed, industry=industry, provinces=provinces)

    @router.get("", operation_id="console_list_service_accounts")
    async def list_accounts(
        *,
        actor: caller,
        name: Word = None,
        state: StateName | None = None,
        approval: ApprovalName | None = None,
        industry: Annotated[int | None, Query(ge=1, le=11)] = None,
        begin: datetime | None = None,
        end: datetime | None = None,
        sort: AccountSort = "-created_at",
        offset: Offset = 0,
        limit: Limit = 20,
    ) -> ServiceAccountList:
        """List accounts; the times are those of going online."""
        wanted = PubFilter(
            name=name or None,
            state=state_of(state),
            approval=None if approval is None else Approval[approval.upper()],
            industry=industry,
        )
        async with db.begin() as uow:
            _, page = await accounts.list_pubs(uow, actor, wanted, Window(offset, limit, begin, end, sort))
            said = await accounts.list_verdicts(uow, actor, [pub for pub, _ in page.items])
        items = [ServiceAccountView.of(pub, now, verdict_of(pub, said)[0]) for pub, now in page.items]
        return ServiceAccountList(items=items, total=page.total)

    @router.post("", operation_id="console_create_service_account", status_code=201)
    async def create(actor: caller, body: NewServiceAccountBody) -> CreatedServiceAccount:
        """Hand in the three steps of the wizard; each is reviewed on its own."""
        with own_fields():
            pub, portal, menu = body.pub(), body.portal(), body.menu()
            async with db.begin() as uow:
                made = await accounts.create_pub(uow, actor, pub, portal, menu)
        return CreatedServiceAccount(pub_id=made.pub.pub_id, menu_id=made.menu_id, portal_id=made.portal_id)

    async def shown(actor: Actor, pub_id: str) -> ServiceAccountDetail:
        async with db.begin() as uow:
            return ServiceAccountDetail.of(await accounts.show_pub(uow, actor, pub_id))

    async def row(actor: Actor, pub: Pub) -> ServiceAccountView:
        return (await shown(actor, pub.pub_id)).account

    @router.get("/{pub_id}", operation_id="console_show_service_account")
    async def show(actor: caller, pub_id: Key) -> ServiceAccountDetail:
        """Show an account with its menus, its home page and what the desk said."""
        return await shown(actor, pub_id)

    @router.put("/{pub_id}", operation_id="console_change_service_account")
    async def change(actor: caller, pub_id: Key, body: ServiceAccountChangeBody) -> ServiceAccountView:
        """Hand in a change; it takes effect when it is approved."""
        wanted, reason = body.change(), reason_of(body.change_reason)
        async with db.begin() as uow:
            pub = await accounts.update_pub(uow, actor, pub_id, wanted, reason)
        return await row(actor, pub)

    @router.post("/{pub_id}/freeze", operation_id="console_freeze_service_account")
    async def freeze(actor: caller, pub_id: Key, body: AccountReasonBody) -> ServiceAccountView:
        """Take an account off all phones at once."""
        async with db.begin() as uow:
            pub = await accounts.freeze_pub(uow, actor, pub_id, reason_of(body.change_reason))
        return await row(actor, pub)

    @router.post("/{pub_id}/unfreeze", operation_id="console_unfreeze_service_account")
    async def unfreeze(actor: caller, pub_id: Key, body: AccountReasonBody) -> ServiceAccountView:
        """Ask for a frozen account to be shown again; a review decides."""
        async with db.begin() as uow:
            pub = await accounts.unfreeze_pub(uow, actor, pub_id, reason_of(body.change_reason))
        return await row(actor, pub)

    return router
