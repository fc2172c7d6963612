"""What the console sends and reads of shortcut keys; a scene's fields are named as its form names them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Self

from pydantic import BaseModel, Field

from hongyan.rooms.reviews.contracts import SaidReason
from hongyan.rooms.service_accounts.console_api.bodies import MAX_AREAS, AccountSubItemBody, Area, Key, Text
from hongyan.rooms.service_accounts.console_api.views import (
    APPROVALS,
    STATES,
    AccountStoryView,
    ApprovalName,
    StateName,
    sub_item_body,
)
from hongyan.rooms.service_accounts.contracts.accounts import Approval, State
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm, ShortcutSheet


class ShortcutBody(BaseModel):
    """默认配置 and the keys of a scene."""

    sign: Text = ""
    authorization_files: list[Key] = Field(default_factory=list, max_length=100)
    areas: list[Area] = Field(default_factory=list, max_length=MAX_AREAS)
    keys: list[AccountSubItemBody] = Field(default_factory=list, max_length=100)

    def form(self) -> ShortcutForm:
        """Return the form that the service takes and checks."""
        return ShortcutForm(
            sign=self.sign.strip().strip("【】"),
            proofs=tuple(one.lower() for one in self.authorization_files),
            areas=tuple(self.areas),
            keys=tuple(key.item() for key in self.keys),
        )

    @classmethod
    def of(cls, form: ShortcutForm) -> Self:
        """Return a scene as its form shows it."""
        return cls(
            sign=form.sign,
            authorization_files=list(form.proofs),
            areas=list(form.areas),
            keys=[sub_item_body(key) for key in form.keys],
        )


class ShortcutChangeBody(ShortcutBody):
    """A scene, changed; ``change_reason`` says why."""

    change_reason: Text = ""


class ShortcutView(BaseModel):
    """A row of the scenes: what is in effect, else what was handed in."""

    shortcut_id: str
    sign: str
    areas: list[str]
    keys: list[str]
    """Names, in the order in which a phone shows them."""
    state: StateName
    approval: ApprovalName
    review_desc: str
    """Why it was turned down, or what is asked; else empty."""
    is_asked_back: bool
    has_live: bool
    """It was approved once."""
    change_reason: str
    creator: str
    created_at: datetime
    changed_at: datetime
    online_at: datetime | None

    @classmethod
    def of(cls, shortcut: Shortcut, state: State, said: Mapping[str, tuple[bool, str]]) -> Self:
        """Return a row; ``said`` by review, as the service lists it."""
        shown = shortcut.shown
        is_asked_back, reason = said.get(shortcut.review_id or "", (False, ""))
        return cls(
            shortcut_id=shortcut.shortcut_id,
            sign=shown.sign,
            areas=list(shown.areas),
            keys=[key.name for key in shown.keys],
            state=STATES[state],
            approval=APPROVALS[shortcut.approval],
            review_desc=reason,
            is_asked_back=is_asked_back,
            has_live=shortcut.live is not None,
            change_reason=shortcut.change_reason,
            creator=shortcut.creator,
            created_at=shortcut.created_at,
            changed_at=shortcut.oper_at,
            online_at=shortcut.online_at,
        )


class ShortcutList(BaseModel):
    """A page of scenes."""

    items: list[ShortcutView]
    total: int


class ShortcutReasonView(BaseModel):
    """Why the last submission was turned down at one of the form's fields."""

    field: str
    zh: str
    en: str

    @classmethod
    def of(cls, said: SaidReason) -> Self:
        """Return a reason at the field as the form calls it."""
        return cls(field="authorization_files" if said.field == "proofs" else said.field, zh=said.zh, en=said.en)


class ShortcutDetail(BaseModel):
    """A scene with what is in effect, what was handed in last, and what the desk said."""

    shortcut: ShortcutView
    live: ShortcutBody | None
    draft: ShortcutBody | None
    stories: list[AccountStoryView]
    reasons: list[ShortcutReasonView]

    @classmethod
    def of(cls, sheet: ShortcutSheet) -> Self:
        """Return all of a scene."""
        one = sheet.shortcut
        is_rejected = one.approval is Approval.REJECTED
        last = next((story for story in sheet.stories if is_rejected and story.review.review_id == one.review_id), None)
        said = {} if last is None else {last.review.review_id: (last.review.is_asked_back, last.review.reason)}
        return cls(
            shortcut=ShortcutView.of(one, sheet.state, said),
            live=None if one.live is None else ShortcutBody.of(one.live),
            draft=None if one.draft is None else ShortcutBody.of(one.draft),
            stories=[AccountStoryView.of(story) for story in sheet.stories],
            reasons=[] if last is None else [ShortcutReasonView.of(reason) for reason in last.said],
        )
