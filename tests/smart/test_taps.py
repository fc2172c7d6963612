"""Events: every action with its fields, and what single vendors leave out."""

from collections.abc import Iterable

import pytest

from hongyan.kernel.errors import InvalidInput
from hongyan.rooms.handsets.contracts import Vendor
from hongyan.rooms.smart.contracts import Action, Element, ElementKind, Tap
from hongyan.rooms.smart.rules.taps import check_at, check_tap

H, M, O, V, Z, S = Vendor  # noqa: E741 - the letters of the interface's table
SCHEDULE = {"description": "d", "begin_time": "2026-12-01 09:30:00", "end_time": "2026-12-01 10:30:00"}
MAP = {"address": "a", "longitude": "113.94", "latitude": "-22.5"}
POPUP = {"content": "c", "text_button": "好", "mode": "0"}
APP = {"package_name": "com.example.app"}

SOUND = [
    (Action.OPEN_URL, "https://x.example/?a=1&b=${param1}", {}),
    (Action.OPEN_URL, "${param1}", {}),
    (Action.OPEN_QUICK, "hap://app/x/${param1}", {}),
    (Action.OPEN_APP, "weixin://", APP),
    (Action.OPEN_APP, "app://${param1}", {**APP, "floor_type": "0", "floor_url": ""}),
    (Action.OPEN_APP, "app://", {**APP, "floor_type": "1", "floor_url": "https://x.example"}),
    (Action.OPEN_APP, "app://", {**APP, "floor_type": "2", "floor_url": "http://x.example"}),
    (Action.OPEN_APP, "app://", {**APP, "floor_type": "3", "floor_url": "hap://x"}),
    (Action.DIAL_PHONE, "+86-10-12345678", {}),
    (Action.OPEN_SMS, "10690", {"body": "T"}),
    (Action.OPEN_EMAIL, "a@x.example", {"subject": "s", "body": "b"}),
    (Action.OPEN_SCHEDULE, "评审", SCHEDULE),
    (Action.OPEN_MAP, "大厦", MAP),
    (Action.OPEN_BROWSER, "http://x.example", {}),
    (Action.OPEN_POPUP, "标题", POPUP),
    (Action.COPY_PARAMETER, "${param1}", {}),
    (Action.VIEW_PIC, "material:1", {}),
]


@pytest.mark.parametrize(("action", "target", "more"), SOUND)
def test_a_sound_event_passes(action: Action, target: str, more: dict[str, str]) -> None:
    check_tap("x", Tap(action, target, more), picture="material:1")


def test_every_action_is_among_the_sound_ones() -> None:
    assert {action for action, _, _ in SOUND} == set(Action)


@pytest.mark.parametrize(
    ("action", "target", "more", "field"),
    [
        (Action.OPEN_URL, "", {}, "target"),
        (Action.OPEN_URL, "https://" + "x" * 1000, {}, "target"),
        (Action.OPEN_URL, "http://x.example", {}, "target"),
        (Action.OPEN_URL, "javascript:alert(1)", {}, "target"),
        (Action.OPEN_QUICK, "https://x.example", {}, "target"),
        (Action.OPEN_BROWSER, "ftp://x.example", {}, "target"),
        (Action.OPEN_APP, "app://", {}, "package_name"),
        (Action.OPEN_APP, "app://", {"package_name": "x" * 51}, "package_name"),
        (Action.OPEN_APP, "app://", {"package_name": "${param1}"}, "package_name"),
        (Action.OPEN_APP, "app://", {**APP, "floor_type": "7"}, "floor_type"),
        (Action.OPEN_APP, "app://", {**APP, "floor_type": "1"}, "floor_url"),
        (Action.OPEN_APP, "app://", {**APP, "floor_type": "1", "floor_url": "http://x.example"}, "floor_url"),
        (Action.OPEN_APP, "app://", {**APP, "floor_type": "2", "floor_url": "https://" + "x" * 1000}, "floor_url"),
        (Action.OPEN_APP, "app://", {**APP, "floor_type": "3", "floor_url": "hap://${param1}"}, "floor_url"),
        (Action.DIAL_PHONE, "call me", {}, "target"),
        (Action.DIAL_PHONE, "1" * 21, {}, "target"),
        (Action.DIAL_PHONE, "${param1}", {}, "target"),
        (Action.OPEN_SMS, "10690", {}, "body"),
        (Action.OPEN_SMS, "x", {"body": "b"}, "target"),
        (Action.OPEN_EMAIL, "nobody", {"subject": "s", "body": "b"}, "target"),
        (Action.OPEN_EMAIL, "a@x.example", {"subject": "s"}, "body"),
        (Action.OPEN_EMAIL, "a@x.example", {"body": "s"}, "subject"),
        (Action.OPEN_SCHEDULE, "t", {**SCHEDULE, "begin_time": "2026-12-01"}, "begin_time"),
        (Action.OPEN_SCHEDULE, "t", {**SCHEDULE, "begin_time": "2026-12-1 9:30:00"}, "begin_time"),
        (Action.OPEN_SCHEDULE, "t", {**SCHEDULE, "end_time": "2026-13-01 09:30:00"}, "end_time"),
        (Action.OPEN_SCHEDULE, "t", {**SCHEDULE, "end_time": "2026-11-01 09:30:00"}, "begin_time"),
        (Action.OPEN_MAP, "t", {**MAP, "longitude": "east"}, "longitude"),
        (Action.OPEN_MAP, "t", {**MAP, "latitude": ""}, "latitude"),
        (Action.OPEN_POPUP, "t" * 31, POPUP, "target"),
        (Action.OPEN_POPUP, "t", {**POPUP, "mode": "1"}, "mode"),
        (Action.OPEN_POPUP, "t", {"content": "c", "text_button": "b"}, "mode"),
        (Action.OPEN_POPUP, "t", {**POPUP, "text_button": "x" * 13}, "text_button"),
        (Action.COPY_PARAMETER, "x" * 21, {}, "target"),
        (Action.VIEW_PIC, "material:2", {}, "target"),
    ],
)
def test_an_event_that_breaks_a_rule_is_refused_by_name(
    action: Action, target: str, more: dict[str, str], field: str
) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_tap("x", Tap(action, target, more), picture="material:1")
    assert caught.value.field == f"x.action.{field}"


def judged(vendor: Vendor, tap: Tap | None, others: Iterable[Vendor] = ()) -> str | None:
    """Return the field that a vendor refuses."""
    try:
        check_at(vendor, {vendor, *others}, "x", Element(1, ElementKind.BUTTON, "b", tap=tap))
    except InvalidInput as error:
        return error.field
    return None


@pytest.mark.parametrize("action", Action)
def test_vendors_take_the_actions_they_have(action: Action) -> None:
    tap = Tap(action, "t", {"floor_type": "1"})
    refusing = {vendor for vendor in Vendor if judged(vendor, tap) == "x.action_type"}
    expected = {
        Action.OPEN_EMAIL: {O, V},
        Action.OPEN_MAP: {O, V},
        Action.VIEW_PIC: {O, Z, S},
        Action.OPEN_SCHEDULE: {O, S},
        Action.OPEN_URL: set(),
        Action.OPEN_BROWSER: set(),
        Action.OPEN_QUICK: set(),
        Action.OPEN_APP: set(),
    }
    assert refusing == expected.get(action, {O})


@pytest.mark.parametrize(("floor", "refusing"), [("", {S}), ("0", {S}), ("1", {M}), ("2", {S}), ("3", {O, V})])
def test_vendors_take_the_fallbacks_they_have(floor: str, refusing: set[Vendor]) -> None:
    tap = Tap(Action.OPEN_APP, "app://", {"floor_type": floor, "floor_url": "https://x.example"})
    assert {vendor for vendor in Vendor if judged(vendor, tap) == "x.action.floor_type"} == refusing


def test_samsungs_fallback_counts_for_nothing_beside_others_and_oppo_needs_an_address() -> None:
    browser = Tap(Action.OPEN_APP, "app://", {"floor_type": "2"})
    assert judged(S, browser, [H]) is None
    assert judged(O, browser) == "x.action.floor_url"
    assert judged(O, None) is None
