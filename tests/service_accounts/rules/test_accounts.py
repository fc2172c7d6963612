from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from hongyan.kernel.errors import HongyanError, InvalidInput
from hongyan.kernel.ids import TenantId
from hongyan.rooms.service_accounts.contracts.accounts import (
    Approval,
    Change,
    FastApp,
    MenuForm,
    Part,
    PartKind,
    PortalForm,
    Pub,
    PubChange,
    PubForm,
    State,
    Tel,
)
from hongyan.rooms.service_accounts.errors import PubInWrongState, RegionsOverlap, RegionUnknown, UnderReview
from hongyan.rooms.service_accounts.rules import accounts as rules
from hongyan.rooms.service_accounts.rules.portals import check_portal
from hongyan.rooms.service_accounts.rules.texts import name_key, units

GOOD = PubForm("logo", "鸿雁会员", "会员服务\n与订单", "", 5, ("p1", "p2"))
COLLECTING = replace(GOOD, auto_ports=True, signs=("鸿雁演示",))
NOW = datetime(2026, 11, 23, tzinfo=UTC)
APP = FastApp("快应用", "logo", "描述", "hap://app/x", "1070")


def pub(state: State, *, live: bool = True) -> Pub:
    form = GOOD if live else None
    return Pub(
        "0" * 32,
        TenantId("t"),
        state,
        Approval.PASSED,
        form,
        None if live else GOOD,
        Change.CREATE,
        "",
        None,
        "",
        1,
        NOW,
        NOW,
        None,
    )


def part(*, live: bool) -> Part:
    form = MenuForm(())
    return Part(
        "1" * 32,
        TenantId("t"),
        "0" * 32,
        PartKind.MENU,
        Approval.PASSED,
        form if live else None,
        None if live else form,
        "",
        None,
        1,
        "me",
        NOW,
        NOW,
        None,
    )


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 3), ("中文", 4), ("a中1", 4), ("，", 2)])
def test_a_chinese_character_counts_twice(text: str, count: int) -> None:
    assert units(text) == count


@pytest.mark.parametrize("name", ["Ａbc 会员", "abc会员", "ABC\u3000会员"])
def test_names_that_look_alike_are_one(name: str) -> None:
    assert name_key(name) == "abc会员"


@pytest.mark.parametrize(
    ("word", "number"), [("finance", 1), ("shopping", 5), ("carrier", 10), ("other", 11), ("", 11)]
)
def test_filed_industries_have_numbers(word: str, number: int) -> None:
    assert rules.industry_of(word) == number


def test_an_account_gets_its_defaults() -> None:
    assert rules.check_pub(replace(GOOD, signs=("甲乙",), areas=("火星",))) == GOOD
    assert rules.check_pub(COLLECTING) == replace(COLLECTING, areas=("全国",))
    placed = replace(COLLECTING, areas=("江苏省",), remark="华东")
    assert rules.check_pub(placed) == placed


@pytest.mark.parametrize(
    ("form", "refusal", "field"),
    [
        (replace(GOOD, name=" "), InvalidInput, "pub_name"),
        (replace(GOOD, name="a\x07"), InvalidInput, "pub_name"),
        (replace(GOOD, abstract="\n"), InvalidInput, "pub_abstract"),
        (replace(GOOD, remark="\u200b"), InvalidInput, "pub_remark"),
        (replace(GOOD, proofs=("p1", "p1")), InvalidInput, "authorization_files"),
        (replace(COLLECTING, signs=()), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, signs=("一",)), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, signs=("签" * 19,)), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, signs=("【甲】",)), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, signs=("甲\x07",)), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, signs=("甲乙", "甲乙")), InvalidInput, "signs_for_auto_get_port"),
        (replace(COLLECTING, areas=("火星",)), RegionUnknown, "areas_for_auto_get_port"),
        (replace(COLLECTING, areas=("全国", "江苏省")), RegionsOverlap, "areas_for_auto_get_port"),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(form: PubForm, refusal: type[HongyanError], field: str) -> None:
    with pytest.raises(refusal) as caught:
        rules.check_pub(form)
    assert caught.value.field == field


def test_an_update_changes_what_it_names() -> None:
    change = PubChange(name="新名称", remark="", industry=11, auto_ports=False)
    assert rules.changed(GOOD, change) == replace(GOOD, name="新名称", industry=11)
    with pytest.raises(InvalidInput):
        rules.changed(GOOD, PubChange())


def test_what_is_under_review_is_not_changed() -> None:
    rules.require_decided("pub_id", "x", Approval.PASSED)
    rules.require_decided("pub_id", "x", Approval.REJECTED)
    with pytest.raises(UnderReview):
        rules.require_decided("pub_id", "x", Approval.REVIEWING)


def test_a_state_is_required() -> None:
    rules.require_state(pub(State.FROZEN), State.FROZEN)
    with pytest.raises(PubInWrongState, match="in state 2; this needs state 4"):
        rules.require_state(pub(State.EFFECTIVE), State.FROZEN)


@pytest.mark.parametrize(
    ("state", "is_filed", "shown"),
    [
        (State.NOT_EFFECTIVE, True, State.NOT_EFFECTIVE),
        (State.EFFECTIVE, True, State.EFFECTIVE),
        (State.EFFECTIVE, False, State.EXPIRED),
        (State.FROZEN, False, State.FROZEN),
    ],
)
def test_states_that_lists_show(state: State, is_filed: bool, shown: State) -> None:
    assert rules.pub_state(pub(state), is_filed=is_filed) is shown
    assert rules.part_state(part(live=True), pub(state), is_filed=is_filed) is shown
    assert rules.part_state(part(live=False), pub(state), is_filed=is_filed) is State.NOT_EFFECTIVE


@pytest.mark.parametrize(
    ("wanted", "is_filed", "can", "stored"),
    [
        (None, True, True, None),
        (None, False, True, None),
        (State.EFFECTIVE, True, True, State.EFFECTIVE),
        (State.EFFECTIVE, False, False, State.EFFECTIVE),
        (State.EXPIRED, True, False, State.EXPIRED),
        (State.EXPIRED, False, True, State.EFFECTIVE),
        (State.FROZEN, False, True, State.FROZEN),
    ],
)
def test_a_filter_by_state_knows_whether_the_company_is_filed(
    wanted: State | None, is_filed: bool, can: bool, stored: State | None
) -> None:
    assert rules.can_match(wanted, is_filed=is_filed) is can
    assert rules.stored_state(wanted, is_filed=is_filed) is stored


def test_what_is_shown_is_what_was_approved() -> None:
    assert pub(State.EFFECTIVE).shown == pub(State.NOT_EFFECTIVE, live=False).shown == GOOD
    assert part(live=True).shown == part(live=False).shown == MenuForm(())
    with pytest.raises(AssertionError):
        _ = replace(pub(State.EFFECTIVE), live=None).shown
    with pytest.raises(AssertionError):
        _ = replace(part(live=True), live=None).shown


def test_a_good_home_page_passes() -> None:
    check_portal(PortalForm("back", "介绍", (Tel("400-8008800", "客服"), Tel("95000", "a" * 30)), (APP,)))


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"summary": " "}, "summary"),
        ({"tels": (Tel("4-0-0", "热线"),)}, "tels.0.tel"),
        ({"tels": (Tel("١٢٣", "热线"),)}, "tels.0.tel"),
        ({"tels": (Tel("400", "热" * 16),)}, "tels.0.usage"),
        ({"tels": (Tel("400", " "),)}, "tels.0.usage"),
        ({"tels": (Tel("400", "a\tb"),)}, "tels.0.usage"),
        ({"fastapps": (replace(APP, name="a-b"),)}, "fastapps.0.name"),
        ({"fastapps": (replace(APP, name="a" * 31),)}, "fastapps.0.name"),
        ({"fastapps": (replace(APP, description="描" * 20),)}, "fastapps.0.description"),
        ({"fastapps": (replace(APP, deeplink="hap://other"),)}, "fastapps.0.deeplink"),
        ({"fastapps": (replace(APP, engine_version=""),)}, "fastapps.0.depend_engine_version"),
    ],
)
def test_a_home_page_that_breaks_a_rule_is_refused(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        check_portal(replace(PortalForm("back", "介绍"), **changes))
    assert caught.value.field == field
