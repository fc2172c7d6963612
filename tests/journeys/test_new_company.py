"""A company that nobody knew yesterday sends its first smart message; everything happens at the doors."""

import pytest

from support.doors import Company, csv_of, phones, send_and_wait, signed
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)


async def test_a_company_comes_from_nothing_to_its_first_message(installation: Installation, newcomer: Company) -> None:
    # given a company that was registered, filed, and got its signature and template approved
    assert newcomer.channel_number.isdigit()
    number = phones(1, can_show=True)[0]
    # when it sends to one number
    async with signed(newcomer) as api:
        task = await send_and_wait(api, newcomer.templates["member"], csv_of([number], 称呼=["赵女士"]))
    # then the number has the SMS, under the company's signature and from its channel number
    assert task["states"] == {"delivered": 1}
    (sms,) = installation.inbox(number)
    assert sms["text"].startswith(f"【{newcomer.name}】尊敬的赵女士，您的积分已到账，详情点击")
    assert sms["src_id"] == newcomer.channel_number
    # and the phone shows the card
    page = installation.phone_page(number)
    assert "服务开通成功" in page
    assert "显示原文" in page


async def test_companies_do_not_see_each_other(demo: Company, newcomer: Company) -> None:
    async with signed(demo) as api:
        mine = await api.call("GET", "/v1/hongyan/send-tasks", query={"limit": "100"})
    async with signed(newcomer) as api:
        theirs = await api.call("GET", "/v1/hongyan/send-tasks", query={"limit": "100"})
    assert not {row["task_id"] for row in mine["items"]} & {row["task_id"] for row in theirs["items"]}
