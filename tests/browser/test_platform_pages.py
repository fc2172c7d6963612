"""Operators in a browser: public templates and domains, and one message found by its id."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Locator, Page, expect

from support.browser import axe, sign_in
from support.console_pages import button, row
from support.doors import PARCEL_CARD, Company, csv_of, operator, phones, send_and_wait, signed, unique
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def desk(new_page: NewPage, installation: Installation) -> Page:
    """A page on which the platform's operator is signed in."""
    made = await new_page()
    await made.goto("/")
    await sign_in(made, installation.env["HONGYAN_OPERATOR_USER"], installation.env["HONGYAN_OPERATOR_PASSWORD"])
    await made.wait_for_url("**/overview")
    return made


async def _confirm(page: Page, scope: Locator, name: str, *, reason: tuple[str, str] | None = None) -> None:
    """Press a button that asks first, say why where it asks that, and confirm."""
    await button(scope, name).click()
    dialog = page.get_by_role("dialog")
    if reason is not None:
        await dialog.get_by_label(reason[0]).fill(reason[1])
    await button(dialog, name).click()
    await expect(dialog).to_have_count(0)


async def test_a_public_card_is_looked_at_disabled_with_a_reason_and_enabled(desk: Page, company: Company) -> None:
    await desk.get_by_role("link", name="公共模板").click()
    found = row(desk, PARCEL_CARD)
    await expect(found.locator('[data-state="HUAWEI:enabled"]')).to_be_visible()
    await button(found, "预览").click()
    drawer = desk.get_by_role("dialog")
    card = drawer.frame_locator("iframe")
    await expect(card.locator("body")).not_to_be_empty()
    await drawer.get_by_role("button", name="关闭").or_(drawer.locator(".ant-drawer-close")).first.click()
    await expect(drawer).to_have_count(0)
    # without a reason nothing happens
    await button(found, "禁用").click()
    dialog = desk.get_by_role("dialog")
    await expect(dialog).to_contain_text("所有租户")
    await button(dialog, "禁用").click()
    await expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    await dialog.get_by_label("禁用原因").fill("样式调整")
    await button(dialog, "禁用").click()
    await expect(dialog).to_have_count(0)
    await expect(found.locator('[data-state="disabled"]')).to_be_visible()
    seen = company.console().get("/card-templates", tpl_id=PARCEL_CARD)["items"][0]
    assert (seen["is_enabled"], seen["disable_desc"]) == (False, "样式调整")
    await _confirm(desk, found, "启用")
    await expect(found.locator('[data-state="enabled"]')).to_be_visible()
    # and presets that are there stay as they are
    await _confirm(desk, desk.locator("main"), "载入预置模板")
    await expect(desk.get_by_text("已载入")).to_be_visible()
    # what every connected vendor has needs no handing in
    await expect(button(found, "提交厂商")).to_be_disabled()


async def test_a_public_video_is_disabled_and_enabled(desk: Page, company: Company) -> None:
    await desk.goto("/public-templates")
    await desk.get_by_role("tab", name="智能信息基础版").click()
    found = row(desk, "800000001")
    await button(found, "预览").click()
    drawer = desk.get_by_role("dialog")
    await expect(drawer.locator(".video-phone img")).to_have_js_property("complete", value=True)
    assert await drawer.locator(".video-phone img").evaluate("(one) => one.naturalWidth") > 0
    await drawer.locator(".ant-drawer-close").click()
    await expect(drawer).to_have_count(0)
    await _confirm(desk, found, "禁用", reason=("禁用原因", "图片更新"))
    await expect(found.locator('[data-state="disabled"]')).to_be_visible()
    assert company.console().get("/video-templates", tpl_id="800000001")["items"][0]["state"] == "disabled"
    await _confirm(desk, found, "启用")
    await expect(found.locator('[data-state="usable"]').first).to_be_visible()


async def test_a_public_domain_is_added_checked_and_taken_out_of_use(desk: Page, installation: Installation) -> None:
    name = f"{unique('p')}.invalid"
    await desk.get_by_role("link", name="公共域名").click()
    preset = desk.locator("tr[data-row-key]", has_text="默认")
    await expect(button(preset, "停用")).to_be_disabled()
    await desk.get_by_role("button", name="新增公共域名").click()
    drawer = desk.get_by_role("dialog")
    field = drawer.get_by_label("域名名称", exact=True)
    await field.fill("not a host")
    await field.press("Enter")
    await expect(drawer.locator(".ant-form-item-explain-error")).to_be_visible()
    await field.fill(name)
    await field.press("Enter")
    await expect(drawer).to_have_count(0)
    found = row(desk, name)
    await expect(found.locator('[data-state="HUAWEI:enabled"]')).to_be_visible()
    await button(found, "检测").click()
    checked = desk.get_by_role("dialog")
    await expect(checked.locator("[data-check=wrong]")).to_be_visible()
    await button(checked, "关闭").last.click()
    await expect(checked).to_have_count(0)
    # it dies only when its name was typed
    await button(found, "停用").click()
    dialog = desk.get_by_role("dialog")
    await button(dialog, "停用").click()
    await expect(dialog.locator(".ant-form-item-explain-error")).to_be_visible()
    await dialog.get_by_role("textbox").fill(name)
    await button(dialog, "停用").click()
    await expect(dialog).to_have_count(0)
    await expect(found.locator('[data-state="disabled"]')).to_be_visible()
    states = {one["domain"]: one["state"] for one in operator(installation).get("/public-link-domains")["items"]}
    assert states[name] == "disabled"


async def test_a_message_is_found_by_its_id_and_its_number_shown_for_a_reason(desk: Page, company: Company) -> None:
    [phone] = phones(1, can_show=False)
    async with signed(company) as api:
        task = await send_and_wait(api, company.templates["member"], csv_of([phone], 会员称呼=["会员"]), fallback="sms")
    [message] = company.console().get(f"/send-tasks/{task['task_id']}/messages")["items"]
    await desk.get_by_role("link", name="消息查询").first.click()
    field = desk.get_by_label("消息 ID")
    await field.fill("abc")
    await field.press("Enter")
    await expect(desk.locator(".ant-form-item-explain-error")).to_contain_text("最多 16 位数字")
    await field.fill(str(message["message_id"]))
    await field.press("Enter")
    found = desk.locator(f"[data-message='{message['message_id']}']")
    await expect(found.locator("[data-moment=planned]")).to_be_visible()
    await expect(found.locator("[data-moment=reported]").first).to_contain_text("DELIVRD")
    await expect(found.locator("[data-moment=final]")).to_be_visible()
    await expect(found.locator("[data-phone]")).to_have_text(f"{phone[:3]}****{phone[-4:]}")
    await _confirm(desk, found, "查看完整号码", reason=("查看原因", "用户投诉核查"))
    await expect(found.locator("[data-phone]")).to_have_text(phone)
    entries = company.console().get("/audit", action="message.reveal")["items"]
    assert entries[0]["after"] == {"reason": "用户投诉核查"}


async def test_pages_have_no_serious_finding_and_are_closed_to_tenants(
    desk: Page, new_page: NewPage, company: Company
) -> None:
    stranger = await new_page()
    await stranger.goto("/")
    await sign_in(stranger, company.user, company.password)
    await stranger.wait_for_url("**/overview")
    findings: dict[str, list[str]] = {}
    for path in ("public-templates", "public-templates?tab=videos", "public-domains", "messages"):
        await desk.goto(f"/{path}")
        await expect(desk.get_by_role("heading", level=1)).to_be_visible()
        await expect(desk.locator("[aria-busy=true]")).to_have_count(0)
        if found := await axe(desk):
            findings[path] = found
        await stranger.goto(f"/{path}")
        await expect(stranger.get_by_text("没有权限")).to_be_visible()
    assert findings == {}
