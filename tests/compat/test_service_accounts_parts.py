"""The vendor's client and the menus and home pages of service accounts: list, change, urge."""

import json
import re
from typing import Any

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.accounts import REASON, Studio, menu_item, new_name
from support.cloud import Holder
from support.doors import Company

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NOBODY = "0" * 32
INVALID = "KM.90016803"


def refused(studio: Studio, method: str, request: Any) -> tuple[str, str]:
    refusal = studio.client.refused(method, request)
    assert refusal.status == 400
    return refusal.code, refusal.text


def menu_change(menu_id: str, items: list[Any], reason: str = REASON) -> Any:
    body = sdk.UpdateMenuRequestBody(menu=sdk.Menus(menu_items=items), change_reason=reason)
    return sdk.UpdateMenuRequest(menu_id=menu_id, body=body)


def portal_change(studio: Studio, portal_id: str, **changes: Any) -> Any:
    app = sdk.UpdatePortalFastappModel("新的快应用", studio.picture("FASTAPP_LOGO"), "描述", "hap://app/new", "1080")
    good: dict[str, Any] = {
        "change_reason": REASON,
        "background_img": studio.picture("BG_IMAGE"),
        "summary": "新的主页",
        "tels": [sdk.TelModel(tel="95000", usage="全国热线")],
        "fastapps": [app],
    }
    body = sdk.UpdatePortalInfoRequestBody(**(good | changes))
    return sdk.UpdatePortalInfoRequest(portal_id=portal_id, body=body)


def ext(item: Any) -> dict[str, Any]:
    return {name: value for name, value in item.ext_msg.to_dict().items() if value is not None}


def test_menus_are_listed_as_they_were_handed_in(studio: Studio, demo: Company) -> None:
    made = studio.create()
    row = studio.get_menu(made)
    assert (row.menu_id, row.pub_id, row.pub_name) == (made.menu_id, made.pub_id, made.pub_name)
    assert (row.logo_img, row.company_name) == (studio.picture("PUB_LOGO"), demo.name)
    assert httpx.get(row.logo_url, trust_env=False).status_code == 200
    assert (row.menu_state, row.approve_state, row.online_time) == (1, 1, None)
    assert TIME.fullmatch(row.oper_time)
    assert len(row.company_id) == 32
    first, call, quick = row.menu.menu_items
    assert (first.name, first.action_type, first.content, first.ext_msg) == ("会员", "OPEN_SUBMENU", None, None)
    orders, app = first.sub_menu_items
    assert (orders.name, orders.action_type, orders.content) == ("我的订单", "OPEN_URL", "https://example.com/orders")
    assert ext(orders) == {"open_in_browser": "1", "web_title": "订单"}
    assert ext(app) == {
        "package_name": "com.example.shop",
        "app_id": "10086",
        "browser_floor_url": "https://example.com/app",
    }
    assert (call.action_type, call.content, call.sub_menu_items) == ("CALLING", "4008008800", None)
    assert ext(quick) == {"depend_engine_ver": "1070", "third_service_name": "示例服务"}


def test_a_menu_is_in_effect_once_it_and_its_account_are_approved(studio: Studio) -> None:
    made = studio.create()
    studio.approve(made, "menu")
    assert (studio.get_menu(made).menu_state, studio.get_menu(made).online_time) == (1, None)
    studio.approve(made, "pub")
    row = studio.get_menu(made)
    assert (row.menu_state, row.approve_state) == (2, 2)
    assert TIME.fullmatch(row.online_time)
    assert (studio.get_portal(made).state, studio.get_portal(made).approve_state) == (1, 1)
    studio.approve(made, "portal")
    portal = studio.get_portal(made)
    assert portal.state == 2
    assert portal.online_time


def test_menus_are_filtered_and_paged(studio: Studio) -> None:
    word = new_name("")[:6]
    made = []
    for no in range(2):
        wizard = studio.wizard(menu=[menu_item(f"{word}{no}", "CALLING", "4008")])
        made.append(studio.client.ask("create_pub_info", wizard).data.data)
    studio.approve(made[0])

    def ids(**wanted: Any) -> list[str]:
        page = studio.client.ask("list_menus", sdk.ListMenusRequest(**({"menu_name": word} | wanted))).data
        return [row.menu_id for row in page.data]

    old, new = made[0].menu_id, made[1].menu_id
    assert ids() == [new, old]
    assert ids(offset=1, limit=1) == [old]
    assert (ids(state=1), ids(state=2), ids(state=3), ids(state=4)) == ([new], [old], [], [])
    assert ids(pub_id=made[1].pub_id) == [new]
    assert ids(pub_name=made[0].pub_name) == [old]
    assert ids(online_begin_time="2020-01-01T00:00:00Z") == [old]
    assert ids(online_end_time="2020-01-01T00:00:00Z") == []
    page = studio.client.ask("list_menus", sdk.ListMenusRequest(menu_name=word, limit=1)).data.page_info
    assert (page.offset, page.limit, page.total) == (0, 1, 2)
    for wanted in ({"menu_name": "名" * 51}, {"pub_id": "z" * 32}, {"state": 0}, {"online_begin_time": "soon"}):
        assert refused(studio, "list_menus", sdk.ListMenusRequest(**wanted))[0] == INVALID


def test_changed_menus_wait_for_their_approval(studio: Studio, rival: Studio) -> None:
    made = studio.live()
    items = [menu_item("订单", "OPEN_URL", "https://example.com", open_in_browser="0", web_title="订单")]
    answer = studio.client.ask("update_menu", menu_change(made.menu_id, items)).data
    assert answer.menu_id == made.menu_id
    assert int(answer.log_id) > int(made.log_id)
    row = studio.get_menu(made)
    assert (row.menu.menu_items[0].name, row.menu_state, row.approve_state) == ("会员", 2, 1)
    assert refused(studio, "update_menu", menu_change(made.menu_id, items))[0] == "KM.99990712"
    assert refused(rival, "update_menu", menu_change(made.menu_id, items))[0] == "KM.99990702"
    studio.reject(made, "menu")
    assert studio.get_menu(made).menu.menu_items[0].name == "会员"
    studio.client.ask("update_menu", menu_change(made.menu_id, items))
    studio.approve(made, "menu")
    row = studio.get_menu(made)
    assert [item.name for item in row.menu.menu_items] == ["订单"]
    assert (row.menu_state, row.approve_state) == (2, 2)


@pytest.mark.parametrize(
    ("items", "reason", "code", "said"),
    [
        ([menu_item("四个汉字多", "CALLING", "4008")] * 3, REASON, "KM.99990730", "menu.menu_items.0.name"),
        ([menu_item("甲", "CALLING", "4008")] * 2, REASON, "KM.99990730", "甲 is there twice"),
        ([menu_item("甲", "OPEN_SUBMENU")], REASON, "KM.99990730", "sub_menu_items"),
        ([menu_item("甲", "JUMP", "x")], REASON, INVALID, "action_type"),
        ([], "", INVALID, "change_reason"),
        ([], "因" * 1001, INVALID, "change_reason"),
    ],
)
def test_menus_that_break_a_rule_are_refused(
    studio: Studio, items: list[Any], reason: str, code: str, said: str
) -> None:
    found = refused(studio, "update_menu", menu_change(NOBODY, items, reason))
    assert (found[0], said in found[1]) == (code, True), found


def test_home_pages_are_listed_with_json_in_strings(studio: Studio, demo: Company) -> None:
    made = studio.create()
    row = studio.get_portal(made)
    assert (row.portal_id, row.pub_id, row.pub_name) == (made.portal_id, made.pub_id, made.pub_name)
    assert (row.company_name, len(row.company_id)) == (demo.name, 32)
    assert (row.background_img, row.summary) == (studio.picture("BG_IMAGE"), "会员服务一站直达")
    assert httpx.get(row.background_img_url, trust_env=False).headers["content-type"] == "image/png"
    assert json.loads(row.tels) == [{"usage": "客服热线", "tel": "400-8008800"}]
    (app,) = json.loads(row.fastapps)
    assert httpx.get(app.pop("logo_img_url"), trust_env=False).status_code == 200
    assert app == {
        "name": "示例快应用",
        "logo_img": studio.picture("FASTAPP_LOGO"),
        "description": "查订单更方便",
        "deeplink": "hap://app/com.example/orders",
        "depend_engine_version": "1070",
    }
    assert (row.state, row.approve_state, row.online_time, row.change_reason) == (1, 1, None, "")
    assert row.creator
    assert row.create_time is not None


def test_home_pages_are_filtered_and_paged(studio: Studio) -> None:
    prefix = new_name("")[:8]
    made = [studio.create(pub_name=f"{prefix}{no}") for no in range(2)]
    studio.approve(made[0])

    def ids(**wanted: Any) -> list[str]:
        request = sdk.ListPortalInfosRequest(**({"pub_name": prefix} | wanted))
        return [row.portal_id for row in studio.client.ask("list_portal_infos", request).data.portals]

    old, new = made[0].portal_id, made[1].portal_id
    assert (ids(), ids(offset=1, limit=1)) == ([new, old], [old])
    assert (ids(state=1), ids(state=2), ids(state=3), ids(state=4)) == ([new], [old], [], [])
    assert (ids(begin_time="2020-01-01T00:00:00Z"), ids(end_time="2020-01-01T00:00:00Z")) == ([old], [])
    request = sdk.ListPortalInfosRequest(pub_name=prefix, limit=1)
    page = studio.client.ask("list_portal_infos", request).data.page_info
    assert (page.offset, page.limit, page.total) == (0, 1, 2)
    for wanted in ({"pub_name": "名" * 16}, {"limit": 0}, {"state": 5}, {"end_time": "soon"}):
        assert refused(studio, "list_portal_infos", sdk.ListPortalInfosRequest(**wanted))[0] == INVALID


def test_a_changed_home_page_waits_for_its_approval(studio: Studio, rival: Studio) -> None:
    made = studio.live()
    change = portal_change(studio, made.portal_id)
    answer = studio.client.ask("update_portal_info", change).data.portal
    assert (answer.portal_id, answer.summary, answer.state, answer.approve_state) == (made.portal_id, "新的主页", 2, 1)
    assert (json.loads(answer.tels), answer.change_reason) == ([{"usage": "全国热线", "tel": "95000"}], REASON)
    assert json.loads(answer.fastapps)[0]["name"] == "新的快应用"
    row = studio.get_portal(made)
    assert (row.summary, row.state, row.approve_state) == ("会员服务一站直达", 2, 1)
    assert refused(studio, "update_portal_info", change)[0] == "KM.99990712"
    theirs = portal_change(rival, made.portal_id)
    assert refused(rival, "update_portal_info", theirs)[0] == "KM.99990703"
    studio.approve(made, "portal")
    assert studio.get_portal(made).summary == "新的主页"


def test_a_home_page_that_breaks_a_rule_is_refused(studio: Studio, rival: Studio) -> None:
    made = studio.create()
    studio.reject(made, "portal")

    def change(**fields: Any) -> tuple[str, str]:
        return refused(studio, "update_portal_info", portal_change(studio, made.portal_id, **fields))

    assert "change_reason" in change(change_reason="太短了")[1]
    assert "change_reason" in change(change_reason="因" * 51)[1]
    assert "summary" in change(summary="")[1]
    assert change(background_img=rival.picture("BG_IMAGE"))[0] == "KM.99990706"
    assert change(background_img=studio.picture("OTHER"))[0] == "KM.99990721"
    assert "tels.0.tel" in change(tels=[sdk.TelModel(tel="4-0-0", usage="热线")])[1]
    assert "hw_pubs" in change(hw_pubs=["x"] * 11)[1]
    studio.client.ask("update_portal_info", portal_change(studio, made.portal_id, hw_pubs=["reserved"]))


@pytest.mark.parametrize("noun", ["menu", "portal"])
def test_a_review_is_urged_once_the_account_has_passed(studio: Studio, rival: Studio, noun: str) -> None:
    method = f"push_{noun}_info"

    def request(made: Any) -> Any:
        model = sdk.PushMenuInfoRequest if noun == "menu" else sdk.PushPortalInfoRequest
        return model(getattr(made, f"{noun}_id"))

    made = studio.create()
    assert refused(studio, method, request(made))[0] == "KM.99990714"
    studio.approve(made, "pub")
    not_found = {"menu": "KM.99990702", "portal": "KM.99990703"}[noun]
    assert refused(rival, method, request(made))[0] == not_found
    answer = studio.client.ask(method, request(made)).data.data
    assert answer.log_id.isdecimal()
    assert answer.message == "催审成功"
    (waiting,) = studio.desk.waiting(f"service_accounts.{noun}", made.pub_name)
    assert waiting["urge_count"] == 1
    assert "Urging is possible from" in refused(studio, method, request(made))[1]
    studio.approve(made, noun)
    assert refused(studio, method, request(made))[0] == "KM.99990715"


def test_a_reader_may_look_and_not_touch(studio: Studio, reader: Holder) -> None:
    made = studio.create()
    for path in ("/menus", "/portals"):
        assert reader.call("GET", f"/v1/aim-sa{path}").status_code == 200
    portal = portal_change(studio, made.portal_id).body.to_dict()
    for method, path, body in [
        ("PUT", f"/menus/{made.menu_id}", {"menu": {"menu_items": []}, "change_reason": "不行"}),
        ("POST", f"/menus/{made.menu_id}/push", None),
        ("PUT", f"/portals/{made.portal_id}", portal),
        ("POST", f"/portals/{made.portal_id}/push", None),
    ]:
        assert reader.call(method, f"/v1/aim-sa{path}", body).status_code == 403, path
