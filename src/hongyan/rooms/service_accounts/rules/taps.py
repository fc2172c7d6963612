"""Which taps count, where, and for which hour. Pure. Source: docs/protocols/handset.md §3.5."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from hongyan.rooms.service_accounts.contracts.accounts import Action, MenuForm, MenuItem, PortalForm
from hongyan.rooms.service_accounts.contracts.shortcuts import ShortcutForm
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapTarget

LATEST: Final = timedelta(days=2)
"""A tap that is told later than that counts no more: repeats of it could not be told any more."""
REMEMBERED: Final = timedelta(days=4)
"""How long ids of taps are kept: longer than taps may come late, with a margin for clocks."""
_BETWEEN: Final = " > "

Item = tuple[TapTarget, str]
"""What was tapped, and its name in the report."""


def hour_of(tap: Tap, now: datetime) -> datetime | None:
    """Return the hour in which a tap counts (that of now, when the handset's clock is ahead), or ``None``: too late."""
    if now - tap.at > LATEST:
        return None
    return min(tap.at, now).astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def item_of(tap: Tap, menu: MenuForm | None, portal: PortalForm | None) -> Item | None:
    """Return what was tapped as far as the account has it, or ``None``."""
    if tap.target is TapTarget.HOME:
        return (TapTarget.HOME, "") if tap.item == () else None
    if tap.target is TapTarget.MENU:
        found = None if menu is None else dict(_walk(menu)).get(tap.item)
        if found is None:
            return None
        is_parent = found.action is Action.OPEN_SUBMENU
        return TapTarget.SUBMENU if is_parent else TapTarget.MENU, _BETWEEN.join(tap.item)
    if portal is None or len(tap.item) != 1:
        return None
    names = {
        TapTarget.TEL: [one.tel for one in portal.tels],
        TapTarget.FASTAPP: [one.name for one in portal.fastapps],
    }.get(tap.target, [])
    return (tap.target, tap.item[0]) if tap.item[0] in names else None


def key_of(tap: Tap, form: ShortcutForm | None) -> Item | None:
    """Return which shortcut key was tapped as far as its scene has it, or ``None``."""
    if form is None or len(tap.item) != 1:
        return None
    name = tap.item[0]
    return (TapTarget.SHORTCUT, name) if any(key.name == name for key in form.keys) else None


def _walk(menu: MenuForm) -> Iterator[tuple[tuple[str, ...], MenuItem]]:
    for item in menu.items:
        yield (item.name,), item
        for child in item.children:
            yield (item.name, child.name), child
