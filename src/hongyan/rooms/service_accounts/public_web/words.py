"""Words of the interface for handset vendors: the question about a message, what is shown with it, what was tapped."""

from datetime import UTC, datetime
from typing import Annotated, Any, Literal

import msgspec

from hongyan.rooms.handsets.contracts import MAX_EVENTS
from hongyan.rooms.service_accounts.contracts.accounts import MenuItem, Place, Shown
from hongyan.rooms.service_accounts.contracts.shortcuts import ShortcutForm
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapTarget

_Region = Annotated[str, msgspec.Meta(max_length=30)]
_Name = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]
_Id = Annotated[str, msgspec.Meta(pattern="^[0-9a-f]{32}$")]


class AccountCall(msgspec.Struct, frozen=True):
    """A handset asks what to show with messages that carry a signature and came from a number."""

    signature: Annotated[str, msgspec.Meta(min_length=1, max_length=40)]
    number: Annotated[str, msgspec.Meta(pattern="^[0-9]{1,32}$")]
    request_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
    province: _Region | None = None
    city: _Region | None = None

    def place(self) -> Place:
        """Return where the phone is, as far as it says."""
        return Place(self.province, self.city)


class TapWord(msgspec.Struct, frozen=True):
    """One tap; ``at`` carries its zone. A shortcut key's names its scene, all others their account."""

    event_id: Annotated[str, msgspec.Meta(pattern="^[A-Za-z0-9_-]{8,64}$")]
    target: Literal["home", "menu", "tel", "fastapp", "shortcut"]
    at: Annotated[datetime, msgspec.Meta(tz=True)]
    pub_id: _Id | None = None
    shortcut_id: _Id | None = None
    item: Annotated[tuple[_Name, ...], msgspec.Meta(max_length=2)] = ()

    def __post_init__(self) -> None:
        """Refuse what names neither or both, or the one that its target does not have."""
        needed, other = (
            (self.shortcut_id, self.pub_id) if self.target == "shortcut" else (self.pub_id, self.shortcut_id)
        )
        if needed is None or other is not None:
            msg = "shortcut_id is needed with shortcut, pub_id with every other target"
            raise ValueError(msg)


class TapsCall(msgspec.Struct, frozen=True):
    """A vendor tells what was tapped on home pages, menus and shortcut keys."""

    events: Annotated[list[TapWord], msgspec.Meta(min_length=1, max_length=MAX_EVENTS)]

    def to_taps(self) -> list[Tap]:
        """Return the room's taps."""
        return [
            Tap(
                word.event_id,
                word.pub_id or word.shortcut_id or "",
                TapTarget(word.target),
                word.item,
                word.at.astimezone(UTC),
            )
            for word in self.events
        ]


def pictures_of(shown: Shown) -> set[str]:
    """Return the ids of all pictures that are shown."""
    portal = () if shown.portal is None else (shown.portal.background, *(app.logo for app in shown.portal.fastapps))
    return {shown.pub.logo, *portal}


def account(shown: Shown, links: dict[str, str]) -> dict[str, Any]:
    """Return an account as the interface says it; parts that are not in effect are null."""
    menu, portal = shown.menu, shown.portal
    return {
        "pub_id": shown.pub_id,
        "name": shown.pub.name,
        "abstract": shown.pub.abstract,
        "logo_url": links.get(shown.pub.logo),
        "menu": None if menu is None else [_item(item) for item in menu.items],
        "portal": None
        if portal is None
        else {
            "background_url": links.get(portal.background),
            "summary": portal.summary,
            "tels": [{"tel": tel.tel, "usage": tel.usage} for tel in portal.tels],
            "fastapps": [
                {
                    "name": app.name,
                    "logo_url": links.get(app.logo),
                    "description": app.description,
                    "deeplink": app.deeplink,
                    "engine_version": app.engine_version,
                }
                for app in portal.fastapps
            ],
        },
    }


def shortcuts(shortcut_id: str, form: ShortcutForm) -> dict[str, Any]:
    """Return a scene of shortcut keys as the interface says it."""
    return {"shortcut_id": shortcut_id, "signature": form.sign, "keys": [_key(key) for key in form.keys]}


def _key(key: MenuItem) -> dict[str, Any]:
    return {"name": key.name, "action": key.action.value, "content": key.content, "ext": dict(key.ext)}


def _item(item: MenuItem) -> dict[str, Any]:
    return {
        "name": item.name,
        "action": item.action.value,
        "content": item.content,
        "ext": dict(item.ext),
        "items": [_item(child) for child in item.children],
    }
