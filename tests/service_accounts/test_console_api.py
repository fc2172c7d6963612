"""The console's endpoints of service accounts over a real socket: the wizard, its parts, channel numbers, bindings."""

from support.account_desks import MENU, Desks, drawn, refused


async def test_the_wizard_s_three_steps_wait_and_take_effect(desks: Desks) -> None:
    guide = (await desks.reader.get("/service-accounts/form")).json()
    assert (guide["is_filed"], guide["industry"], guide["provinces"][2]["cities"][0]) == (True, 9, "石家庄市")
    # when the wizard is submitted
    made = await desks.admin.post("/service-accounts", json=await desks.form())
    assert made.status_code == 201, made.text
    pub_id = made.json()["pub_id"]
    # then the three lists show the new entry; the industry is the filing's
    row = (await desks.reader.get("/service-accounts?name=会员&approval=reviewing&industry=9")).json()["items"][0]
    assert (row["pub_id"], row["state"], row["has_live"]) == (pub_id, "not_effective", False)
    menus = (await desks.reader.get("/service-accounts/menus?title=客服")).json()
    assert (menus["total"], menus["items"][0]["can_urge"]) == (1, False)
    assert menus["items"][0]["menu"]["menu_items"][0]["sub_menu_items"][0]["ext_msg"]["open_in_browser"] is True
    portals = (await desks.reader.get("/service-accounts/portals?pub_name=鸿雁")).json()["items"]
    assert portals[0]["portal"]["tels"] == [{"tel": "400-8008800", "usage": "客服热线"}]
    # and a part cannot be urged before its account has passed
    part = menus["items"][0]["part_id"]
    assert (await desks.admin.post(f"/service-accounts/menus/{part}/urge")).status_code == 409
    # when the desk approves
    async with desks.goose.db.begin() as uow:
        await desks.goose.decide_all(uow)
    shown = (await desks.reader.get(f"/service-accounts/{pub_id}")).json()
    assert (shown["account"]["state"], shown["live"]["pub_name"], shown["draft"]) == ("effective", "鸿雁会员", None)
    assert [(part["kind"], part["state"]) for part in shown["parts"]] == [
        ("menu", "effective"),
        ("portal", "effective"),
    ]
    assert [event["action"] for event in shown["stories"][0]["events"]] == ["submitted", "approved"]
    # and its logo is shown as a picture
    logo = await desks.reader.get(
        f"/service-accounts/pictures/{desks.goose.actor.tenant()}/{shown['live']['logo_img']}"
    )
    assert logo.headers["content-type"] == "image/png"


async def test_changes_wait_while_what_is_in_effect_stays(desks: Desks) -> None:
    pub_id = await desks.live()
    shown = (await desks.admin.get(f"/service-accounts/{pub_id}")).json()
    body = shown["live"] | {"pub_abstract": "新的简介", "change_reason": "更新简介"}
    assert (await desks.admin.put(f"/service-accounts/{pub_id}", json=body)).json()["approval"] == "reviewing"
    assert refused(await desks.admin.put(f"/service-accounts/{pub_id}", json=body)) == (409, "pub_id")
    menu = next(part for part in shown["parts"] if part["kind"] == "menu")
    wanted = {"menu_items": MENU[1:], "change_reason": "只留客服"}
    changed = await desks.admin.put(f"/service-accounts/menus/{menu['part_id']}", json=wanted)
    assert (changed.json()["approval"], len(changed.json()["menu"]["menu_items"])) == ("reviewing", 1)
    portal = next(part for part in shown["parts"] if part["kind"] == "portal")
    wanted = portal["portal"] | {"summary": "新的介绍", "change_reason": "更新介绍"}
    assert (await desks.admin.put(f"/service-accounts/portals/{portal['part_id']}", json=wanted)).status_code == 200
    assert (await desks.admin.post(f"/service-accounts/menus/{menu['part_id']}/urge")).status_code == 204
    now = (await desks.reader.get(f"/service-accounts/{pub_id}")).json()
    assert (now["live"]["pub_abstract"], now["draft"]["pub_abstract"]) == ("会员权益与订单服务", "新的简介")
    # when the desk rejects all of it
    async with desks.goose.db.begin() as uow:
        await desks.goose.decide_all(uow, is_approved=False)
    now = (await desks.reader.get(f"/service-accounts/{pub_id}")).json()
    assert (now["account"]["state"], now["account"]["approval"], now["account"]["review_desc"]) == (
        "effective",
        "rejected",
        "no",
    )
    assert [sorted(story["reason"] for story in part["stories"]) for part in now["parts"]] == [["", "no"]] * 2


async def test_a_question_is_told_from_a_refusal_in_every_list(desks: Desks) -> None:
    answer = await desks.admin.post("/service-accounts", json=await desks.form())
    pub_id = answer.json()["pub_id"]

    async def shown() -> list[tuple[str, str, bool]]:
        rows = []
        for path in ("/service-accounts", "/service-accounts/menus", "/service-accounts/portals"):
            [row] = (await desks.reader.get(path)).json()["items"]
            rows.append((row["approval"], row["review_desc"], row["is_asked_back"]))
        return rows

    assert await shown() == [("reviewing", "", False)] * 3
    # when the desk asks about all of it
    async with desks.goose.db.begin() as uow:
        await desks.goose.decide_all(uow, is_approved=False, is_asked_back=True)
    # then lists and details say so, with the question
    assert await shown() == [("rejected", "请补充说明：no", True)] * 3
    sheet = (await desks.reader.get(f"/service-accounts/{pub_id}")).json()
    assert [one["is_asked_back"] for one in (sheet["account"], *sheet["parts"])] == [True] * 3
    # when it is handed in again and refused, nothing asks any more
    again = sheet["draft"] | {"change_reason": "补充说明"}
    assert (await desks.admin.put(f"/service-accounts/{pub_id}", json=again)).json()["is_asked_back"] is False
    async with desks.goose.db.begin() as uow:
        await desks.goose.decide_all(uow, is_approved=False)
    assert await shown() == [("rejected", "no", False)] + [("rejected", "请补充说明：no", True)] * 2


async def test_an_account_is_frozen_and_asks_to_be_shown_again(desks: Desks) -> None:
    pub_id = await desks.live()
    path = f"/service-accounts/{pub_id}"
    assert refused(await desks.admin.post(f"{path}/freeze", json={})) == (400, "change_reason")
    assert refused(await desks.admin.post(f"{path}/unfreeze", json={"change_reason": "x"})) == (409, "pub_id")
    assert (await desks.admin.post(f"{path}/freeze", json={"change_reason": "活动结束"})).json()["state"] == "frozen"
    asked = await desks.admin.post(f"{path}/unfreeze", json={"change_reason": "活动再开"})
    assert (asked.json()["state"], asked.json()["approval"]) == ("frozen", "reviewing")


async def test_the_wizard_hears_of_its_faults_at_their_fields(desks: Desks) -> None:
    form = await desks.form()
    small = await desks.upload("OTHER", 30, 40)
    page = {"name": "订单", "action_type": "OPEN_URL", "content": "https://example.com"}
    app = {"name": "小程序", "description": "描述", "deeplink": "hap://app/x", "depend_engine_version": "1.0"}
    for changes, status, field in (
        ({"pub_name": ""}, 400, "pub_name"),
        ({"pub_name": "名" * 16}, 400, "pub_name"),
        ({"pub_remark": "备" * 16}, 400, "pub_remark"),
        ({"pub_abstract": "介" * 76}, 400, "pub_abstract"),
        ({"logo_img": ""}, 400, "logo_img"),
        ({"logo_img": small}, 400, "logo_img"),
        ({"authorization_files": []}, 400, "authorization_files"),
        ({"auto_get_port": True}, 400, "signs_for_auto_get_port"),
        ({"auto_get_port": True, "signs_for_auto_get_port": ["a b"]}, 400, "signs_for_auto_get_port"),
        (
            {
                "auto_get_port": True,
                "signs_for_auto_get_port": ["鸿雁"],
                "areas_for_auto_get_port": ["河北省", "唐山市"],
            },
            400,
            "areas_for_auto_get_port",
        ),
        ({"menu_items": []}, 400, "menu_items"),
        ({"menu_items": [page | {"name": "名" * 13}]}, 400, "menu_items.0.name"),
        ({"menu_items": [page]}, 400, "menu_items.0.ext_msg.web_title"),
        ({"menu_items": [page | {"content": "ftp://x"}]}, 400, "menu_items.0.content"),
        ({"menu_items": [{"name": "更多", "action_type": "OPEN_SUBMENU"}]}, 400, "menu_items.0.sub_menu_items"),
        ({"background_img": small}, 400, "background_img"),
        ({"summary": ""}, 400, "summary"),
        ({"tels": [{"tel": "1-2-3", "usage": "热线"}]}, 400, "tels.0.tel"),
        ({"tels": [{"tel": "4008008800", "usage": ""}]}, 400, "tels.0.usage"),
        ({"fastapps": [app]}, 400, "fastapps.0.logo_img"),
        ({"fastapps": [app | {"logo_img": small}]}, 400, "fastapps.0.logo_img"),
        ({"fastapps": [app | {"logo_img": form["logo_img"], "deeplink": "https://x"}]}, 400, "fastapps.0.deeplink"),
    ):
        answer = await desks.admin.post("/service-accounts", json=form | changes)
        assert refused(answer) == (status, field), answer.text
    assert (await desks.admin.post("/service-accounts", json=form)).status_code == 201
    assert refused(await desks.admin.post("/service-accounts", json=form)) == (409, "pub_remark")
    wrong = {"file": ("one.png", drawn(100, 100))}
    assert refused(await desks.admin.post("/service-accounts/pictures", files=wrong, data={"use": "PUB_LOGO"})) == (
        400,
        "file",
    )


async def test_a_channel_number_is_registered_bound_unbound_and_deleted(desks: Desks) -> None:
    body = {"port": "10690000", "port_type": 1, "sign": ["鸿雁"], "authorization_files": []}
    proof = await desks.upload("OTHER", 30, 40)
    early = await desks.admin.post("/channel-numbers", json=body | {"authorization_files": [proof]})
    assert early.json()["code"] == "service_accounts.no_approved_pub"
    pub_id = await desks.live()
    made = await desks.port("1069000099", "鸿雁会员", "鸿雁快报")
    # when it is bound for one of its signatures in two regions
    bind = {"ext_port_id": made["port_id"], "port": made["port"], "pub_id": pub_id, "sign": ["鸿雁会员"]}
    wanted = bind | {"province": ["河北省", "苏州市"]}
    assert (await desks.admin.post("/channel-numbers/bindings", json=wanted)).status_code == 204
    row = (await desks.reader.get("/channel-numbers/bindings?pub_name=会员&sign=鸿雁&port=10690")).json()["items"][0]
    assert (row["province"], row["sign"], row["pub_name"], row["is_auto"]) == (
        ["河北省", "苏州市"],
        ["鸿雁会员"],
        "鸿雁会员",
        False,
    )
    listed = (await desks.reader.get("/channel-numbers?is_bound=true&port_type=1")).json()
    assert (listed["total"], listed["items"][0]["accounts"]) == (1, ["鸿雁会员"])
    # then what breaks a rule is refused at its field
    for changes, status, field in (
        ({"province": ["唐山市"]}, 400, "province"),
        ({"province": ["某省"]}, 400, "province"),
        ({"sign": []}, 400, "sign"),
        ({"sign": ["别人"]}, 400, "sign"),
        ({"pub_id": "0" * 32}, 404, "pub_id"),
        ({"port": "1"}, 400, "port"),
    ):
        answer = await desks.admin.post("/channel-numbers/bindings", json=bind | changes)
        assert refused(answer) == (status, field), answer.text
    assert (await desks.admin.delete(f"/channel-numbers/{made['port_id']}")).status_code == 409
    assert (await desks.admin.delete(f"/channel-numbers/bindings/{row['binding_id']}")).status_code == 204
    assert (await desks.admin.delete(f"/channel-numbers/{made['port_id']}")).status_code == 204
    assert (await desks.admin.get("/channel-numbers")).json() == {"items": [], "total": 0}


async def test_a_channel_number_s_form_hears_of_its_faults_at_their_fields(desks: Desks) -> None:
    await desks.live()
    proof = await desks.upload("OTHER", 30, 40)
    good = {"port": "10690000", "port_type": 1, "sign": ["鸿雁"], "authorization_files": [proof]}
    for changes, status, field in (
        ({"port": "12a"}, 400, "port"),
        ({"port": "123456", "port_type": 5}, 400, "port"),
        ({"port_type": 3, "sign_check": False}, 400, "sign_check"),
        ({"sign": []}, 400, "sign"),
        ({"sign": ["【a】"]}, 400, "sign"),
        ({"authorization_files": []}, 400, "authorization_files"),
        ({"authorization_files": ["0" * 32]}, 404, "authorization_files.0"),
    ):
        assert refused(await desks.admin.post("/channel-numbers", json=good | changes)) == (status, field)
    assert (await desks.admin.post("/channel-numbers", json=good)).status_code == 201
    assert refused(await desks.admin.post("/channel-numbers", json=good)) == (409, "port")


async def test_readers_look_only_and_others_see_nothing(desks: Desks) -> None:
    pub_id = await desks.live()
    made = await desks.port()
    shown = (await desks.admin.get(f"/service-accounts/{pub_id}")).json()
    menu = shown["parts"][0]["part_id"]
    for method, path, body in (
        ("POST", "/service-accounts", await desks.form(pub_name="另一个")),
        ("PUT", f"/service-accounts/{pub_id}", shown["live"] | {"change_reason": "x"}),
        ("POST", f"/service-accounts/{pub_id}/freeze", {"change_reason": "x"}),
        ("PUT", f"/service-accounts/menus/{menu}", {"menu_items": MENU, "change_reason": "x"}),
        ("POST", f"/service-accounts/menus/{menu}/urge", None),
        ("DELETE", f"/channel-numbers/{made['port_id']}", None),
        ("POST", "/channel-numbers/bindings", {"ext_port_id": made["port_id"], "port": "1", "sign": ["鸿雁"]}),
    ):
        assert (await desks.reader.request(method, path, json=body)).status_code == 403, path
    for path in ("/service-accounts", "/service-accounts/menus", "/channel-numbers", "/channel-numbers/bindings"):
        assert (await desks.other.get(path)).json() == {"items": [], "total": 0}
    assert (await desks.other.get(f"/service-accounts/{pub_id}")).status_code == 404
    theirs = {"menu_items": MENU, "change_reason": "x"}
    assert (await desks.other.put(f"/service-accounts/menus/{menu}", json=theirs)).status_code == 404
    assert (await desks.other.delete(f"/channel-numbers/{made['port_id']}")).status_code == 404


async def test_lists_come_in_the_order_of_their_heads(desks: Desks) -> None:
    for name in ("鸿雁b", "鸿雁a", "鸿雁c"):
        await desks.live(pub_name=name)
    for number in ("1069000092", "1069000091"):
        await desks.port(number)

    async def listed(path: str, key: str, sort: str) -> str:
        answer = await desks.reader.get(path, params={"sort": sort})
        assert answer.status_code == 200, answer.text
        return "".join(row[key][-1] for row in answer.json()["items"])

    for path, key in (
        ("/service-accounts", "name"),
        ("/service-accounts/menus", "pub_name"),
        ("/service-accounts/portals", "pub_name"),
    ):
        assert await listed(path, key, "name") == "abc"
        assert await listed(path, key, "-name") == "cba"
        assert sorted(await listed(path, key, "-online_at")) == ["a", "b", "c"]
    assert await listed("/channel-numbers", "port", "port") == "12"
    assert await listed("/channel-numbers", "port", "-port") == "21"
    assert (await desks.reader.get("/channel-numbers/bindings?sort=-port")).json()["total"] == 0
    for path in ("/service-accounts", "/channel-numbers"):
        assert (await desks.reader.get(path, params={"sort": "tenant_id"})).status_code in {400, 422}
