"""What a person with a phone sees: the card with their own values, the original text, the page behind the link."""

import asyncio
from dataclasses import dataclass
from typing import Any

import pytest

from simulators.handsets.devices import device_hash
from simulators.handsets.upstream import Platform
from support.doors import PARCEL_CARD, Company, csv_of, phones, send_and_wait, signed, task_when
from support.installation import Installation

pytestmark = pytest.mark.timeout(240)
JUMP = "https://shop.example.com/spring?from=sms"


@dataclass
class Parcels:
    """A send of the parcel card: each recipient has values of their own."""

    able: list[str]
    unable: list[str]
    task: dict[str, Any]
    plain: dict[str, Any]
    plain_number: str


@pytest.fixture(scope="module")
def parcels(demo: Company) -> Parcels:
    """Given parcels to six people, two of them with phones that cannot show cards, and a plain card to one more."""
    able = phones(4, can_show=True, vendor="HUAWEI")
    unable = phones(2, can_show=False)
    plain_number = phones(1, can_show=True)[0]
    numbers = [*able, *unable]
    columns = {
        "会员称呼": [f"顾客{i}" for i in range(6)],
        "param1": [f"收件人{i}" for i in range(6)],
        "param2": [f"HY-{i}<b>" for i in range(6)],
        "param3": ["鸿雁速运"] * 6,
        "param4": ["12月1日"] * 6,
    }

    async def send() -> tuple[dict[str, Any], dict[str, Any]]:
        async with signed(demo) as api:
            template = demo.templates["member"]
            return await asyncio.gather(
                send_and_wait(api, template, csv_of(numbers, **columns), card_template_id=PARCEL_CARD, fallback="sms"),
                send_and_wait(api, template, csv_of([plain_number], 会员称呼=["贵宾"]), jump_url=JUMP),
            )

    task, plain = asyncio.run(send())
    return Parcels(able, unable, task, plain, plain_number)


def code_in(installation: Installation, number: str, domain: str) -> str:
    """Return the code of the link in the only SMS of a phone."""
    (sms,) = installation.inbox(number)
    before, _, after = sms["text"].partition(f" {domain}/")
    assert before
    return str(after.split(" ")[0])


def test_a_capable_phone_draws_the_card_with_its_own_values(installation: Installation, parcels: Parcels) -> None:
    # when the person opens the inbox
    page = installation.phone_page(parcels.able[2])
    # then the card carries their values, as text and never as markup
    assert "收件人2，您购买的商品已交给承运商。" in page
    assert "HY-2&lt;b&gt;" in page
    assert "收件人1" not in page
    # and the original text is one tap away
    assert "显示原文" in page
    assert "显示卡片" in page
    assert "尊敬的顾客2，您的会员权益已更新" in page


def test_a_phone_without_the_ability_shows_the_text_alone(installation: Installation, parcels: Parcels) -> None:
    page = installation.phone_page(parcels.unable[0])
    assert "尊敬的顾客4，您的会员权益已更新" in page
    assert "显示卡片" not in page
    assert "收件人4" not in page


async def test_a_drawing_counts_once_per_device(installation: Installation, demo: Company, parcels: Parcels) -> None:
    # given one phone that opens its inbox three times
    number = parcels.able[0]
    for _ in range(3):
        assert "收件人0" in await asyncio.to_thread(installation.phone_page, number)
    # and whose handset asks the resolver again by itself
    domain = parcels.task["domain"]
    code = code_in(installation, number, domain)
    secret = (installation.data_dir / "demo-vendor-secret").read_text()
    platform = Platform(installation.env["HONGYAN_LINKS"], secret)
    again = await platform.resolve("HUAWEI", code, domain, "鸿雁演示企业", device_hash(number))
    await platform.report("HUAWEI", "rendered", code, device_hash(number))
    # then it gets its card each time
    assert again["result"] == "card"
    # but another device does not: a personal link is for one
    other = await platform.resolve("HUAWEI", code, domain, "鸿雁演示企业", device_hash("13900000000"))
    assert (other["result"], other["reason"]) == ("none", "quota_used")
    # nor does anybody under another signature
    forged = await platform.resolve("HUAWEI", code, domain, "别的公司", device_hash(number))
    assert (forged["result"], forged["reason"]) == ("none", "signature_differs")
    await platform.close()
    # and the books count every device once
    drawn = {number, parcels.able[2]}
    await asyncio.to_thread(installation.phone_page, parcels.able[2])
    async with signed(demo) as api:
        task = await task_when(api, parcels.task["task_id"], lambda task: task["resolved"] >= len(drawn))
    assert task["resolved"] == len(drawn)


def test_a_tap_without_jump_url_opens_the_card_as_a_page(installation: Installation, parcels: Parcels) -> None:
    code = code_in(installation, parcels.able[1], parcels.task["domain"])
    first = installation.tap(f"/{code}")
    assert first.status_code == 302
    assert first.headers["location"].endswith(f"/c/{code}")
    page = installation.tap(f"/c/{code}")
    assert page.status_code == 200
    assert "收件人1，您购买的商品已交给承运商。" in page.text
    assert "HY-1&lt;b&gt;" in page.text
    for answer in (first, page):
        assert answer.headers["cache-control"] == "no-store"
        assert "noindex" in answer.headers["x-robots-tag"]
        assert answer.headers["referrer-policy"] == "no-referrer"


def test_a_tap_with_jump_url_goes_there(installation: Installation, parcels: Parcels) -> None:
    code = code_in(installation, parcels.plain_number, parcels.plain["domain"])
    answer = installation.tap(f"/{code}")
    assert (answer.status_code, answer.headers["location"]) == (302, JUMP)


def test_head_answers_like_get_and_has_no_effect(installation: Installation, demo: Company, parcels: Parcels) -> None:
    code = code_in(installation, parcels.plain_number, parcels.plain["domain"])
    answer = installation.tap(f"/{code}", method="HEAD")
    assert (answer.status_code, answer.headers["location"], answer.content) == (302, JUMP, b"")
    page = installation.tap(f"/c/{code}", method="HEAD")
    assert (page.status_code, page.content) == (200, b"")
    assert demo.console().get(f"/send-tasks/{parcels.plain['task_id']}")["resolved"] == 0


@pytest.mark.parametrize(
    ("path", "status", "zh", "en"),
    [
        ("/2222222", 404, "链接不存在", "There is no such link"),
        ("/!!", 400, "链接格式不正确", ""),
        ("/c/2222222", 404, "链接不存在", "No such link"),
    ],
)
def test_bad_links_have_pages_of_their_own(
    installation: Installation, path: str, status: int, zh: str, en: str
) -> None:
    chinese, english = installation.tap(path), installation.tap(path, language="en-GB")
    assert (chinese.status_code, english.status_code) == (status, status)
    assert zh in chinese.text
    assert en in english.text
    assert "noindex" in chinese.headers["x-robots-tag"]


def test_links_take_no_other_method(installation: Installation, parcels: Parcels) -> None:
    code = code_in(installation, parcels.plain_number, parcels.plain["domain"])
    assert installation.tap(f"/{code}", method="POST").status_code == 405
