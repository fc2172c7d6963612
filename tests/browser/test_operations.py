"""Operations in a browser: channels, alarms, unknown messages, paces, tenants, channel numbers, the system."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.doors import Company, credit_code, operator, unique
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


async def _act(page: Page, channel: str, action: str) -> None:
    """Choose an action of a channel and confirm it."""
    await page.locator(f'[data-actions="{channel}"]').click()
    await page.get_by_role("menuitem", name=action).click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(channel)
    await dialog.get_by_role("button", name=action).click()
    await expect(dialog).to_have_count(0)


def _channel(installation: Installation) -> str:
    return str(operator(installation).get("/channels")["items"][0]["name"])


async def test_a_channel_is_paused_with_what_it_takes_along_and_goes_on(desk: Page, installation: Installation) -> None:
    name = _channel(installation)
    await desk.get_by_role("link", name="通道管理").click()
    row = desk.locator("tr", has=desk.get_by_text(name, exact=True))
    await expect(row.locator('[data-state="up"]')).to_be_visible()
    await desk.locator(f'[data-actions="{name}"]').click()
    await desk.get_by_role("menuitem", name="暂停").click()
    dialog = desk.get_by_role("dialog")
    # it says what pausing means for this very channel before anything happens
    await expect(dialog).to_contain_text("待发短信留在本通道")
    await expect(dialog).to_contain_text("容灾")
    await dialog.get_by_role("button", name="暂停").click()
    await expect(dialog).to_have_count(0)
    await expect(row.locator('[data-state="paused"]')).to_be_visible()
    await _act(desk, name, "恢复")
    await expect(row.locator('[data-state="paused"]')).to_have_count(0)
    assert operator(installation).get(f"/channels/{name}")["flow"] == "running"


async def test_what_the_server_refuses_stands_at_its_field(desk: Page, installation: Installation) -> None:
    name = _channel(installation)
    before = operator(installation).get(f"/channels/{name}")["window_pdus"]
    await desk.goto("/channels")
    await desk.get_by_role("button", name=f"调整通道 {name}").click()
    drawer = desk.get_by_role("dialog")
    window = drawer.get_by_label("窗口", exact=True)
    await window.fill("5000")
    await drawer.get_by_role("button", name="保存").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_be_visible()
    await window.fill(str(before))
    await window.press("Enter")
    await expect(drawer).to_have_count(0)


async def test_a_route_says_why(desk: Page) -> None:
    await desk.goto("/channels")
    card = desk.locator('[data-card="route"]')
    await card.get_by_label("手机号码").fill("12345")
    await card.get_by_role("button", name="试算").click()
    await expect(card.locator(".ant-form-item-explain-error")).to_be_visible()
    await card.get_by_label("手机号码").fill("13800138000")
    await card.get_by_role("button", name="试算").click()
    await expect(card.locator("[data-route]")).to_contain_text("选用")


async def test_a_tenant_is_made_gets_its_administrator_and_is_suspended(desk: Page, installation: Installation) -> None:
    name, domain = unique("运维"), unique("ops").replace("_", "-").lower()
    await desk.get_by_role("link", name="租户管理").click()
    await desk.get_by_role("button", name="创建租户").click()
    drawer = desk.get_by_role("dialog")
    await drawer.get_by_label("企业名称").fill(f"{name}有限公司")
    await drawer.get_by_label("企业简称").fill(name)
    await drawer.get_by_label("账号名").fill(domain)
    # a credit code whose last character does not check the others is refused at its field
    code = drawer.get_by_label("统一社会信用代码")
    await code.fill("910000000000000000")
    await drawer.get_by_role("button", name="创建租户").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_be_visible()
    await code.fill(credit_code())
    await drawer.get_by_role("button", name="创建租户").click()
    opened = desk.get_by_role("dialog", name=name)
    await expect(opened).to_contain_text("还没有用户")
    await opened.get_by_label("用户名").fill("owner")
    await opened.get_by_label("初始密码").fill("a long enough password 1")
    await opened.get_by_role("button", name="添加管理员").click()
    await expect(opened.get_by_role("cell", name="企业管理员")).to_be_visible()
    await desk.get_by_role("button", name="暂停租户").click()
    ask = desk.get_by_role("dialog").filter(has_text="发送在数秒内停止")
    await ask.get_by_label("暂停原因").fill("测试")
    await ask.get_by_role("button", name="暂停租户").click()
    await expect(desk.get_by_role("button", name="恢复租户")).to_be_visible()
    [tenant] = operator(installation).get("/tenants", search=domain)["items"]
    assert tenant["state"] == "suspended"


async def test_a_pace_is_set_and_cleared(desk: Page, installation: Installation, company: Company) -> None:
    await desk.get_by_role("link", name="限速").click()
    await desk.get_by_role("button", name="设置限速").click()
    drawer = desk.get_by_role("dialog")
    await drawer.get_by_label("租户", exact=True).click()
    await desk.locator(".ant-select-item-option").first.click()
    await drawer.get_by_label("速率").fill("0")
    await drawer.get_by_role("button", name="保存").click()
    await expect(drawer.locator(".ant-form-item-explain-error")).to_be_visible()
    await drawer.get_by_label("速率").fill("90000")
    await drawer.get_by_role("button", name="保存").click()
    await expect(desk.get_by_role("cell", name="90,000")).to_be_visible()
    await desk.get_by_role("button", name="取消限速").first.click()
    await desk.get_by_role("dialog").get_by_role("button", name="取消限速").click()
    await expect(desk.get_by_role("cell", name="90,000")).to_have_count(0)
    assert operator(installation).get("/paces")["items"] == []


async def test_a_policy_for_unknown_messages_is_changed_after_a_question(
    desk: Page, installation: Installation
) -> None:
    await desk.get_by_role("link", name="未知状态消息").click()
    row = desk.locator('[data-card="policies"] tr', has_text="通知")
    await row.get_by_role("button", name="允许自动重发").click()
    dialog = desk.get_by_role("dialog")
    await expect(dialog).to_contain_text("可能收到两次")
    await dialog.get_by_role("button", name="允许自动重发").click()
    await expect(row.locator('[data-state="allowed"]')).to_be_visible()
    operator(installation).act("PUT", "/unknowns/policies/notice", {"may_resend_unknown": False})


async def test_a_channel_number_that_cannot_be_is_refused_at_its_field(desk: Page, company: Company) -> None:
    await desk.get_by_role("link", name="签名通道开通").click()
    await desk.get_by_role("button", name="设置通道号").first.click()
    drawer = desk.get_by_role("dialog")
    field = drawer.get_by_label("通道号")
    await field.fill("95555001")
    await field.press("Enter")
    await expect(drawer.locator(".ant-form-item-explain-error", has_text="接入号")).to_be_visible()


async def test_the_system_shows_its_processes_and_what_the_doctor_finds(desk: Page) -> None:
    await desk.get_by_role("link", name="系统状态").click()
    processes = desk.locator('[data-table="processes"]')
    for name in ("web", "worker"):
        row = processes.locator("tr", has=desk.get_by_role("cell", name=name))
        await expect(row.first.locator('[data-state="ready"]')).to_be_visible()
    await expect(desk.locator('[data-table="checks"]')).to_contain_text("PostgreSQL")


async def test_pages_have_no_serious_finding_and_are_closed_to_tenants(
    desk: Page, new_page: NewPage, company: Company
) -> None:
    stranger = await new_page()
    await stranger.goto("/")
    await sign_in(stranger, company.user, company.password)
    await stranger.wait_for_url("**/overview")
    findings: dict[str, list[str]] = {}
    for path in ("channels", "alarms", "system", "tenants", "signature-numbers", "unknown-messages", "paces"):
        await desk.goto(f"/{path}")
        await expect(desk.get_by_role("heading", level=1)).to_be_visible()
        await expect(desk.locator("[aria-busy=true]")).to_have_count(0)
        if found := await axe(desk):
            findings[path] = found
        await stranger.goto(f"/{path}")
        await expect(stranger.get_by_text("没有权限")).to_be_visible()
    assert findings == {}
