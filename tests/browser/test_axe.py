"""Every page of the console, as each role sees it: axe finds nothing serious, and none is wider than a phone."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Browser

from support.accounts import image, new_name
from support.browser import axe, sign_in
from support.console_pages import button
from support.doors import PLAIN_CARD, Company, Console, csv_of, phones, reviewer, send_and_wait, signed, unique, upload
from support.installation import Installation
from support.screenshots import Tour, people_of, routes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(420)]
_VIDEO = "800000001"
_LOGO, _BACKGROUND, _PROOF = (240, 240), (1440, 810), (300, 400)
_OPENED = (
    # who, where, what is pressed there: one drawer or dialog of each kind of page
    ("tenant", "/sms-templates", "详情"),
    ("tenant", "/sms-templates", "删除"),
    ("tenant", "/sms-apps", "修改"),
    ("tenant", "/card-templates?tab=public", "预览"),
    ("tenant", "/callbacks", "测试"),
    ("tenant", "/send-details", "查看过程"),
    ("tenant", "/video-templates?tab=public", "预览"),
    ("tenant", "/shortcuts", "预览"),
    ("tenant", "/video-signatures", "详情"),
    ("tenant", "/users", "创建用户"),
    ("operator", "/paces", "设置限速"),
    ("operator", "/tenants", "创建租户"),
)


async def _examples(company: Company, desk: Console) -> dict[str, str]:
    """Return an address for each route that needs one, of something that is there or is made here."""
    console = company.console()
    numbers = csv_of(phones(1, can_show=False), 会员称呼=["会员"])
    async with signed(company) as api:
        task = await send_and_wait(api, company.templates["member"], numbers, fallback="sms")
        file = await upload(api, "video.csv", csv_of(phones(1, can_show=False)))
    [message] = console.get(f"/send-tasks/{task['task_id']}/messages")["items"]
    address = console.act(
        "PUT", "/callbacks/kinds/aim.template", {"callback_url": "https://hook.example.invalid/axe", "remark": ""}
    )
    link = {"name": unique("axe"), "card_template_id": PLAIN_CARD, "kind": "individual", "days": 1}
    link |= {"signatures": ["【鸿雁演示企业】"], "rows": [{"cust_flag": "13800138000"}]}
    video = {"task_name": unique("axe"), "tpl_id": _VIDEO, "number_file_id": file["file_id"]}
    pub = _account(console)
    account = f"/service-accounts/{pub}"
    return {
        "/callbacks/:addressId": f"/callbacks/{address['id']}",
        "/send-tasks/:taskId": f"/send-tasks/{task['task_id']}",
        "/filings/:scene": "/filings/smart_send",
        "/messages/:messageId": f"/messages/{message['message_id']}",
        "/reviews/:reviewId": f"/reviews/{desk.get('/reviews', limit=1)['items'][0]['review_id']}",
        "/service-accounts/:pubId": account,
        "/service-accounts/:pubId/edit": f"{account}/edit",
        "/service-accounts/:pubId/menu": f"{account}/menu",
        "/service-accounts/:pubId/portal": f"{account}/portal",
        "/shortcuts/:shortcutId/edit": f"/shortcuts/{_shortcut(console)}/edit",
        "/resolve-tasks/:taskId": f"/resolve-tasks/{console.act('POST', '/resolve-tasks', link)['task_id']}",
        "/sms-signatures/:signatureId/edit": f"/sms-signatures/{_first(console, '/sms/signatures', 'signature_id')}/edit",
        "/sms-templates/:templateId/edit": f"/sms-templates/{_first(console, '/sms/templates', 'template_id')}/edit",
        "/video-signatures/:signatureId/edit": f"/video-signatures/{_video_signature(console)}/edit",
        "/video-tasks/:taskId": f"/video-tasks/{console.act('POST', '/video-tasks', video)['task_id']}",
    }


def _first(console: Console, path: str, key: str) -> str:
    return str(console.get(path, limit=1)["items"][0][key])


def _drawn(console: Console, use: str, size: tuple[int, int]) -> str:
    """Upload a picture for a use and return its id."""
    files, data = {"file": ("one.png", image(*size))}, {"use": use}
    return str(console.act("POST", "/service-accounts/pictures", files=files, data=data)["picture_id"])


def _shortcut(console: Console) -> str:
    """Hand in a scene of shortcut keys and return its id."""
    body = {
        "sign": new_name("签"),
        "authorization_files": [_drawn(console, "OTHER", _PROOF)],
        "areas": ["河北省"],
        "keys": [{"name": "打客服", "action_type": "CALLING", "content": "4008008800"}],
    }
    return str(console.act("POST", "/shortcuts", body)["shortcut_id"])


def _video_signature(console: Console) -> str:
    """Hand in a signature of video messages and return its id."""
    return str(console.act("POST", "/video-signatures", {"signature_name": unique("axe")})["signature_id"])


def _account(console: Console) -> str:
    """Hand in a service account and return its id."""
    body: dict[str, Any] = {
        "pub_name": new_name(),
        "pub_abstract": "会员权益与订单服务",
        "logo_img": _drawn(console, "PUB_LOGO", _LOGO),
        "authorization_files": [_drawn(console, "OTHER", _PROOF)],
        "menu_items": [{"name": "客服", "action_type": "CALLING", "content": "4008008800"}],
        "background_img": _drawn(console, "BG_IMAGE", _BACKGROUND),
        "summary": "会员服务一站直达",
        "tels": [{"tel": "400-8008800", "usage": "客服热线"}],
    }
    return str(console.act("POST", "/service-accounts", body)["pub_id"])


async def test_no_page_keeps_people_out(chromium: Browser, installation: Installation, company: Company) -> None:
    # given an example for every page that shows one thing: a page without one fails here
    examples = await _examples(company, reviewer(installation))
    assert examples.keys() == {route for route in routes() if ":" in route}
    # when everybody whom the demo knows looks at all that they may see
    people = list(people_of(installation.env))
    met: set[str] = set()
    tours = [Tour(*person, "zh-CN", (1280, 860), None, is_checked=True, met=met) for person in people]
    await asyncio.gather(*(tour.go(chromium, installation.url, tuple(examples.values())) for tour in tours))
    # then axe has nothing serious to say, and no page was not seen
    findings = {where: found for tour in tours for where, found in tour.findings.items()}
    assert findings == {}, findings
    assert set(routes()).difference(*(tour.seen for tour in tours)) == set()


async def test_no_drawer_and_no_dialog_keeps_people_out(
    chromium: Browser, installation: Installation, company: Company
) -> None:
    # given something to open
    await _examples(company, reviewer(installation))
    findings: dict[str, list[str]] = {}
    people = {role: (user, password) for role, user, password in people_of(installation.env)}
    for role in ("tenant", "operator"):
        context = await chromium.new_context(base_url=installation.url, locale="zh-CN", reduced_motion="reduce")
        page = await context.new_page()
        await page.goto("/")
        await sign_in(page, *people[role])
        await page.wait_for_url("**/overview")
        for who, path, pressed in _OPENED:
            if who != role:
                continue
            # when it is opened
            await page.goto(path)
            await button(page.locator("main"), pressed).first.click()
            await page.get_by_role("dialog").first.wait_for()
            # then axe has nothing serious to say
            if found := await axe(page):
                findings[f"{path} {pressed}"] = found
        await context.close()
    assert findings == {}, findings
