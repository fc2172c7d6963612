"""The page of the API in a real browser: drawn by our own script, under a policy that lets nothing else in."""

from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

pytestmark = [pytest.mark.browser, pytest.mark.timeout(240)]


async def test_the_page_of_the_api_shows_every_operation(new_page: Callable[..., Awaitable[Page]]) -> None:
    page = await new_page("en")
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    await page.goto("/docs")
    await expect(page.get_by_role("heading", name="Hongyan API 0.1.0")).to_be_visible()
    document = await (await page.request.get("/openapi.json")).json()
    operations = [operation["operationId"] for item in document["paths"].values() for operation in item.values()]
    assert await page.locator("main section").count() == len(operations)
    made = page.locator("section#create_aim_send_task")
    for text in ("/v1/aim/send-tasks", "resolve_task", "Idempotency-Key", "503"):
        await expect(made.get_by_text(text).first).to_be_attached()
    await page.get_by_label("Find an operation").fill("create_sms_app")
    await expect(page.locator("nav li:visible")).to_have_count(1)
    base = page.url.removesuffix("/docs")
    assert asked
    assert all(url.startswith(base) for url in asked)
    await page.goto("/docs#upload_aim_msg_signature_file")
    await expect(page.locator("section#upload_aim_msg_signature_file h3")).to_be_in_viewport()
