"""Handsets and people at the links port, over real sockets."""

from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.handsets.contracts import Vendor, VendorState
from hongyan.rooms.identity.contracts import system_actor
from hongyan.rooms.short_links.contracts import DomainKind, DomainState
from hongyan.rooms.smart.contracts import TemplateState
from simulators.handsets.devices import device_hash
from support.cards import DOMAIN, PARCEL_CARD, PARCEL_VALUES, PLAIN_CARD, TENANT, CardWorld, browser, card_world


@pytest.fixture
async def world(db: Database) -> AsyncIterator[CardWorld]:
    async with card_world(db) as made:
        yield made


def texts(card: dict) -> list[str]:
    return [item["text"] for page in card["pages"] for item in page["content"]]


async def test_a_handset_gets_the_card_with_its_recipients_values(world: CardWorld) -> None:
    code = (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES))[0]
    answer = await world.ask(code)
    assert answer["result"] == "card"
    assert answer["card"]["tpl_id"] == PARCEL_CARD
    assert "王女士，您购买的商品已交给承运商。" in texts(answer["card"])
    targets = [item["event"]["target"] for item in answer["card"]["pages"][0]["content"] if "event" in item]
    assert "https://www.example.com/orders/A%3Cb%3E1" in targets


async def test_pictures_of_a_card_lie_on_the_links_port(world: CardWorld) -> None:
    answer = await world.ask((await world.make_links())[0])
    sources = [item["src"] for item in answer["card"]["pages"][0]["content"] if item["type"] == "image"]
    async with browser() as client:
        found = [await client.get(source) for source in sources]
    assert [one.headers["content-type"] for one in found] == ["image/svg+xml"]
    assert "sandbox" in found[0].headers["content-security-policy"]


@pytest.mark.parametrize(
    ("other", "reason"),
    [
        ({"signature": "别家"}, "signature_differs"),
        ({"domain": "elsewhere.example"}, "unknown"),
    ],
)
async def test_a_handset_is_told_why_it_gets_no_card(world: CardWorld, other: dict[str, str], reason: str) -> None:
    answer = await world.ask((await world.make_links())[0], **other)
    assert (answer["result"], answer["reason"]) == ("none", reason)


async def test_brackets_around_the_signature_make_no_difference(world: CardWorld) -> None:
    assert (await world.ask((await world.make_links())[0], signature="【鸿雁演示】"))["result"] == "card"


async def test_codes_nobody_was_given_are_unknown(world: CardWorld) -> None:
    unreleased = (await world.make_links(released=False))[0]
    assert (await world.ask(unreleased))["reason"] == "unknown"
    assert (await world.ask("zzzzzzz"))["reason"] == "unknown"


async def test_a_card_ends_with_its_link(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    world.clock.advance(timedelta(days=1, seconds=1))
    assert (await world.ask(code))["reason"] == "expired"


async def test_a_disabled_template_shows_nowhere(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    async with world.db.begin() as uow:
        await world.smart.life.set_state(uow, system_actor(), PLAIN_CARD, TemplateState.DISABLED, "withdrawn")
    assert (await world.ask(code))["reason"] == "template_disabled"
    async with browser() as client:
        assert (await client.get(f"{world.links_url}/c/{code}", headers={"host": DOMAIN})).status_code == 410


async def test_a_disabled_vendor_gets_no_card(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    async with world.db.begin() as uow:
        await world.handsets.set_vendor_state(uow, Vendor.HUAWEI, VendorState.DISABLED)
    assert (await world.ask(code))["reason"] == "vendor_not_active"


async def test_a_vendor_without_the_template_gets_no_card(world: CardWorld) -> None:
    code = (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES))[0]
    assert (await world.ask(code, vendor="MEIZU"))["reason"] == "vendor_not_active"


async def test_one_device_may_ask_again_but_a_second_uses_up_the_quota(world: CardWorld) -> None:
    code = (await world.make_links())[0]
    assert (await world.ask(code))["result"] == "card"
    assert (await world.ask(code))["result"] == "card"
    assert (await world.ask(code, number="13900139000"))["reason"] == "quota_used"
    assert (await world.ask(code))["result"] == "card"


async def test_a_device_that_never_drew_the_card_gives_its_place_back(world: CardWorld) -> None:
    code = (await world.make_links(limit=2))[0]
    await world.ask(code, number="13900139001")
    await world.platform.report("HUAWEI", "rendered", code, device_hash("13900139001"))
    await world.ask(code, number="13900139002")
    assert (await world.ask(code, number="13900139003"))["reason"] == "quota_used"
    world.clock.advance(timedelta(minutes=11))
    assert (await world.ask(code, number="13900139003"))["result"] == "card"
    assert (await world.ask(code, number="13900139001"))["result"] == "card"


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"code": "../etc", "domain": DOMAIN, "signature": "x", "device_hash": "0" * 64, "request_id": "12345678"},
        {"code": "abcdefg", "domain": DOMAIN, "signature": "x", "device_hash": "xyz", "request_id": "12345678"},
    ],
)
async def test_malformed_calls_are_refused(world: CardWorld, body: dict[str, str]) -> None:
    status, answer = await world.platform.call("HUAWEI", "/handset/v1/resolve", body)
    assert (status, answer["error"]) == (400, "call_malformed")


async def test_people_see_the_card_as_a_page_that_leaves_no_trace(world: CardWorld) -> None:
    code = (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES))[0]
    async with browser() as client:
        page = await client.get(f"{world.links_url}/c/{code}", headers={"host": DOMAIN})
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "noindex" in page.headers["x-robots-tag"]
    assert "unsafe-inline" not in page.headers["content-security-policy"]
    assert "A&lt;b&gt;1" in page.text
    assert "<b>1" not in page.text
    assert "<script" not in page.text


async def test_the_card_of_a_link_below_a_path_is_shown_below_it(world: CardWorld) -> None:
    name = f"{DOMAIN}/a1/b2"
    async with world.db.begin() as uow:
        await world.short_links.create_domain(uow, TENANT, name, DomainKind.STANDARD, state=DomainState.ACTIVE)
    code = (await world.make_links(card=PARCEL_CARD, values=PARCEL_VALUES, domain=name))[0]
    async with browser() as client:
        found = [
            await client.get(f"{world.links_url}/c/{path}", headers={"host": DOMAIN})
            for path in (f"a1/b2/{code}", f"a1/{code}", code)
        ]
    assert [one.status_code for one in found] == [200, 404, 404]
    assert "A&lt;b&gt;1" in found[0].text


async def test_a_handset_may_write_a_domain_with_a_path_in_any_case(world: CardWorld) -> None:
    name = f"{DOMAIN}/a1/b2"
    async with world.db.begin() as uow:
        await world.short_links.create_domain(uow, TENANT, name, DomainKind.STANDARD, state=DomainState.ACTIVE)
    code = (await world.make_links(domain=name))[0]
    assert (await world.ask(code, domain=name.upper()))["result"] == "card"
    assert (await world.ask(code, domain=DOMAIN.upper()))["reason"] == "unknown"


@pytest.mark.parametrize(("language", "title"), [("zh-CN", "链接不存在"), ("en-GB", "No such link")])
async def test_an_unknown_card_has_its_page_in_both_languages(world: CardWorld, language: str, title: str) -> None:
    async with browser() as client:
        headers = {"host": DOMAIN, "accept-language": language}
        page = await client.get(f"{world.links_url}/c/zzzzzzz", headers=headers)
    assert page.status_code == 404
    assert title in page.text


async def test_public_templates_have_a_preview_and_nothing_else_has(world: CardWorld) -> None:
    async with browser() as client:
        shown = await client.get(f"{world.links_url}/c/preview/{PARCEL_CARD}")
        missing = await client.get(f"{world.links_url}/c/preview/600009999")
        broken = await client.get(f"{world.links_url}/c/preview/%00")
        outside = await client.get(f"{world.links_url}/m/..%2Fdoor.svg")
    assert shown.status_code == 200
    assert "鸿雁速运" in shown.text
    assert (missing.status_code, broken.status_code, outside.status_code) == (404, 404, 404)
