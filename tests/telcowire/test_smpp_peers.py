"""Software that this project did not write, at the other end of our SMPP: smpplib and npm's smpp."""

import asyncio
from typing import Any

import pytest

from support.peers import need_npm_peer, need_python_peer, run_peer, start_peer
from telcowire.asyncio.smpp import SmppConnection, SmppServer, SmppServerConnection, connect_smpp, serve_smpp
from telcowire.errors import LoginRefusedError
from telcowire.session import Closed, Limits
from telcowire.smpp.content import decode_content, open_content
from telcowire.smpp.events import (
    BadReportReceived,
    MoReceived,
    QueryAnswered,
    QueryReceived,
    ReportReceived,
    SmppEvent,
    SmppServingEvent,
    SubmitAnswered,
    SubmitReceived,
)
from telcowire.smpp.flavour import BindMode, SmppAccount, SmppServerAccount
from telcowire.smpp.message_ids import ReceiptIds
from telcowire.smpp.pdus import DeliverSm, QuerySm, QuerySmResp, SubmitSm
from telcowire.smpp.reports import Report
from telcowire.smstext.assembly import Assembler, Part
from telcowire.smstext.parts import Coding, Wire, encode_text_parts

LONG = "【鸿雁】" + "长" * 100
LONG_BY_SAR = "【鸿雁】" + "分" * 100
LONG_GSM = "The quick brown fox jumps over the lazy dog. " * 6
SHORT_GSM = "Your code is 123456 {valid 5 min}"
PARTS = 1 + 2 + 2 + 2
PHONE = "8613800000000"


class Centre:
    """Answers every submit with an id that counts up, reports it, and sends one text from a phone after the first."""

    def __init__(self) -> None:
        self.submits: list[SubmitSm] = []
        self.endings: list[Closed] = []
        self.modes: set[BindMode] = set()
        self.statuses: list[int] = []
        self.server: SmppServer

    async def open(self, heartbeat_s: float = 180.0) -> None:
        """Listen."""
        self.server = await serve_smpp(
            "127.0.0.1",
            0,
            lambda system_id: SmppServerAccount(system_id, "shared"),
            self.on_event,
            limits=Limits(window_pdus=100, heartbeat_s=heartbeat_s),
        )

    def on_event(self, connection: SmppServerConnection, events: list[SmppServingEvent]) -> None:
        """Play the carrier."""
        for event in events:
            self.modes.add(connection.mode)
            if isinstance(event, SubmitReceived):
                self.take(connection, event)
            elif isinstance(event, QueryReceived):
                connection.answer_query(event.seq, QuerySmResp(0, event.query.message_id, "261122000100000+", 2, 0))
            elif isinstance(event, Closed):
                self.endings.append(event)

    def take(self, connection: SmppServerConnection, event: SubmitReceived) -> None:
        """Accept, report, and now and then send a text."""
        submit = event.submit
        self.submits.append(submit)
        message_id = str(len(self.submits))
        connection.answer_submit(event.seq, message_id)
        connection.deliver_report(
            Report(
                message_id,
                message_id,
                "DELIVRD",
                "2611220000",
                "2611220001",
                submit.destination_addr,
                submit.source_addr,
                "000",
            )
        )
        if len(self.submits) == 1:
            connection.deliver(
                DeliverSm(
                    source_addr=PHONE,
                    destination_addr="10690001",
                    data_coding=8,
                    short_message="退订".encode("utf-16-be"),
                )
            )

    def texts(self) -> list[str]:
        """Put the texts together, by their headers or their sar_* parameters."""
        assembler, texts = Assembler(), []
        for submit in self.submits:
            carried = open_content(submit)
            if carried.part is None:
                texts.append(decode_content(carried.octets, submit.data_coding))
                continue
            part = Part(carried.octets, False, carried.part.total, carried.part.part_no)
            contents = assembler.add((submit.data_coding, carried.part.ref), part, 0.0)
            if contents is not None:
                texts.append("".join(decode_content(octets, submit.data_coding) for octets in contents))
        return texts


@pytest.fixture
async def centre() -> Any:
    found = Centre()
    await found.open()
    yield found
    await found.server.close()


async def test_smpplib_submits_short_and_long_texts_and_takes_receipts(centre: Centre) -> None:
    need_python_peer("smpplib")
    told = await run_peer("smpplib_client.py", str(centre.server.port), "shared", str(PARTS + 1))
    assert told[0] == {"bind": 0, "system_id": "esme", "version": 0x34}
    answers = [line for line in told if "submit" in line]
    assert answers == [{"submit": 0, "message_id": str(number)} for number in range(1, PARTS + 1)]
    receipts = [line for line in told if line.get("esm_class") == 4]
    assert [(line["message_id"], line["state"]) for line in receipts] == [(str(n), 2) for n in range(1, PARTS + 1)]
    assert receipts[0]["deliver"] == (
        "id:1 sub:001 dlvrd:001 submit date:2611220000 done date:2611220001 stat:DELIVRD err:000 text:"
    )
    assert [line["deliver"] for line in told if line.get("esm_class") == 0] == ["退订"]
    assert told[-1] == {"query": "1", "state": 2}
    assert sorted(centre.texts()) == sorted([SHORT_GSM, LONG, LONG_GSM, LONG_BY_SAR])
    assert {submit.destination_addr for submit in centre.submits} == {PHONE}
    assert {submit.registered_delivery & 1 for submit in centre.submits} == {1}
    assert centre.modes == {BindMode.TRANSCEIVER}
    assert [ending.error for ending in centre.endings] == [None]


async def test_smpplib_understands_a_wrong_password(centre: Centre) -> None:
    need_python_peer("smpplib")
    told = await run_peer("smpplib_client.py", str(centre.server.port), "wrong", "0")
    assert told == [{"bind": 0x0E}]
    assert centre.submits == []


async def test_npm_smpp_submits_short_and_long_texts_and_takes_receipts(centre: Centre) -> None:
    need_npm_peer("smpp")
    told = await run_peer("smpp_client.js", str(centre.server.port), "shared", "bind_transceiver")
    assert told[0] == {"bind": 0, "system_id": "esme", "version": 0x34}
    answers = [line for line in told if "submit" in line]
    assert answers == [{"submit": 0, "message_id": str(number)} for number in range(1, 5)]
    receipts = [line for line in told if line.get("esm_class") == 4]
    assert [(line["message_id"], line["state"]) for line in receipts] == [(str(n), 2) for n in range(1, 5)]
    assert [line["text"] for line in told if line.get("esm_class") == 0] == ["退订"]
    assert told[-3:] == [{"query": "1", "state": 2}, {"enquire_link": 0}, {"unbind": 0}]
    assert sorted(centre.texts()) == sorted(["【鸿雁】你好", LONG, LONG_GSM])
    assert [ending.error for ending in centre.endings] == [None]


async def test_npm_smpp_is_refused_with_statuses_that_it_knows(centre: Centre) -> None:
    need_npm_peer("smpp")
    assert await run_peer("smpp_client.js", str(centre.server.port), "wrong", "bind_transceiver") == [{"bind": 0x0E}]
    told = await run_peer("smpp_client.js", str(centre.server.port), "shared", "bind_receiver")
    assert told == [
        {"bind": 0, "system_id": "esme", "version": 0x34},
        {"submit": 0x04},
        {"replace": 0x03, "command": "generic_nack"},
        {"enquire_link": 0},
        {"unbind": 0},
    ]
    assert centre.submits == []
    assert centre.modes == {BindMode.RECEIVER}


class Client:
    """Remembers what a foreign carrier told, and answers it."""

    def __init__(self) -> None:
        self.events: list[SmppEvent] = []
        self._news = asyncio.Event()

    def __call__(self, connection: SmppConnection, events: list[SmppEvent]) -> None:
        for event in events:
            self.events.append(event)
            if isinstance(event, ReportReceived | MoReceived | BadReportReceived):
                connection.answer(event.seq, is_data=event.is_data)
        self._news.set()

    def of(self, kind: type) -> list[Any]:
        return [event for event in self.events if isinstance(event, kind)]

    async def get(self, kind: type, count: int = 1) -> list[Any]:
        async with asyncio.timeout(20):
            while len(found := self.of(kind)) < count:
                self._news.clear()
                await self._news.wait()
        return found


def submits_of(text: str, coding: Coding, **fields: Any) -> list[SubmitSm]:
    parts = encode_text_parts(text, 7, wire=Wire.SMPP, coding=coding)
    return [
        SubmitSm(
            source_addr="10690001",
            dest_addr_ton=1,
            dest_addr_npi=1,
            destination_addr=PHONE,
            esm_class=0x40 if len(parts.contents) > 1 else 0,
            registered_delivery=1,
            data_coding=parts.fmt,
            short_message=content,
            **fields,
        )
        for content in parts.contents
    ]


async def test_our_client_speaks_to_npm_smpps_server() -> None:
    need_npm_peer("smpp")
    async with start_peer("smpp_server.js", "esme", "shared") as carrier:
        port = (await carrier.read())["port"]
        client = Client()
        with pytest.raises(LoginRefusedError) as refused:
            await connect_smpp("127.0.0.1", port, SmppAccount("esme", "wrong"), client)
        assert refused.value.status == 0x0E
        connection = await connect_smpp("127.0.0.1", port, SmppAccount("esme", "shared", heartbeat_s=0.2), client)
        assert connection.peer_version == 0x34
        submits = submits_of(LONG, Coding.UCS2) + submits_of(LONG_GSM, Coding.AUTO) + submits_of("hi {x}", Coding.AUTO)
        seqs = connection.submit_many(submits)
        answers = await client.get(SubmitAnswered, len(submits))
        assert [(answer.seq, answer.status) for answer in answers] == [(seq, 0) for seq in seqs]
        reports = await client.get(ReportReceived, len(submits))
        # The carrier writes hexadecimal ids in its answers and decimal ones in the texts of its receipts.
        assert [report.report.key(ReceiptIds.DECIMAL) for report in reports] == [
            int(answer.message_id, 16) for answer in answers
        ]
        assert {report.report.stat for report in reports} == {"DELIVRD"}
        throttled = connection.submit(submits[-1]._replace(destination_addr="0"))
        answered = await client.get(SubmitAnswered, len(submits) + 1)
        assert answered[-1] == SubmitAnswered(throttled, "", 0x58)
        texts = await client.get(MoReceived, 4)
        long = [open_content(text.deliver) for text in texts[:2]]
        assert [part.part and part.part.part_no for part in long] == [1, 2]
        assert "".join(decode_content(part.octets, 8) for part in long) == LONG
        assert decode_content(open_content(texts[2].deliver).octets, texts[2].deliver.data_coding) == "TD {1}"
        assert texts[3].is_data
        assert decode_content(open_content(texts[3].deliver).octets, 8) == "退订" * 200
        asked = connection.query(QuerySm(message_id="2A", source_addr="10690001"))
        assert (await client.get(QueryAnswered))[0] == QueryAnswered(asked, QuerySmResp(0, "2A", "", 2, 0))
        told = await carrier.read()
        while "enquire_link" not in told:  # our keep-alive, five a second
            told = await carrier.read()
        await connection.terminate(10)
        rest = [told, *await carrier.read_all()]
        assert [line["text"] for line in rest if "text" in line] == []
        assert rest[-1] == {"unbind": "esme"}
        assert client.of(Closed)[-1].error is None


async def test_a_pair_of_connections_to_npm_smpps_server() -> None:
    need_npm_peer("smpp")
    async with start_peer("smpp_server.js", "esme", "shared") as carrier:
        port = (await carrier.read())["port"]
        sending, receiving = Client(), Client()
        account = SmppAccount("esme", "shared", BindMode.TRANSMITTER)
        receiver = await connect_smpp("127.0.0.1", port, account._replace(mode=BindMode.RECEIVER), receiving)
        transmitter = await connect_smpp("127.0.0.1", port, account, sending)
        (submit,) = submits_of("hello", Coding.AUTO)
        transmitter.submit(submit)
        (answer,) = await sending.get(SubmitAnswered)
        (report,) = await receiving.get(ReportReceived)
        assert report.report.key(ReceiptIds.DECIMAL) == int(answer.message_id, 16)
        await asyncio.gather(transmitter.terminate(10), receiver.terminate(10))
