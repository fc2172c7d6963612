"""The console's endpoints of shortcut keys over a real socket: lists, details, changes, refusals at their fields."""

from typing import Any

from support.account_desks import Desks, drawn, refused

ORDERS = {
    "name": "查订单",
    "action_type": "OPEN_URL",
    "content": "https://example.com/orders",
    "ext_msg": {"open_in_browser": True, "web_title": "订单"},
}
CALL = {"name": "打客服", "action_type": "CALLING", "content": "4008008800"}


async def body(desks: Desks, **changes: Any) -> dict[str, Any]:
    proof = await desks.upload("OTHER", 30, 40)
    good = {"sign": "鸿雁商城", "authorization_files": [proof], "areas": ["全国"], "keys": [ORDERS, CALL]}
    return good | changes


async def make(desks: Desks, **changes: Any) -> str:
    answer = await desks.admin.post("/shortcuts", json=await body(desks, **changes))
    assert answer.status_code == 201, answer.text
    return str(answer.json()["shortcut_id"])


async def decide(desks: Desks, **how: bool) -> None:
    async with desks.goose.db.begin() as uow:
        await desks.goose.decide_all(uow, **how)


async def test_a_scene_waits_takes_effect_and_is_changed_beside_it(desks: Desks) -> None:
    made = await make(desks)
    path = f"/shortcuts/{made}"
    row = (await desks.reader.get("/shortcuts?sign=商城&approval=reviewing&state=not_effective")).json()["items"][0]
    assert (row["shortcut_id"], row["keys"], row["areas"], row["has_live"]) == (
        made,
        ["查订单", "打客服"],
        ["全国"],
        False,
    )
    assert refused(await desks.admin.put(path, json=await body(desks, change_reason="早"))) == (409, "shortcut_id")
    assert (await desks.admin.post(f"{path}/urge")).status_code == 204
    await decide(desks)
    shown = (await desks.reader.get(path)).json()
    assert (shown["shortcut"]["state"], shown["draft"], shown["reasons"]) == ("effective", None, [])
    assert shown["live"]["keys"][0]["ext_msg"]["open_in_browser"] is True
    assert [event["action"] for event in shown["stories"][0]["events"]] == ["submitted", "urged", "approved"]
    assert refused(await desks.admin.post(f"{path}/urge")) == (409, "shortcut_id")
    # when it is changed, then what is in effect stays until the desk has decided
    wanted = shown["live"] | {"keys": [CALL]}
    assert refused(await desks.admin.put(path, json=wanted)) == (400, "change_reason")
    assert refused(await desks.admin.put(path, json=wanted | {"change_reason": "长" * 201})) == (400, "change_reason")
    answer = await desks.admin.put(path, json=wanted | {"change_reason": "只留客服"})
    assert (answer.json()["state"], answer.json()["approval"]) == ("effective", "reviewing")
    await decide(desks, is_approved=False, is_asked_back=True)
    now = (await desks.reader.get(path)).json()
    assert (len(now["live"]["keys"]), len(now["draft"]["keys"])) == (2, 1)
    for one in (now["shortcut"], (await desks.reader.get("/shortcuts")).json()["items"][0]):
        assert (one["approval"], one["review_desc"], one["is_asked_back"]) == ("rejected", "请补充说明：no", True)


async def test_a_scene_is_frozen_and_asks_to_be_shown_again(desks: Desks) -> None:
    path = f"/shortcuts/{await make(desks)}"
    assert refused(await desks.admin.post(f"{path}/freeze", json={"change_reason": "x"})) == (409, "shortcut_id")
    await decide(desks)
    assert refused(await desks.admin.post(f"{path}/freeze", json={})) == (400, "change_reason")
    assert (await desks.admin.post(f"{path}/freeze", json={"change_reason": "活动结束"})).json()["state"] == "frozen"
    asked = await desks.admin.post(f"{path}/unfreeze", json={"change_reason": "活动再开"})
    assert (asked.json()["state"], asked.json()["approval"]) == ("frozen", "reviewing")
    await decide(desks)
    assert (await desks.reader.get(path)).json()["shortcut"]["state"] == "effective"


async def test_the_form_hears_of_its_faults_at_their_fields(desks: Desks) -> None:
    good = await body(desks)
    await make(desks, areas=["河北省"])
    for changes, status, field in (
        ({"sign": ""}, 400, "sign"),
        ({"sign": "签" * 19}, 400, "sign"),
        ({"authorization_files": []}, 400, "authorization_files"),
        ({"authorization_files": ["0" * 32]}, 404, "authorization_files.0"),
        ({"areas": []}, 400, "areas"),
        ({"areas": ["火星"]}, 400, "areas"),
        ({"areas": ["唐山市"]}, 409, "areas"),
        ({"keys": []}, 400, "keys"),
        ({"keys": [ORDERS | {"content": "ftp://x"}]}, 400, "keys.0.content"),
        ({"keys": [CALL, {"name": "更多", "action_type": "OPEN_SUBMENU"}]}, 400, "keys.1.action_type"),
    ):
        answer = await desks.admin.post("/shortcuts", json=good | changes)
        assert refused(answer) == (status, field), answer.text


async def test_lists_are_sorted_filtered_and_paged(desks: Desks) -> None:
    for sign in ("丙签名", "甲签名", "乙签名"):
        await make(desks, sign=sign)
    page = (await desks.reader.get("/shortcuts?sort=-sign&limit=2")).json()
    whole = (await desks.reader.get("/shortcuts?sort=-sign")).json()["items"]
    assert ([row["sign"] for row in page["items"]], page["total"]) == ([row["sign"] for row in whole[:2]], 3)
    assert sorted(row["sign"] for row in whole) == sorted(("丙签名", "甲签名", "乙签名"))
    assert (await desks.reader.get("/shortcuts?sign=甲")).json()["total"] == 1
    assert (await desks.reader.get("/shortcuts?state=effective")).json()["total"] == 0
    assert (await desks.reader.get("/shortcuts?begin=2030-01-01T00:00:00Z")).json()["total"] == 0
    assert (await desks.reader.get("/shortcuts?sort=name")).status_code in {400, 422}


async def test_readers_only_look_and_others_see_nothing(desks: Desks) -> None:
    made = await make(desks)
    path, reason = f"/shortcuts/{made}", {"change_reason": "x"}
    changed = await body(desks) | reason
    for who, status in ((desks.reader, 403), (desks.other, 404)):
        assert (await who.put(path, json=changed)).status_code == status
        for act in ("freeze", "unfreeze"):
            assert (await who.post(f"{path}/{act}", json=reason)).status_code == status
        assert (await who.post(f"{path}/urge")).status_code == status
    assert (await desks.reader.post("/shortcuts", json=changed)).status_code == 403
    assert (await desks.reader.get(path)).status_code == 200
    assert (await desks.other.get(path)).status_code == 404
    assert (await desks.other.get("/shortcuts")).json() == {"items": [], "total": 0}
    # and another company cannot have the signature
    files = {"file": ("one.png", drawn(30, 40))}
    proof = (await desks.other.post("/service-accounts/pictures", files=files, data={"use": "OTHER"})).json()
    taken = changed | {"authorization_files": [proof["picture_id"]]}
    assert refused(await desks.other.post("/shortcuts", json=taken)) == (409, "sign")
