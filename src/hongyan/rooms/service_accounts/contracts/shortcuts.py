"""Shortcut keys (短消息快捷键): a scene says below which messages which keys stand, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from hongyan.kernel.ids import TenantId
from hongyan.rooms.reviews.contracts import ReviewStory
from hongyan.rooms.service_accounts.contracts.accounts import Approval, Change, MenuItem, State


@dataclass(frozen=True, slots=True)
class ShortcutForm:
    """A scene as its company describes it: the signature of the messages, where phones are, and the keys in order.

    ``keys`` are menu items that open nothing below them; ``proofs`` are ids of pictures.
    """

    sign: str
    proofs: tuple[str, ...]
    areas: tuple[str, ...]
    keys: tuple[MenuItem, ...]


@dataclass(frozen=True, slots=True)
class Shortcut:
    """A scene. ``live`` is what was approved last, ``draft`` what waits or was rejected since."""

    shortcut_id: str
    """32 hex digits."""
    tenant_id: TenantId
    state: State
    approval: Approval
    live: ShortcutForm | None
    draft: ShortcutForm | None
    change: Change
    change_reason: str
    review_id: str | None
    creator: str
    created_at: datetime
    oper_at: datetime
    online_at: datetime | None

    @property
    def shown(self) -> ShortcutForm:
        """What lists show: the approved form, else the one that was handed in."""
        form = self.live or self.draft
        if form is None:
            msg = "a scene has a form"
            raise AssertionError(msg)
        return form


@dataclass(frozen=True, slots=True)
class ShortcutSheet:
    """All of a scene: itself with the state to show, and what the desk said, the newest first."""

    shortcut: Shortcut
    state: State
    stories: Sequence[ReviewStory]
