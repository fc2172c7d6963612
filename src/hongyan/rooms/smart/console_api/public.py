"""The platform's own card templates for its operators: list, states at vendors, use, handing in again.

Not for: tenants, who see them among their own (``router``).
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Annotated, Any, Literal, Self

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel
from starlette.responses import Response

from hongyan.kernel.db.database import Database, Uow
from hongyan.kernel.http.problems import language_of
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.smart.console_api.views import CardTemplateDetail, CardTemplateView, CardUse, CardVerdictView
from hongyan.rooms.smart.contracts import CardTemplate, TemplateFilter, TemplateState
from hongyan.rooms.smart.rules.layouts import LAYOUTS
from hongyan.rooms.smart.service.door import SmartService

Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
TplId = Annotated[str, Path(max_length=36, pattern=r"^[^\x00]*$")]
Note = Callable[[Uow, Actor, str, str, Mapping[str, Any]], Awaitable[None]]
FrameCard = Callable[[str, list[dict[str, Any]], str], Response]
PublicVerdict = Literal["waiting", "enabled", "rejected", "disabled", "failed", "absent"]
"""As for tenants' templates; ``absent``: the vendor has said nothing yet."""
Sort = Literal["-created_at", "created_at", "-updated_at", "updated_at", "name", "-name"]


class PublicVendorView(BaseModel):
    """What a vendor that offers the layout made of a template."""

    vendor: Vendor
    verdict: PublicVerdict
    reason: str
    version: int | None
    """The version that the verdict is about."""
    is_connected: bool
    """Whether the vendor takes part now."""


class PublicCardView(BaseModel):
    """A public template with its state at every vendor that offers its layout."""

    template: CardTemplateView
    at_vendors: list[PublicVendorView]
    missing: int
    """Connected vendors that have not enabled this version: where it could be handed in again."""

    @classmethod
    def of(cls, found: CardTemplate, connected: frozenset[Vendor]) -> Self:
        """Return a row."""
        known = {info.vendor: info for info in found.factories}
        rows = []
        for vendor in sorted(LAYOUTS[found.card_id].vendors):
            info, is_connected = known.get(vendor), vendor in connected
            if info is None or info.answer is None:
                none = PublicVendorView(
                    vendor=vendor, verdict="absent", reason="", version=None, is_connected=is_connected
                )
                rows.append(none)
                continue
            said = CardVerdictView.of(info)
            rows.append(
                PublicVendorView(
                    vendor=vendor,
                    verdict=said.verdict,
                    reason=said.reason,
                    version=info.version,
                    is_connected=is_connected,
                )
            )
        done = sum(row.verdict == "enabled" and row.version == found.version for row in rows if row.is_connected)
        missing = sum(row.is_connected for row in rows) - done
        return cls(template=CardTemplateView.of(found), at_vendors=rows, missing=missing)


class PublicCardList(BaseModel):
    """A page of public templates."""

    items: list[PublicCardView]
    total: int


class PublicCardDetail(BaseModel):
    """A public template with what it needs and does."""

    row: PublicCardView
    detail: CardTemplateDetail


class HandedIn(BaseModel):
    """At how many vendors a template is being handed in."""

    vendors: int


class Seeded(BaseModel):
    """How many templates were written, and how many times one is being handed in at a vendor."""

    written: int
    submissions: int


def public_cards_console(
    *, db: Database, service: SmartService, auth: Auth, note: Note, frame_card: FrameCard
) -> APIRouter:
    """Return the endpoints under ``/console/api/public-card-templates``; ``note`` writes the audit log."""
    router = APIRouter(prefix="/console/api/public-card-templates", tags=["public templates"])

    async def operator(actor: Annotated[Actor, Depends(auth.console)]) -> Actor:
        actor.require(Permission.PLATFORM_TEMPLATE_EDIT)
        return actor

    caller = Annotated[Actor, Depends(operator)]
    _reading(router, db, service, caller, frame_card)

    @router.post("", operation_id="console_seed_public_cards")
    async def seed(actor: caller) -> Seeded:
        """Write the templates that come with this release where they are missing or older, and hand them in."""
        async with db.begin() as uow:
            written = await service.life.seed_public(uow)
            submissions = await service.life.submit_public(uow)
            await note(uow, actor, "public_template.seed", "", {"written": written, "submissions": submissions})
        return Seeded(written=written, submissions=submissions)

    @router.put("/{tpl_id}/use", operation_id="console_use_public_card")
    async def set_use(actor: caller, tpl_id: TplId, use: CardUse) -> PublicCardView:
        """Disable a public template for every tenant, or enable it again; open sends stop or go on within 2 s."""
        state, reason = TemplateState.ENABLED if use.is_enabled else TemplateState.DISABLED, use.reason.strip()
        async with db.begin() as uow:
            found = await service.life.set_state(uow, actor, tpl_id, state, reason)
            await note(uow, actor, "public_template.use", tpl_id, {"is_enabled": use.is_enabled, "reason": reason})
            return PublicCardView.of(found, await service.life.list_connected(uow))

    @router.post("/{tpl_id}/submit", operation_id="console_submit_public_card")
    async def submit(actor: caller, tpl_id: TplId) -> HandedIn:
        """Hand a public template in where it is not enabled in this version."""
        async with db.begin() as uow:
            count = await service.life.submit_again(uow, actor, tpl_id)
            await note(uow, actor, "public_template.submit", tpl_id, {"vendors": count})
        return HandedIn(vendors=count)

    return router


def _reading(router: APIRouter, db: Database, service: SmartService, caller: Any, frame_card: FrameCard) -> None:
    @router.get("", operation_id="console_list_public_cards")
    async def list_public(
        *,
        actor: caller,
        name: Word = None,
        tpl_id: Word = None,
        scene: Word = None,
        card_id: Annotated[list[str] | None, Query(max_length=50)] = None,
        is_enabled: bool | None = None,
        sort: Sort = "name",
        offset: Annotated[int, Query(ge=0, le=1_000_000)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> PublicCardList:
        """List the platform's templates with their states at vendors."""
        del actor
        wanted = TemplateFilter(
            tpl_id=tpl_id or None,
            name=name or None,
            scene=scene or None,
            card_ids=frozenset(card_id or ()),
            state=None if is_enabled is None else TemplateState(int(is_enabled)),
            sort=sort,
        )
        async with db.begin() as uow:
            page = await service.list_templates(uow, None, wanted, offset=offset, limit=limit)
            connected = await service.life.list_connected(uow)
        return PublicCardList(items=[PublicCardView.of(one, connected) for one in page.items], total=page.total)

    @router.get("/{tpl_id}", operation_id="console_show_public_card")
    async def show(actor: caller, tpl_id: TplId) -> PublicCardDetail:
        """Show a public template."""
        del actor
        async with db.begin() as uow:
            found = await service.get_template(uow, None, tpl_id)
            connected = await service.life.list_connected(uow)
        detail = CardTemplateDetail.of(found, service.preview_url(found), ())
        return PublicCardDetail(row=PublicCardView.of(found, connected), detail=detail)

    # A frame asks for it, not the generated client.
    @router.get("/{tpl_id}/card", include_in_schema=False, response_class=Response)
    async def card(actor: caller, request: Request, tpl_id: TplId, vendor: Vendor | None = None) -> Response:
        """Show a public template with its examples, for a frame."""
        del actor
        async with db.begin() as uow:
            found = await service.get_template(uow, None, tpl_id)
        examples = {param.name: param.example for param in found.params}
        return frame_card(found.name, service.pages(found, examples, vendor), language_of(request))
