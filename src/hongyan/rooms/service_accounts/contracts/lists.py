"""What lists are asked: filters, order, page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from hongyan.rooms.service_accounts.contracts.accounts import Approval, State
from hongyan.rooms.service_accounts.contracts.ports import PortType

AccountSort = Literal["name", "-name", "online_at", "-online_at", "created_at", "-created_at"]
"""By what accounts and their parts are listed (``name`` is the account's); ``-`` puts the largest first."""
PortSort = Literal["port", "-port", "created_at", "-created_at"]
"""By what channel numbers and bindings are listed."""
ShortcutSort = Literal["sign", "-sign", "online_at", "-online_at", "created_at", "-created_at"]
"""By what scenes of shortcut keys are listed."""


@dataclass(frozen=True, slots=True)
class Window:
    """Offset and limit of a list, the span of its time filter, its order."""

    offset: int = 0
    limit: int = 10
    begin: datetime | None = None
    end: datetime | None = None
    sort: AccountSort | PortSort | ShortcutSort = "-created_at"


@dataclass(frozen=True, slots=True)
class PubFilter:
    """Which accounts a list shows; names match in part."""

    name: str | None = None
    state: State | None = None
    approval: Approval | None = None
    industry: int | None = None


@dataclass(frozen=True, slots=True)
class PartFilter:
    """Which menus or home pages a list shows."""

    part_id: str | None = None
    pub_id: str | None = None
    pub_name: str | None = None
    title: str | None = None
    """Part of a first-level menu's name."""
    state: State | None = None


@dataclass(frozen=True, slots=True)
class PortFilter:
    """Which channel numbers or bindings a list shows."""

    port: str | None = None
    type: PortType | None = None
    sign: str | None = None
    pub_name: str | None = None
    is_bound: bool | None = None


@dataclass(frozen=True, slots=True)
class ShortcutFilter:
    """Which scenes of shortcut keys a list shows; signatures match in part."""

    sign: str | None = None
    state: State | None = None
    approval: Approval | None = None
