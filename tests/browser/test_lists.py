"""Lists in a browser: filtered, sorted and paged by their address, with columns of one's choice, saved as a file."""

import csv
import re
from collections.abc import Awaitable, Callable

import pytest
from playwright.async_api import Page, expect

from support.browser import axe, sign_in
from support.doors import Company, operator, unique
from support.installation import Installation
from support.sessions import PASSWORD

pytestmark = [pytest.mark.browser, pytest.mark.pages, pytest.mark.timeout(240)]
NewPage = Callable[..., Awaitable[Page]]


async def _saved(page: Page) -> list[list[str]]:
    """Return what the page's list is saved as."""
    async with page.expect_download() as coming:
        await page.get_by_role("button", name="导出 CSV").click()
    path = await (await coming.value).path()
    text = path.read_text("utf-8")
    assert text.startswith("\ufeff")
    return list(csv.reader(text.removeprefix("\ufeff").splitlines()))


async def test_people_are_found_sorted_and_saved(new_page: NewPage, demo: Company) -> None:
    mark = unique("lists")
    boss = demo.console()
    for name in (f"{mark}-b", f"{mark}-a"):
        boss.act("POST", "/users", {"name": name, "password": PASSWORD, "roles": ["developer"]})
    page = await new_page()
    await page.goto("/users")
    await sign_in(page, demo.user, demo.password)
    rows = page.locator("[data-table=people] tr[data-row-key]")
    await expect(rows.first).to_be_visible()
    await page.get_by_role("textbox", name="用户名").fill(mark)
    await page.get_by_role("button", name="查询").click()
    await expect(rows).to_have_count(2)
    await expect(rows.first).to_contain_text(f"{mark}-a")
    head = page.get_by_role("columnheader", name="用户名")
    await head.click()
    await expect(head).to_have_attribute("aria-sort", "ascending")
    await head.click()
    await expect(page).to_have_url(re.compile(rf"/users\?name={mark}&sort=-name$"))
    await expect(rows.first).to_contain_text(f"{mark}-b")
    assert await axe(page) == []
    # a column that is hidden is not in the file, what can be done neither
    await page.get_by_role("button", name="设置列").click()
    await page.get_by_role("checkbox", name="邮箱").uncheck()
    head, *lines = await _saved(page)
    assert (head[:2], [line[0] for line in lines]) == (["用户名", "角色"], [f"{mark}-b", f"{mark}-a"])
    # who has saved how much of which list is written down
    saved = boss.get("/audit", subject_kind="list")["items"][0]
    assert (saved["action"], saved["subject_id"]) == ("list.save", "people")
    assert (saved["user_name"], saved["after"]) == (demo.user.rpartition("/")[2], {"page": "/users", "rows": 2})
    # the address says it all
    again = page.url
    await page.goto("/overview")
    await page.goto(again)
    await expect(rows.first).to_contain_text(f"{mark}-b")
    # nobody of that name is told from nobody at all
    await page.goto(f"/users?name={mark}-c")
    await expect(page.get_by_text("没有符合条件的记录")).to_be_visible()


async def test_channels_alarms_and_paces_narrow_and_sort(new_page: NewPage, installation: Installation) -> None:
    found = operator(installation).get("/channels")["items"]
    names = sorted(one["name"] for one in found)
    page = await new_page()
    await page.goto("/channels?sort=-name")
    await sign_in(page, installation.env["HONGYAN_OPERATOR_USER"], installation.env["HONGYAN_OPERATOR_PASSWORD"])
    rows = page.locator("[data-table=channels] tr[data-row-key]")
    await expect(rows).to_have_count(len(names))
    await expect(rows.first).to_contain_text(names[-1])
    await page.get_by_role("textbox", name="通道", exact=True).fill(names[0])
    await page.get_by_role("button", name="查询").click()
    await expect(rows.first).to_contain_text(names[0])
    head, *lines = await _saved(page)
    assert head[0] == "通道"
    assert [names[0] in line[0] for line in lines] == [True] * len([name for name in names if names[0] in name])
    for path in ("/alarms?view=history&kind=disk_85&sort=-value", "/paces?of=whole&sort=-rate", "/channels?state=up"):
        await page.goto(path)
        await expect(page.get_by_role("button", name="重置")).to_be_visible()
        await expect(page.locator("[data-table] [role=status]")).to_have_count(0)
        assert await axe(page) == []


async def test_link_domains_and_the_posts_of_an_address_sort_by_their_heads(new_page: NewPage, demo: Company) -> None:
    boss = demo.console()
    body = {"callback_url": "https://example.com/hook", "remark": ""}
    address = boss.act("PUT", "/callbacks/kinds/aim.single", body)["id"]
    page = await new_page()
    await page.goto("/link-domains")
    await sign_in(page, demo.user, demo.password)
    await expect(page.locator("[data-table=link-domains]")).to_be_visible()
    for path, table, name, sort in (
        ("/link-domains", "link-domains", "域名名称", "sort=domain"),
        (f"/callbacks/{address}", "callback-posts", "创建时间", "sort=created_at"),
        (f"/callbacks/{address}", "callback-log", "时间", "log_sort=at"),
    ):
        await page.goto(path)
        head = page.locator(f"[data-table={table}]").get_by_role("columnheader", name=name, exact=True)
        await head.click()
        await expect(head).to_have_attribute("aria-sort", "ascending")
        await expect(page).to_have_url(re.compile(rf"{path}\?{sort}$"))
        await expect(page.locator("[data-table] .ant-alert-error")).to_have_count(0)
