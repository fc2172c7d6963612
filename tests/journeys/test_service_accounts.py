"""A company's account from the wizard to the phone: created, approved, given a channel number, shown beside a message."""

import asyncio
import re

import httpx
import pytest
from huaweicloudsdkkoomessage import v1 as sdk

from simulators.handsets.upstream import Platform
from support.accounts import Studio, new_name
from support.cloud import eventually
from support.doors import Company, csv_of, phones, send_and_wait, signed
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)


def ask(installation: Installation, signature: str, number: str, **place: str) -> tuple[int, dict[str, object]]:
    """Ask the platform as a handset vendor does."""

    async def call() -> tuple[int, dict[str, object]]:
        secret = (installation.data_dir / "demo-vendor-secret").read_text()
        platform = Platform(installation.env["HONGYAN_LINKS"], secret)
        body = {"signature": signature, "number": number, "request_id": "0c6a2b7d4e909c1b", **place}
        try:
            return await platform.call("HUAWEI", "/handset/v1/service-account", body)
        finally:
            await platform.close()

    return asyncio.run(call())


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
    # when the account is frozen, then the platform names it no more
    assert ask(installation, demo.name, sms["src_id"])[1]["result"] == "account"
    body = sdk.FreezePubRequestBody(change_reason="活动结束")
    studio.client.ask("freeze_pub", sdk.FreezePubRequest(pub_id=made.pub_id, body=body))
    assert ask(installation, demo.name, sms["src_id"])[1]["result"] == "none"


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
    assert httpx.get(installation.env["HONGYAN_LINKS"] + "/sa/media/abc", trust_env=False).status_code == 404
