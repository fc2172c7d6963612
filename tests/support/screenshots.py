"""Pictures of every page of a running demo installation: in Chinese and English, on a desk and on a phone, for each role.

``python -m support.screenshots [DIRECTORY] [--env FILE] [--axe]`` follows every link of the console, one of each shape, and opens the pages that no
link leads to. It prints what it saw, what nobody could reach, what is wider than a phone,
and with ``--axe`` what keeps people out.
"""

import argparse
import asyncio
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from playwright.async_api import Browser, Page, async_playwright

from support.browser import CHROMIUM_ARGS, axe, find_chromium, too_wide

_ROOT = Path(__file__).parents[2]
_PATH = re.compile(r"\bpath: \"([^\"]+)\"")
_DESK, PHONE = (1280, 860), (390, 800)
_SIZES = (_DESK, PHONE)
_LOCALES = ("zh-CN", "en-US")
_PATIENCE_MS = 30_000
_QUIET_MS = 4_000
_LINKS = "() => [...document.querySelectorAll('#root a[href^=\"/\"]')].map((link) => new URL(link.href).pathname)"


def routes() -> list[str]:
    """Return the paths of all pages behind sign-in, as their rooms name them."""
    files = sorted((_ROOT / "console/src").glob("**/pages.ts"))
    return [f"/{path}" for file in files for path in _PATH.findall(file.read_text("utf-8"))]


def shape_of(path: str, known: list[str]) -> str | None:
    """Return the route that a path belongs to: the one that fixes most of its parts."""
    parts = path.strip("/").split("/")
    fitting = [
        route
        for route in known
        if len(wanted := route.strip("/").split("/")) == len(parts)
        and all(want.startswith(":") or want == part for want, part in zip(wanted, parts, strict=True))
    ]
    return min(fitting, key=lambda route: route.count(":"), default=None)


@dataclass
class Tour:
    """One person's way through all pages, in one language on one screen."""

    role: str
    user: str
    password: str
    locale: str
    size: tuple[int, int]
    into: Path | None
    """Where pictures go; none are made without."""
    is_checked: bool = False
    met: set[str] = field(default_factory=set)
    """Routes that somebody has seen: what no link leads to is tried by one of those who share this, not by each."""
    seen: dict[str, str] = field(default_factory=dict)
    """The address at which each route was seen."""
    findings: dict[str, list[str]] = field(default_factory=dict)

    async def go(self, browser: Browser, url: str, examples: Sequence[str] = ()) -> None:
        """Sign in, then look at every page that links lead to, at ``examples`` of pages that show one thing, and the rest."""
        width, height = self.size
        context = await browser.new_context(
            base_url=url, locale=self.locale, viewport={"width": width, "height": height}, reduced_motion="reduce"
        )
        context.set_default_timeout(_PATIENCE_MS)
        page = await context.new_page()
        await page.goto("/sign-in")
        await page.locator("#sign-in_user").wait_for()
        await self._keep(page, "/sign-in")
        await page.locator("#sign-in_user").fill(self.user)
        await page.locator("#sign-in_password").fill(self.password)
        await page.keyboard.press("Enter")
        await page.wait_for_url("**/overview")
        known, tried = routes(), set[str]()
        linked, rest = ["/overview"], [*examples, *(route for route in known if ":" not in route)]
        while linked or rest:
            is_linked = bool(linked)
            path = linked.pop(0) if is_linked else rest.pop(0)
            route = shape_of(path, known)
            if route is None or route in tried or (not is_linked and route in self.met):
                continue
            tried.add(route)
            await page.goto(path)
            await _settle(page)
            if await page.locator(".ant-result-403, .ant-result-404").count():
                continue
            self.seen[route] = path
            self.met.add(route)
            await self._keep(page, path)
            linked += await page.evaluate(_LINKS)
        await context.close()

    async def _keep(self, page: Page, path: str) -> None:
        if self.into is not None:
            name = re.sub(r"[^a-z-]+", "-", path.strip("/").lower()).strip("-") or "root"
            file = self.into / f"{self.locale[:2]}-{self.size[0]}" / f"{self.role}-{name}.png"
            file.parent.mkdir(parents=True, exist_ok=True)
            await page.screenshot(path=file, full_page=True)
        found = await axe(page) if self.is_checked else []
        await page.set_viewport_size({"width": PHONE[0], "height": PHONE[1]})
        found += await too_wide(page)
        await page.set_viewport_size({"width": self.size[0], "height": self.size[1]})
        if found:
            self.findings[f"{self.role} {self.locale} {self.size[0]} {path}"] = found


async def _settle(page: Page) -> None:
    """Wait until the page shows what it has; pages with a stream never stop loading, so the wait is bounded."""
    await page.locator("h1, .ant-result").first.wait_for()
    await page.wait_for_function(
        "() => !document.querySelector('.ant-skeleton, .ant-spin-spinning')", timeout=_PATIENCE_MS
    )
    await page.wait_for_function("() => document.fonts.status === 'loaded'", timeout=_QUIET_MS)


def people_of(env: Mapping[str, str]) -> Iterator[tuple[str, str, str]]:
    """Yield role, user and password of everybody whom the demo knows."""
    for name, user in env.items():
        if (found := re.fullmatch(r"HONGYAN_(?:(\w+)_)?USER", name)) is not None:
            role = (found[1] or "admin").lower()
            yield role, user, env[name.removesuffix("USER") + "PASSWORD"]


def _read(file: Path) -> dict[str, str]:
    lines = file.read_text("utf-8").splitlines()
    pairs = (line.removeprefix("export ").partition("=") for line in lines if "=" in line and not line.startswith("#"))
    return {name.strip(): value.strip().strip("'\"") for name, _, value in pairs}


async def _tour(arguments: argparse.Namespace) -> None:
    env = _read(arguments.env)
    people = [person for person in people_of(env) if arguments.role in {None, person[0]}]
    into = arguments.into
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_ARGS))
        seen: set[str] = set()
        for locale in _LOCALES:
            for size in _SIZES:
                for role, user, password in people:
                    tour = Tour(role, user, password, locale, size, into, is_checked=arguments.axe)
                    await tour.go(browser, env["HONGYAN_ENDPOINT"])
                    seen |= tour.seen.keys()
                    for where, found in tour.findings.items():
                        print(where, *found, sep="\n  ")
        await browser.close()
    for route in routes():
        if route not in seen:
            print(f"{route}: no link led there")
    print(f"{len(list(into.glob('*/*.png')))} pictures in {into}")


def main() -> None:
    """Read the arguments and go."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("into", nargs="?", type=Path, default=_ROOT / "var/screenshots")
    parser.add_argument("--env", type=Path, default=_ROOT / "var/demo.env", help="what the demo wrote of itself")
    parser.add_argument("--axe", action="store_true", help="tell also what keeps people out")
    parser.add_argument("--role", help="only this one")
    asyncio.run(_tour(parser.parse_args()))


if __name__ == "__main__":
    main()
