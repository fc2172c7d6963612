"""The console's pages over a task of a million messages: what a person waits for, in a real browser.

``python bench/pages.py [--messages 10000000] [--asks 20]`` loads what ``lists.py`` loads (a tenth of the messages is
one task), opens each page again and again in Chromium, and prints one JSON object: milliseconds from the click on a
link or a filter (or from the reload of the page) until its rows stand there. ``--data-dir`` keeps an installation.
"""

import argparse
import asyncio
import json
import os
import platform
import subprocess
import sys
import time
from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from pathlib import Path
from statistics import quantiles
from typing import Any
from urllib.parse import urlencode

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests"))

from lists import Send, load
from playwright.async_api import BrowserContext, async_playwright

from support.browser import CHROMIUM_ARGS, find_chromium, sign_in
from support.doors import demo_company
from support.installation import Installation, free_ports, running_installation

_ROWS = "tr[data-row-key]"


def pages_of(large: Send) -> dict[str, tuple[str, str]]:
    """Return the pages: name → address, and what stands there when it is complete."""
    task = f"/send-tasks/{large.task_id}"
    begin = large.at.replace(hour=0, minute=0)
    day = urlencode({"from": f"{begin:%Y-%m-%dT%H:%M}", "to": f"{begin + timedelta(days=1):%Y-%m-%dT%H:%M}"})
    return {
        "overview": ("/overview", "[data-week]"),
        "send tasks": ("/send-tasks", _ROWS),
        "large task": (task, _ROWS),
        "large task, failed": (f"{task}?state=failed", _ROWS),
        "large task, page 99": (f"{task}?page=99", _ROWS),
        "send details of a day": (f"/send-details?{day}", _ROWS),
        "send details of a day, failed, page 99": (f"/send-details?{day}&state=failed&page=99", _ROWS),
        "send details of the large task": (f"/send-details?task={large.task_id}", _ROWS),
        "send report": ("/reports/sends", _ROWS),
    }


async def _times(context: BrowserContext, path: str, ready: str, asks: int) -> dict[str, float]:
    """Reload a page again and again, in a tab of its own: one that was reloaded hundreds of times grows slow."""
    page = await context.new_page()
    taken = []
    for number in range(asks + 1):
        await page.goto("about:blank")
        started = time.perf_counter()
        await page.goto(path, wait_until="commit")
        # Asked at every frame: a locator asks again after up to half a second.
        await page.wait_for_function("ready => document.querySelector(ready)?.checkVisibility()", arg=ready)
        if number:
            taken.append((time.perf_counter() - started) * 1000)
    await page.close()
    cuts = quantiles(taken, n=20)
    return {"p50": round(cuts[9]), "p95": round(cuts[18])}


async def bench(installation: Installation, options: argparse.Namespace) -> dict[str, Any]:
    """Load and look."""
    loaded = await load(installation, options.messages)
    company = demo_company(installation)
    found = {}
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=find_chromium(), args=list(CHROMIUM_ARGS))
        context = await browser.new_context(base_url=installation.url, locale="zh-CN", reduced_motion="reduce")
        page = await context.new_page()
        await page.goto("/")
        await sign_in(page, company.user, company.password)
        await page.wait_for_url("**/overview")
        await page.close()
        for name, (path, ready) in pages_of(loaded.sends[0]).items():
            found[name] = await _times(context, path, ready, options.asks)
        await browser.close()
    return {
        "what": "pages",
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}",
        "messages": loaded.messages,
        "large_task": loaded.sends[0].count,
        "reload_ms": found,
    }


def run(options: argparse.Namespace, work: Callable[[Installation, argparse.Namespace], Awaitable[Any]]) -> None:
    """Let an installation run, new or kept, and print what was found."""
    with ExitStack() as stack:
        if options.data_dir is None:
            installation = stack.enter_context(running_installation())
        else:
            options.data_dir.mkdir(exist_ok=True)
            installation = Installation(options.data_dir, *free_ports(2), subprocess.Popen(["true"]))
            installation.process.wait()
            installation.start()
            stack.callback(installation.stop)
        print(json.dumps(asyncio.run(work(installation, options))))  # type: ignore[arg-type]


def main() -> None:
    """Run once."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--messages", type=int, default=10_000_000)
    parser.add_argument("--asks", type=int, default=20, help="of every page")
    parser.add_argument("--data-dir", type=Path, help="keep the installation here, and use what was loaded before")
    run(parser.parse_args(), bench)


if __name__ == "__main__":
    main()
