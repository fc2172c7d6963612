"""What was tapped on phones, and how it is counted."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Literal


class TapTarget(StrEnum):
    """What somebody tapped on a phone."""

    HOME = "home"
    """The account's name, which opens its home page."""
    MENU = "menu"
    """A menu item that leads somewhere."""
    SUBMENU = "submenu"
    """A menu item that only shows those below it."""
    TEL = "tel"
    FASTAPP = "fastapp"
    SHORTCUT = "shortcut"
    """A shortcut key below a message; it belongs to a scene, not to an account."""


@dataclass(frozen=True, slots=True)
class Tap:
    """A tap as a vendor reports it: nothing in it says who tapped.

    ``item`` names the menu item (with its parent before it), the hotline, the quick app or the key; it is empty for
    the home page. ``target`` is never ``SUBMENU``: the platform knows its menus.
    """

    event_id: str
    pub_id: str
    """Of the account; of a shortcut key its scene's id."""
    target: TapTarget
    item: tuple[str, ...]
    at: datetime


TapSort = Literal[
    "day", "-day", "times", "-times", "home", "-home", "menu", "-menu", "submenu", "-submenu", "tel", "-tel",
    "fastapp", "-fastapp", "shortcut", "-shortcut",
]  # fmt: skip
"""By which column taps are listed; ``-`` puts the largest first."""
TapItemSort = Literal["day", "-day", "times", "-times"]
"""The same of single things, which have no other counts."""


@dataclass(frozen=True, slots=True)
class TapFilter:
    """Which taps are counted, and whether by day or month of a zone. ``pub_name`` is a part of a name."""

    begin: datetime
    end: datetime
    """Exclusive; both are full hours."""
    zone: str
    by_month: bool = False
    pub_id: str | None = None
    pub_name: str | None = None
    target: TapTarget | None = None
    sort: TapSort | None = None
    """Days, the newest first, and the most taps of each first unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class TapCounts:
    """How often something was tapped, by what it was."""

    home: int = 0
    menu: int = 0
    submenu: int = 0
    tel: int = 0
    fastapp: int = 0
    shortcut: int = 0


@dataclass(frozen=True, slots=True)
class TapRow:
    """The taps on an account, or on a scene of shortcut keys, on a day (or in the month that begins with it)."""

    day: date
    pub_id: str
    pub_name: str
    """Of a scene its signature in brackets."""
    counts: TapCounts


@dataclass(frozen=True, slots=True)
class TapItemRow:
    """The taps on one thing of an account or a scene; both as in :class:`TapRow`."""

    day: date
    pub_id: str
    pub_name: str
    target: TapTarget
    item: str
    """Empty for the home page."""
    times: int
