"""Where a Chromium is, and what people do on every page of the console."""

import os
import shutil
from functools import cache
from pathlib import Path

from playwright.async_api import Page

_AXE = Path(__file__).parents[2] / "console/node_modules/axe-core/axe.min.js"
_FINDINGS = """
async () => {
  const options = { resultTypes: ["violations"], iframes: false };
  const { violations } = await window.axe.run(document, options);
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .flatMap(({ id, impact, nodes }) =>
      nodes.map(({ target, failureSummary }) => `${impact} ${id} at ${target.join(" ")}: ${failureSummary}`));
}
"""
# What sticks out to the right and is not cut off or scrolled by something around it; of nested ones the outermost.
_TOO_WIDE = """
async () => {
  // Parts that measure themselves do so a moment after the window changed.
  await new Promise((resolve) => setTimeout(resolve, 150));
  await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  const width = document.documentElement.clientWidth;
  if (document.documentElement.scrollWidth <= width) return [];
  const isHeld = (one) => one.closest("body *") && getComputedStyle(one).overflowX !== "visible";
  const out = [...document.querySelectorAll("#root *")].filter((one) => one.getBoundingClientRect().right > width + 0.5);
  const free = out.filter((one) => { for (let up = one.parentElement; up; up = up.parentElement) if (isHeld(up)) return false; return true; });
  const deepest = free.filter((one) => !free.some((other) => other !== one && one.contains(other)));
  return (deepest.length ? deepest : [document.body]).slice(0, 3).map((one) =>
    `${document.documentElement.scrollWidth} of ${width} px wide: <${one.tagName.toLowerCase()} class="${one.className}">`);
}
"""

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


@cache
def _axe_source() -> str:
    return _AXE.read_text("utf-8")


async def axe(page: Page) -> list[str]:
    """Return what axe-core finds on the page as it is now and calls serious or critical, one line for each element."""
    # The evaluation comes from outside of the page: its policy against foreign scripts stays in force.
    if not await page.evaluate("() => 'axe' in window"):
        await page.evaluate(_axe_source())
    # What fades in is judged when it is there.
    await page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished.catch(() => null)))")
    return [" ".join(str(finding).split()) for finding in await page.evaluate(_FINDINGS)]


async def too_wide(page: Page) -> list[str]:
    """Return what makes the page wider than the window, one line for each element; tables scroll by themselves."""
    return [str(found) for found in await page.evaluate(_TOO_WIDE)]
