"""The review desk in a browser: two reviewers at once, reasons, questions, evidence, many at a time, keys."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.doors import PASSWORD, Company, credit_code, file_papers, found_company, operator, reviewer, unique
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
    await page.get_by_role("dialog").get_by_role("button", name="批量通过").click()
    await expect(page.locator("[data-bulk=done]")).to_have_count(len(applicants))
    assert reviewer(installation).get("/reviews", state="pending", text=mark)["total"] == 0
