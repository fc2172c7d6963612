"""What the console reads of accounts, menus, home pages and channel numbers; forms in the words of the bodies."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Annotated, Literal, Self

from fastapi import Query
from pydantic import BaseModel

from hongyan.rooms.reviews.contracts import ReviewStory
from hongyan.rooms.service_accounts.console_api.bodies import (
    AccountFastAppBody,
    AccountMenuBody,
    AccountMenuExtBody,
    AccountMenuItemBody,
    AccountPortalBody,
    AccountSubItemBody,
    AccountTelBody,
    ServiceAccountBody,
)
from hongyan.rooms.service_accounts.contracts.accounts import (
    Approval,
    MenuForm,
    MenuItem,
    Part,
    PartKind,
    PartRow,
    PortalForm,
    Pub,
    PubForm,
    PubSheet,
    State,
)
from hongyan.rooms.service_accounts.contracts.ports import PortRow, PortType

Offset = Annotated[int, Query(ge=0, le=1_000_000)]
Limit = Annotated[int, Query(ge=1, le=100)]
Word = Annotated[str | None, Query(max_length=100, pattern=r"^[^\x00]*$")]
StateName = Literal["not_effective", "effective", "expired", "frozen"]
ApprovalName = Literal["reviewing", "passed", "rejected"]
STATES: dict[State, StateName] = {
    State.NOT_EFFECTIVE: "not_effective",
    State.EFFECTIVE: "effective",
    State.EXPIRED: "expired",
    State.FROZEN: "frozen",
}
APPROVALS: dict[Approval, ApprovalName] = {
    Approval.REVIEWING: "reviewing",
    Approval.PASSED: "passed",
    Approval.REJECTED: "rejected",
}


def state_of(name: StateName | None) -> State | None:
    """Return the state that a filter names."""
    return None if name is None else State[name.upper()]


def verdict_of(found: Pub | Part, said: Mapping[str, tuple[bool, str]]) -> tuple[bool, str]:
    """Return whether the desk asks about it, and what it said; nothing where it was not turned down."""
    return said.get(found.review_id or "", (False, ""))


def _told(found: Pub | Part, stories: Sequence[ReviewStory]) -> tuple[bool, str]:
    """Return the same from what became of its submissions, the newest first."""
    if found.approval is not Approval.REJECTED or not stories:
        return False, ""
    return stories[0].review.is_asked_back, stories[0].review.reason


class AccountEventView(BaseModel):
    """What happened to a submission."""

    at: datetime
    action: str
    actor_name: str
    note: str


class AccountStoryView(BaseModel):
    """A submission and what became of it."""

    submitted_at: datetime
    due_at: datetime
    reason: str
    events: list[AccountEventView]

    @classmethod
    def of(cls, story: ReviewStory) -> Self:
        """Return a submission as its owner may read it."""
        events = [
            AccountEventView(at=e.at, action=e.action.value, actor_name=e.actor_name, note=e.note) for e in story.events
        ]
        review = story.review
        return cls(submitted_at=review.submitted_at, due_at=review.due_at, reason=review.reason, events=events)


class ServiceAccountView(BaseModel):
    """A row of the accounts."""

    pub_id: str
    name: str
    remark: str
    industry: int
    logo_img: str
    state: StateName
    approval: ApprovalName
    review_desc: str
    is_asked_back: bool
    """It was rejected by a question rather than a refusal: ``review_desc`` is what is asked."""
    has_live: bool
    """It was approved once."""
    change_reason: str
    created_at: datetime
    changed_at: datetime
    online_at: datetime | None

    @classmethod
    def of(cls, pub: Pub, state: State, is_asked_back: bool) -> Self:  # noqa: FBT001 - a column
        """Return a row."""
        shown = pub.shown
        return cls(
            pub_id=pub.pub_id,
            name=shown.name,
            remark=shown.remark,
            industry=shown.industry,
            logo_img=shown.logo,
            state=STATES[state],
            approval=APPROVALS[pub.approval],
            review_desc=pub.review_desc,
            is_asked_back=is_asked_back,
            has_live=pub.live is not None,
            change_reason=pub.change_reason,
            created_at=pub.created_at,
            changed_at=pub.oper_at,
            online_at=pub.online_at,
        )


class ServiceAccountList(BaseModel):
    """A page of accounts."""

    items: list[ServiceAccountView]
    total: int


class AccountPartView(BaseModel):
    """A row of the menus or home pages; the one of ``menu`` and ``portal`` that it is."""

    part_id: str
    kind: PartKind
    pub_id: str
    pub_name: str
    state: StateName
    approval: ApprovalName
    review_desc: str
    """Why it was turned down, or what is asked; else empty."""
    is_asked_back: bool
    can_urge: bool
    """It waits for its review, and the account itself has passed."""
    has_live: bool
    change_reason: str
    creator: str
    created_at: datetime
    changed_at: datetime
    online_at: datetime | None
    menu: AccountMenuBody | None
    portal: AccountPortalBody | None
    stories: list[AccountStoryView] = []

    @classmethod
    def of(
        cls,
        row: PartRow,
        stories: Sequence[ReviewStory] = (),
        *,
        handed_in: bool = False,
        verdict: tuple[bool, str] | None = None,
    ) -> Self:
        """Return a row; with ``handed_in`` what was handed in last, also where another one is in effect.

        ``verdict`` as of :func:`verdict_of`; without it the stories tell.
        """
        part, pub = row.part, row.pub
        is_asked_back, reason = _told(part, stories) if verdict is None else verdict
        form = (part.draft or part.shown) if handed_in else part.shown
        return cls(
            part_id=part.part_id,
            kind=part.kind,
            pub_id=pub.pub_id,
            pub_name=pub.shown.name,
            state=STATES[row.state],
            approval=APPROVALS[part.approval],
            review_desc=reason,
            is_asked_back=is_asked_back,
            can_urge=part.approval is Approval.REVIEWING and pub.live is not None,
            has_live=part.live is not None,
            change_reason=part.change_reason,
            creator=part.creator,
            created_at=part.created_at,
            changed_at=part.oper_at,
            online_at=part.online_at,
            menu=menu_view(form) if isinstance(form, MenuForm) else None,
            portal=portal_view(form) if isinstance(form, PortalForm) else None,
            stories=[AccountStoryView.of(story) for story in stories],
        )


class AccountPartList(BaseModel):
    """A page of menus or home pages."""

    items: list[AccountPartView]
    total: int


class ServiceAccountDetail(BaseModel):
    """An account with what is in effect, what was handed in last, and its parts."""

    account: ServiceAccountView
    live: ServiceAccountBody | None
    draft: ServiceAccountBody | None
    stories: list[AccountStoryView]
    parts: list[AccountPartView]

    @classmethod
    def of(cls, sheet: PubSheet) -> Self:
        """Return all of an account."""
        pub = sheet.pub
        is_asked_back, _ = _told(pub, sheet.stories.get(pub.pub_id, ()))
        return cls(
            account=ServiceAccountView.of(pub, sheet.state, is_asked_back),
            live=None if pub.live is None else account_body(pub.live),
            draft=None if pub.draft is None else account_body(pub.draft),
            stories=[AccountStoryView.of(story) for story in sheet.stories.get(pub.pub_id, ())],
            parts=[
                AccountPartView.of(row, sheet.stories.get(row.part.part_id, ()), handed_in=True) for row in sheet.parts
            ],
        )


class CreatedServiceAccount(BaseModel):
    """What creating an account made."""

    pub_id: str
    menu_id: str
    portal_id: str


class ProvinceView(BaseModel):
    """A province with its prefectures."""

    name: str
    cities: list[str]


class AccountFormGuide(BaseModel):
    """What the forms begin with."""

    company: str
    is_filed: bool
    industry: int
    """As filed; 0 when nothing is."""
    provinces: list[ProvinceView]


class ChannelNumberView(BaseModel):
    """A row of the channel numbers."""

    port_id: str
    port: str
    port_type: PortType
    sign: list[str]
    sign_check: bool
    authorization_files: list[str]
    accounts: list[str]
    """Names of the accounts that are bound to it."""
    created_at: datetime

    @classmethod
    def of(cls, row: PortRow) -> Self:
        """Return a row."""
        form = row.port.form
        return cls(
            port_id=row.port.port_id,
            port=form.port,
            port_type=form.type,
            sign=list(form.signs),
            sign_check=form.is_checked,
            authorization_files=list(form.proofs),
            accounts=[pub.shown.name for pub in row.pubs],
            created_at=row.port.created_at,
        )


class ChannelNumberList(BaseModel):
    """A page of channel numbers."""

    items: list[ChannelNumberView]
    total: int


class BindingView(BaseModel):
    """A row of the bindings."""

    binding_id: str
    port_id: str
    port: str
    port_type: PortType
    sign: list[str]
    province: list[str]
    pub_id: str
    pub_name: str
    is_auto: bool
    created_at: datetime

    @classmethod
    def of(cls, row: PortRow) -> Self:
        """Return a row of a list of bindings."""
        if row.binding is None:
            msg = "a list of bindings has bindings"
            raise AssertionError(msg)
        binding, pub = row.binding, row.pubs[0]
        return cls(
            binding_id=binding.binding_id,
            port_id=row.port.port_id,
            port=row.port.form.port,
            port_type=row.port.form.type,
            sign=list(binding.signs),
            province=list(binding.areas),
            pub_id=pub.pub_id,
            pub_name=pub.shown.name,
            is_auto=binding.is_auto,
            created_at=binding.created_at,
        )


class BindingList(BaseModel):
    """A page of bindings."""

    items: list[BindingView]
    total: int


def account_body(form: PubForm) -> ServiceAccountBody:
    """Return an account as its form shows it."""
    return ServiceAccountBody(
        pub_name=form.name,
        pub_remark=form.remark,
        industry=form.industry,
        pub_abstract=form.abstract,
        logo_img=form.logo,
        auto_get_port=form.auto_ports,
        signs_for_auto_get_port=list(form.signs),
        areas_for_auto_get_port=list(form.areas),
        authorization_files=list(form.proofs),
    )


def menu_view(form: MenuForm) -> AccountMenuBody:
    """Return menus as their form shows them."""
    return AccountMenuBody(menu_items=[_item(item) for item in form.items])


def portal_view(form: PortalForm) -> AccountPortalBody:
    """Return a home page as its form shows it."""
    return AccountPortalBody(
        background_img=form.background,
        summary=form.summary,
        tels=[AccountTelBody(tel=one.tel, usage=one.usage) for one in form.tels],
        fastapps=[
            AccountFastAppBody(
                name=app.name,
                logo_img=app.logo,
                description=app.description,
                deeplink=app.deeplink,
                depend_engine_version=app.engine_version,
            )
            for app in form.fastapps
        ],
    )


def _item(item: MenuItem) -> AccountMenuItemBody:
    return AccountMenuItemBody(
        name=item.name,
        action_type=item.action.value,
        content=item.content,
        ext_msg=_ext(item),
        sub_menu_items=[sub_item_body(child) for child in item.children],
    )


def sub_item_body(item: MenuItem) -> AccountSubItemBody:
    """Return an item that has none below it as its form shows it."""
    return AccountSubItemBody(name=item.name, action_type=item.action.value, content=item.content, ext_msg=_ext(item))


def _ext(item: MenuItem) -> AccountMenuExtBody:
    return AccountMenuExtBody.model_validate(
        dict(item.ext) | {"open_in_browser": item.ext.get("open_in_browser") == "1"}
    )
