"""The review desk in a browser: two reviewers at once, reasons, questions, evidence, many at a time, keys."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.doors import (
    PASSWORD,
    Company,
    credit_code,
    file_papers,
    filing_state,
    found_company,
    operator,
    reviewer,
    unique,
    until,
)
from support.installation import Installation

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


def _applicant(installation: Installation, name: str) -> Company:
    """Return a company whose filing waits on the desk."""
    applicant = found_company(installation, f"{name}{unique('')}", unique("hh"), credit_code())
    file_papers(applicant)
    return applicant


def _review_of(installation: Installation, applicant: Company) -> str:
    rows = reviewer(installation).get("/reviews", state="pending", tenant_id=applicant.tenant_id)["items"]
    return str(rows[0]["review_id"])


async def _desk(new_page: NewPage, installation: Installation, path: str, user: str | None = None) -> Page:
    """Return a page of a reviewer, by default the demo's."""
    page = await new_page()
    await page.goto(path)
    env = installation.env
    if user is None:
        await sign_in(page, env["HONGYAN_REVIEWER_USER"], env["HONGYAN_REVIEWER_PASSWORD"])
    else:
        await sign_in(page, user, PASSWORD)
    return page


async def test_two_reviewers_decide_at_once_one_wins_and_the_other_is_told(
    new_page: NewPage, installation: Installation
) -> None:
    applicant = _applicant(installation, "灰鹤测试公司")
    second = unique("second")
    operator(installation).act("POST", "/users", {"name": second, "password": PASSWORD, "roles": ["reviewer"]})
    path = f"/reviews/{_review_of(installation, applicant)}"
    # given two people who have the same dialog open
    one, other = await _desk(new_page, installation, path), await _desk(new_page, installation, path, second)
    for page in (one, other):
        await page.get_by_role("button", name="通过", exact=True).click()
        await expect(page.get_by_role("dialog")).to_be_visible()
    # when both approve
    await one.get_by_role("dialog").get_by_role("button", name="通过", exact=True).click()
    await expect(one.locator("[data-decided=approved]")).to_be_visible()
    await other.get_by_role("dialog").get_by_role("button", name="通过", exact=True).click()
    # then the second one hears who was first
    await expect(other.locator("[data-conflict]")).to_contain_text("已由 reviewer 于")
    await expect(other.locator("[data-conflict]")).to_contain_text("通过")
    await expect(other.locator("[data-decided=approved]")).to_be_visible()


async def test_a_filing_is_rejected_by_keys_with_a_reason_at_its_field_and_compared_when_it_comes_again(
    new_page: NewPage, installation: Installation
) -> None:
    applicant = _applicant(installation, "白鹭测试公司")
    page = await _desk(new_page, installation, f"/reviews?text={applicant.name}")
    # given the queue, from which j and Enter lead to the submission
    link = page.locator("[data-review-link]")
    await expect(link).to_have_count(1)
    await page.keyboard.press("j")
    await expect(link).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.locator("[data-field=document_type]")).to_contain_text("企业营业执照")
    # and its papers are drawn as pictures
    await page.get_by_role("tab", name="营业执照", exact=True).click()
    await expect(page.locator("[data-evidence=pages] img")).to_be_visible()
    assert await axe(page) == []
    # when it is rejected without a reason, the server's refusal stands at the field
    await page.keyboard.press("r")
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("button", name="驳回").click()
    await expect(dialog.locator(".ant-form-item-explain-error")).to_contain_text("请填写不通过的原因")
    # and when the first reason of the list is ticked by its number
    await dialog.get_by_role("checkbox").first.focus()
    await page.keyboard.press("1")
    await expect(dialog.get_by_label("1. 营业执照不清晰或不完整")).to_be_checked()
    await dialog.get_by_role("button", name="驳回").click()
    # then the customer reads it in both languages
    await expect(page.locator("[data-decided=rejected]")).to_contain_text("营业执照：营业执照不清晰或不完整")
    said = applicant.console().get("/reviews/decisions", kind="enterprises.filing", subject_id="smart_send")["items"]
    assert said[0]["reason_en"] == "Business licence: The licence is unreadable or incomplete"
    # and when the company changes its form and hands it in again
    until("the company hears of it", lambda: filing_state(applicant) == "rejected")
    owner = applicant.console()
    owner.act("PUT", "/filings/smart_send", {"values": {"document_type": "five_in_one"}})
    owner.act("POST", "/filings/smart_send/submit")
    await page.goto(f"/reviews/{_review_of(installation, applicant)}")
    # then both versions stand beside each other, and the round before is told with its reason
    row = page.locator("[data-field=document_type]")
    await expect(row).to_have_attribute("data-change", "changed")
    await expect(row.locator("td").first).to_contain_text("五证合一")
    await expect(row.locator("td").last).to_contain_text("企业营业执照")
    await expect(page.locator("[data-field=legal_name]")).to_have_attribute("data-change", "same")
    await page.get_by_label("仅看变化").check()
    await expect(page.locator("[data-field=legal_name]")).to_have_count(0)
    await expect(row).to_be_visible()
    await expect(page.locator("[data-round=rejected]")).to_contain_text("营业执照不清晰或不完整")
    assert await axe(page) == []


async def test_a_question_reaches_the_company_as_a_question(new_page: NewPage, installation: Installation) -> None:
    applicant = _applicant(installation, "青鹭测试公司")
    page = await _desk(new_page, installation, f"/reviews/{_review_of(installation, applicant)}")
    await page.get_by_role("button", name="退回询问").click()
    dialog = page.get_by_role("dialog")
    # a question must be asked
    await dialog.get_by_role("button", name="退回询问").click()
    await expect(dialog.locator(".ant-form-item-explain-error")).to_contain_text("请填写要询问的内容")
    await dialog.get_by_label("要询问的内容").fill("签名用于哪个门店？")
    await dialog.get_by_role("button", name="退回询问").click()
    await expect(page.locator("[data-decided=rejected]")).to_contain_text("已退回询问")
    until("the company hears of it", lambda: filing_state(applicant) == "rejected")
    theirs = await _desk(new_page, installation, "/filings/smart_send", applicant.user)
    await expect(theirs.locator("h1 [data-state=asked]")).to_have_text("请补充")
    await expect(theirs.locator("[data-reject-reason=asked]")).to_contain_text("签名用于哪个门店？")
    await expect(theirs.get_by_text("审核未通过")).to_have_count(0)
    assert await axe(theirs) == []


async def test_who_claims_is_seen_by_the_others_until_it_is_released(
    new_page: NewPage, installation: Installation
) -> None:
    second = unique("second")
    operator(installation).act("POST", "/users", {"name": second, "password": PASSWORD, "roles": ["reviewer"]})
    path = f"/reviews/{_review_of(installation, _applicant(installation, '苍鹭测试公司'))}"
    one, other = await _desk(new_page, installation, path), await _desk(new_page, installation, path, second)
    await one.get_by_role("button", name="领取", exact=True).click()
    await expect(one.get_by_role("button", name="释放", exact=True)).to_be_visible()
    await expect(other.get_by_text("reviewer 已领取此审核单")).to_be_visible()
    await one.get_by_role("button", name="释放", exact=True).click()
    await expect(one.get_by_role("button", name="领取", exact=True)).to_be_visible()
    await expect(other.get_by_text("reviewer 已领取此审核单")).to_have_count(0)


async def test_a_kind_that_needs_two_waits_for_the_second_pair_of_eyes(
    new_page: NewPage, installation: Installation
) -> None:
    second, kind = unique("second"), "enterprises.filing"
    boss = operator(installation)
    boss.act("POST", "/users", {"name": second, "password": PASSWORD, "roles": ["reviewer"]})
    path = f"/reviews/{_review_of(installation, _applicant(installation, '夜鹭测试公司'))}"
    boss.act("PUT", f"/reviews/guides/{kind}", {"needs_two": True})
    try:
        one, other = await _desk(new_page, installation, path), await _desk(new_page, installation, path, second)
        await one.get_by_role("button", name="通过", exact=True).click()
        await one.get_by_role("dialog").get_by_role("button", name="初审通过", exact=True).click()
        await expect(one.get_by_text("等待另一位审核员复审")).to_be_visible()
        await expect(one.locator("[data-decided]")).to_have_count(0)
        await expect(other.get_by_text("等待另一位审核员复审")).to_be_visible()
        await other.get_by_role("button", name="通过", exact=True).click()
        await other.get_by_role("dialog").get_by_role("button", name="通过", exact=True).click()
        await expect(other.locator("[data-decided=approved]")).to_be_visible()
    finally:
        boss.act("PUT", f"/reviews/guides/{kind}", {"needs_two": False})


async def test_many_are_decided_at_once_and_help_is_a_key_away(new_page: NewPage, installation: Installation) -> None:
    mark = unique("群")
    applicants = [_applicant(installation, f"{mark}{number}公司") for number in ("一", "二")]
    page = await _desk(new_page, installation, f"/reviews?text={mark}")
    await expect(page.locator("[data-review-link]")).to_have_count(len(applicants))
    await page.keyboard.press("?")
    await expect(page.get_by_role("dialog", name="快捷键")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)
    for box in await page.locator("tbody").get_by_role("checkbox").all():
        await box.check()
    await page.get_by_role("button", name="批量通过").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text(applicants[0].name)
    await dialog.get_by_role("checkbox").first.check()
    await dialog.get_by_label("备注").fill("一并核实")
    assert await axe(page) == []
    await dialog.get_by_role("button", name="批量通过").click()
    await expect(page.locator("[data-bulk=done]")).to_have_count(len(applicants))
    desk = reviewer(installation)
    assert desk.get("/reviews", state="pending", text=mark)["total"] == 0
    for row in desk.get("/reviews", text=mark)["items"]:
        last = desk.get(f"/reviews/{row['review_id']}")["history"][-1]
        assert (last["action"], last["note"], len(last["checks"])) == ("approved", "一并核实", 1)


async def test_select_all_takes_one_kind_and_says_what_it_left(new_page: NewPage, installation: Installation) -> None:
    applicant = _applicant(installation, f"{unique('杂')}公司")
    reviewer(installation).act("POST", f"/reviews/{_review_of(installation, applicant)}/approve", {"note": ""})
    until("the filing counts", lambda: filing_state(applicant) == "approved")
    owner = applicant.console()
    name = unique("jump")
    owner.act("POST", "/jump-links", {"name": name, "url": f"https://shop.example.com/{name}"})
    owner.act("POST", "/filings/smart_send/submit")
    page = await _desk(new_page, installation, f"/reviews?text={applicant.name}")
    await expect(page.locator("[data-review-link]")).to_have_count(2)
    await page.locator("thead").get_by_role("checkbox").check(force=True)
    await expect(page.get_by_text("1 条没有选中")).to_be_visible()
    await expect(page.get_by_text("已选 1")).to_be_visible()
    await expect(page.locator("tbody").get_by_role("checkbox", checked=True)).to_have_count(1)
