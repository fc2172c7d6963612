"""What a scene of shortcut keys must be, where it overlaps another, and which one a phone shows."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from hongyan.kernel.errors import HongyanError
from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import Action, Approval, Change, MenuItem, Place, State
from hongyan.rooms.service_accounts.contracts.shortcuts import Shortcut, ShortcutForm
from hongyan.rooms.service_accounts.contracts.taps import Tap, TapTarget
from hongyan.rooms.service_accounts.rules.shortcuts import MAX_KEYS, best_shortcut, check_shortcut, find_overlap
from hongyan.rooms.service_accounts.rules.taps import key_of

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
PAGE = MenuItem("查订单", Action.OPEN_URL, "https://example.com", {"open_in_browser": "1", "web_title": "订单"})
CALL = MenuItem("打客服", Action.CALLING, "4008008800", {"web_title": "left over"})
FORM = ShortcutForm("鸿雁商城", ("a" * 32,), ("全国",), (PAGE, CALL))


def scene(number: int, *areas: str) -> Shortcut:
    live = replace(FORM, areas=areas)
    at = NOW + timedelta(minutes=number)
    return Shortcut(
        f"{number:032x}",
        TenantId("t"),
        State.EFFECTIVE,
        Approval.PASSED,
        live,
        None,
        Change.CREATE,
        "",
        None,
        "u",
        at,
        at,
        at,
    )


def test_a_scene_keeps_what_its_keys_use() -> None:
    checked = check_shortcut(FORM)
    assert [dict(key.ext) for key in checked.keys] == [{"open_in_browser": "1", "web_title": "订单"}, {}]
    six = tuple(replace(CALL, name=f"键{number}") for number in range(MAX_KEYS))
    assert len(check_shortcut(replace(FORM, keys=six)).keys) == MAX_KEYS


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"sign": "雁"}, "sign"),
        ({"sign": "雁" * 19}, "sign"),
        ({"sign": "【鸿雁】"}, "sign"),
        ({"proofs": ()}, "authorization_files"),
        ({"proofs": ("a",) * 2}, "authorization_files"),
        ({"proofs": tuple("abcdefg")}, "authorization_files"),
        ({"areas": ()}, "areas"),
        ({"areas": ("某省",)}, "areas"),
        ({"areas": ("河北省", "唐山市")}, "areas"),
        ({"keys": ()}, "keys"),
        ({"keys": tuple(replace(CALL, name=f"键{number}") for number in range(7))}, "keys"),
        ({"keys": (PAGE, PAGE)}, "keys.1.name"),
        ({"keys": (replace(PAGE, name="七个汉字的名称"),)}, "keys.0.name"),
        ({"keys": (PAGE, replace(CALL, content="热线"))}, "keys.1.content"),
        ({"keys": (replace(PAGE, ext={"open_in_browser": "1"}),)}, "keys.0.ext_msg.web_title"),
        ({"keys": (MenuItem("更多", Action.OPEN_SUBMENU, children=(PAGE,)),)}, "keys.0.action_type"),
    ],
)
def test_what_a_scene_breaks_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(HongyanError) as caught:
        check_shortcut(replace(FORM, **changes))
    assert caught.value.field == field


def test_scenes_overlap_where_they_share_a_place() -> None:
    held = [replace(FORM, areas=("河北省", "苏州市")), replace(FORM, areas=("广东省",))]
    assert find_overlap(("唐山市",), held) == "河北省"
    assert find_overlap(("全国",), held) == "河北省"
    assert find_overlap(("北京市", "深圳市"), held) == "广东省"
    assert find_overlap(("南京市", "山西省"), held) is None
    assert find_overlap(("全国",), []) is None


def test_a_phone_shows_the_scene_of_where_it_is() -> None:
    north, country = scene(2, "河北省"), scene(1, "全国")
    assert best_shortcut([north], Place(city="唐山市")) is north
    assert best_shortcut([north], Place()) is None
    # two companies' cannot both be there; if they were, the older is shown
    assert best_shortcut([north, country], Place("河北省")) is country
    assert best_shortcut([replace(country, live=None)], Place()) is None


def test_a_tap_counts_on_a_key_that_is_there() -> None:
    def tap(*item: str) -> Tap:
        return Tap("event-01", "a" * 32, TapTarget.SHORTCUT, item, NOW)

    assert key_of(tap("查订单"), FORM) == (TapTarget.SHORTCUT, "查订单")
    for said in (tap("别的"), tap(), tap("查订单", "打客服")):
        assert key_of(said, FORM) is None
    assert key_of(tap("查订单"), None) is None
