"""智能信息基础版 in a browser: templates of frames, signatures, a send by file, details, refusals."""

import io
from collections.abc import Awaitable, Callable

import pytest
from PIL import Image
from playwright.async_api import Locator, Page, expect

from support.browser import axe
from support.doors import Console, approve_all, phones, reviewer, unique
from support.installation import Installation
from support.media import picture

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(300)]
NewPage = Callable[..., Awaitable[Page]]
_SHOE = {"name": "shoe.jpg", "mimeType": "image/jpeg", "buffer": picture("JPEG", (640, 360))}
_PRESET = "800000001"


def _row(page: Page, text: str) -> Locator:
    return page.locator("tr[data-row-key]", has_text=text)


def _numbers(*rows: str) -> dict[str, object]:
    return {"name": "会员.csv", "mimeType": "text/csv", "buffer": "\n".join(rows).encode()}


async def _fill_template(page: Page, name: str) -> None:
    await expect(page.get_by_role("heading", name="新建模板")).to_be_visible()
    await page.get_by_label("模板名称").fill(name)
    await page.get_by_label("主题", exact=True).fill("夏日新品")
    await page.get_by_label("签名", exact=True).fill("鸿雁演示")
    await page.keyboard.press("Escape")
    await page.locator("[data-frame='1'] input[type=file]").set_input_files(_SHOE)
    text = page.get_by_label("文本（第 1 帧，元素 2）")
    await text.fill("尊敬的")
    await page.get_by_role("button", name="插入参数").click()
    await expect(text).to_have_value("尊敬的#p_1#")


async def test_frames_become_a_template_and_are_sent(page: Page, installation: Installation) -> None:
    # given the form of a template
    desk, name = reviewer(installation), unique("video")
    await page.goto("/video-templates")
    await page.get_by_role("button", name="新建模板").click()
    await _fill_template(page, name)
    # then the phone shows what it will be, and the frames can be put in order
    phone = page.get_by_role("region", name="手机预览")
    await expect(phone.get_by_text("【鸿雁演示】尊敬的#p_1#")).to_be_visible()
    await expect(phone.get_by_role("img", name="shoe.jpg")).to_be_visible()
    await page.get_by_role("button", name="添加文本帧").click()
    await page.get_by_label("文本（第 2 帧，元素 1）").fill("拒收请回复R")
    await page.get_by_role("button", name="上移第 2 帧", exact=True).click()
    await expect(page.get_by_label("文本（第 1 帧，元素 1）")).to_have_value("拒收请回复R")
    await page.get_by_role("button", name="下移第 1 帧", exact=True).click()
    # when it is submitted and approved
    await page.get_by_role("button", name="提交审核").click()
    dialog = page.get_by_role("dialog").filter(has_text="提交成功")
    await dialog.get_by_role("button", name="确认").click()
    await expect(_row(page, name)).to_contain_text("审核中")
    approve_all(desk)
    await expect(_row(page, name)).to_contain_text("正常可用", timeout=30_000)
    await _row(page, name).get_by_role("button", name="预览").click()
    await expect(page.get_by_role("dialog").get_by_text("审核通过")).to_be_visible()
    assert await axe(page) == []
    await page.get_by_role("dialog").get_by_label("Close").click()
    # then it is sent to a file whose rows bring their own values
    await _row(page, name).get_by_role("button", name="发送").click()
    await expect(page.get_by_role("heading", name="发送智能信息基础版")).to_be_visible()
    await page.get_by_label("任务名称").fill(name)
    await page.get_by_text("个性化", exact=True).click()
    first, second = phones(2, can_show=False)
    file = _numbers("手机号码,p_1", f"{first},王女士", f"{second},李先生")
    await page.locator("input[type=file]").set_input_files(file)
    await expect(page.locator("[data-file-state=parsed]")).to_contain_text("有效号码 2 个", timeout=30_000)
    await page.get_by_role("button", name="发送", exact=True).click()
    confirm = page.get_by_role("dialog").filter(has_text="发送信息确认")
    await expect(confirm.locator("[data-confirm-count]")).to_have_text("2")
    await confirm.get_by_role("button", name="确认").click()
    await page.wait_for_url("**/video-tasks?new=*")
    # and the details tell what became of each number
    await _row(page, name).get_by_role("link", name="任务明细").click()
    await expect(page.get_by_role("heading", name=name)).to_contain_text("发送完成", timeout=60_000)
    await expect(page.locator("[data-figure=total] dd").first).to_have_text("2")
    await expect(page.locator("tr[data-row-key]")).to_have_count(2)
    assert await axe(page) == []
    await page.get_by_role("tab", name="回复明细").click()
    await expect(page.get_by_text("还没有收到回复")).to_be_visible()


async def test_refusals_stand_at_their_fields(page: Page) -> None:
    # given a template whose text has brackets that only signatures may have
    await page.goto("/video-templates/new")
    await _fill_template(page, unique("video"))
    text = page.get_by_label("文本（第 1 帧，元素 2）")
    await text.fill("您好【福利】")
    await page.get_by_role("button", name="提交审核").click()
    # then the server's refusal stands there, and has the focus
    item = page.locator(".ant-form-item", has=text)
    await expect(item.locator(".ant-form-item-explain-error")).to_contain_text("除签名外不能包含【】")
    await expect(text).to_be_focused()
    # and a file that is too large is not sent at all
    large = {"name": "large.jpg", "mimeType": "image/jpeg", "buffer": bytes(3 * 1024 * 1024)}
    await page.locator("[data-frame='1'] input[type=file]").set_input_files(large)
    await expect(page.get_by_text("超过 2 MB 的限制，未上传")).to_be_visible()
    # given a send whose file has no values: they are told at the file
    await page.goto(f"/video-tasks/new?template={_PRESET}")
    await expect(page.get_by_text("此模板没有参数")).to_be_visible()
    await page.get_by_label("任务名称").fill("问候")
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.get_by_text("请上传号码文件")).to_be_visible()
    await page.locator("input[type=file]").set_input_files(_numbers("手机号码", "不是号码"))
    await expect(page.locator("[data-file-state]")).to_contain_text("无效 1 个", timeout=30_000)
    await page.get_by_role("button", name="发送", exact=True).click()
    await expect(page.get_by_text("文件中没有有效号码")).to_be_visible()
    assert await axe(page) == []


def _letter() -> dict[str, object]:
    drawn = io.BytesIO()
    Image.new("RGB", (420, 594), "white").save(drawn, "PDF")
    return {"name": "签名授权函.pdf", "mimeType": "application/pdf", "buffer": drawn.getvalue()}


def _reject(desk: Console, name: str) -> None:
    """Look at the letter, and refuse it."""
    waiting = desk.get("/reviews", state="pending", kind="video_sms.signature", limit=100)["items"]
    review = next(one for one in waiting if name in one["title"])
    letter = desk.get(f"/reviews/{review['review_id']}/evidence/0")
    assert (letter["name"], letter["shows"], letter["pages"]) == ("签名授权函.pdf", "pages", 1)
    reason = {"code": "letter_unreadable", "field": "authorisation_file_id", "text": ""}
    desk.act("POST", f"/reviews/{review['review_id']}/reject", {"reasons": [reason], "reason": ""})


async def _submit(page: Page) -> None:
    await page.get_by_role("button", name="提交审核").click()
    dialog = page.get_by_role("dialog").filter(has_text="提交成功")
    await dialog.get_by_role("button", name="确认").or_(dialog.get_by_role("button", name="确 认")).click()
    await page.wait_for_url("**/video-signatures")


async def _refused_until_it_has_its_letter(page: Page, name: str) -> None:
    """Fill the form of a new signature in, and see which rule about the letter holds when."""
    await expect(page.get_by_role("heading", name="添加签名")).to_be_visible()
    await page.get_by_label("签名名称").fill(name)
    await expect(page.locator("[data-rule=letterFiled]")).to_contain_text("企业备案已包含签名授权函")
    await page.get_by_role("radio", name="是", exact=True).check()
    await expect(page.locator("[data-rule=letterThird]")).to_contain_text("必须上传")
    await page.get_by_role("button", name="提交审核").click()
    await expect(page.get_by_text("请上传签名授权函")).to_be_visible()
    item = page.locator(".ant-form-item", has=page.get_by_text("签名授权函", exact=True))
    large = {**_letter(), "buffer": bytes(3 * 1024 * 1024)}
    await item.locator("input[type=file]").set_input_files(large)
    await expect(item.get_by_text("超过 2 MB 的限制，未上传")).to_be_visible()
    await item.locator("input[type=file]").set_input_files(_letter())
    await expect(item.get_by_text("签名授权函.pdf")).to_be_visible()
    await expect(page.get_by_text("请上传签名授权函")).to_have_count(0)


async def test_a_signature_is_rejected_changed_approved_and_picked(page: Page, installation: Installation) -> None:
    # given a signature of a third party, which needs a letter
    desk, name = reviewer(installation), unique("签名")
    await page.goto("/video-signatures")
    await page.get_by_role("button", name="添加签名").click()
    await _refused_until_it_has_its_letter(page, name)
    assert await axe(page) == []
    await _submit(page)
    await expect(_row(page, name).locator("[data-state=reviewing]")).to_have_text("审核中")
    # when the desk refuses it with a reason, the form says so at its field
    _reject(desk, name)
    await expect(_row(page, name).locator("[data-state=rejected]")).to_have_text("不通过", timeout=30_000)
    await _row(page, name).get_by_role("button", name="详情").click()
    drawer = page.get_by_role("dialog")
    await expect(drawer.locator("[data-reject-reason=rejected]")).to_contain_text("无法辨认或未盖章")
    await expect(drawer.get_by_role("link", name="签名授权函.pdf")).to_be_visible()
    assert await axe(page) == []
    await drawer.get_by_role("link", name="修改并重新提交").click()
    await expect(page.locator("[data-said=authorisation_file_id]")).to_contain_text("无法辨认或未盖章")
    await expect(page.get_by_text("签名授权函.pdf")).to_be_visible()
    await page.get_by_label("申请说明").fill("已更换清晰版本")
    assert await axe(page) == []
    await _submit(page)
    # and one that is taken back was refused by nobody
    await _row(page, name).get_by_role("button", name="撤回").click()
    await page.get_by_role("dialog").get_by_role("button", name="撤回").click()
    await _row(page, name).get_by_role("button", name="修改").click()
    await expect(page.get_by_label("申请说明")).to_have_value("已更换清晰版本")
    await expect(page.locator("[data-reject-reason], [data-said]")).to_have_count(0)
    await _submit(page)
    # then a second one of that name is refused at its field
    await page.goto("/video-signatures/new")
    await page.get_by_label("签名名称").fill(name)
    await page.get_by_role("button", name="提交审核").click()
    item = page.locator(".ant-form-item", has=page.get_by_label("签名名称"))
    await expect(item.locator(".ant-form-item-explain-error")).to_contain_text("已存在")
    await expect(page.get_by_label("签名名称")).to_be_focused()
    # when it is approved, templates can be made with it; others may be typed, and are marked
    approve_all(desk)
    await page.goto("/video-signatures?state=approved")
    await expect(_row(page, name).locator("[data-state=approved]")).to_have_text("通过", timeout=30_000)
    await page.goto("/video-templates/new")
    field = page.get_by_label("签名", exact=True)
    await field.fill("没有审核的签名")
    await expect(page.locator("[data-unapproved]")).to_contain_text("没有审核的签名")
    await expect(page.get_by_role("link", name="马上去添加")).to_have_attribute("href", "/video-signatures/new")
    await field.fill(name[:4])
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option-content", has_text=name).click()
    await expect(field).to_have_value(name)
    await expect(page.locator("[data-unapproved]")).to_have_count(0)
    assert await axe(page) == []
    # and it goes, naming what carries it
    await page.goto("/video-signatures")
    await _row(page, name).get_by_role("button", name="删除").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog.get_by_text("没有视频短信模板使用此签名")).to_be_visible()
    await dialog.get_by_role("button", name="删除").click()
    await expect(page.get_by_text("签名已删除")).to_be_visible()
    await expect(_row(page, name)).to_have_count(0)
