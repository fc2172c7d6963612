"""Which taps count: on what the account has, and told in time."""

from datetime import UTC, datetime, timedelta, timezone

import pytest

from hongyan.rooms.service_accounts.contracts.accounts import Action, FastApp, MenuForm, MenuItem, PortalForm, Tel
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapTarget
from hongyan.rooms.service_accounts.rules.taps import LATEST, REMEMBERED, hour_of, item_of

NOW = datetime(2026, 11, 23, 2, 30, tzinfo=UTC)
MENU = MenuForm(
    (
        MenuItem("会员", Action.OPEN_SUBMENU, children=(MenuItem("订单", Action.OPEN_URL, "https://a.example"),)),
        MenuItem("客服", Action.CALLING, "4008"),
    )
)
PORTAL = PortalForm("b" * 32, "介绍", (Tel("4008", "热线"),), (FastApp("快应用", "c" * 32, "", "hap://app/x", "1070"),))


def tap(target: TapTarget, *item: str, at: datetime = NOW) -> Tap:
    return Tap("event-01", "a" * 32, target, item, at)


@pytest.mark.parametrize(
    ("said", "counted"),
    [
        (tap(TapTarget.HOME), (TapTarget.HOME, "")),
        (tap(TapTarget.HOME, "会员"), None),
        (tap(TapTarget.MENU, "会员"), (TapTarget.SUBMENU, "会员")),
        (tap(TapTarget.MENU, "会员", "订单"), (TapTarget.MENU, "会员 > 订单")),
        (tap(TapTarget.MENU, "客服"), (TapTarget.MENU, "客服")),
        (tap(TapTarget.MENU, "订单"), None),
        (tap(TapTarget.MENU), None),
        (tap(TapTarget.TEL, "4008"), (TapTarget.TEL, "4008")),
        (tap(TapTarget.TEL, "热线"), None),
        (tap(TapTarget.TEL), None),
        (tap(TapTarget.FASTAPP, "快应用"), (TapTarget.FASTAPP, "快应用")),
        (tap(TapTarget.FASTAPP, "快应用", "4008"), None),
        # Phones never say so: the platform knows its menus.
        (tap(TapTarget.SUBMENU, "会员"), None),
    ],
)
def test_a_tap_counts_on_what_the_account_has(said: Tap, counted: object) -> None:
    assert item_of(said, MENU, PORTAL) == counted


def test_without_menus_and_home_page_only_the_name_can_be_tapped() -> None:
    assert item_of(tap(TapTarget.HOME), None, None) == (TapTarget.HOME, "")
    for target, *item in ((TapTarget.MENU, "客服"), (TapTarget.TEL, "4008"), (TapTarget.FASTAPP, "快应用")):
        assert item_of(tap(target, *item), None, None) is None


def test_a_tap_counts_in_its_own_hour_if_it_is_told_in_time() -> None:
    shanghai = timezone(timedelta(hours=8))
    at = datetime(2026, 11, 23, 8, 59, 59, tzinfo=shanghai)
    assert hour_of(tap(TapTarget.HOME, at=at), NOW) == datetime(2026, 11, 23, 0, tzinfo=UTC)
    assert hour_of(tap(TapTarget.HOME, at=NOW + timedelta(days=3)), NOW) == datetime(2026, 11, 23, 2, tzinfo=UTC)
    assert hour_of(tap(TapTarget.HOME, at=NOW - LATEST), NOW) == datetime(2026, 11, 21, 2, tzinfo=UTC)
    assert hour_of(tap(TapTarget.HOME, at=NOW - LATEST - timedelta(seconds=1)), NOW) is None
    assert REMEMBERED > LATEST
