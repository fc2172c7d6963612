"""The vendor's client and service accounts: create, list, change, freeze, unfreeze."""

import json
import re
from typing import Any

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from support.accounts import Studio, good_menu, menu_item, new_name
from support.cloud import Client, Holder, Refusal
from support.doors import Company

HEX = re.compile(r"[0-9a-f]{32}")
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
NOBODY = "0" * 32
INVALID = "KM.90016803"


def refused(studio: Studio, method: str, request: Any) -> tuple[str, str]:
    refusal: Refusal = studio.client.refused(method, request)
    assert refusal.status == 400
    return refusal.code, refusal.text


def test_a_wizard_makes_an_account_with_menus_and_a_home_page(studio: Studio, demo: Company) -> None:
    name = new_name()
    made = studio.create(
        pub_name=name,
        pub_remark="华北",
        auto_get_port=1,
        signs_for_auto_get_port=[f"签名{name[-6:]}", "鸿雁演示"],
        areas_for_auto_get_port=["河北省", "苏州市"],
        industry=8,
    )
    assert all(HEX.fullmatch(one) for one in (made.pub_id, made.menu_id, made.portal_id))
    assert made.log_id.isdecimal()
    assert made.pub_name == name
    pub = studio.get_pub(made)
    logo, proof = studio.picture("PUB_LOGO"), studio.picture("OTHER")
    assert TIME.fullmatch(pub.oper_time)
    assert (pub.state, pub.approve_state, pub.online_time) == (1, 1, None)
    assert (pub.company_name, pub.company_id) == (demo.name, pub.company_id)
    assert HEX.fullmatch(pub.company_id)
    assert (pub.logo_img, list(pub.authorization_files)) == (logo, [proof])
    assert httpx.get(pub.logo_url, trust_env=False).headers["content-type"] == "image/png"
    assert (pub.auto_get_port, pub.industry, pub.pub_abstract, pub.pub_remark) == (1, 8, "会员权益与订单服务", "华北")
    assert pub.signs_for_auto_get_port == [f"签名{name[-6:]}", "鸿雁演示"]
    assert pub.areas_for_auto_get_port == ["河北省", "苏州市"]
    studio.approve(made)
    pub = studio.get_pub(made)
    assert (pub.state, pub.approve_state) == (2, 2)
    assert TIME.fullmatch(pub.online_time)


def test_defaults_are_the_filed_industry_and_nothing_collected(studio: Studio) -> None:
    made = studio.create(signs_for_auto_get_port=["不会收集"])
    pub = studio.get_pub(made)
    assert (pub.industry, pub.auto_get_port, pub.signs_for_auto_get_port) == (5, 0, [])
    assert (pub.areas_for_auto_get_port, pub.pub_remark) == ([], "")
    everywhere = studio.get_pub(studio.create(auto_get_port=1, signs_for_auto_get_port=["到处都有"]))
    assert everywhere.areas_for_auto_get_port == ["全国"]


@pytest.mark.parametrize(
    ("changes", "code", "said"),
    [
        ({"pub_name": "很长的服务号名称十六个字一二三四"}, INVALID, "pub_name"),
        ({"pub_name": "  "}, INVALID, "pub_name"),
        ({"pub_abstract": "简" * 76}, INVALID, "pub_abstract"),
        ({"pub_remark": "备" * 16}, INVALID, "pub_remark"),
        ({"industry": 12}, INVALID, "industry"),
        ({"auto_get_port": 2}, INVALID, "auto_get_port"),
        ({"auto_get_port": 1}, INVALID, "signs_for_auto_get_port"),
        ({"auto_get_port": 1, "signs_for_auto_get_port": ["一"]}, INVALID, "signs_for_auto_get_port"),
        ({"auto_get_port": 1, "signs_for_auto_get_port": ["甲乙", "甲乙"]}, INVALID, "甲乙 is there twice"),
        ({"auto_get_port": 1, "signs_for_auto_get_port": ["甲乙"] * 6}, INVALID, "signs_for_auto_get_port"),
        (
            {"auto_get_port": 1, "signs_for_auto_get_port": ["甲乙"], "areas_for_auto_get_port": ["火星"]},
            "KM.99990740",
            "火星",
        ),
        (
            {"auto_get_port": 1, "signs_for_auto_get_port": ["甲乙"], "areas_for_auto_get_port": ["江苏省", "苏州市"]},
            "KM.99990741",
            "江苏省 and 苏州市 overlap",
        ),
        ({"logo_img": NOBODY}, "KM.99990706", f"logo_img: picture {NOBODY}"),
        ({"logo_img": "short"}, INVALID, "logo_img"),
        ({"authorization_files": []}, INVALID, "authorization_files"),
        ({"authorization_files": [NOBODY] * 7}, INVALID, "authorization_files"),
        ({"authorization_files": [NOBODY, NOBODY]}, INVALID, "authorization_files: a picture is there twice"),
    ],
)
def test_an_account_that_breaks_a_rule_is_refused(
    studio: Studio, changes: dict[str, Any], code: str, said: str
) -> None:
    found = refused(studio, "create_pub_info", studio.wizard(pub=studio.pub_body(**changes)))
    assert (found[0], said in found[1]) == (code, True), found


def test_a_picture_must_fit_its_place(studio: Studio) -> None:
    proof, background = studio.picture("OTHER"), studio.picture("BG_IMAGE")
    wizard = studio.wizard(pub=studio.pub_body(logo_img=proof))
    assert refused(studio, "create_pub_info", wizard) == (
        "KM.99990721",
        f"logo_img: picture {proof} cannot be used here: the ratio 1:1 is needed.",
    )
    wizard = studio.wizard(portal=studio.portal_body(background_img=studio.picture("PUB_LOGO")))
    assert refused(studio, "create_pub_info", wizard)[0] == "KM.99990721"
    app = sdk.CreatePubFastappModel("名称", background, "描述", "hap://app/x", "1070")
    wizard = studio.wizard(portal=studio.portal_body(fastapps=[app]))
    assert "fastapps.0.logo_img" in refused(studio, "create_pub_info", wizard)[1]


@pytest.mark.parametrize(
    ("tels", "apps", "field"),
    [
        ([("40-0-88", "客服")], [], "tels.0.tel"),
        ([("-4008", "客服")], [], "tels.0.tel"),
        ([("4008", "客" * 16)], [], "tels.0.usage"),
        ([("4008", "客服")] * 6, [], "portal_request_body.tels"),
        ([], [{"name": "有 空格"}], "fastapps.0.name"),
        ([], [{"name": "字" * 16}], "name"),
        ([], [{"description": "描" * 20}], "fastapps.0.description"),
        ([], [{"deeplink": "https://example.com"}], "deeplink"),
        ([], [{"depend_engine_version": "版" * 26}], "fastapps.0.depend_engine_version"),
    ],
)
def test_a_home_page_that_breaks_a_rule_is_refused(
    studio: Studio, tels: list[tuple[str, str]], apps: list[dict[str, str]], field: str
) -> None:
    good = {
        "name": "名称",
        "logo_img": studio.picture("FASTAPP_LOGO"),
        "description": "描述",
        "deeplink": "hap://app/x",
        "depend_engine_version": "1070",
    }
    portal = studio.portal_body(
        tels=[sdk.TelModel(*tel) for tel in tels],
        fastapps=[sdk.CreatePubFastappModel(**(good | app)) for app in apps],
    )
    code, text = refused(studio, "create_pub_info", studio.wizard(portal=portal))
    assert (code, field in text) == (INVALID, True), text


def test_a_menu_that_breaks_a_rule_is_refused(studio: Studio) -> None:
    menu = [menu_item("客服", "CALLING", "not a number")]
    assert refused(studio, "create_pub_info", studio.wizard(menu=menu)) == (
        "KM.99990730",
        "menu.menu_items.0.content: a phone number is needed.",
    )
    menu = [menu_item(f"菜单{no}", "CALLING", "4008") for no in range(4)]
    assert refused(studio, "create_pub_info", studio.wizard(menu=menu))[0] == INVALID
    assert studio.client.ask("create_pub_info", studio.wizard(menu=[])).data.data.menu_id


def test_a_name_repeats_inside_a_company_only_and_with_another_remark(studio: Studio, rival: Studio) -> None:
    name = new_name()
    studio.create(pub_name=name)
    again = studio.wizard(pub=studio.pub_body(pub_name=name))
    assert refused(studio, "create_pub_info", again)[0] == "KM.99990711"
    studio.create(pub_name=name, pub_remark="华东")
    again = studio.wizard(pub=studio.pub_body(pub_name=f" {name.upper()} ", pub_remark="华 东"))
    assert refused(studio, "create_pub_info", again)[0] == "KM.99990711"
    theirs = rival.wizard(pub=rival.pub_body(pub_name=name, pub_remark="自己的"))
    assert refused(rival, "create_pub_info", theirs)[0] == "KM.99990710"


def test_a_rejected_name_is_free_for_others(studio: Studio, rival: Studio) -> None:
    made = studio.create()
    studio.reject(made, "pub")
    pub = studio.get_pub(made)
    assert (pub.state, pub.approve_state) == (1, 3)
    assert rival.create(pub_name=made.pub_name).pub_id != made.pub_id
    change = sdk.UpdatePubInfoRequestBody(change_reason="再试", pub_abstract="新的简介")
    request = sdk.UpdatePubInfoRequest(pub_id=made.pub_id, body=change)
    assert refused(studio, "update_pub_info", request)[0] == "KM.99990710"


def test_the_list_is_paged_and_filtered(studio: Studio) -> None:
    prefix = new_name("")[:8]
    made = [studio.create(pub_name=f"{prefix}{no}") for no in range(3)]
    first = studio.client.ask("list_pub_infos", sdk.ListPubInfosRequest(pub_name=prefix)).data
    assert [row.pub_id for row in first.data] == [one.pub_id for one in reversed(made)]
    page = first.page_info
    assert (page.offset, page.limit, page.total) == (0, 10, 3)
    second = studio.client.ask("list_pub_infos", sdk.ListPubInfosRequest(pub_name=prefix, offset=1, limit=1)).data
    assert [row.pub_id for row in second.data] == [made[1].pub_id]
    assert (second.page_info.offset, second.page_info.limit, second.page_info.total) == (1, 1, 3)
    studio.approve(made[0], "pub")

    def ids(**wanted: Any) -> list[str]:
        request = sdk.ListPubInfosRequest(pub_name=prefix, **wanted)
        return [row.pub_id for row in studio.client.ask("list_pub_infos", request).data.data]

    live, others = [made[0].pub_id], [made[2].pub_id, made[1].pub_id]
    assert (ids(state=2), ids(state=1), ids(state=3), ids(state=4)) == (live, others, [], [])
    assert (ids(approve_state=2), ids(approve_state=1)) == (live, others)
    assert (ids(industry="5"), ids(industry="6")) == ([*others, *live], [])
    assert ids(start_time="2020-01-01T00:00:00Z") == live
    assert ids(start_time="2020-01-01T00:00:00Z", end_time="2020-02-01T00:00:00Z") == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"pub_name": "名" * 16},
        {"state": 5},
        {"approve_state": 4},
        {"industry": "12"},
        {"limit": 101},
        {"offset": -1},
        {"start_time": "yesterday"},
        {"start_time": "2026-01-02T00:00:00Z", "end_time": "2026-01-01T00:00:00Z"},
    ],
)
def test_a_filter_out_of_range_is_refused(studio: Studio, wanted: dict[str, Any]) -> None:
    code, text = refused(studio, "list_pub_infos", sdk.ListPubInfosRequest(**wanted))
    assert (code, next(iter(wanted)) in text) == (INVALID, True), text


def test_a_change_takes_effect_when_it_is_approved(studio: Studio) -> None:
    made = studio.live()
    change = sdk.UpdatePubInfoRequestBody(
        change_reason="换一个简介",
        pub_abstract="新的简介",
        pub_name=made.pub_name,
        pub_remark="新",
        logo_img=studio.picture("PUB_LOGO"),
        authorization_files=[studio.picture("OTHER")],
        auto_get_port=1,
        signs_for_auto_get_port=["新的签名"],
        areas_for_auto_get_port=["上海市"],
        industry=11,
    )
    request = sdk.UpdatePubInfoRequest(pub_id=made.pub_id, body=change)
    log = studio.client.ask("update_pub_info", request).data.data.pub_update_log_id
    assert int(log) > int(made.log_id)
    pub = studio.get_pub(made)
    assert (pub.pub_abstract, pub.state, pub.approve_state) == ("会员权益与订单服务", 2, 1)
    assert refused(studio, "update_pub_info", request)[0] == "KM.99990712"
    studio.reject(made, "pub")
    pub = studio.get_pub(made)
    assert (pub.pub_abstract, pub.state, pub.approve_state) == ("会员权益与订单服务", 2, 3)
    studio.client.ask("update_pub_info", request)
    studio.approve(made, "pub")
    pub = studio.get_pub(made)
    assert (pub.pub_abstract, pub.pub_remark, pub.industry) == ("新的简介", "新", 11)
    assert (pub.signs_for_auto_get_port, pub.areas_for_auto_get_port) == (["新的签名"], ["上海市"])


def test_a_change_that_breaks_a_rule_is_refused(studio: Studio, rival: Studio) -> None:
    made, theirs = studio.live(), rival.create()

    def change(**fields: Any) -> tuple[str, str]:
        body = sdk.UpdatePubInfoRequestBody(**({"change_reason": "试试"} | fields))
        return refused(studio, "update_pub_info", sdk.UpdatePubInfoRequest(pub_id=made.pub_id, body=body))

    assert change()[0] == INVALID
    assert "change_reason" in change(change_reason="因" * 201, pub_abstract="新")[1]
    assert change(pub_name=theirs.pub_name)[0] == "KM.99990710"
    assert change(auto_get_port=1)[0] == INVALID
    body = sdk.UpdatePubInfoRequestBody(change_reason="别人的", pub_abstract="新")
    foreign = sdk.UpdatePubInfoRequest(pub_id=theirs.pub_id, body=body)
    assert refused(studio, "update_pub_info", foreign)[0] == "KM.99990701"


def test_freezing_is_immediate_and_unfreezing_is_reviewed(studio: Studio, rival: Studio) -> None:
    made = studio.live()
    stop = sdk.FreezePubRequest(pub_id=made.pub_id, body=sdk.FreezePubRequestBody(change_reason="活动结束"))
    go = sdk.UnfreezePubRequest(pub_id=made.pub_id, body=sdk.UnfreezePubRequestBody(change_reason="活动继续"))
    assert refused(studio, "unfreeze_pub", go)[0] == "KM.99990713"
    assert refused(rival, "freeze_pub", stop)[0] == "KM.99990701"
    answer = studio.client.ask("freeze_pub", stop)
    assert answer.data.pub_id == made.pub_id
    assert json.loads(answer.raw_content)["data"]["data"] == {"pub_id": made.pub_id}
    states = (studio.get_pub(made).state, studio.get_menu(made).menu_state, studio.get_portal(made).state)
    assert states == (4, 4, 4)
    assert refused(studio, "freeze_pub", stop)[0] == "KM.99990713"
    empty = sdk.FreezePubRequest(pub_id=made.pub_id, body=sdk.FreezePubRequestBody(change_reason=""))
    assert refused(studio, "freeze_pub", empty)[0] == INVALID
    assert studio.client.ask("unfreeze_pub", go).data.pub_id == made.pub_id
    pub = studio.get_pub(made)
    assert (pub.state, pub.approve_state) == (4, 1)
    assert refused(studio, "unfreeze_pub", go)[0] == "KM.99990712"
    assert refused(rival, "unfreeze_pub", go)[0] == "KM.99990701"
    long = sdk.UnfreezePubRequest(pub_id=made.pub_id, body=sdk.UnfreezePubRequestBody(change_reason="因" * 201))
    assert refused(studio, "unfreeze_pub", long)[0] == INVALID
    studio.reject(made, "pub")
    assert studio.get_pub(made).state == 4
    studio.client.ask("unfreeze_pub", go)
    studio.approve(made, "pub")
    assert studio.get_pub(made).state == 2


def test_without_the_service_or_the_filing_nothing_is_created(stranger: Client, studio: Studio) -> None:
    refusal = stranger.refused("create_pub_info", studio.wizard())
    assert refusal.status in {400, 403}
    assert "service_accounts" in refusal.text
    listed = stranger.ask("list_pub_infos", sdk.ListPubInfosRequest()).data
    assert (listed.data, listed.page_info.total) == ([], 0)


def test_a_reader_may_look_and_not_touch(studio: Studio, reader: Holder) -> None:
    pub_id = studio.create().pub_id
    assert reader.call("GET", "/v1/aim-sa/pubs").status_code == 200
    reason = {"change_reason": "不行"}
    for method, path, body in [
        ("POST", "/unify/pubs", studio.wizard().body.to_dict()),
        ("POST", f"/pubs/{pub_id}", reason | {"pub_abstract": "新"}),
        ("POST", f"/pubs/{pub_id}/freeze", reason),
        ("POST", f"/pubs/{pub_id}/unfreeze", reason),
    ]:
        assert reader.call(method, f"/v1/aim-sa{path}", body).status_code == 403, path


def test_the_same_key_makes_one_account(studio: Studio) -> None:
    body = studio.wizard().body.to_dict()
    headers = {"Idempotency-Key": new_name("key")}
    first, second = (studio.client.raw("POST", "/v1/aim-sa/unify/pubs", body, headers=headers).json() for _ in range(2))
    assert first == second
    other = studio.wizard().body.to_dict()
    answer = studio.client.raw("POST", "/v1/aim-sa/unify/pubs", other, headers=headers)
    assert (answer.status_code, answer.json()["error_code"]) == (422, "KM.99990422")


def test_numbers_and_strings_are_taken_where_samples_mix_them(studio: Studio) -> None:
    body = studio.wizard(menu=good_menu()).body.to_dict()
    body["pub_request_body"] |= {"auto_get_port": "0", "industry": "3", "unknown": [1]}
    answer = studio.client.raw("POST", "/v1/aim-sa/unify/pubs", body)
    assert answer.status_code == 200, answer.text
    made = answer.json()["data"]["data"]
    rows = studio.client.ask("list_menus", sdk.ListMenusRequest(menu_id=made["menu_id"])).data.data
    ext = rows[0].menu.menu_items[0].sub_menu_items[0].ext_msg
    assert (ext.open_in_browser, ext.web_title) == ("1", "订单")
