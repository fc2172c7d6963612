"""Texts from phones: long ones are put together however they come, told once; who refuses is suppressed at once."""

import asyncio
import base64
from collections.abc import Sequence
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from hongyan.kernel.db.database import Database, Uow
from hongyan.rooms.carriers.contracts import Account, NewAccount, Protocol
from hongyan.rooms.delivery.contracts import MessageState
from hongyan.rooms.receipts import rules
from hongyan.rooms.receipts.contracts import SMPP_CODING, CarrierUplink, UplinkPart
from support.ledger import Ledger
from support.line import SIGNATURE, TENANT, SendingLine, chunk_of, phone
from telcowire.smpp.content import CODING_DEFAULT
from telcowire.smstext.coding import FMT_ASCII, FMT_GB, FMT_UCS2
from telcowire.smstext.gsm7 import encode_gsm7

S = MessageState
TEXT = "今天的快递我收到了，谢谢你们😀" * 12
PHONE = phone(5)


@pytest.fixture
def ledger(uow: Uow, shared_db_url: str) -> Ledger:
    return Ledger(uow, shared_db_url)


@pytest.fixture
async def account(ledger: Ledger) -> Account:
    await ledger.line.carriers.provision_signature(ledger.uow, TENANT, SIGNATURE)
    new = NewAccount(
        name="mobile-1",
        protocol=Protocol.CMPP30,
        host="127.0.0.1",
        port=7890,
        login="901234",
        secret="shared",
        src_number="10690001",
    )
    return await ledger.line.carriers.add_account(ledger.uow, new)


async def dialled(ledger: Ledger, account: Account) -> str:
    channel = await ledger.line.carriers.find_channel(ledger.uow, TENANT, SIGNATURE)
    assert channel is not None
    return account.src_number + channel.extension


def parts_of(
    text: str,
    dest: str,
    *,
    ref: int = 7,
    octets: int = 61,
    first_id: int = 100,
    src: str = PHONE,
    coding: int = FMT_UCS2,
) -> list[CarrierUplink]:
    """Cut a text as a careless phone does: octets, wherever a character ends."""
    content = text.encode("utf-16-be" if coding == FMT_UCS2 else "gbk")
    cuts = [content[start : start + octets] for start in range(0, len(content), octets)]
    return [
        CarrierUplink(first_id + no, src, dest, "", UplinkPart(ref, len(cuts), no, cut, coding))
        for no, cut in enumerate(cuts, 1)
    ]


async def take(ledger: Ledger, account: Account, uplinks: Sequence[CarrierUplink]) -> list[bool]:
    return [await ledger.line.receipts.take_uplink(ledger.uow, account, uplink) for uplink in uplinks]


async def told(uow: Uow, job: str = "callbacks.uplink") -> list[str]:
    rows = await uow.fetch("SELECT args ->> 'text' FROM procrastinate_jobs WHERE task_name = %s ORDER BY id", (job,))
    return [text for (text,) in rows]


async def stored(uow: Uow) -> list[tuple[str, int, int]]:
    return await uow.fetch("SELECT text, parts, missing FROM receipts_uplinks ORDER BY received_at, text")


async def test_parts_in_any_order_and_doubled_make_one_text(ledger: Ledger, account: Account) -> None:
    parts = parts_of(TEXT, await dialled(ledger, account))
    last, *others = reversed(parts)
    assert await take(ledger, account, [*others, others[0]]) == [True] * len(others) + [False]
    assert await told(ledger.uow) == []
    assert await take(ledger, account, [last, *parts]) == [True] + [False] * len(parts)
    assert await told(ledger.uow) == await told(ledger.uow, "audience.uplink_received") == [TEXT]
    assert await stored(ledger.uow) == [(TEXT, len(parts), 0)]
    [[job]] = await ledger.uow.fetch("SELECT args FROM procrastinate_jobs WHERE task_name = 'callbacks.uplink'")
    sealer = await ledger.line.keys.sealer(ledger.uow, TENANT)
    assert sealer.open(base64.b64decode(job["number"])) == PHONE


async def test_an_escape_at_the_seam_of_smpps_alphabet_is_read_with_its_character(
    ledger: Ledger, account: Account
) -> None:
    septets, dest = encode_gsm7("That is 5 € [net]"), await dialled(ledger, account)
    cuts = [septets[:11], septets[11:14], septets[14:]]
    assert septets[10] == septets[13] == 0x1B
    assert (
        await take(
            ledger,
            account,
            [
                CarrierUplink(100 + no, PHONE, dest, "", UplinkPart(7, 3, no, cut, SMPP_CODING + CODING_DEFAULT))
                for no, cut in enumerate(cuts, 1)
            ],
        )
        == [True] * 3
    )
    assert await told(ledger.uow) == ["That is 5 € [net]"]


_refs = iter(range(1, 1_000_000))


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(order=st.data(), octets=st.integers(7, 133), coding=st.sampled_from([FMT_UCS2, FMT_GB]))
async def test_any_order_with_any_doubles_tells_a_text_once(
    ledger: Ledger, account: Account, order: st.DataObject, octets: int, coding: int
) -> None:
    ref, text = next(_refs), "您好，订单编号 A-1024 什么时候到？" * 2
    parts = parts_of(text, await dialled(ledger, account), ref=ref, octets=octets, first_id=ref * 1_000, coding=coding)
    if len(parts) == 1:
        return
    come = order.draw(st.permutations([*parts, *order.draw(st.lists(st.sampled_from(parts), max_size=4))]))
    before = len(await told(ledger.uow))
    news = await take(ledger, account, come)
    assert sum(news) == len(parts)
    assert (await told(ledger.uow))[before:] == [text]


async def test_two_phones_and_two_references_are_kept_apart(ledger: Ledger, account: Account) -> None:
    dest = await dialled(ledger, account)
    texts = ["甲" * 100, "乙" * 100, "丙" * 100]
    sets = [
        parts_of(texts[0], dest, ref=1, first_id=100),
        parts_of(texts[1], dest, ref=2, first_id=200),
        parts_of(texts[2], dest, ref=1, first_id=300, src=phone(6)),
    ]
    await take(ledger, account, [uplink for same in zip(*sets, strict=True) for uplink in same])
    assert sorted(await told(ledger.uow)) == sorted(texts)


async def test_a_text_that_stays_incomplete_is_told_as_it_is_and_completed_in_the_store(
    ledger: Ledger, account: Account
) -> None:
    parts = parts_of("一二三" * 20, await dialled(ledger, account), octets=40)
    assert len(parts) == 3
    await take(ledger, account, [parts[0], parts[2]])
    ledger.clock.advance(rules.PART_WAIT - timedelta(seconds=1))
    assert await ledger.line.receipts.tell_overdue(ledger.uow) == 0
    ledger.clock.advance(timedelta(seconds=2))
    assert await ledger.line.receipts.tell_overdue(ledger.uow) == 1
    assert await ledger.line.receipts.tell_overdue(ledger.uow) == 0
    whole = "一二三" * 20
    assert await told(ledger.uow) == [f"{whole[:20]}…{whole[40:]}"]
    # what comes late is read by people, and told to nobody a second time
    assert await take(ledger, account, [parts[1], parts[1]]) == [True, False]
    assert await stored(ledger.uow) == [(whole, 3, 0)]
    assert len(await told(ledger.uow)) == 1


async def test_a_reference_that_comes_round_begins_a_new_text(ledger: Ledger, account: Account) -> None:
    dest = await dialled(ledger, account)
    first, second = parts_of("早" * 60, dest), parts_of("晚" * 60, dest, first_id=200)
    await take(ledger, account, [*first, *second])
    assert await told(ledger.uow) == ["早" * 60, "晚" * 60]
    # also where the first one stayed incomplete
    third = parts_of("甲" * 60, dest, ref=9, first_id=300, octets=60)
    fourth = parts_of("乙" * 60, dest, ref=9, first_id=400, octets=60)
    await take(ledger, account, [third[0], *fourth])
    assert (await told(ledger.uow))[2:] == ["甲" * 30 + "…", "乙" * 60]
    # and the very same text, hours later
    ledger.clock.advance(rules.SAME_TEXT + timedelta(minutes=1))
    await take(ledger, account, [uplink._replace(carrier_msg_id=uplink.carrier_msg_id + 1_000) for uplink in first])
    assert (await told(ledger.uow))[4:] == ["早" * 60]


async def test_parts_that_two_transactions_bring_at_once_make_one_text(db: Database) -> None:
    line = SendingLine(db)
    await line.prepare()
    account = await line.add_account(1)
    async with db.begin() as uow:
        channel = await line.carriers.find_channel(uow, TENANT, SIGNATURE)
    assert channel is not None
    parts = parts_of(TEXT, account.src_number + channel.extension)

    async def bring(some: list[CarrierUplink]) -> None:
        async with db.begin() as uow:
            await line.receipts.take_uplinks(uow, account, some)
            await asyncio.sleep(0)  # let the others come between

    await asyncio.gather(*(bring([part, *parts[:2]]) for part in reversed(parts)))
    assert [job["text"] for job in await line.jobs_named("callbacks.uplink")] == [TEXT]


@pytest.mark.parametrize(
    ("parts", "total", "expected"),
    [
        ({1: (b"ab", FMT_ASCII), 2: (b"cd", FMT_ASCII)}, 2, "abcd"),
        ({2: (b"cd", FMT_ASCII)}, 3, "…cd…"),
        ({1: ("早".encode("utf-16-be"), FMT_UCS2), 2: (b"!", FMT_ASCII)}, 2, "早!"),
        ({1: ("😀".encode("utf-16-be")[:3], FMT_UCS2), 2: ("😀".encode("utf-16-be")[3:], FMT_UCS2)}, 2, "😀"),
        ({1: (b"R\xff", FMT_GB)}, 1, "R\ufffd"),
        ({1: (b"\x80", 99)}, 1, "\x80"),
    ],
)
def test_how_parts_become_a_text(parts: dict[int, tuple[bytes, int]], total: int, expected: str) -> None:
    assert rules.join_parts(parts, total) == expected


# --- opt-outs ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("text", "is_refusal"), [("ｔｄ。", True), ("退订", True), ("谢谢", False)])
async def test_who_refuses_is_suppressed_in_the_transaction_that_stores_it(
    ledger: Ledger, account: Account, text: str, is_refusal: bool
) -> None:
    await ledger.plan(chunk_of([PHONE, phone(6)], now=ledger.clock.now()))
    uplink = CarrierUplink(1, PHONE, await dialled(ledger, account), text)
    assert await ledger.line.receipts.take_uplink(ledger.uow, account, uplink)
    [span] = await ledger.claim()
    assert [message.phone for message in span.messages] == ([phone(6)] if is_refusal else [PHONE, phone(6)])


async def test_a_refusal_in_parts_counts_as_well(ledger: Ledger, account: Account) -> None:
    await ledger.plan(chunk_of([PHONE], now=ledger.clock.now()))
    await take(ledger, account, parts_of("退订", await dialled(ledger, account), octets=2))
    assert await ledger.claim() == []
    assert await ledger.counts() == {S.SUPPRESSED: 1}
