"""Opening a service, filing for it, and the overview that says what comes next."""

import os
from collections.abc import Awaitable, Callable
from pathlib import Path

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.doors import PASSWORD, Console, credit_code, file_papers, found_company, operator, unique
from support.installation import Installation
from support.office import PDF, picture

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]
_MEGABYTE = 1024 * 1024
_SHOTS = os.environ.get("HONGYAN_TEST_SHOTS")


async def shoot(page: Page, name: str) -> None:
    """Keep a picture of the page where somebody wants to look at it."""
    if _SHOTS:
        await page.screenshot(path=Path(_SHOTS) / f"{name}.png", full_page=True)


def fresh_company(installation: Installation, *, verified: bool = True) -> tuple[str, str]:
    """Make a company that has opened nothing; return its administrator's name and its own id."""
    desk, domain = operator(installation), unique("open")
    name = f"白鹭测试公司{unique('')}"
    body = {"legal_name": name, "short_name": name[:6], "credit_code": credit_code(), "domain_name": domain}
    tenant = desk.act("POST", "/tenants", body)
    if verified:
        desk.act("PATCH", f"/tenants/{tenant['id']}", {"real_name": "verified"})
    desk.act("POST", f"/tenants/{tenant['id']}/users", {"name": "owner", "password": PASSWORD, "roles": ["te_admin"]})
    return f"{domain}/owner", tenant["id"]


async def open_page(new_page: NewPage, path: str, user: str, *, locale: str = "zh-CN", width: int = 1360) -> Page:
    """Sign in on a page's way."""
    page = await new_page(locale, width)
    await page.goto(path)
    await sign_in(page, user, PASSWORD)
    return page


async def choose(page: Page, field: str, name: str, media_type: str, data: bytes) -> None:
    """Choose a file for a field of the form."""
    upload = page.locator(f"[data-paper={field}] input[type=file]")
    await upload.set_input_files([{"name": name, "mimeType": media_type, "buffer": data}])


async def test_an_unopened_service_shows_how_to_open_it_and_opens(
    new_page: NewPage, installation: Installation
) -> None:
    # given a company that is verified, has no address bound, and has opened nothing
    user, _ = fresh_company(installation)
    page = await open_page(new_page, "/send-tasks", user)
    gate = page.locator("[data-service-gate=smart]")
    await expect(gate).to_contain_text("已认证")
    button = page.get_by_role("button", name="立即开通")
    await expect(button).to_be_disabled()
    await shoot(page, "gate-zh")
    # when an address is bound, after one that is none was refused at its field
    await page.get_by_label("企业邮箱").fill("it@nowhere")
    await page.get_by_role("button", name="绑定", exact=True).click()
    await expect(gate).to_contain_text("邮箱格式不正确")
    await page.get_by_label("企业邮箱").fill("it@egret.example.com")
    await page.get_by_role("button", name="绑定", exact=True).click()
    await expect(gate).to_contain_text("已绑定：it@egret.example.com")
    # and the service is opened
    await button.click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("同时开通短消息（国内）")
    await dialog.get_by_role("button", name="立即开通").click()
    # then the page is there, and what was opened with it is said
    await expect(page.get_by_text("智能信息、短消息（国内）已开通")).to_be_visible()
    await expect(page.get_by_role("heading", name="发送任务管理")).to_be_visible()
    # and the forms say what comes first
    for form, way in (("/send-tasks/new", "/filings/smart_send"), ("/resolve-tasks/new", "/filings")):
        await page.goto(form)
        await expect(page.locator("[data-missing=filing]")).to_contain_text("请先完成：企业备案")
        await expect(page.locator("[data-missing=filing] a")).to_have_attribute("href", way)
    await page.goto("/services")
    await expect(page.locator("[data-service=sms] [data-state]")).to_have_text("已开通")
    await expect(page.locator("[data-service=basic] [data-state]")).to_have_text("未开通")
    await shoot(page, "services-zh")
    assert await axe(page) == []


async def test_a_company_that_nobody_has_verified_is_told_so(new_page: NewPage, installation: Installation) -> None:
    user, _ = fresh_company(installation, verified=False)
    page = await open_page(new_page, "/filings/smart_send", user)
    await expect(page.locator("[data-met=false]").first).to_contain_text("未认证")
    await expect(page.get_by_role("button", name="立即开通")).to_be_disabled()


async def test_a_company_files_with_papers_and_sees_a_refusal_at_its_field(
    new_page: NewPage, installation: Installation
) -> None:
    applicant = found_company(installation, f"苍鹭测试公司{unique('')}", unique("heron"), credit_code())
    page = await open_page(new_page, "/filings", applicant.user)
    row = page.locator("[data-scene=smart_send]")
    await expect(row.locator("[data-state=none]").first).to_be_visible()
    await expect(row).to_contain_text("还需填写：企业证件类型、营业执照、智能信息素材承诺函、签名授权函")
    await expect(page.locator("[data-area=basic]")).to_contain_text("尚未开通")
    await shoot(page, "filings-zh")
    await row.get_by_role("button", name="填写发送任务备案信息").click()
    # when it is handed in without papers, each field says what it wants
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_text("请上传", exact=True)).to_have_count(3)
    # a file of 41 MB, and one of another type, are refused before anything is sent
    sent: list[str] = []
    page.on("request", lambda request: sent.append(request.url) if "/papers/" in request.url else None)
    await choose(page, "material_commitment", "承诺函.pdf", "application/pdf", b"%PDF" + bytes(41 * _MEGABYTE))
    await expect(page.locator("[data-paper=material_commitment]")).to_contain_text("超过 2 MB 的限制，未上传")
    await choose(page, "signature_authorisation", "授权函.docx", "application/msword", b"PK")
    await expect(page.locator("[data-paper=signature_authorisation]")).to_contain_text("不支持的文件类型")
    assert sent == []
    # a file that is not what its name says is refused by the server, beside the field
    await choose(page, "business_licence", "营业执照.png", "image/png", PDF)
    await expect(page.locator("[data-paper=business_licence]")).to_contain_text("实际内容")
    await choose(page, "business_licence", "营业执照.png", "image/png", picture())
    for field in ("material_commitment", "signature_authorisation"):
        await choose(page, field, f"{field}.pdf", "application/pdf", PDF)
        await expect(page.locator(f"[data-paper={field}] [data-file]")).to_be_visible()
    await expect(page.locator("[data-paper=business_licence] img")).to_be_visible()
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载《签名授权函》示例").click()
    assert (await download.value).suggested_filename == "签名授权函.docx"
    await shoot(page, "filing-zh")
    assert await axe(page) == []
    await page.get_by_role("button", name="提交审核").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("提交成功")
    await dialog.get_by_role("button", name="确认").click()
    await expect(row.locator("[data-state=reviewing]").first).to_be_visible()
    # then nothing can be changed until the desk has refused it, at the field
    await row.get_by_role("button", name="查看备案信息").click()
    await expect(page.get_by_text("备案审核中，暂不能修改")).to_be_visible()
    await expect(page.get_by_role("button", name="提交审核")).to_have_count(0)
    desk = Console(
        installation.url,
        installation.env["HONGYAN_REVIEWER_USER"],
        installation.env["HONGYAN_REVIEWER_PASSWORD"],
    )
    waiting = desk.get("/reviews", state="pending", text=applicant.name)["items"]
    reason = {"code": "other", "field": "business_licence", "text": "有效期看不清"}
    desk.act("POST", f"/reviews/{waiting[0]['review_id']}/reject", {"reasons": [reason], "reason": ""})
    await expect(page.locator("h1 [data-state=rejected]")).to_be_visible(timeout=40_000)
    await expect(page.locator("[data-said=business_licence]")).to_have_text("有效期看不清")
    await expect(page.locator("[data-history]")).to_contain_text("审核未通过")
    await shoot(page, "filing-rejected-zh")
    # and it is mended and handed in again
    await page.get_by_role("button", name="移除 营业执照.png").click()
    await expect(page.locator("[data-paper=business_licence] [data-file]")).to_have_count(0)
    await choose(page, "business_licence", "清晰.jpg", "image/jpeg", picture("JPEG"))
    await expect(page.locator("[data-paper=business_licence] [data-file]")).to_be_visible()
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_role("dialog")).to_contain_text("提交成功")


async def test_what_was_approved_is_reused_and_the_overview_goes_on(
    new_page: NewPage, installation: Installation
) -> None:
    applicant = found_company(installation, f"朱鹮测试公司{unique('')}", unique("ibis"), credit_code())
    page = await open_page(new_page, "/overview", applicant.user)
    step = page.locator("[data-step=filing]")
    await expect(step).to_have_attribute("data-state", "next")
    file_papers(applicant)
    await page.reload()
    await expect(step).to_have_attribute("data-state", "waiting")
    await expect(step).to_contain_text("提交于")
    await shoot(page, "overview-new-zh")
    desk = Console(
        installation.url,
        installation.env["HONGYAN_REVIEWER_USER"],
        installation.env["HONGYAN_REVIEWER_PASSWORD"],
    )
    waiting = desk.get("/reviews", state="pending", text=applicant.name)["items"]
    await page.goto("/filings/smart_send")
    desk.act("POST", f"/reviews/{waiting[0]['review_id']}/approve", {"note": ""})
    await expect(page.locator("h1 [data-state=approved]")).to_be_visible(timeout=40_000)
    await page.goto("/filings/smart_links")
    await expect(page.locator("[data-reused=smart_send]")).to_have_count(2)
    await shoot(page, "filing-reused-zh")
    await page.goto("/overview")
    await expect(step).to_have_attribute("data-state", "done")
    await expect(page.locator("[data-step=app]")).to_have_attribute("data-state", "next")
    await expect(page.locator("[data-notice=review_decided]")).to_contain_text("审核通过")
    assert await axe(page) == []


async def test_the_overview_of_a_sender_shows_its_week(page: Page) -> None:
    await expect(page.locator("[data-guide=smart]")).to_contain_text("流程指引")
    await expect(page.locator("[data-week]")).to_contain_text("送达率")
    await page.locator(".ant-segmented").get_by_text("智能信息服务号", exact=True).click()
    await expect(page.locator("[data-guide=service_accounts] [data-step=bind]")).to_be_visible()
    await shoot(page, "overview-zh")
    await page.get_by_role("button", name="切换语言").click()
    await page.get_by_role("menuitem", name="English").click()
    await expect(page.get_by_role("heading", name="Overview")).to_be_visible()
    await shoot(page, "overview-en")
