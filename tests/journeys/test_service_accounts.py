"""A company's account from the wizard to the phone: created, approved, given a channel number, shown beside a message."""

import asyncio
import re
from collections.abc import Mapping
from datetime import UTC, datetime

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from simulators.handsets.upstream import Platform
from support.accounts import Studio, new_name
from support.cloud import eventually
from support.doors import Company, csv_of, phones, send_and_wait, signed
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)


def call(installation: Installation, path: str, body: Mapping[str, object]) -> tuple[int, dict[str, object]]:
    """Call the platform as a handset vendor does."""

    async def once() -> tuple[int, dict[str, object]]:
        secret = (installation.data_dir / "demo-vendor-secret").read_text()
        platform = Platform(installation.env["HONGYAN_LINKS"], secret)
        try:
            return await platform.call("HUAWEI", path, dict(body))
        finally:
            await platform.close()

    return asyncio.run(once())


def ask(installation: Installation, signature: str, number: str, **place: str) -> tuple[int, dict[str, object]]:
    """Ask which account is shown."""
    body = {"signature": signature, "number": number, "request_id": "0c6a2b7d4e909c1b", **place}
    return call(installation, "/handset/v1/service-account", body)


def tell(installation: Installation, pub_id: str, *taps: tuple[str, list[str]]) -> tuple[int, dict[str, object]]:
    """Tell what was tapped on an account: always the same taps by their ids."""
    events = [
        {
            "event_id": f"{pub_id[:16]}-{number}",
            "pub_id": pub_id,
            "target": target,
            "item": item,
            "at": datetime.now(UTC).isoformat(),
        }
        for number, (target, item) in enumerate(taps)
    ]
    return call(installation, "/handset/v1/service-account-taps", {"events": events})


def test_an_account_is_shown_beside_a_message(installation: Installation, studio: Studio, demo: Company) -> None:
    # given a message on a phone that can show cards
    able, unable = phones(1, can_show=True)[0], phones(1, can_show=False)[0]

    async def send() -> None:
        async with signed(demo) as api:
            numbers = csv_of([able, unable], 会员称呼=["贵宾", "朋友"])
            await send_and_wait(api, demo.templates["member"], numbers, fallback="sms")

    asyncio.run(send())
    (sms,) = eventually("the message is there", lambda: installation.inbox(able))
    assert 'class="account"' not in installation.phone_page(able)
    # when the company makes an account, has it approved, registers the sender's number and binds it
    made = studio.create(pub_name=new_name("服务"))
    studio.approve(made)
    row = studio.register(sms["src_id"][:8], [demo.name], port_type=3)
    assert 'class="account"' not in installation.phone_page(able)
    studio.client.ask("lock_port", studio.bind_request(made, row))
    # then the phone shows its name, logo, menus and home page
    eventually("the phone shows the account", lambda: made.pub_name in installation.phone_page(able))
    page = installation.phone_page(able)
    for text in (
        "我的订单",
        "https://example.com/orders",
        "tel:4008008800",
        "会员服务一站直达",
        "客服热线",
        "示例快应用",
    ):
        assert text in page, text
    pictures = re.findall(r'<img [^>]*src="([^"]+/sa/media/[^"]+)"', page)
    assert len(pictures) == 3
    for url in pictures:
        assert httpx.get(url, trust_env=False).headers["content-type"] == "image/png"
    # and a phone that cannot show cards shows none
    assert made.pub_name not in installation.phone_page(unable)
    # and what is tapped there is counted, once, and only what there is
    taps: list[tuple[str, list[str]]] = [("home", []), ("menu", ["会员", "我的订单"]), ("tel", ["110"])]
    assert tell(installation, made.pub_id, *taps) == (200, {"accepted": 2, "repeated": 0, "unknown": 1})
    assert tell(installation, made.pub_id, *taps) == (200, {"accepted": 0, "repeated": 2, "unknown": 1})
    # when the account is frozen, then the platform names it no more
    assert ask(installation, demo.name, sms["src_id"])[1]["result"] == "account"
    body = sdk.FreezePubRequestBody(change_reason="活动结束")
    studio.client.ask("freeze_pub", sdk.FreezePubRequest(pub_id=made.pub_id, body=body))
    assert ask(installation, demo.name, sms["src_id"])[1]["result"] == "none"


def test_shortcut_keys_stand_below_messages_of_any_number(
    installation: Installation, studio: Studio, demo: Company
) -> None:
    # given keys of a signature in one province
    console, sign = demo.console(), new_name("签")
    proof = studio.picture("OTHER")
    page = {"name": "查订单", "action_type": "OPEN_URL", "content": "https://example.com/orders"}
    page |= {"ext_msg": {"open_in_browser": True, "web_title": "订单"}}
    body = {"sign": sign, "authorization_files": [proof], "areas": ["河北省"], "keys": [page]}
    made = console.act("POST", "/shortcuts", body)["shortcut_id"]
    assert "shortcuts" not in ask(installation, sign, "1069", city="石家庄市")[1]
    # when they are approved
    assert studio.desk.approve("service_accounts.shortcut", sign) == 1
    eventually("they are shown", lambda: "shortcuts" in ask(installation, sign, "1069", city="石家庄市")[1])
    # then a phone there learns of them, though no account is bound to the number
    answer = ask(installation, f"【{sign}】", "95566", province="河北省")[1]
    key = {"name": "查订单", "action": "OPEN_URL", "content": "https://example.com/orders"}
    key["ext"] = {"open_in_browser": "1", "web_title": "订单"}  # type: ignore[assignment] - JSON
    assert (answer["result"], answer["shortcuts"]) == (
        "none",
        {"shortcut_id": made, "signature": sign, "keys": [key]},
    )
    assert "shortcuts" not in ask(installation, sign, "95566", province="广东省")[1]
    # and taps on them are counted, once, and only on what there is
    for names, counts in ((["查订单"], (1, 0, 0)), (["查订单"], (0, 1, 0)), (["别的"], (0, 0, 1))):
        event = {"event_id": f"{made[:12]}-{names[0]}".encode().hex()[:40], "at": datetime.now(UTC).isoformat()}
        event |= {"shortcut_id": made, "target": "shortcut", "item": names}
        told = call(installation, "/handset/v1/service-account-taps", {"events": [event]})
        assert told == (200, dict(zip(("accepted", "repeated", "unknown"), counts, strict=True)))
    # a key without its scene, and an account's tap that names one, are nobody's
    for wrong in ({"target": "shortcut", "pub_id": made}, {"target": "home", "shortcut_id": made}, {"target": "home"}):
        event = {"event_id": "0" * 12, "at": datetime.now(UTC).isoformat(), "item": [], **wrong}
        assert call(installation, "/handset/v1/service-account-taps", {"events": [event]})[0] == 400


def test_where_a_phone_is_decides_among_accounts(installation: Installation, studio: Studio) -> None:
    sign = new_name("签")
    north, south = studio.live(), studio.live()
    row = studio.register(f"95{installation.port}0", [sign])
    studio.client.ask("lock_port", studio.bind_request(north, row, province="北京市,河北省"))
    studio.client.ask("lock_port", studio.bind_request(south, row, province="广东省"))

    def shown(**place: str) -> object:
        answer = ask(installation, f"【{sign}】", row.port, **place)[1]
        account = answer.get("account")
        return account["pub_id"] if isinstance(account, dict) else None

    assert shown(city="石家庄市") == north.pub_id
    assert shown(province="北京市") == north.pub_id
    assert shown(province="广东省", city="深圳市") == south.pub_id
    assert (shown(), shown(province="上海市"), shown(city="火星")) == (None, None, None)
    assert ask(installation, "别的签名", row.port, city="深圳市")[1]["result"] == "none"
    assert ask(installation, sign, "9" * 20, city="深圳市")[1]["result"] == "none"


def test_a_call_that_is_not_proven_or_not_readable_is_refused(installation: Installation) -> None:
    url = installation.env["HONGYAN_LINKS"] + "/handset/v1/service-account"
    answer = httpx.post(url, json={"signature": "x"}, trust_env=False)
    assert (answer.status_code, answer.json()["error"]) == (401, "call_not_proven")
    for body in ({"number": "abc"}, {"number": "1" * 33}, {"signature": ""}):
        answer_of = ask(installation, **({"signature": "签名", "number": "1069"} | body))
        assert (answer_of[0], answer_of[1]["error"]) == (400, "call_malformed")
    wrong: list[tuple[str, list[str]]] = [("moon", []), ("menu", ["a", "b", "c"]), ("menu", [""])]
    for tap in wrong:
        assert (tell(installation, "f" * 32, tap)[0], tell(installation, "abc", ("home", []))[0]) == (400, 400)
    assert tell(installation, "f" * 32)[0] == 400
    assert httpx.get(installation.env["HONGYAN_LINKS"] + "/sa/media/abc", trust_env=False).status_code == 404
