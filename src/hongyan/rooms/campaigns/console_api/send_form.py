"""What the send form offers: card templates with their previews, link domains, video templates, what a choice needs.

Not for: numbers (``numbers``) nor the send itself (``sending``).
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response
from typing_extensions import TypedDict

from hongyan.kernel.db.database import Database
from hongyan.kernel.errors import HongyanError
from hongyan.kernel.http.problems import language_of
from hongyan.kernel.ids import TenantId
from hongyan.rooms.audience.service import AudienceService
from hongyan.rooms.campaigns import rules
from hongyan.rooms.campaigns.contracts import Content
from hongyan.rooms.campaigns.service.columns import column_names
from hongyan.rooms.campaigns.service.link_domains import LinkDomainDocument, LinkDomains, LinkDomainsDocument, describe
from hongyan.rooms.campaigns.service.parse_views import SAMPLE_CODE, compiled
from hongyan.rooms.campaigns.service.parses import NumberParses
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.identity.contracts import Actor, Auth, Permission
from hongyan.rooms.short_links.contracts import DomainKind, DomainState
from hongyan.rooms.smart.contracts import CardTemplate, FactoryState, TemplateFilter
from hongyan.rooms.smart.service.door import SmartService
from hongyan.rooms.video_sms.contracts import TemplateFilter as VideoFilter
from hongyan.rooms.video_sms.contracts import TemplateState as VideoState
from hongyan.rooms.video_sms.service.door import VideoSmsService

FrameCard = Callable[[str, list[dict[str, Any]], str], Response]
"""Title, pages and language → an inert HTML page for a frame."""
XLSX: Final = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_FIELDS: Final = {
    "tpl_id": "card_template_id",
    "sms_tpl_id": "sms_template_id",
    "sms_sign": "sms_template_id",
    "signature_id": "sms_template_id",
    "channel_number": "sms_template_id",
    "sms_app_name": "app_id",
    "phones": "typed",
    "columns": "numbers",
}
_SAMPLES: Final = {"PHONE": "13800138000", "CHARDIGIT": "A1001", "DATETIME": "2026-12-01", "MONEY": "88.50"}


@dataclass(frozen=True, slots=True)
class FormTools:
    """What the three parts of the form's door stand on."""

    db: Database
    auth: Auth
    parses: NumberParses
    audience: AudienceService
    domains: LinkDomains
    smart: SmartService
    video: VideoSmsService
    frame_card: FrameCard


class CardVendorDocument(TypedDict):
    """What one handset vendor made of a template."""

    vendor: Vendor
    is_enabled: bool


class CardParamDocument(TypedDict):
    """A dynamic parameter of a card."""

    name: str
    example: str
    max_length: int


class CardChoiceDocument(TypedDict):
    """A card template of the picker."""

    tpl_id: str
    name: str
    scene: str
    card_id: str
    is_public: bool
    is_active: bool
    """Approved and enabled; others are shown, but cannot be sent."""
    vendors: list[CardVendorDocument]
    params: list[CardParamDocument]
    sms_signs: list[str]


class CardChoicesDocument(TypedDict):
    """Some card templates and how many there are."""

    items: list[CardChoiceDocument]
    total: int


class VideoChoiceDocument(TypedDict):
    """A video template that a fallback can use."""

    tpl_id: str
    name: str
    title: str
    is_public: bool


class VideoChoicesDocument(TypedDict):
    """Video templates without placeholders that may be sent."""

    items: list[VideoChoiceDocument]


class ColumnDocument(TypedDict):
    """A value that every number needs."""

    name: str
    kind: str
    """``sms`` or ``card``."""
    type: str
    example: str


class ContentDocument(TypedDict):
    """What a choice of templates needs and takes."""

    columns: list[ColumnDocument]
    example_text: str
    """With sample values and a sample link."""
    example_chars: int
    example_parts: int
    is_promotion: bool
    promotion_from: str
    """Promotion leaves between these times only."""
    promotion_until: str


def choices_router(tools: FormTools) -> APIRouter:
    """Return the router of ``/console/api/send-form``."""
    router = APIRouter(prefix="/console/api/send-form", tags=["send form"])
    SignedIn = Annotated[Actor, Depends(tools.auth.console)]  # noqa: N806 - a type
    _pickers(router, tools, SignedIn)
    db, smart = tools.db, tools.smart

    @router.get("/card-templates/{tpl_id}/card", operation_id="console_frame_card_template", response_class=Response)
    async def card(actor: SignedIn, request: Request, tpl_id: str, vendor: Vendor | None = None) -> Response:
        """Show a template with its examples, for a frame."""
        async with db.begin() as uow:
            template = await smart.get_template(uow, actor.tenant(Permission.CARD_TEMPLATE_LIST), tpl_id)
        examples = {param.name: param.example for param in template.params}
        return tools.frame_card(template.name, smart.pages(template, examples, vendor), language_of(request))

    @router.get("/content", operation_id="console_show_send_content")
    async def content(
        actor: SignedIn, card_template_id: str, sms_template_id: str, domain: str = ""
    ) -> ContentDocument:
        """Tell what a choice needs; a choice that may not be sent is refused with its field."""
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        found, columns = await _content_of(tools, tenant_id, card_template_id, sms_template_id)
        count = len(found.variable_types)
        values = [column["example"] for column in columns[:count]]
        text, parts = compiled(found).render(values, f"{domain or 'example.cn'}/{SAMPLE_CODE}")
        return {
            "columns": columns,
            "example_text": text,
            "example_chars": len(text),
            "example_parts": parts,
            "is_promotion": found.is_promotion,
            "promotion_from": f"{rules.PROMOTION_FROM:%H:%M}",
            "promotion_until": f"{rules.PROMOTION_UNTIL:%H:%M}",
        }

    @router.get("/sample.xlsx", operation_id="console_download_number_sample", response_class=Response)
    async def sample(actor: SignedIn, card_template_id: str, sms_template_id: str) -> Response:
        """Download a file to fill in, with a column for every value that the templates need."""
        tenant_id = actor.tenant(Permission.SEND_TASK_CREATE)
        _, columns = await _content_of(tools, tenant_id, card_template_id, sms_template_id)
        data = tools.audience.sample_xlsx([(column["name"], column["example"]) for column in columns])
        return Response(data, media_type=XLSX, headers={"content-disposition": 'attachment; filename="numbers.xlsx"'})

    return router


def _pickers(router: APIRouter, tools: FormTools, signed_in: Any) -> None:
    @router.get("/card-templates", operation_id="console_list_card_choices")
    async def card_templates(
        actor: signed_in,
        name: Annotated[str | None, Query(max_length=100)] = None,
        is_public: bool | None = None,  # noqa: FBT001 - a query parameter
        offset: Annotated[int, Query(ge=0)] = 0,
        limit: Annotated[int, Query(ge=1, le=100)] = 20,
    ) -> CardChoicesDocument:
        """List the tenant's own card templates and the public ones."""
        wanted = TemplateFilter(name=name or None, is_public=is_public)
        async with tools.db.begin() as uow:
            tenant_id = actor.tenant(Permission.CARD_TEMPLATE_LIST)
            page = await tools.smart.list_templates(uow, tenant_id, wanted, offset=offset, limit=limit)
        return {"items": [_card_choice(template) for template in page.items], "total": page.total}

    @router.get("/card-templates/{tpl_id}", operation_id="console_show_card_choice")
    async def card_template(actor: signed_in, tpl_id: str) -> CardChoiceDocument:
        """Show one card template: the chosen one, which a list may not reach."""
        async with tools.db.begin() as uow:
            found = await tools.smart.get_template(uow, actor.tenant(Permission.CARD_TEMPLATE_LIST), tpl_id)
        return _card_choice(found)

    @router.get("/domains", operation_id="console_list_send_domains")
    async def domains(actor: signed_in) -> LinkDomainsDocument:
        """List the domains that personal links can have: public ones, and the tenant's own in use."""
        async with tools.db.begin() as uow:
            found = await tools.domains.list(uow, actor, kind=DomainKind.STANDARD, state=DomainState.ACTIVE)
        items: list[LinkDomainDocument] = sorted(map(describe, found), key=lambda one: not one["is_preset"])
        return {"items": items, "total": len(items)}

    @router.get("/video-templates", operation_id="console_list_video_choices")
    async def video_templates(
        actor: signed_in, name: Annotated[str | None, Query(max_length=100)] = None
    ) -> VideoChoicesDocument:
        """List the video templates that incapable numbers can get: in use, and without placeholders."""
        wanted = VideoFilter(name=name or None, has_params=False)
        async with tools.db.begin() as uow:
            tenant_id = actor.tenant(Permission.BASIC_TEMPLATE_LIST)
            page = await tools.video.list_templates(uow, tenant_id, wanted, limit=100)
        return {
            "items": [
                {"tpl_id": one.tpl_id, "name": one.name, "title": one.title, "is_public": one.is_public}
                for one in page.items
                if one.state is VideoState.USABLE
            ]
        }


@contextmanager
def form_fields() -> Iterator[None]:
    """Let refusals name the form's fields, whatever the vendor's API calls them."""
    try:
        yield
    except HongyanError as error:
        error.field = _FIELDS.get(error.field or "", error.field)
        raise


async def _content_of(
    tools: FormTools, tenant_id: TenantId, card_template_id: str, sms_template_id: str
) -> tuple[Content, list[ColumnDocument]]:
    with form_fields():
        async with tools.db.begin() as uow:
            content = await tools.parses.admit(uow, tenant_id, card_template_id, sms_template_id)
            card = await tools.smart.get_active_template(uow, tenant_id, card_template_id)
    types = [("sms", kind, _SAMPLES.get(kind, "示例")) for _, kind in content.variable_types]
    types += [("card", "TEXT", param.example) for param in card.params]
    columns: list[ColumnDocument] = [
        {"name": name, "kind": kind, "type": of, "example": example}
        for name, (kind, of, example) in zip(column_names(content), types, strict=True)
    ]
    return content, columns


def _card_choice(template: CardTemplate) -> CardChoiceDocument:
    return {
        "tpl_id": template.tpl_id,
        "name": template.name,
        "scene": template.scene,
        "card_id": template.card_id,
        "is_public": template.is_public,
        "is_active": template.is_active,
        "vendors": [
            {"vendor": info.vendor, "is_enabled": info.state is FactoryState.ENABLED} for info in template.factories
        ],
        "params": [
            {"name": param.name, "example": param.example, "max_length": param.max_length} for param in template.params
        ],
        "sms_signs": list(template.sms_signs),
    }
