"""Where a Chromium is, and what people do on every page of the console."""

import os
import shutil
from pathlib import Path

from playwright.async_api import Page

CHROMIUM_ARGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-proxy-server",
)
_NAMES = ("chromium", "chromium-browser", "google-chrome")


def find_chromium() -> str | None:
    """Return the Chromium that tests may use, if there is one."""
    named = os.environ.get("HONGYAN_TEST_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    return next((found for name in _NAMES if (found := shutil.which(name))), None)


async def sign_in(page: Page, user: str, password: str) -> None:
    """Fill in the form that the page shows, in Chinese, and send it."""
    await page.get_by_label("用户名").fill(user)
    await page.get_by_label("密码", exact=True).fill(password)
    await page.get_by_role("button", name="登录", exact=True).click()
