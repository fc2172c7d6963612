"""Simulated MMS centres: what they take and refuse, how they report, what the phones show, the command line."""

import asyncio
import json
import os
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from simulators.mmsc.centre import MmscSimulator
from simulators.mmsc.inbox_http import InboxServer
from support.waiting import until
from telcowire.asyncio.mm7 import Answer, Mm7Client, Mm7Server
from telcowire.mm7.content import Content, Frame, Media, slides_content
from telcowire.mm7.http import HttpMessage, basic_authorization, write_post
from telcowire.mm7.pdus import (
    Address,
    CancelReq,
    CancelRsp,
    DeliverReq,
    DeliverRsp,
    DeliveryReportReq,
    DeliveryReportRsp,
    Pdu,
    Recipients,
    ReplaceReq,
    ReplaceRsp,
    RSErrorRsp,
    SenderIdentification,
    Status,
    SubmitReq,
    SubmitRsp,
)
from telcowire.mm7.soap import Message, decode_message, encode_message

WAIT_S = 20
ROOT = Path(__file__).parents[2]
SENDER = SenderIdentification("901234", "10690001", Address("10690001", "ShortCode"))
SLIDES = slides_content(
    [Frame((Media("text/plain", "你好".encode(), "1.txt", "utf-8"), Media("image/png", b"\x89PNG", "1.png")))]
)


def submit(*numbers: str, **more: Any) -> SubmitReq:
    return SubmitReq(
        SENDER, Recipients(tuple(Address(n) for n in numbers)), subject="夏日", delivery_report=True, **more
    )


class Provider:
    """A VASP: a client for submissions, a listener for reports; the first `refusals` requests get no answer."""

    def __init__(self, refusals: int = 0) -> None:
        self.got: list[Pdu] = []
        self.refusals = refusals
        self.listener = Mm7Server(self._handle)

    async def _handle(self, request: HttpMessage, _peer: str) -> Answer | None:
        if self.refusals:
            self.refusals -= 1
            return None
        message = decode_message(request.content_type, request.body)
        self.got.append(message.pdu)
        kind = DeliverRsp if isinstance(message.pdu, DeliverReq) else DeliveryReportRsp
        return Answer(
            200, *encode_message(Message(kind(Status(1000)), message.transaction_id, None, message.namespace))
        )


async def post(
    port: int, pdu: Pdu, content: Content | None = None, login: str = "901234:shared"
) -> tuple[int, Pdu | None]:
    user, _, password = login.partition(":")
    request = write_post(
        "h", "/mm7", *encode_message(Message(pdu, "t-1", content)), basic_authorization(user, password)
    )
    connection = await Mm7Client("127.0.0.1", port).connect()
    try:
        answer = await connection.exchange(request, WAIT_S)
    finally:
        connection.close()
    return answer.status, decode_message(answer.content_type, answer.body).pdu if answer.body else None


async def code_of(port: int, pdu: Pdu, content: Content | None = None) -> int:
    _, answer = await post(port, pdu, content)
    assert isinstance(answer, SubmitRsp | CancelRsp | ReplaceRsp | RSErrorRsp)
    return answer.status.code


@asynccontextmanager
async def working(provider: Provider, profile: str = "happy", **options: Any) -> AsyncIterator[MmscSimulator]:
    async with provider.listener, MmscSimulator(profile, **{"report_after_s": 0.01, **options}) as centre:
        centre.vasp_url = f"http://127.0.0.1:{provider.listener.port}/mm7"
        yield centre


async def test_a_message_reaches_the_phone_and_is_reported_until_it_is_taken() -> None:
    provider = Provider(refusals=2)
    async with working(provider) as centre:
        _, answer = await post(centre.port, submit("+8613800000001"), SLIDES)
        assert isinstance(answer, SubmitRsp)
        await until(lambda: bool(provider.got))
        (report,) = provider.got
        assert isinstance(report, DeliveryReportReq)
        assert (report.message_id, report.recipient.value, report.mm_status) == (
            answer.message_id,
            "+8613800000001",
            "Retrieved",
        )
        (shown,) = centre.phones.list_messages("13800000001")
        assert (shown.subject, shown.src_id) == ("夏日", "10690001")
        ((text, picture),) = shown.frames
        assert (text.text, picture.octets, picture.content_type) == ("你好", 4, "image/png")
        assert centre.read_stats()["reports_repeated"] == 2


@pytest.mark.parametrize("ends", ["P0D", "PT0.5S"])
async def test_a_message_that_expires_before_its_phone_is_reached_is_reported_so(ends: str) -> None:
    provider = Provider()
    async with working(provider, report_after_s=60) as centre:
        await post(centre.port, submit("+8613800000001", expiry_date=ends), SLIDES)
        await until(lambda: bool(provider.got))
        (report,) = provider.got
        assert isinstance(report, DeliveryReportReq)
        assert report.mm_status == "Expired"
        assert centre.phones.list_messages("13800000001") == []
        assert (centre.stats.delivered, centre.stats.failed) == (0, 1)


@pytest.mark.parametrize(
    ("pdu", "content", "code"),
    [
        (submit("13800000001", expiry_date="tomorrow"), SLIDES, 2007),
        (submit("13800000001"), None, 2007),
        (submit("nobody"), SLIDES, 2002),
        (submit("13800000001"), Content((Media("video/mp4", bytes(2_100_000), "1.mp4"),)), 2004),
        (SubmitReq(SENDER._replace(vaspid="other"), Recipients((Address("1"),))), SLIDES, 4001),
        (CancelReq(SENDER, "none"), None, 2005),
        (ReplaceReq(SENDER, "none"), None, 2005),
        (DeliveryReportReq("1", Address("1"), Address("1"), "Read"), None, 4003),
    ],
)
async def test_refusals(pdu: Pdu, content: Content | None, code: int) -> None:
    async with MmscSimulator() as centre:
        assert await code_of(centre.port, pdu, content) == code
        assert not centre.received


async def test_logins_are_checked() -> None:
    async with MmscSimulator() as centre:
        assert await post(centre.port, submit("13800000001"), SLIDES, "901234:wrong") == (401, None)
        connection = await Mm7Client("127.0.0.1", centre.port).connect()
        garbage = write_post("h", "/", "text/xml", b"<x", basic_authorization("901234", "shared"))
        answer = await connection.exchange(garbage, WAIT_S)
        connection.close()
        assert answer.status == 500
        assert isinstance(decode_message(answer.content_type, answer.body).pdu, RSErrorRsp)


async def test_messages_are_taken_back_and_replaced() -> None:
    provider = Provider()
    async with working(provider, report_after_s=0.3) as centre:
        _, first = await post(centre.port, submit("13800000001"), SLIDES)
        _, second = await post(centre.port, submit("13800000002"), SLIDES)
        assert isinstance(first, SubmitRsp)
        assert isinstance(second, SubmitRsp)
        assert await code_of(centre.port, CancelReq(SENDER, first.message_id)) == 1000
        other = Content((Media("text/plain", b"new", "1.txt"),))
        assert await code_of(centre.port, ReplaceReq(SENDER, second.message_id), other) == 1000
        await until(lambda: bool(provider.got))
        assert centre.phones.list_messages("13800000001") == []
        assert centre.phones.list_messages("13800000002")[0].frames[0][0].text == "new"


async def test_too_many_a_second_are_told_to_come_later() -> None:
    async with MmscSimulator("throttling", rate_per_s=2) as centre:
        codes = [await code_of(centre.port, submit(f"1380000000{n}"), SLIDES) for n in range(4)]
        assert codes == [1000, 1000, 4006, 4006]


async def test_a_dropping_centre_hangs_up_after_taking() -> None:
    async with MmscSimulator("dropping") as centre:
        centre.stats.accepted = 499
        with pytest.raises(ConnectionResetError):
            await post(centre.port, submit("13800000001"), SLIDES)
        assert centre.stats.cut_connections == 1


async def test_a_lying_centre_reports_early_twice_and_about_others() -> None:
    provider = Provider()
    async with working(provider, "lying", fail_percent=30, seed=5) as centre:
        await asyncio.gather(*(post(centre.port, submit(f"138000000{n:02}"), SLIDES) for n in range(60)))
        await until(lambda: centre.read_stats()["pending"] == centre.read_stats()["reports_waiting"] == 0)
        reports = [report for report in provider.got if isinstance(report, DeliveryReportReq)]
        ids = [report.message_id for report in reports]
        assert {report.mm_status for report in reports} >= {"Retrieved", "Rejected", "Expired", "Forwarded"}
        assert len(set(ids)) < len(ids)
        assert any("stray" in message_id for message_id in ids)


async def test_phones_over_http() -> None:
    provider = Provider()
    async with working(provider) as centre:
        inbox = InboxServer(centre.phones, [centre], "127.0.0.1", 0)
        async with inbox.server:
            await post(centre.port, submit("13800000001"), SLIDES)
            await until(lambda: bool(provider.got))

            async def ask(line: str, body: bytes = b"") -> tuple[int, Any]:
                connection = await Mm7Client("127.0.0.1", inbox.server.port).connect()
                request = f"{line} HTTP/1.1\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body
                answer = await connection.exchange(request, WAIT_S)
                connection.close()
                return answer.status, json.loads(answer.body)

            status, shown = await ask("GET /inbox/13800000001")
            assert status == 200
            assert [part["octets"] for part in shown["messages"][0]["frames"][0]["parts"]] == [6, 4]
            assert await ask("GET /numbers?limit=5") == (200, {"numbers": ["8613800000001"]})
            assert (await ask("GET /stats"))[1]["centres"][0]["delivered"] == 1
            assert (await ask("GET /healthz"))[0] == 200
            assert (await ask("GET /other"))[0] == 404
            assert (await ask("POST /mo", b"[]"))[0] == 400
            reply = json.dumps({"from": "8613800000001", "to": "10690001", "text": "好"}).encode()
            assert (await ask("POST /mo", reply))[0] == 202
            await until(lambda: len(provider.got) == 2)
            assert isinstance(provider.got[1], DeliverReq)
            assert provider.got[1].linked_id == shown["messages"][0]["message_id"]
            centre.vasp_url = None
            assert (await ask("POST /mo", reply))[0] == 409


async def test_the_command_line() -> None:
    options = [
        "--port",
        "0,0",
        "--carrier",
        "mobile,unicom",
        "--inbox-port",
        "0",
        "--vasp-url",
        "http://h:1/a,http://h:1/b",
    ]
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "simulators.mmsc",
        *options,
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "PYTHONPATH": str(ROOT / "tools")},
    )
    assert process.stdout is not None
    ready = json.loads(await asyncio.wait_for(process.stdout.readline(), WAIT_S))
    assert await code_of(ready["ports"][1], CancelReq(SENDER, "none")) == 2005
    assert ready["inbox_port"]
    process.send_signal(signal.SIGTERM)
    assert await asyncio.wait_for(process.wait(), WAIT_S) == 0
