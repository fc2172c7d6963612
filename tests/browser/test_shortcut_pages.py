"""短消息快捷键 in a browser: previewed, confirmed, approved, below a message on the phone, tapped, counted; refusals."""

import asyncio
from collections.abc import Awaitable, Callable
from uuid import uuid4

import pytest
from playwright.async_api import Locator, Page, expect

from support.accounts import file_for_accounts, image, new_name
from support.browser import axe
from support.console_pages import Reviewer, button, open_as, row
from support.doors import (
    Company,
    approve_all,
    csv_of,
    phones,
    ready_company,
    reviewer,
    send_and_wait,
    signed,
    until,
)
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(420)]
NewPage = Callable[..., Awaitable[Page]]


def _filed_company(installation: Installation) -> Company:
    """Make a company that sends messages and has filed for service accounts."""
    company = ready_company(installation, f"白鹭商城{uuid4().hex[:6]}")
    file_for_accounts(company)
    approve_all(reviewer(installation))
    until("the filing is approved", lambda: company.console().get("/service-accounts/form")["is_filed"])
    return company


async def _prove(page: Page) -> None:
    picture = {"name": "proof.png", "mimeType": "image/png", "buffer": image(300, 400)}
    await page.locator("input[type=file]").first.set_input_files(picture)
    await expect(page.get_by_role("button", name="移除 proof.png")).to_be_visible()


def _key(page: Page, number: int) -> Locator:
    return page.get_by_role("region", name=f"快捷键 {number}", exact=True)


async def _fill(page: Page, sign: str, url: str) -> None:
    # The list, whose filters have the same labels, is gone.
    await expect(page.get_by_role("heading", name="创建快捷键")).to_be_visible()
    await page.get_by_label("短信签名").fill(sign)
    await _prove(page)
    await _key(page, 1).get_by_label("快捷键名称").fill("查订单")
    await _key(page, 1).get_by_label("URL", exact=True).fill(url)
    await _key(page, 1).get_by_label("跳转网页标题").fill("订单")
    await page.get_by_role("button", name="添加快捷键").click()
    await _key(page, 2).get_by_label("快捷键名称").fill("打客服")
    await _key(page, 2).get_by_label("快捷键动作").click()
    await page.locator(".ant-select-dropdown:visible").get_by_text("拨打电话", exact=True).click()
    await _key(page, 2).get_by_label("电话号码").fill("4008008800")


async def _create(page: Page, sign: str, url: str) -> None:
    await page.goto("/shortcuts")
    await page.get_by_role("button", name="创建快捷键").click()
    await _fill(page, sign, url)
    assert await axe(page) == []
    await button(page, "提交").click()
    look = page.get_by_role("dialog")
    await expect(look.get_by_text("查订单", exact=True)).to_be_visible()
    await expect(look.locator(".phone-bubble")).to_contain_text(f"【{sign}】")
    assert await axe(page) == []
    await button(look, "确认").click()
    await page.wait_for_url("**/shortcuts")
    await expect(row(page, sign)).to_contain_text("审核中")
    await expect(row(page, sign)).to_contain_text("查订单、打客服")


async def _send(company: Company, number: str) -> None:
    async with signed(company) as api:
        await send_and_wait(api, company.templates["member"], csv_of([number], 会员称呼=["贵宾"]), fallback="sms")


async def test_from_the_form_to_taps_in_the_report(new_page: NewPage, installation: Installation) -> None:
    # given a company, one of whose messages is on a phone with nothing below it
    company = await asyncio.to_thread(_filed_company, installation)
    (number,) = phones(1, can_show=True, vendor="HUAWEI")
    await _send(company, number)
    assert 'class="shortcuts"' not in installation.phone_page(number)
    page = await open_as(await new_page(), "/shortcuts", company.user)
    desk_page = await new_page()
    desk = Reviewer(desk_page, company.name)
    await desk.sign_in(installation)
    # when keys are handed in, looked at by the desk and approved
    await _create(page, company.name, f"{installation.url}/sign-in")
    await desk_page.goto(f"/reviews?text={company.name}")
    await desk_page.locator("[data-review-link]").first.click()
    await expect(desk_page.get_by_text("短消息快捷键").first).to_be_visible()
    await expect(desk_page.locator("[data-field=sign]")).to_contain_text(company.name)
    await expect(desk_page.locator("[data-field=action]").first).to_contain_text("打开URL")
    await expect(desk_page.locator("[data-evidence] img, .ant-image img").first).to_be_visible()
    await desk.approve()
    await expect(row(page, company.name)).to_contain_text("已生效", timeout=40_000)
    # then the phone shows them below the message though no account is bound, and a tap tells of itself
    phone = await new_page()
    await phone.goto(f"{installation.env['HONGYAN_HANDSET_URL']}/phone/{number}")
    strip = phone.locator(".shortcuts")
    await expect(strip.get_by_role("link")).to_have_text(["查订单", "打客服"])
    await expect(phone.locator(".account")).to_have_count(0)
    async with phone.expect_popup() as opened, phone.expect_response("**/taps") as told:
        await strip.get_by_role("link", name="查订单").click()
    assert (await told.value).status == 200
    await (await opened.value).close()
    # and the report counts it by scene and by key
    await page.get_by_role("link", name="智能信息服务号报表").click()
    await expect(row(page, f"【{company.name}】")).to_be_visible()
    for key, count in {"times": "1", "shortcut": "1", "home": "0"}.items():
        await expect(page.locator(f"[data-figure={key}] dd").first).to_have_text(count)
    await row(page, company.name).get_by_role("link", name="点击明细").click()
    await expect(row(page, "查订单")).to_contain_text("快捷键")
    assert await axe(page) == []
    # when the scene, to which the report leads, is frozen, then the phone shows it no more
    await row(page, "查订单").get_by_role("link", name=company.name).click()
    drawer = page.get_by_role("dialog", name=f"【{company.name}】的快捷键")
    await expect(drawer.locator("[data-state=effective]")).to_be_visible()
    assert await axe(page) == []
    await button(drawer, "冻结").click()
    ask = page.get_by_role("dialog", name=f"冻结【{company.name}】的快捷键？")
    await expect(ask).to_contain_text("快捷键：查订单、打客服")
    await expect(ask).to_contain_text("地区：全国")
    await ask.get_by_label("原因").fill("活动结束")
    await button(ask, "冻结").click()
    await expect(drawer.locator("[data-state=frozen]")).to_be_visible()
    assert 'class="shortcuts"' not in await asyncio.to_thread(_phone_without, installation, number)


def _phone_without(installation: Installation, number: str) -> str:
    until("the phone forgets the keys", lambda: 'class="shortcuts"' not in installation.phone_page(number))
    return installation.phone_page(number)


async def test_a_missing_proof_and_an_area_of_another_scene_are_refused_at_their_fields(
    page: Page, company: Company
) -> None:
    # given keys of a signature in one province
    console, sign = company.console(), new_name("签")
    files, use = {"file": ("one.png", image(300, 400))}, {"use": "OTHER"}
    proof = console.act("POST", "/service-accounts/pictures", files=files, data=use)["picture_id"]
    call = {"name": "打客服", "action_type": "CALLING", "content": "4008008800"}
    body = {"sign": sign, "authorization_files": [proof], "areas": ["河北省"], "keys": [call]}
    console.act("POST", "/shortcuts", body)
    # when others of it are handed in without a proof, for the whole country
    await page.goto("/shortcuts/new")
    await page.get_by_label("短信签名").fill(sign)
    await _key(page, 1).get_by_label("快捷键名称").fill("打客服")
    await _key(page, 1).get_by_label("URL", exact=True).fill("https://example.com")
    await _key(page, 1).get_by_label("跳转网页标题").fill("订单")
    await button(page, "提交").click()
    # then the proof is asked for before anything is shown, and the region refused where it stands
    await expect(page.get_by_text("请上传授权证明")).to_be_visible()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    await _prove(page)
    await button(page, "提交").click()
    await button(page.get_by_role("dialog"), "确认").click()
    area = page.locator(".ant-form-item", has=page.get_by_text("地区", exact=True))
    await expect(area.locator(".ant-form-item-explain-error")).to_contain_text("已有覆盖“河北省”的快捷键")
    await expect(page.get_by_role("dialog")).to_have_count(0)
