"""Video messages from the ledger to a phone over MM7 and back: real gateway code, a simulated centre, real sockets."""

import asyncio
import base64
from collections import Counter
from pathlib import Path

import pytest

from hongyan.kernel.db.database import Database
from hongyan.rooms.carriers.service import LINE_TENANT
from hongyan.rooms.delivery.contracts import OPEN_STATES, MessageFilter, MessageState
from hongyan.rooms.gateways.contracts import LinkEvent, LoadContent, Reported
from hongyan.rooms.gateways.drivers.mm7.inlet import Mm7Inlet
from simulators.carriers.profiles import Profile
from simulators.mmsc.centre import MmscSimulator
from support.line import TENANT, SendingLine, chunk_of, phone, until
from support.video import PICTURE, add_video_account, contents_in, plan_video, video_chunk, write_content
from telcowire.asyncio.mm7 import Answer, Mm7Client, Mm7Server
from telcowire.mm7.http import HttpMessage, basic_authorization, write_post
from telcowire.mm7.pdus import (
    Address,
    CancelRsp,
    DeliveryReportReq,
    ReadReplyReq,
    RSErrorRsp,
    Status,
    SubmitRsp,
    VASPErrorRsp,
)
from telcowire.mm7.soap import Encoded, Message, decode_message, encode_message

S = MessageState
FAST = {"report_after_s": 0.05, "fail_percent": 0}


@pytest.fixture
async def line(db: Database, tmp_path: Path) -> SendingLine:
    write_content(tmp_path)
    line = SendingLine(db, load_content=contents_in(tmp_path))
    await line.prepare()
    return line


def twice(centre: MmscSimulator) -> list[str]:
    return [number for number, count in Counter(one.dest for one in centre.received).items() if count > 1]


async def codes(line: SendingLine) -> set[str | None]:
    async with line.db.begin() as uow:
        page = await line.delivery.list_messages(uow, TENANT, MessageFilter(), offset=0, limit=100)
    return {message.carrier_code for message in page.items}


async def test_messages_reach_phones_and_come_back_as_reports(line: SendingLine) -> None:
    async with MmscSimulator("happy", report_after_s=0.05, fail_percent=30, carrier="mobile") as centre:
        await add_video_account(line, centre, mm7_schema="REL-5-MM7-1-3")
        assert await plan_video(line, video_chunk([phone(n) for n in range(40)])) == {S.QUEUED: 40}
        async with line.running():
            counts = await until(line.counts, lambda counts: not OPEN_STATES & set(counts))
    assert sum(counts.values()) == 40
    assert counts[S.DELIVERED] == centre.stats.delivered
    assert counts.get(S.FAILED, 0) + counts.get(S.EXPIRED, 0) == centre.stats.failed > 0
    assert twice(centre) == []
    assert await codes(line) >= {"DELIVRD", "REJECTD"}
    assert await line.violations() == []
    number = centre.phones.list_numbers(1)[0]
    (shown,) = centre.phones.list_messages(number)
    assert (shown.subject, shown.src_id) == ("夏日新品", "10690001")
    assert shown.frames[0][0].text == f"【鸿雁】您好 客户{int(number[-3:])}，新品已到。"
    assert [part.octets for frame in shown.frames for part in frame][1:] == [len(PICTURE), 2_012]


async def test_sms_and_video_do_not_take_each_others_accounts(line: SendingLine) -> None:
    async with MmscSimulator(**FAST) as centre:
        await add_video_account(line, centre)
        assert await line.plan(chunk_of([phone(1)])) == {S.REFUSED: 1}
        async with line.running():
            await plan_video(line, video_chunk([phone(1)], chunk_no=1))
            await until(line.counts, lambda counts: counts.get(S.DELIVERED) == 1)


async def test_a_centre_that_asks_us_to_slow_down_gets_everything_once(line: SendingLine) -> None:
    async with MmscSimulator("throttling", report_after_s=0.05, fail_percent=0, rate_per_s=20) as centre:
        await add_video_account(line, centre, window_pdus=8)
        await plan_video(line, video_chunk([phone(n) for n in range(60)]))
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 60}, timeout_s=40)
        assert centre.stats.throttled > 0
        assert twice(centre) == []


async def test_what_a_lying_centre_reports_counts_once(line: SendingLine) -> None:
    async with MmscSimulator("lying", report_after_s=0.05, fail_percent=0) as centre:
        await add_video_account(line, centre, connections=2, window_pdus=4)
        await plan_video(line, video_chunk([phone(n) for n in range(60)]))
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 60})
    assert twice(centre) == []
    assert await line.violations() == []


async def test_no_answer_is_never_sent_again_and_its_report_explains_it(line: SendingLine) -> None:
    dropping = Profile("dropping", drop_every=5, report_after_s=0.3)
    async with MmscSimulator(dropping) as centre:
        await add_video_account(line, centre)
        await plan_video(line, video_chunk([phone(n) for n in range(20)]))
        async with line.running():
            # an early report waits 5 s before it is compared with unknown messages by number
            await until(line.counts, lambda counts: counts.get(S.UNKNOWN, 0) == 4 and len(counts) <= 3)
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 20}, timeout_s=40)
        assert centre.stats.cut_connections == 4
        assert twice(centre) == []
    assert await line.violations() == []


async def test_a_centre_that_is_away_gets_everything_when_it_is_back(line: SendingLine) -> None:
    async with MmscSimulator(**FAST) as centre:
        account = await add_video_account(line, centre)
    await plan_video(line, video_chunk([phone(n) for n in range(10)]))
    async with line.running():
        async with MmscSimulator(port=account.port, vasp_url=centre.vasp_url, **FAST) as first:
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 10})
        await plan_video(line, video_chunk([phone(n) for n in range(10, 20)], chunk_no=1))
        async with MmscSimulator(port=account.port, vasp_url=centre.vasp_url, **FAST) as second:
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 20})
    assert len(first.received) == len(second.received) == 10


async def test_a_wrong_secret_keeps_messages_waiting(line: SendingLine) -> None:
    async with MmscSimulator(secret="other", **FAST) as centre:
        account = await add_video_account(line, centre)
        await plan_video(line, video_chunk([phone(n) for n in range(5)]))
        async with line.running():
            await asyncio.sleep(0.5)  # time in which nothing must be lost
            counts = await line.counts()
        assert counts == {S.QUEUED: 5}
        assert account.is_enabled
        assert not centre.received


@pytest.mark.parametrize("content", ["absent", "../../etc/passwd", "broken", "shapeless"])
async def test_a_content_that_cannot_be_written_refuses_its_messages(
    line: SendingLine, tmp_path: Path, content: str
) -> None:
    (tmp_path / "broken").write_text("{")
    (tmp_path / "shapeless").write_text('{"subject": "x", "frames": [{"parts": [{"kind": "txt"}]}]}')
    async with MmscSimulator(**FAST) as centre:
        await add_video_account(line, centre)
        await plan_video(line, video_chunk([phone(n) for n in range(3)], content=content))
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.FAILED: 3})
        assert not centre.received


async def test_a_reply_reaches_campaigns_once_and_opt_outs(line: SendingLine) -> None:
    async with MmscSimulator(**FAST) as centre:
        account = await add_video_account(line, centre)
        await plan_video(line, video_chunk([phone(1)]))
        async with line.running():
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 1})
            assert centre.send_mo(phone(1), "10690001", "TD\0")
            [reply] = await until(lambda: line.jobs_named("campaigns.video_reply"), bool)
        [uplink] = await line.jobs_named("audience.uplink_received")
    assert (reply["account_id"], reply["text"], uplink["tenant_id"]) == (account.account_id, "TD", None)
    async with line.db.begin() as uow:
        sealer = await line.keys.sealer(uow, LINE_TENANT)
    assert sealer.open(base64.b64decode(str(reply["number"]))) == phone(1)
    assert await line.jobs_named("callbacks.uplink") == []


# --- a centre of the test's own: what single answers mean -------------------------------------------------------------


def mm7(pdu: SubmitRsp | RSErrorRsp | CancelRsp) -> tuple[int, Encoded]:
    return 200, encode_message(Message(pdu, "t"))


ANSWERS: dict[str, tuple[tuple[int, Encoded], dict[MessageState, int], str]] = {
    "partial success": (mm7(SubmitRsp(Status(1100), "id")), {S.SUBMITTED: 1}, ""),
    "success without id": (mm7(SubmitRsp(Status(1000))), {S.SUBMITTED: 1}, ""),
    "unknown address": (mm7(SubmitRsp(Status(2003))), {S.FAILED: 1}, "2003"),
    "unknown refusal": (mm7(SubmitRsp(Status(2999))), {S.FAILED: 1}, "2999"),
    "rejected": (mm7(RSErrorRsp(Status(3002))), {S.FAILED: 1}, "3002"),
    "broken inside": (mm7(RSErrorRsp(Status(3000))), {S.UNKNOWN: 1}, ""),
    "unknown server error": (mm7(SubmitRsp(Status(3999))), {S.UNKNOWN: 1}, ""),
    "an answer to something else": (mm7(CancelRsp(Status(1000))), {S.UNKNOWN: 1}, ""),
    "garbage": ((200, Encoded("text/html", b"<h1>It works")), {S.UNKNOWN: 1}, ""),
    "a gateway's failure": ((502, Encoded("text/html", b"")), {S.UNKNOWN: 1}, ""),
    "bad request": ((400, Encoded("", b"")), {S.FAILED: 1}, "2000"),
}


@pytest.mark.parametrize("name", ANSWERS)
async def test_what_an_answer_makes_of_a_message(line: SendingLine, name: str) -> None:
    (status, encoded), expected, code = ANSWERS[name]
    asked: list[HttpMessage] = []

    async def handle(request: HttpMessage, _peer: str) -> Answer | None:
        asked.append(request)
        return Answer(status, encoded.content_type, encoded.body)

    async with MmscSimulator() as unused, Mm7Server(handle) as centre:
        await add_video_account(line, unused, port=centre.port)
        await plan_video(line, video_chunk([phone(1)]))
        async with line.running():
            await until(line.counts, lambda counts: counts == expected)
    assert len(asked) == 1
    assert decode_message(asked[0].content_type, asked[0].body).pdu.version == "6.8.0"
    assert await codes(line) >= ({code} if code else set())


@pytest.mark.parametrize("status", [401, 404, 503])
async def test_a_centre_that_takes_nothing_now_gets_it_later(line: SendingLine, status: int) -> None:
    asked: list[HttpMessage] = []

    async def handle(request: HttpMessage, _peer: str) -> Answer | None:
        asked.append(request)
        return Answer(status)

    async with MmscSimulator() as unused, Mm7Server(handle) as centre:
        await add_video_account(line, unused, port=centre.port)
        await plan_video(line, video_chunk([phone(1)]))
        async with line.running():
            await until(lambda: _now(len(asked)), bool)
        assert await line.counts() == {S.QUEUED: 1}


async def _now(value: int) -> int:
    return value


# --- what a caller may bring ------------------------------------------------------------------------------------------


async def bring(port: int, body: Encoded, authorization: str = "") -> HttpMessage:
    connection = await Mm7Client("127.0.0.1", port).connect()
    try:
        return await connection.exchange(write_post("h", "/mm7", *body, authorization), 10)
    finally:
        connection.close()


async def test_the_inlet_answers_what_it_knows_and_refuses_the_rest(line: SendingLine) -> None:
    async with MmscSimulator(**FAST) as centre:
        account = await add_video_account(line, centre)
        port = account.listen_port or 0
        async with line.running():
            await plan_video(line, video_chunk([phone(1)]))
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 1})
            known = centre.received[0].message_id
            for pdu in (
                ReadReplyReq(known, Address(phone(1)), Address("1"), "Read"),
                DeliveryReportReq("stray", Address(phone(2)), Address("1"), "Indeterminate"),
                DeliveryReportReq("other", Address(phone(2)), Address("1"), "Vanished"),
            ):
                answer = await bring(port, encode_message(Message(pdu, "t")))
                read = decode_message(answer.content_type, answer.body)
                assert getattr(read.pdu, "status", None) == Status(1000, "Success")
            for body, code in (
                (Encoded("text/xml", b"<x"), 2007),
                (encode_message(Message(CancelRsp(Status(1000)), "t")), 4003),
            ):
                answer = await bring(port, body)
                assert answer.status == 500
                refused = decode_message(answer.content_type, answer.body).pdu
                assert isinstance(refused, VASPErrorRsp)
                assert refused.status.code == code
        assert await line.counts() == {S.DELIVERED: 1}


async def test_strangers_need_the_login(line: SendingLine) -> None:
    """A centre elsewhere: its own address may call, and whoever knows the login; what is not stored is not answered."""
    got: list[LinkEvent] = []
    async with MmscSimulator() as centre:
        account = await add_video_account(line, centre, host="192.0.2.1")
        port = account.listen_port or 0
        inlet = Mm7Inlet(account, "shared", lambda _, event: got.append(event), stored_within_s=0.1)
        await inlet.open()
        report = encode_message(Message(DeliveryReportReq("x", Address(phone(2)), Address("1"), "Expired"), "t"))
        stranger = await bring(port, report)
        assert (stranger.status, stranger.headers["www-authenticate"], got) == (401, 'Basic realm="mm7"', [])
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        writer.write(b"POST /mm7 HTTP/1.1\r\nContent-Length: 4000000\r\n\r\n")  # its body is not waited for
        assert (await asyncio.wait_for(reader.read(), 10)).startswith(b"HTTP/1.1 401 ")
        writer.close()
        await writer.wait_closed()
        with pytest.raises(ConnectionResetError):
            await bring(port, report, basic_authorization("901234", "shared"))
        inlet.answer(1, 0)  # too late: nobody waits
        await inlet.close()
    assert [type(event) for event in got] == [Reported]


async def test_a_store_that_is_away_holds_messages_back(db: Database, tmp_path: Path) -> None:
    write_content(tmp_path)
    is_away = True
    load: LoadContent = contents_in(tmp_path)

    async def flaky(content_id: str) -> bytes:
        if is_away:
            raise OSError("no route to the store")
        return await load(content_id)

    line = SendingLine(db, load_content=flaky)
    await line.prepare()
    async with MmscSimulator(**FAST) as centre:
        await add_video_account(line, centre)
        await plan_video(line, video_chunk([phone(n) for n in range(5)]))
        async with line.running():
            await asyncio.sleep(0.5)  # time in which nothing must be lost
            assert set(await line.counts()) <= {S.QUEUED, S.ATTEMPTED}
            is_away = False
            await until(line.counts, lambda counts: counts == {S.DELIVERED: 5})
