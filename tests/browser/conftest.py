"""A Chromium and pages of it; each page fails its test when something in it went wrong."""

from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, async_playwright, expect

from support.browser import CHROMIUM_ARGS, find_chromium, sign_in
from support.doors import Company, demo_company
from support.installation import Installation

_PATIENCE_MS = 20_000
NewPage = Callable[..., Awaitable[Page]]


@pytest.fixture
async def chromium() -> AsyncIterator[Browser]:
    """A browser of this test alone."""
    path = find_chromium()
    if path is None:
        pytest.skip("no Chromium: name one in HONGYAN_TEST_CHROMIUM, or install Debian's package chromium")
    expect.set_options(timeout=_PATIENCE_MS)
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_ARGS))
        yield browser
        await browser.close()


@pytest.fixture
async def new_page(chromium: Browser, installation: Installation) -> AsyncIterator[NewPage]:
    """Make pages of the console, by default in Chinese; errors in any of them fail the test when it ends."""
    troubles: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # Asking who is signed in is answered 401 before anybody is, refusals of forms 400 and 409: browsers write
        # each of them down, whatever the page makes of it.
        is_answer = any(f"status of {status}" in message.text for status in (400, 401, 409))
        if message.type in {"error", "warning"} and not is_answer:
            troubles.append(f"{message.text} at {message.location.get('url')}")

    async def make(locale: str = "zh-CN", width: int = 1360) -> Page:
        context = await chromium.new_context(
            base_url=installation.url,
            locale=locale,
            viewport={"width": width, "height": 860},
            reduced_motion="reduce",
        )
        context.set_default_timeout(_PATIENCE_MS)
        page = await context.new_page()
        page.on("console", note)
        page.on("pageerror", lambda error: troubles.append(str(error)))
        return page

    yield make
    for context in chromium.contexts:
        await context.close()
    assert troubles == []


@pytest.fixture
def company(installation: Installation) -> Company:
    """The demo tenant."""
    return demo_company(installation)


@pytest.fixture
async def page(new_page: NewPage, company: Company) -> Page:
    """A page on which the demo tenant's administrator is signed in, on the overview."""
    made = await new_page()
    await made.goto("/")
    await sign_in(made, company.user, company.password)
    await made.wait_for_url("**/overview")
    return made
