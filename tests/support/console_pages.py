"""What walks through the console's pages do again and again, as a person does it."""

from playwright.async_api import Locator, Page, expect

from support.browser import sign_in
from support.doors import PASSWORD
from support.installation import Installation
from support.office import PDF, picture


def row(page: Page, text: str) -> Locator:
    """Return the row of a table that shows a text."""
    return page.locator("tr[data-row-key]", has_text=text)


def button(scope: Page | Locator, name: str) -> Locator:
    """Return a button; between two Chinese characters the library puts a blank."""
    spaced = " ".join(name) if len(name) == 2 else name
    return scope.get_by_role("button", name=name, exact=True).or_(scope.get_by_role("button", name=spaced, exact=True))


async def choose(page: Page, label: str, option: str) -> None:
    """Choose in a picker: by its label, then by a part of the option's text."""
    await page.get_by_label(label, exact=True).click()
    await page.locator(".ant-select-dropdown:visible .ant-select-item-option", has_text=option).first.click()


async def submit(page: Page, title: str) -> None:
    """Send the form and close the dialog that says it arrived."""
    await button(page, "确定").click()
    dialog = page.get_by_role("dialog").filter(has_text=title)
    await expect(dialog).to_be_visible()
    await button(dialog, "确认").click()


async def open_service(page: Page, service: str) -> None:
    """Bind an address and open the service that the page needs; then the page is there."""
    gate = page.locator(f"[data-service-gate={service}]")
    await page.get_by_label("企业邮箱").fill("it@egret.example.com")
    await page.get_by_role("button", name="绑定", exact=True).click()
    await expect(gate).to_contain_text("已绑定：it@egret.example.com")
    await page.get_by_role("button", name="立即开通").click()
    await page.get_by_role("dialog").get_by_role("button", name="立即开通").click()
    await expect(gate).to_have_count(0)


async def give_paper(page: Page, field: str, *, is_picture: bool = False) -> None:
    """Choose a file for a field of a filing, and wait until it is there."""
    name, kind, data = (
        (f"{field}.png", "image/png", picture()) if is_picture else (f"{field}.pdf", "application/pdf", PDF)
    )
    paper = page.locator(f"[data-paper={field}]")
    await paper.locator("input[type=file]").set_input_files([{"name": name, "mimeType": kind, "buffer": data}])
    await expect(paper.locator("[data-file]").or_(paper.locator("img")).first).to_be_visible()


async def hand_in(page: Page) -> None:
    """Hand in a filing and close the dialog that says it arrived."""
    await page.get_by_role("button", name="提交审核").click()
    dialog = page.get_by_role("dialog")
    await expect(dialog).to_contain_text("提交成功")
    await dialog.get_by_role("button", name="确认").click()


class Reviewer:
    """The platform's reviewer in a browser of her own."""

    def __init__(self, page: Page, company: str) -> None:
        """Look at what one company handed in."""
        self._page = page
        self._company = company

    async def sign_in(self, installation: Installation) -> None:
        """Sign in on the queue."""
        env = installation.env
        await self._page.goto("/reviews")
        await sign_in(self._page, env["HONGYAN_REVIEWER_USER"], env["HONGYAN_REVIEWER_PASSWORD"])
        await expect(self._page.get_by_role("heading", name="审核台")).to_be_visible()

    async def approve(self, submissions: int = 1) -> None:
        """Open the company's waiting submissions, as many as that, and approve them one after the other."""
        for waiting in range(submissions, 0, -1):
            await self._approve_first(waiting)

    async def _approve_first(self, waiting: int) -> None:
        page = self._page
        await page.goto(f"/reviews?text={self._company}")
        await expect(page.locator("[data-review-link]")).to_have_count(waiting)
        await page.locator("[data-review-link]").first.click()
        await page.get_by_role("button", name="通过", exact=True).click()
        await page.get_by_role("dialog").get_by_role("button", name="通过", exact=True).click()
        await expect(page.locator("[data-decided=approved]")).to_be_visible()


async def open_as(page: Page, path: str, user: str, password: str = PASSWORD) -> Page:
    """Sign in on a page's way."""
    await page.goto(path)
    await sign_in(page, user, password)
    return page
