"""The way to a video message in two browsers: an empty tenant files, sends a public template, and a phone has it."""

import re
import zipfile
from collections.abc import Awaitable, Callable
from io import BytesIO
from pathlib import Path
from uuid import uuid4

import pytest
from playwright.async_api import Page, expect

from support.browser import axe
from support.console_pages import Reviewer, choose, give_paper, hand_in, open_as, open_service, row
from support.doors import PASSWORD, credit_code, operator, phones, unique
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(600)]
NewPage = Callable[..., Awaitable[Page]]
_PRESET = "800000001"
_SAMPLE_NUMBERS = (b"13800138000", b"13900139000")


def _found(installation: Installation) -> tuple[str, str]:
    """Let the platform make a tenant that has done nothing yet; returns its company's name and its administrator."""
    desk, domain, name = operator(installation), unique("video"), f"白鹭影像{uuid4().hex[:6]}"
    body = {"legal_name": name, "short_name": name[:6], "credit_code": credit_code(), "domain_name": domain}
    tenant = desk.act("POST", "/tenants", body)
    desk.act("PATCH", f"/tenants/{tenant['id']}", {"real_name": "verified"})
    desk.act("POST", f"/tenants/{tenant['id']}/users", {"name": "owner", "password": PASSWORD, "roles": ["te_admin"]})
    return name, f"{domain}/owner"


def _filled(sample: Path, numbers: list[str]) -> bytes:
    """Return the sample file with other numbers in it, as somebody fills it in."""
    packed = BytesIO()
    with zipfile.ZipFile(sample) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            data = old.read(name)
            for before, after in zip(_SAMPLE_NUMBERS, numbers, strict=True):
                data = data.replace(before, after.encode())
            new.writestr(name, data)
    return packed.getvalue()


async def _file(page: Page) -> None:
    await page.goto("/filings")
    scene = page.locator("[data-scene=basic]")
    await scene.get_by_role("button", name="填写备案信息").click()
    await choose(page, "企业证件类型", "企业营业执照")
    await give_paper(page, "business_licence", is_picture=True)
    for field in ("material_commitment", "signature_authorisation", "port_registration"):
        await give_paper(page, field)
    # Copy with a link needs a letter of its own: it is asked for where that is chosen, and nowhere else.
    letter = page.locator(".ant-form-item", has=page.locator("[data-paper=video_links]")).locator("label").first
    await expect(letter).not_to_have_class(re.compile("required"))
    await hand_in(page)
    await expect(scene.locator("[data-state=reviewing]").first).to_be_visible()


async def _send(page: Page, name: str, numbers: list[str]) -> None:
    await page.goto("/video-tasks")
    await page.get_by_role("button", name="发送智能信息基础版").click()
    await expect(page.get_by_role("heading", name="发送智能信息基础版")).to_be_visible()
    await choose(page, "选择模板", _PRESET)
    await expect(page.get_by_role("region", name="手机预览")).to_be_visible()
    await page.get_by_label("任务名称").fill(name)
    async with page.expect_download() as download:
        await page.get_by_role("link", name="下载示例文件").click()
    sample = await (await download.value).path()
    file = {
        "name": "会员号码.xlsx",
        "mimeType": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        "buffer": _filled(sample, numbers),
    }
    await page.locator("input[type=file]").set_input_files([file])
    await expect(page.locator("[data-file-state=parsed]")).to_contain_text("有效号码 2 个", timeout=30_000)
    await page.get_by_role("button", name="发送", exact=True).click()
    dialog = page.get_by_role("dialog").filter(has_text="发送信息确认")
    await expect(dialog.locator("[data-confirm-count]")).to_have_text("2")
    await dialog.get_by_role("button", name="确认").click()
    await page.wait_for_url("**/video-tasks?new=*")


async def test_from_an_empty_tenant_to_a_video_message_on_the_phone(
    new_page: NewPage, installation: Installation
) -> None:
    # given a company that has opened and filed nothing, and a reviewer
    company, user = _found(installation)
    page = await open_as(await new_page(), "/video-tasks", user)
    desk = Reviewer(await new_page(), company)
    await desk.sign_in(installation)
    # when the service is opened, the papers are filed and approved
    await open_service(page, "basic")
    await _file(page)
    await desk.approve()
    await expect(page.locator("[data-scene=basic] [data-state=approved]").first).to_be_visible(timeout=40_000)
    # and a public template is sent to the numbers of a file that was the sample
    name, numbers = unique("首发"), phones(2, can_show=False)
    await _send(page, name, numbers)
    # then the task is in the list, and goes to its end
    await expect(row(page, name).locator("[data-state=sending_complete]")).to_be_visible(timeout=90_000)
    await row(page, name).get_by_role("link", name="任务明细").click()
    await expect(page.locator("tr[data-row-key] [data-state=delivered]")).to_have_count(2, timeout=30_000)
    assert await axe(page) == []
    # and each phone has the video message, with what the template's frames hold
    for number in numbers:
        (message,) = installation.video_inbox(number)
        types = {part["content_type"] for frame in message["frames"] for part in frame["parts"]}
        assert message["subject"]
        assert any(kind.startswith("image/") for kind in types)
        assert any(kind.startswith("text/") for kind in types)
    # and the report counts it
    await page.get_by_role("link", name="智能信息基础版报表").click()
    await expect(page.locator("[data-figure=delivered] dd").first).to_have_text("2")
