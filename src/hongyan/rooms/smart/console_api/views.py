"""What the console reads of card templates; fields are named as in the vendor's API where it has them."""

from collections.abc import Collection
from datetime import datetime
from typing import Literal, Self, cast

from pydantic import BaseModel, Field

from hongyan.rooms.handsets.contracts import RegistrationState, Vendor
from hongyan.rooms.reviews.contracts import ReviewState, ReviewStory
from hongyan.rooms.smart.contracts import (
    Action,
    AuditState,
    CardTemplate,
    ElementKind,
    FactoryInfo,
    FactoryState,
    TemplateState,
)

AuditName = Literal["draft", "in_review", "passed", "failed"]
UseName = Literal["commercial", "trial"]
VendorVerdict = Literal["waiting", "enabled", "rejected", "disabled", "failed"]
"""What one vendor made of a template: ``waiting`` while our desk or the vendor looks at it."""
_REASON_CHARS = 200
_VERDICTS: dict[RegistrationState, VendorVerdict] = {
    RegistrationState.SUBMITTED: "waiting",
    RegistrationState.REJECTED: "rejected",
    RegistrationState.DISABLED: "disabled",
    RegistrationState.FAILED: "failed",
}


class CardVerdictView(BaseModel):
    """One handset vendor's verdict on a template."""

    vendor: Vendor
    verdict: VendorVerdict
    reason: str

    @classmethod
    def of(cls, info: FactoryInfo) -> Self:
        """Return a vendor's state; an older version that it still draws counts."""
        if info.state is FactoryState.ENABLED:
            return cls(vendor=info.vendor, verdict="enabled", reason="")
        verdict: VendorVerdict = "waiting" if info.answer is None else _VERDICTS.get(info.answer, "waiting")
        return cls(vendor=info.vendor, verdict=verdict, reason=info.reason)


class CardTemplateView(BaseModel):
    """A template of the list."""

    tpl_id: str
    tpl_name: str
    scene: str
    card_id: str
    is_public: bool
    is_enabled: bool
    disable_desc: str
    disabled_at: datetime | None
    audit_state: AuditName
    audit_desc: str
    is_asked_back: bool
    """It failed by a question rather than a refusal: ``audit_desc`` is what is asked."""
    use: UseName | None
    version: int
    vendors: list[CardVerdictView]
    param_count: int
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, found: CardTemplate, asked_back: Collection[str] = ()) -> Self:
        """Return the row of a template; ``asked_back`` are the ids of those that the desk asks about."""
        return cls(
            tpl_id=found.tpl_id,
            tpl_name=found.name,
            scene=found.scene,
            card_id=found.card_id,
            is_public=found.is_public,
            is_enabled=found.state is TemplateState.ENABLED,
            disable_desc=found.disable_desc,
            disabled_at=found.disabled_at,
            audit_state=cast("AuditName", found.audit_state.name.lower()),
            audit_desc=found.audit_desc,
            is_asked_back=found.tpl_id in asked_back,
            use=None if found.use is None else cast("UseName", found.use.name.lower()),
            version=found.version,
            vendors=[CardVerdictView.of(info) for info in found.factories],
            param_count=len(found.params),
            created_at=found.created_at,
            updated_at=found.updated_at,
        )


class CardTemplateList(BaseModel):
    """A page of templates."""

    items: list[CardTemplateView]
    total: int


class CardParamView(BaseModel):
    """A dynamic parameter: ``name`` without ``${}``."""

    name: str
    example: str
    max_length: int


class CardTapView(BaseModel):
    """What a tap on a button or picture does; ``text`` is what a button says."""

    page: int
    position: int
    kind: ElementKind
    text: str
    action: Action
    target: str


class CardEventView(BaseModel):
    """Something that happened to a submission."""

    at: datetime
    action: str
    actor_name: str
    note: str


class CardStoryView(BaseModel):
    """A submission to the review desk and what became of it."""

    state: ReviewState
    submitted_at: datetime
    submitted_by: str
    due_at: datetime
    decided_at: datetime | None
    reason: str
    urging_possible_at: datetime
    events: list[CardEventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return a submission as its owner may read it."""
        review = story.review
        return cls(
            state=review.state,
            submitted_at=review.submitted_at,
            submitted_by=review.submitted_by,
            due_at=review.due_at,
            decided_at=review.decided_at,
            reason=review.reason,
            urging_possible_at=story.urging_possible_at,
            events=[
                CardEventView(at=event.at, action=event.action.value, actor_name=event.actor_name, note=event.note)
                for event in story.events
            ],
        )


class CardTemplateDetail(BaseModel):
    """A template with what it needs, what it does, and its history."""

    template: CardTemplateView
    sms_signs: list[str]
    sms_template: str
    sms_example: str
    params: list[CardParamView]
    taps: list[CardTapView]
    preview_url: str
    """Where a phone's browser shows it with its examples."""
    stories: list[CardStoryView]

    @classmethod
    def of(cls, found: CardTemplate, preview_url: str, stories: tuple[ReviewStory, ...]) -> Self:
        """Return everything the console shows of a template."""
        is_asked = found.audit_state is AuditState.FAILED and bool(stories) and stories[0].review.is_asked_back
        asked_back = (found.tpl_id,) if is_asked else ()
        return cls(
            template=CardTemplateView.of(found, asked_back),
            sms_signs=list(found.sms_signs),
            sms_template=found.sms_template,
            sms_example=found.description,
            params=[CardParamView(name=p.name, example=p.example, max_length=p.max_length) for p in found.params],
            taps=[
                CardTapView(
                    page=element.page,
                    position=element.position,
                    kind=element.kind,
                    text=element.content,
                    action=element.tap.action,
                    target=element.tap.target,
                )
                for element in sorted(found.elements, key=lambda one: (one.page, one.position))
                if element.tap is not None
            ],
            preview_url=preview_url,
            stories=[CardStoryView.of(story) for story in stories],
        )


class LayoutView(BaseModel):
    """A layout and the vendors that draw it."""

    card_id: str
    vendors: list[Vendor]


class CardChoicesView(BaseModel):
    """What the list can be narrowed by."""

    layouts: list[LayoutView]
    scenes: list[str]


class CardUse(BaseModel):
    """Whether a template may be used, and why not."""

    is_enabled: bool
    reason: str = Field(default="", max_length=_REASON_CHARS, pattern=r"^[^\x00]*$")
