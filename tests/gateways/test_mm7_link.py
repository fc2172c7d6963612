"""One MM7 link and its letters alone: what is certain when nothing left, and contents that do not fit in memory."""

import asyncio
import base64
import json
from datetime import UTC, datetime
from typing import Any

import pytest

from hongyan.kernel.clock import SystemClock
from hongyan.kernel.ids import AccountId
from hongyan.rooms.carriers.contracts import NO_OPTIONS, Account, Carrier, Protocol, WireOptions
from hongyan.rooms.gateways.contracts import (
    Answered,
    LinkClosed,
    LinkEvent,
    LoadContent,
    Part,
    PartOutcome,
    TimedOut,
    Unsent,
)
from hongyan.rooms.gateways.drivers.mm7 import letters
from hongyan.rooms.gateways.drivers.mm7.driver import Mm7Driver
from hongyan.rooms.gateways.drivers.mm7.letters import Letters, NotWritable
from simulators.mmsc.centre import MmscSimulator
from support.video import free_port
from support.waiting import until
from telcowire.asyncio.mm7 import Answer, Mm7Server
from telcowire.errors import LocalProtocolError
from telcowire.mm7.content import Content
from telcowire.mm7.http import HttpMessage
from telcowire.mm7.pdus import Status, SubmitReq, SubmitRsp
from telcowire.mm7.soap import Message, decode_message, encode_message


def account(port: int, **values: Any) -> Account:
    known: dict[str, Any] = {
        "account_id": AccountId(1),
        "name": "video-1",
        "protocol": Protocol.MM7,
        "host": "127.0.0.1",
        "port": port,
        "login": "901234",
        "src_number": "10690001",
        "carrier": Carrier.ANY,
        "rate_per_s": None,
        "window_pdus": 2,
        "connections": 1,
        "heartbeat_s": 30,
        "response_timeout_s": 20,
        "check_server_digest": True,
        "is_enabled": True,
        "serves": None,
        "changed_at": datetime(2026, 11, 23, tzinfo=UTC),
        "listen_port": 1,
    }
    return Account(**{**known, **values})


def part(number: int = 1, content: str = "c", **params: str) -> Part:
    text = json.dumps({"content": content, "params": params}).encode()
    return Part(number, 1, 1, f"86138{number:08}", "10690001", text)


def content_of(octets: int, text: str = "#p_1# #p_2#") -> bytes:
    texts = {"kind": "txt", "content_type": "text/plain", "name": "a", "data": base64.b64encode(text.encode()).decode()}
    film = {
        "kind": "video",
        "content_type": "video/mp4",
        "name": "a.mp4",
        "data": base64.b64encode(bytes(octets)).decode(),
    }
    return json.dumps({"subject": "s", "signature": "x", "frames": [{"parts": [texts, film]}]}).encode()


async def load(_content_id: str) -> bytes:
    return content_of(10)


def driver_of(one: Account, loader: LoadContent = load, *, may_send: bool = True) -> Mm7Driver:
    return Mm7Driver(one, "shared", clock=SystemClock(), load_content=loader, may_send=lambda: may_send)


async def test_a_centre_that_went_away_leaves_messages_unsent() -> None:
    got: list[LinkEvent] = []
    async with MmscSimulator() as centre:
        link = await driver_of(account(centre.port)).open_link(lambda _, events: got.extend(events))
    assert link.submit([part(1), part(2)]) == [1, 2]
    with pytest.raises(LocalProtocolError, match="0 may begin"):
        link.submit([part(3)])
    await until(lambda: len(got) == 3)
    assert [type(event) for event in got] == [Unsent, Unsent, LinkClosed]
    assert link.window_free == 0
    await link.close(0)


async def test_no_octet_leaves_without_the_lease() -> None:
    got: list[LinkEvent] = []
    async with MmscSimulator() as centre:
        link = await driver_of(account(centre.port), may_send=False).open_link(lambda _, events: got.extend(events))
        link.submit([part()])
        await until(lambda: bool(got))
        await link.close(0)
        assert centre.stats.submits == 0
    assert got == [Unsent(1)]


async def test_silence_is_a_time_out_and_a_closing_link_tells_nothing_more() -> None:
    got: list[LinkEvent] = []
    async with MmscSimulator(latency_s=30) as centre:
        patient = account(centre.port, response_timeout_s=1)
        link = await driver_of(patient).open_link(lambda _, events: got.extend(events))
        link.submit([part(1)])
        await until(lambda: got == [TimedOut(1)])
        link.submit([part(2)])
        await until(lambda: centre.stats.submits == 2)
        await link.close(0)
        assert got == [TimedOut(1)]


async def test_a_link_that_closes_waits_for_the_answers_of_others() -> None:
    got: list[LinkEvent] = []
    is_away = False

    async def flaky(content_id: str) -> bytes:
        if is_away:
            raise OSError("no route to the store")
        return await load(content_id)

    async with MmscSimulator(latency_s=0.2) as centre:
        link = await driver_of(account(centre.port), flaky).open_link(lambda _, events: got.extend(events))
        link.submit([part(1)])
        await until(lambda: centre.stats.submits == 1)
        is_away = True
        link.submit([part(2, content="other")])
        await until(lambda: len(got) == 3)
        await link.close(0)
    assert [type(event) for event in got] == [Unsent, Answered, LinkClosed]


async def test_placeholders_are_filled_in_one_pass() -> None:
    one = Letters(account(1), load, SystemClock())
    message = decode_message(*await one.write(part(p_1="#p_2#", p_2="二"), "t"))
    assert (message.content or Content(())).media[0].read_text() == "#p_2# 二"


@pytest.mark.parametrize(
    ("options", "expected"), [(NO_OPTIONS, ""), (WireOptions(sends_validity=True), "2026-11-24T15:00:00+08:00")]
)
async def test_a_letter_says_when_it_expires_where_it_is_wanted(options: WireOptions, expected: str) -> None:
    one = Letters(account(1, options=options), load, SystemClock())
    ending = part()._replace(expires_at=datetime(2026, 11, 24, 7, tzinfo=UTC))
    pdu = decode_message(*await one.write(ending, "t")).pdu
    assert isinstance(pdu, SubmitReq)
    assert pdu.expiry_date == expected


TOLD = WireOptions(codes=(("2003", "throttled"), ("3000", "refused"), ("4001", "refused"), ("4006", "in_doubt")))


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (2003, PartOutcome.THROTTLED),
        (3000, PartOutcome.REFUSED),
        (4001, PartOutcome.REFUSED),
        (4006, PartOutcome.IN_DOUBT),
        (2002, PartOutcome.REFUSED),
        (1000, PartOutcome.ACCEPTED),
    ],
)
async def test_a_status_means_what_the_operator_says(answer: int, outcome: PartOutcome) -> None:
    async def handle(_request: HttpMessage, _peer: str) -> Answer | None:
        return Answer(200, *encode_message(Message(SubmitRsp(Status(answer), "id"), "t")))

    got: list[LinkEvent] = []
    async with Mm7Server(handle) as centre:
        link = await driver_of(account(centre.port, options=TOLD)).open_link(lambda _, events: got.extend(events))
        link.submit([part()])
        await until(lambda: bool(got))
        await link.close(1)
    assert [(type(event), getattr(event, "outcome", None)) for event in got] == [(Answered, outcome)]


@pytest.mark.parametrize(("status", "kind"), [(401, Unsent), (503, Answered)])
async def test_what_a_server_in_front_says_keeps_its_meaning(status: int, kind: type) -> None:
    async def handle(_request: HttpMessage, _peer: str) -> Answer | None:
        return Answer(status)

    got: list[LinkEvent] = []
    async with Mm7Server(handle) as centre:
        link = await driver_of(account(centre.port, options=TOLD)).open_link(lambda _, events: got.extend(events))
        link.submit([part()])
        await until(lambda: bool(got))
        await link.close(1)
    assert type(got[0]) is kind
    assert getattr(got[0], "outcome", PartOutcome.THROTTLED) is PartOutcome.THROTTLED


async def test_only_so_much_content_stays_in_memory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(letters, "_CACHED_OCTETS", 5_000)
    loaded: list[str] = []

    async def counting(content_id: str) -> bytes:
        loaded.append(content_id)
        return content_of(2_000)

    one = Letters(account(1), counting, SystemClock())
    for content in ("a", "b", "a", "c", "a", "b"):
        await one.write(part(content=content), "t")
    assert loaded == ["a", "b", "c", "b"]
    await asyncio.gather(*(one.write(part(n, content="d"), "t") for n in range(5)))
    assert loaded[-1:] == ["d"]


@pytest.mark.parametrize("text", [b"", b"[]", b"{}", b'{"content": "c", "params": []}', b"\xff"])
async def test_a_message_that_names_no_content_is_not_written(text: bytes) -> None:
    with pytest.raises(NotWritable):
        await Letters(account(1), load, SystemClock()).write(part()._replace(content=text), "t")


async def test_an_unreachable_centre_gives_no_link() -> None:
    with pytest.raises(OSError, match="Connect"):
        await driver_of(account(free_port())).open_link(lambda _, __: None)
