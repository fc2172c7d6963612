"""Every page of the console, as each role sees it, through the eyes of axe: nothing serious keeps people out."""

import asyncio

import pytest
from playwright.async_api import Browser

from support.installation import Installation
from support.screenshots import Tour, people_of, routes

pytestmark = [pytest.mark.browser, pytest.mark.timeout(300)]


async def test_no_page_keeps_people_out(chromium: Browser, installation: Installation) -> None:
    # given everybody whom the demo knows
    tours = [Tour(*person, "zh-CN", (1280, 860), None, is_checked=True) for person in people_of(installation.env)]
    # when they look at all that they may see
    await asyncio.gather(*(tour.go(chromium, installation.url) for tour in tours))
    # then axe has nothing serious to say, and only what nothing was made of yet was not seen
    findings = {where: found for tour in tours for where, found in tour.findings.items()}
    assert findings == {}, findings
    unseen = set(routes()).difference(*(tour.seen for tour in tours))
    assert {route for route in unseen if ":" not in route} == set()
